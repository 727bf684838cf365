"""The engine "content": content-aware fill of holes, without a model and without torch.

It removes objects without a checkpoint. It uses the pixels around the hole only. Prompts and seeds have no
effect.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from retouch.engines.base import Job
from retouch.image.fill.content_aware import fill_with_content
from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.progress import Progress

NAME = "content"
REMARK = "Filled from the picture itself, without a model: prompts, seeds and samplers say nothing to it."
REMOVAL_REMARK = (
    "Removed with the picture's own content, because there is no checkpoint here that knows other pictures: "
    "prompt, seed and variations have no effect."
)
SIDE = 512
"""Native side in pixels. A crop around an object to remove has usually about this size, so scaling loses
little detail."""


OPAQUE = 250
"""Level of a denoise mask from which a pixel is composited, at work size. Below it only the denoise mask
reaches, and with the masked content "original" these pixels are the picture's own."""


def removal_engine() -> PatchEngine:
    """The engine for the intent Remove where there is no checkpoint. Its remark tells the reason."""
    return PatchEngine(remark=REMOVAL_REMARK)


@dataclass(frozen=True)
class PatchEngine:
    """Fills the solid part of each job's mask, with the masked content "original" only the opaque part.

    Denoising strength 0 returns the picture unchanged; no other setting has an effect.
    """

    name: str = NAME
    remark: str = REMARK
    batch_limit: int = 1

    def native(self, checkpoint: str) -> Size:
        """A square of SIDE pixels, for any checkpoint."""
        return Size(SIDE, SIDE)

    def batch_key(self, job: Job) -> Hashable:
        """None: all jobs are compatible."""
        return None

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        """See `engines.base.Engine`. It checks for an interrupt before each job."""
        return [None if progress.stopped else self._fill(job) for job in jobs]

    @staticmethod
    def _fill(job: Job) -> Picture:
        if job.settings.denoising_strength == 0:
            return job.picture
        return Picture(fill_with_content(job.picture.pixels, hole_of(job)))


def hole_of(job: Job) -> Mask:
    """The part of a job's mask that is filled; its solid pixels, or only the opaque ones of an original."""
    opaque = Mask.where(job.mask.alpha >= OPAQUE)
    return opaque if job.settings.masked_content == "original" and opaque.area else job.mask
