"""The pipeline: detect, plan, fix and paint. Every entry point calls these functions only."""

from __future__ import annotations

import dataclasses
import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retouch.detectors.base import Detector
from retouch.engines.base import Engine
from retouch.errors import BadInput, RetouchError, collect_remarks, describe
from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.finders import Finders
from retouch.pipeline.lost_regions import loss_warnings
from retouch.pipeline.plan import PassWork, mask_limit, plan_pass
from retouch.pipeline.ranking import Ranker, Scorer
from retouch.pipeline.report import Report, Result, with_warnings
from retouch.pipeline.run import run_plans
from retouch.pipeline.step import Plan
from retouch.pipeline.targets import PassContext, find_target, found_by, rejection, select_regions
from retouch.progress import Progress, Silent
from retouch.recipes.people import PersonSighting, assign_people, unmatched_people
from retouch.recipes.recipe import Generation, Pass, Recipe
from retouch.recipes.seeds import fold_seed
from retouch.recipes.target import Target
from retouch.segmenters.base import Segmenter

if TYPE_CHECKING:
    from retouch.segmenters.registry import SegmenterRegistry

_LOG = logging.getLogger(__name__)

UNSURE = 0.05
"""Confidence, 0..1, from which a detector's region counts when it checks a painted region."""


@dataclass(frozen=True, eq=False)
class PictureInput:
    """A picture to fix, its generation, and the person's own mask on it.

    Raises BadInput if the mask is not of the picture's size.
    """

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

    def with_people(self, recipe: Recipe) -> PictureInput:
        """The input with the people of the recipe."""
        generation = dataclasses.replace(self.generation, people=recipe.people)
        return dataclasses.replace(self, generation=generation)


def _segmenter(name: str) -> Segmenter:
    return _segmenters().get(name)


@functools.cache
def _segmenters() -> SegmenterRegistry:
    """Segmenters without folders of models."""
    from retouch.segmenters.registry import SegmenterRegistry  # late, because few pipelines segment

    return SegmenterRegistry()


@dataclass(frozen=True)
class Pipeline:
    """An engine, and functions that return detectors and segmenters by name. They raise Missing for unknown
    names.

    `scorer` ranks candidates instead of Retouch's own measures.
    """

    engine: Engine
    detector: Callable[[str], Detector]
    segmenter: Callable[[str], Segmenter] = _segmenter
    scorer: Scorer | None = None

    def detect(self, picture: Picture, target: Target, user_mask: Mask | None = None) -> tuple[Region, ...]:
        """The chosen regions of one target, in order, each thing once."""
        return find_target(PassContext(picture, user_mask), target, self._finders)

    def plan(self, canvas: PictureInput, recipe: Recipe) -> Plan:
        """The plan of every pass on the picture as it is now. A later pass may find a changed picture.

        For a pass that searches earlier regions, the planned regions are known, but not their seams.
        """
        plan, canvas = Plan(), canvas.with_people(recipe)
        for numbered in recipe.active:
            past = tuple(Report(s, "skipped", "planned") for s in plan.steps)
            plan += self._plan_pass(canvas, PassWork(*numbered), past).plan
        return plan

    def fix(
        self, canvases: Sequence[PictureInput], recipe: Recipe, progress: Progress | None = None
    ) -> list[Result]:
        """Run every pass over every canvas. Regions of one pass in all pictures share batches.

        A failing detector or engine becomes a warning: no error of a pass is raised.
        """
        watcher = progress or Silent()
        results = [Result(canvas.picture) for canvas in canvases]
        canvases = [canvas.with_people(recipe) for canvas in canvases]
        for numbered in recipe.active:
            if watcher.stopped:
                return [dataclasses.replace(result, stopped=True) for result in results]
            now = [
                dataclasses.replace(canvas, picture=result.picture)
                for result, canvas in zip(results, canvases, strict=True)
            ]
            plans = [
                self._plan_safely(canvas, PassWork(*numbered), result.reports)
                for canvas, result in zip(now, results, strict=True)
            ]
            planned = [pass_plan.plan for pass_plan in plans]
            results_of_pass = run_plans(
                [canvas.picture for canvas in now], planned, self.engine, watcher, self._judge(numbered[1])
            )
            results_of_pass = [
                dataclasses.replace(result, due=pass_plan.due)
                for result, pass_plan in zip(results_of_pass, plans, strict=True)
            ]
            results = [before.then(after) for before, after in zip(results, results_of_pass, strict=True)]
        return [_with_people_told(result, recipe) for result in results]

    def paint(
        self, canvas: PictureInput, regions: Sequence[Region], how: Pass, progress: Progress | None = None
    ) -> Result:
        """Paint exactly these regions with this pass. No detector is needed."""
        native = self.engine.native(how.settings(canvas.generation).sampling.checkpoint)
        planned = _plan_regions(canvas, regions, PassWork(0, how), native)
        (result,) = run_plans(
            [canvas.picture], [planned.plan], self.engine, progress, Ranker(scorer=self.scorer)
        )
        return dataclasses.replace(result, due=planned.due)

    @property
    def _finders(self) -> Finders:
        return Finders(self.detector, self.segmenter)

    def _judge(self, how: Pass) -> Ranker:
        """A ranker that asks the pass's own detectors, if it has any."""
        target = dataclasses.replace(how.target, confidence=UNSURE)
        can_look = target.what == "detectors" and target.models and how.shape.merge == "none"
        return Ranker(functools.partial(self._look, target) if can_look else None, self.scorer)

    def _look(self, target: Target, picture: Picture) -> list[Region]:
        detectors = [self.detector(model) for model in target.models]
        return [
            region
            for detector in detectors
            for region in detector.find(picture, target.confidence, target.classes)
        ]

    def _plan_pass(self, canvas: PictureInput, work: PassWork, past: tuple[Report, ...]) -> _PlannedPass:
        index, recipe_pass = work.index, work.recipe_pass
        view = PassContext(canvas.picture, canvas.user_mask, past)
        with collect_remarks() as remarks:
            candidates = found_by(view, recipe_pass.target, self._finders)
            regions = select_regions(candidates, view, recipe_pass.target)
            if regions:
                fold_seed(
                    canvas.generation.seed
                )  # the host's job may have any seed; `plan` takes the remainder
        remark_plan = Plan(warnings=tuple(f"Pass {index + 1}: {remark}" for remark in remarks))
        if candidates and not regions:
            why = rejection(candidates, view, recipe_pass.target)
            return _PlannedPass(
                remark_plan + Plan(warnings=(f"Pass {index + 1} chose none of what it found: {why}.",))
            )
        people = canvas.generation.people
        if people:
            regions = assign_people(regions, people, canvas.picture.size, _sightings(past))
        if not regions:
            return _PlannedPass(remark_plan)  # without regions the checkpoint is not loaded
        native = self.engine.native(recipe_pass.settings(canvas.generation).sampling.checkpoint)
        planned = _plan_regions(canvas, regions, work, native)
        return dataclasses.replace(planned, plan=remark_plan + planned.plan)

    def _plan_safely(self, canvas: PictureInput, work: PassWork, past: tuple[Report, ...]) -> _PlannedPass:
        try:
            return self._plan_pass(canvas, work, past)
        except Exception as error:  # an error in a detector must not discard the picture
            why = str(error) if isinstance(error, RetouchError) else describe(error)
            if not isinstance(error, RetouchError):
                _LOG.exception("pass %d failed", work.index + 1)
            return _PlannedPass(Plan(warnings=(f"Pass {work.index + 1} was left out: {why}",)), due=1)


@dataclass(frozen=True, eq=False)
class _PlannedPass:
    """The plan of a pass for one canvas, and its count of due regions as in `Result.due`."""

    plan: Plan
    due: int = 0


def _with_people_told(result: Result, recipe: Recipe) -> Result:
    """The result with a warning for each person whose prompts were not used, if any region was found."""
    if not result.reports:
        return result
    return with_warnings(
        result, unmatched_people(recipe.people, {report.step.person for report in result.reports})
    )


def _sightings(past: Sequence[Report]) -> list[PersonSighting]:
    """The boxes in which earlier passes saw each person. Person 0 is a person without a name."""
    return [(report.step.person, report.step.box) for report in past]


def plan_regions(canvas: PictureInput, regions: Sequence[Region], how: Pass, native: Size) -> Plan:
    """The plan that `Pipeline.paint` runs, for a model with the native size `native`."""
    return _plan_regions(canvas, regions, PassWork(0, how), native).plan


def _plan_regions(
    canvas: PictureInput, regions: Sequence[Region], work: PassWork, native: Size
) -> _PlannedPass:
    """The plan of chosen regions, with a warning for each region that cannot be painted."""
    size, how = canvas.picture.size, work.recipe_pass
    plan = plan_pass(size, regions, work, canvas.generation, native, canvas.user_mask)
    warnings = loss_warnings(regions, plan, how.shape, size, mask_limit(canvas.user_mask, how.target))
    return _PlannedPass(plan + Plan(warnings=warnings), len(plan.steps) + len(warnings))
