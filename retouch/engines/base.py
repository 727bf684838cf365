"""What the road needs from outside: an engine that paints, detectors and segmenters that see, someone who
watches."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.recipes.recipe import Settings


@dataclass(frozen=True)
class Job:
    """One crop to denoise: already cut, scaled and filled. `mask` is the denoise mask, of its size."""

    picture: Picture
    mask: Mask
    prompt: str
    negative_prompt: str
    seed: int
    settings: Settings
    subseed: int = 0
    subseed_strength: float = 0.0


@runtime_checkable
class Progress(Protocol):
    """The watcher. `stopped` turns true on Interrupt; what is finished is kept."""

    @property
    def stopped(self) -> bool: ...

    def show(self, done: int, total: int, what: str) -> None: ...


class Silent:
    """A Progress nobody watches."""

    stopped = False

    def show(self, done: int, total: int, what: str) -> None:
        pass


@runtime_checkable
class Engine(Protocol):
    """Denoises jobs. Decides nothing."""

    @property
    def name(self) -> str: ...

    @property
    def remark(self) -> str:
        """What a person must know of whatever this engine paints; "" for most."""
        ...

    @property
    def batch_limit(self) -> int:
        """The most jobs one call should get."""
        ...

    def native(self, checkpoint: str) -> Size:
        """The size the named checkpoint ("" for the loaded one) was trained at."""
        ...

    def kin(self, job: Job) -> Hashable:
        """Jobs of equal size, settings and kin can go through one sampling call."""
        ...

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        """One sampling call. A result per job in order, of the job's size, None where interrupted.

        Raises PaintFailed: OutOfMemory and NotANumber when a smaller batch may help.
        """
        ...


@runtime_checkable
class PromptReader(Protocol):
    """An engine that knows what of a prompt its model does not read. One whose host tells of it is none."""

    def prompt_remarks(self, job: Job) -> tuple[str, ...]:
        """A sentence for each part of the job's prompts that is left out or taken literally.

        Asked after the job was painted, while its model is still loaded.
        """
        ...


@runtime_checkable
class Detector(Protocol):
    """Finds things. Loaded once and kept by whoever made it."""

    @property
    def name(self) -> str: ...

    def find(self, picture: Picture, confidence: float, classes: tuple[str, ...]) -> tuple[Region, ...]:
        """Every region scored at least `confidence`, of the given classes when any are named."""
        ...


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
class Seen:
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

    def segment(self, picture: Picture, prompt: Prompt, memory: Any = None) -> Seen:
        """What the prompt means. `memory`: what the same thing's last answer held.

        Regions that agree with every click come first. BadInput for an empty prompt, and for what lies
        outside the picture; Missing when its words name nothing that can be found here.
        """
        ...

    def everything(self, picture: Picture) -> tuple[Region, ...]:
        """Every thing in the picture, best first; they may overlap."""
        ...


@runtime_checkable
class Scorer(Protocol):
    """Says how good a painting is, instead of our own measures: a model of the person's taste, say."""

    def score(self, crop: Picture, prompt: str) -> float:
        """Of a crop of the canvas with a candidate put back. Any scale; higher is better."""
        ...
