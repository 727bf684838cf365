"""Put a painted picture back onto the one before, as the pipeline puts its own paintings back."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Sequence

from retouch.engines.base import Job
from retouch.image.frame import Frame
from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.pipeline import PictureInput, plan_regions
from retouch.pipeline.report import Result
from retouch.pipeline.run import run_plans
from retouch.pipeline.step import Plan, Step
from retouch.progress import Progress
from retouch.recipes.recipe import Generation, Pass


@dataclasses.dataclass(frozen=True, eq=False)
class GivenPicture:
    """An engine whose painting is already there. See `engines.base.Engine`."""

    picture: Picture
    name, remark, batch_limit = "given picture", "", 1

    def native(self, checkpoint: str) -> Size:
        return self.picture.size

    def batch_key(self, job: Job) -> Hashable:
        return ()

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        return [self.picture for _ in jobs]


def composite_painted(before: Picture, painted: Picture, mask: Mask, how: Pass) -> Result:
    """The result of a pass whose model returned `painted`, of the size of `before`.

    The put-back knobs of `how` apply. Outside the composite mask each pixel of `before` stays. A blank mask
    gives the picture before.
    """
    region = Region.of_mask(mask, "composite")
    if region is None:
        return Result(before)
    plan = plan_regions(PictureInput(before, Generation()), [region], how, before.size)
    steps = tuple(_unscaled(step, before.size) for step in plan.steps)
    (result,) = run_plans([before], [Plan(steps, plan.warnings)], GivenPicture(painted))
    return result


def _unscaled(step: Step, size: Size) -> Step:
    """The step, of the inpaint area "whole picture", at the size of the picture."""
    return dataclasses.replace(step, frame=Frame(size.box, size))
