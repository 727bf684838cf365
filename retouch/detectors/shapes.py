"""Detectors that look at nothing: a fixed part of every picture, for refining where a subject usually is."""

from __future__ import annotations

from dataclasses import dataclass

from retouch.geometry import Box
from retouch.mask import Mask
from retouch.raster import Picture
from retouch.region import Region


@dataclass(frozen=True)
class CenterDetector:
    """The ellipse in the central half of the picture's width and height, label "center", score 1."""

    name: str = "center"

    def find(self, picture: Picture, confidence: float, classes: tuple[str, ...]) -> tuple[Region, ...]:
        """That one region, unless other `classes` are asked for."""
        width, height = picture.size
        box = Box(width // 4, height // 4, width - width // 4, height - height // 4)
        if classes and self.name not in classes:
            return ()
        return (Region(box, Mask.of_ellipse(box.size, box.size.box), self.name, 1.0),)
