"""The protocol of segmenters, and its prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.image.region import Region


@dataclass(frozen=True)
class Click:
    """A point in canvas pixels inside the wanted thing, or outside it when not `positive`."""

    x: int
    y: int
    positive: bool = True


@dataclass(frozen=True)
class Prompt:
    """The description of a thing: clicks, a box around it in canvas pixels, words, or several of these.

    `fine` allows a second pass on a crop around a thing that is small in a large picture.
    """

    clicks: tuple[Click, ...] = ()
    box: Box | None = None
    text: str = ""
    fine: bool = True


@dataclass(frozen=True)
class Segmentation:
    """The regions for a prompt, best first. `memory` is passed back to the segmenter with the next click."""

    regions: tuple[Region, ...]
    memory: Any = None


@runtime_checkable
class Segmenter(Protocol):
    """Outlines things by prompts. The owner makes it once and keeps it."""

    @property
    def name(self) -> str: ...

    def prepare(self, picture: Picture) -> None:
        """Compute once what all prompts on a picture share, so that the first prompt is answered at once."""
        ...

    def segment(self, picture: Picture, prompt: Prompt, memory: Any = None) -> Segmentation:
        """The regions for a prompt. `memory` is that of the last answer for the same thing.

        Regions that agree with every click come first. Raises BadInput for an empty prompt and for clicks or
        boxes outside the picture, and Missing when no detector knows its words.
        """
        ...

    def everything(self, picture: Picture) -> tuple[Region, ...]:
        """All things in the picture, best first; they may overlap."""
        ...
