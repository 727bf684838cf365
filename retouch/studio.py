"""The verbs. Every door calls these and nothing below them."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retouch.errors import BadInput, RetouchError
from retouch.execute import Result, run
from retouch.mask import Mask
from retouch.plan import Plan, plan
from retouch.ports import Detector, Engine, Progress, Silent
from retouch.raster import Picture
from retouch.recipe import Generation, Pass, Recipe, Target
from retouch.region import Region, distinct, select

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Canvas:
    """A picture to mend, how it was made, and the person's own mask on it."""

    picture: Picture
    generation: Generation
    user_mask: Mask | None = None

    def __post_init__(self) -> None:
        if self.user_mask is not None and self.user_mask.size != self.picture.size:
            raise BadInput(
                f"{self.user_mask.size} is not the picture's {self.picture.size}.",
                path="mask",
                hint="Give a mask of the picture's size.",
            )


@dataclass(frozen=True)
class Studio:
    """An engine to paint with and a way to get detectors by name (Missing for an unknown one)."""

    engine: Engine
    detector: Callable[[str], Detector]

    def detect(self, picture: Picture, target: Target, user_mask: Mask | None = None) -> tuple[Region, ...]:
        """Chosen regions of one target in order, each thing once."""
        found = [
            region
            for model in target.models
            for region in self.detector(model).find(picture, target.confidence, target.classes)
        ]
        return select(distinct(found), target, picture.size, user_mask)

    def plan(self, canvas: Canvas, recipe: Recipe) -> Plan:
        """Every pass planned on the picture as it is now; later passes may find it changed."""
        plans = [self._plan_pass(canvas, work) for work in recipe.active]
        return sum(plans, Plan())

    def fix(
        self, canvases: Sequence[Canvas], recipe: Recipe, progress: Progress | None = None
    ) -> list[Result]:
        """Every pass over every canvas; the regions of one pass in all pictures share batches.

        Never raises for what happens to a pass: a failing detector or engine becomes a warning.
        """
        watcher = progress or Silent()
        results = [Result(canvas.picture) for canvas in canvases]
        for work in recipe.active:
            if watcher.stopped:
                return [dataclasses.replace(result, stopped=True) for result in results]
            now = [
                Canvas(r.picture, c.generation, c.user_mask) for r, c in zip(results, canvases, strict=True)
            ]
            plans = [self._plan_safely(canvas, work) for canvas in now]
            done = run([c.picture for c in now], plans, self.engine, watcher)
            results = [before.then(after) for before, after in zip(results, done, strict=True)]
        return results

    def paint(
        self, canvas: Canvas, regions: Sequence[Region], how: Pass, progress: Progress | None = None
    ) -> Result:
        """These regions and no others, as a pass says: what a person points at needs no detector."""
        native = self.engine.native(how.settings(canvas.generation).sampling.checkpoint)
        made = plan(canvas.picture.size, regions, (0, how), canvas.generation, native, canvas.user_mask)
        (result,) = run([canvas.picture], [made], self.engine, progress or Silent())
        return result

    def _plan_pass(self, canvas: Canvas, work: tuple[int, Pass]) -> Plan:
        _, recipe_pass = work
        regions = self.detect(canvas.picture, recipe_pass.target, canvas.user_mask)
        if not regions:
            return Plan()  # nothing found must not cost a checkpoint's loading
        native = self.engine.native(recipe_pass.settings(canvas.generation).sampling.checkpoint)
        return plan(canvas.picture.size, regions, work, canvas.generation, native, canvas.user_mask)

    def _plan_safely(self, canvas: Canvas, work: tuple[int, Pass]) -> Plan:
        try:
            return self._plan_pass(canvas, work)
        except Exception as error:  # a detector's own fault must not cost the picture
            why = str(error) if isinstance(error, RetouchError) else f"{type(error).__name__}: {error}"
            if not isinstance(error, RetouchError):
                _LOG.exception("pass %d broke", work[0] + 1)
            return Plan(warnings=(f"Pass {work[0] + 1} was left out: {why}",))
