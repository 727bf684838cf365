"""Detector: what finds things in a picture."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from retouch.image.picture import Picture
from retouch.image.region import Region


@runtime_checkable
class Detector(Protocol):
    """Finds things. Loaded once and kept by whoever made it."""

    @property
    def name(self) -> str: ...

    def find(self, picture: Picture, confidence: float, classes: tuple[str, ...]) -> tuple[Region, ...]:
        """Every region scored at least `confidence`, of the given classes when any are named."""
        ...
