"""Segmenter: what outlines what is pointed at, and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.image.region import Region


@dataclass(frozen=True)
class Click:
    """A point in canvas pixels that belongs to the thing meant, or, when not `positive`, does not."""

    x: int
    y: int
    positive: bool = True


@dataclass(frozen=True)
class Prompt:
    """What is pointed at: clicks, a box round it (canvas pixels), words, or several of these.

    `fine` allows a second look at a crop round a thing that is small in a large picture.
    """

    clicks: tuple[Click, ...] = ()
    box: Box | None = None
    text: str = ""
    fine: bool = True


@dataclass(frozen=True)
class Segmentation:
    """What a segmenter makes of a prompt, best first. `memory` goes back to it with the next click."""

    regions: tuple[Region, ...]
    memory: Any = None


@runtime_checkable
class Segmenter(Protocol):
    """Outlines what is pointed at. Loaded once and kept by whoever made it."""

    @property
    def name(self) -> str: ...

    def prepare(self, picture: Picture) -> None:
        """Do now, once per picture, what every prompt needs: the first one then answers at once."""
        ...

    def segment(self, picture: Picture, prompt: Prompt, memory: Any = None) -> Segmentation:
        """What the prompt means. `memory`: what the same thing's last answer held.

        Regions that agree with every click come first. BadInput for an empty prompt, and for what lies
        outside the picture; Missing when its words name nothing that can be found here.
        """
        ...

    def everything(self, picture: Picture) -> tuple[Region, ...]:
        """Every thing in the picture, best first; they may overlap."""
        ...
