"""The cost of a plan, for bench `masks`: areas, crops, sampling calls, and pixels changed by painting."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retouch.engines.base import Job
from retouch.image.geometry import Size
from retouch.image.mask import SOLID, Mask
from retouch.image.picture import Picture
from retouch.pipeline.run import run_plans
from retouch.pipeline.step import Plan
from retouch.progress import Progress
from retouch.testing import FakeEngine
from tools.bench.masks_rules import GREY, flat


@dataclass
class Inverting(FakeEngine):
    """Inverts the whole crop, so that every pixel which is put back changes."""

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        return [Picture(255 - job.picture.pixels) for job in jobs]


@dataclass(frozen=True)
class Cost:
    """Of one plan. Areas are in canvas pixels and add up over the steps.

    `solid`: composite alpha from 128 up; `soft`: from 1 up; `changed`: pixels that changed when painted,
    None where it was not painted; `covered`: the share 0..1 of the marked pixels with a composite of 255;
    `crops`: area of the crops; `magnification`: the lowest of the steps; `calls`: sampling calls.
    """

    marked: int
    solid: int
    soft: int
    changed: int | None
    covered: float
    crops: int
    magnification: float
    regions: int
    calls: int


def cost_of(mark: Mask, plan: Plan, changed: int | None = None) -> Cost:
    steps = plan.steps
    return Cost(
        marked=_solid(mark),
        solid=sum(_solid(step.composite) for step in steps),
        soft=sum(int(np.count_nonzero(step.composite.alpha)) for step in steps),
        changed=changed,
        covered=_covered(mark, plan),
        crops=sum(step.frame.crop.area for step in steps),
        magnification=min((step.frame.magnification for step in steps), default=math.inf),
        regions=len(steps),
        calls=calls_of(plan, Inverting.batch_limit),
    )


def calls_of(plan: Plan, limit: int) -> int:
    """Sampling calls. Steps of one wave and one work size share a call, up to `limit` steps."""
    alike = Counter((step.wave, step.frame.work) for step in plan.steps)
    return sum(math.ceil(count / limit) for count in alike.values())


def _covered(mark: Mask, plan: Plan) -> float:
    opaque = np.zeros(mark.alpha.shape, bool)
    for step in plan.steps:
        opaque[step.frame.crop.slices] |= step.composite.alpha == 255
    return np.count_nonzero(opaque[mark.alpha >= SOLID]) / max(_solid(mark), 1)


def _solid(mask: Mask) -> int:
    return int(np.count_nonzero(mask.alpha >= SOLID))


def changed_by(plan: Plan, size: Size) -> int:
    """Pixels of a flat picture that change if every step is painted inverted, without colour correction."""
    bare = Plan(
        tuple(
            dataclasses.replace(step, how=dataclasses.replace(step.how, colour_correction=0.0))
            for step in plan.steps
        )
    )
    (result,) = run_plans([flat(size)], [bare], Inverting())
    return int(np.count_nonzero((result.picture.pixels != GREY).any(2)))
