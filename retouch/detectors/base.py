"""The protocol of detectors."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from retouch.image.picture import Picture
from retouch.image.region import Region


@runtime_checkable
class Detector(Protocol):
    """Finds things in a picture. The owner makes it once and keeps it."""

    @property
    def name(self) -> str: ...

    def find(self, picture: Picture, confidence: float, classes: tuple[str, ...]) -> tuple[Region, ...]:
        """Every region with a score of at least `confidence`, 0..1, of `classes`, or of all classes for
        ()."""
        ...
