"""What the road needs from outside: an engine that paints, detectors and segmenters that see, someone who
watches."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.progress import Progress
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

    def batch_key(self, job: Job) -> Hashable:
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
