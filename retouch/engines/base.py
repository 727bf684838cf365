"""The interfaces of an engine: it gets cropped, scaled and filled jobs and denoises them."""

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
    """One crop to denoise: cut, scaled and filled.

    `mask` is the denoise mask: uint8 0..255, with the height and width of `picture`. Its prompts, seed
    and settings apply to this crop only.
    """

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
    """An engine denoises jobs. It makes no decision about crops, masks or prompts."""

    @property
    def name(self) -> str:
        """The engine's name in reports and answers of the API."""
        ...

    @property
    def remark(self) -> str:
        """A sentence that is shown with every picture of this engine, or ""."""
        ...

    @property
    def batch_limit(self) -> int:
        """Maximum number of jobs in one call of `paint`."""
        ...

    def native(self, checkpoint: str) -> Size:
        """The native size in pixels of the named checkpoint. "" stands for the loaded checkpoint."""
        ...

    def batch_key(self, job: Job) -> Hashable:
        """Jobs with equal size, settings and batch key can share one sampling call."""
        ...

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        """Run one sampling call and return one picture of the job's size for each job, in order.

        An entry is None if the call was interrupted. Raises PaintFailed. Raises its subclasses OutOfMemory
        and NotANumber if a smaller batch may help.
        """
        ...


@runtime_checkable
class PromptReader(Protocol):
    """An engine that can name the parts of a prompt that its model ignores.

    An engine does not implement this if its host reports these parts.
    """

    def prompt_remarks(self, job: Job) -> tuple[str, ...]:
        """A sentence for each part of the job's prompts that is ignored or read as plain words.

        Call it after the job was painted, while its model is still loaded.
        """
        ...
