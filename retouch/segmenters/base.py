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
    """The regions for a prompt. `memory` is passed back to the segmenter with the next click.

    Regions for clicks or a box are `nested`: candidates for one thing by `candidates.order_candidates`, the
    smallest first. Regions for words are different things, best first. `default` is the index of the region
    that is taken where nobody chooses.
    """

    regions: tuple[Region, ...]
    memory: Any = None
    default: int = 0
    nested: bool = False

    @property
    def best(self) -> Region | None:
        """The default region, None without regions."""
        return self.regions[self.default] if self.regions else None


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

        Regions for clicks or a box come from `candidates.order_candidates`. Raises BadInput for an empty
        prompt and for clicks or boxes outside the picture, and Missing when no detector knows its words.
        """
        ...

    def everything(self, picture: Picture) -> tuple[Region, ...]:
        """All things in the picture, best first; they may overlap."""
        ...
