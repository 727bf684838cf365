"""Compositing of Retouch in bench `seam`: the whole pipeline, with an engine that returns given pixels."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from retouch.engines.base import Job
from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.report import Result
from retouch.pipeline.run import run_plans
from retouch.progress import Progress
from retouch.recipes.recipe import Generation, Pass
from retouch.recipes.shape import Shape
from retouch.testing import FakeEngine
from tools.bench.rivals import RIVALS, Put, Putting
from tools.bench.seam_cases import Paint

OURS, GENTLE, OFF = "Retouch", "Retouch at 0.4", "Retouch, correction off"
PLAIN, GROWN, KRITA = "plain alpha", "plain alpha, grown", "Krita"
STRENGTH = 0.75
"""Denoising strength of the comparison: so high that the painted inside tells nothing of its own shift."""


@dataclass
class Scripted(FakeEngine):
    """Paints what it was told to, whatever the job."""

    painted: Callable[[Job], np.ndarray] = field(default=lambda job: job.picture.pixels)

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        return [Picture(self.painted(job)) for job in jobs]


def fixed(picture: Picture, region: Mask, settings: Pass, painted: Callable[[Job], np.ndarray]) -> Result:
    """One region of a picture, with `painted` as the result of its crop."""
    native = picture.size if settings.shape.area == "whole picture" else Size(256, 256)
    found = [r for r in [Region.of_mask(region, "it", 1.0)] if r is not None]
    planned = plan_pass(picture.size, found, PassWork(0, settings), Generation(), native)
    return run_plans([picture], [planned], Scripted(painted=painted))[0]


def ours(original: np.ndarray, paint: Paint, region: Mask, settings: Pass | None = None) -> Put:
    """Plan, paint and composite with Retouch. The crop is the whole picture."""
    chosen = settings or Pass(denoising_strength=STRENGTH)
    whole = dataclasses.replace(chosen, shape=Shape(area="whole picture"))
    picture = Picture(original)
    result = fixed(picture, region, whole, lambda job: paint(job.mask))
    return Put(result.picture.pixels, result.reports[0].mask(picture))


WAYS: dict[str, Putting] = {
    **RIVALS,
    OFF: functools.partial(ours, settings=Pass(denoising_strength=STRENGTH, colour_correction=0.0)),
    OURS: ours,
    GENTLE: functools.partial(ours, settings=Pass(denoising_strength=0.4)),
}
"""By name: the rivals, ours without and with correction, and ours where the strength is low."""
