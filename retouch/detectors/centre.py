"""Detectors without a model: a fixed part of every picture, where a subject usually is."""

from __future__ import annotations

from dataclasses import dataclass

from retouch.detectors.tiling import wanted_labels
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region


@dataclass(frozen=True)
class CenterDetector:
    """The ellipse in the central half of the picture's width and height: label "center", score 1."""

    name: str = "center"
    labels: tuple[str, ...] = ("center",)

    def find(self, picture: Picture, confidence: float, classes: tuple[str, ...] = ()) -> tuple[Region, ...]:
        """The one region, for any confidence. Raises BadInput for another class than "center"."""
        wanted_labels(classes, self.labels, self.name)
        width, height = picture.size
        box = Box(width // 4, height // 4, width - width // 4, height - height // 4)
        return (Region(box, Mask.of_ellipse(box.size, box.size.box), self.name, 1.0),)


def detectors() -> dict[str, CenterDetector]:
    """Every such detector by name."""
    return {"center": CenterDetector()}
