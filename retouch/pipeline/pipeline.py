"""The verbs. Every door calls these and nothing below them."""

from __future__ import annotations

import dataclasses
import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retouch.detectors.base import Detector
from retouch.engines.base import Engine
from retouch.errors import BadInput, RetouchError, collect_remarks, describe
from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.finders import Finders
from retouch.pipeline.lost_regions import loss_warnings
from retouch.pipeline.plan import mask_limit, plan_pass
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
from retouch.segmenters.registry import SegmenterRegistry

_LOG = logging.getLogger(__name__)

UNSURE = 0.05
"""How sure a detector has to be when it only looks again at what was painted."""


@dataclass(frozen=True, eq=False)
class PictureInput:
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

    def with_people(self, recipe: Recipe) -> PictureInput:
        """With those whom the recipe names."""
        generation = dataclasses.replace(self.generation, people=recipe.people)
        return dataclasses.replace(self, generation=generation)


@dataclass(frozen=True)
class Pipeline:
    """An engine to paint with, and ways to get detectors and segmenters by name (Missing for an unknown one).

    `scorer` chooses among variations instead of our own measures.
    """

    engine: Engine
    detector: Callable[[str], Detector]
    segmenter: Callable[[str], Segmenter] = SegmenterRegistry().get
    scorer: Scorer | None = None

    def detect(self, picture: Picture, target: Target, user_mask: Mask | None = None) -> tuple[Region, ...]:
        """Chosen regions of one target in order, each thing once."""
        return find_target(PassContext(picture, user_mask), target, self._eyes)

    def plan(self, canvas: PictureInput, recipe: Recipe) -> Plan:
        """Every pass planned on the picture as it is now; later passes may find it changed.

        Where a pass looks for what an earlier one left, the regions of that one are known, its seams not.
        """
        made, canvas = Plan(), canvas.with_people(recipe)
        for work in recipe.active:
            past = tuple(Report(s, "skipped", "planned") for s in made.steps)
            made += self._plan_pass(canvas, work, past).plan
        return made

    def fix(
        self, canvases: Sequence[PictureInput], recipe: Recipe, progress: Progress | None = None
    ) -> list[Result]:
        """Every pass over every canvas; the regions of one pass in all pictures share batches.

        Never raises for what happens to a pass: a failing detector or engine becomes a warning.
        """
        watcher = progress or Silent()
        results = [Result(canvas.picture) for canvas in canvases]
        canvases = [canvas.with_people(recipe) for canvas in canvases]
        for work in recipe.active:
            if watcher.stopped:
                return [dataclasses.replace(result, stopped=True) for result in results]
            now = [dataclasses.replace(c, picture=r.picture) for r, c in zip(results, canvases, strict=True)]
            plans = [self._plan_safely(c, work, r.reports) for c, r in zip(now, results, strict=True)]
            made = [one.plan for one in plans]
            done = run_plans([c.picture for c in now], made, self.engine, watcher, self._judge(work[1]))
            done = [dataclasses.replace(d, due=one.due) for d, one in zip(done, plans, strict=True)]
            results = [before.then(after) for before, after in zip(results, done, strict=True)]
        return [_with_people_told(result, recipe) for result in results]

    def paint(
        self, canvas: PictureInput, regions: Sequence[Region], how: Pass, progress: Progress | None = None
    ) -> Result:
        """These regions and no others, as a pass says: what a person points at needs no detector."""
        native = self.engine.native(how.settings(canvas.generation).sampling.checkpoint)
        made = _plan_regions(canvas, regions, (0, how), native)
        (result,) = run_plans(
            [canvas.picture], [made.plan], self.engine, progress, Ranker(scorer=self.scorer)
        )
        return dataclasses.replace(result, due=made.due)

    @property
    def _eyes(self) -> Finders:
        return Finders(self.detector, self.segmenter)

    def _judge(self, how: Pass) -> Ranker:
        """Asks the pass's own detectors, if it has any."""
        target = dataclasses.replace(how.target, confidence=UNSURE)
        seen = target.what == "detectors" and target.models and how.shape.merge == "none"
        return Ranker(functools.partial(self._look, target) if seen else None, self.scorer)

    def _look(self, target: Target, picture: Picture) -> list[Region]:
        finders = [self.detector(model) for model in target.models]
        return [r for one in finders for r in one.find(picture, target.confidence, target.classes)]

    def _plan_pass(
        self, canvas: PictureInput, work: tuple[int, Pass], past: tuple[Report, ...]
    ) -> _PlannedPass:
        index, recipe_pass = work
        view = PassContext(canvas.picture, canvas.user_mask, past)
        with collect_remarks() as remarks:
            found = found_by(view, recipe_pass.target, self._eyes)
            regions = select_regions(found, view, recipe_pass.target)
            if regions:
                fold_seed(
                    canvas.generation.seed
                )  # the host's job may have any seed; `plan` takes the remainder
        told = Plan(warnings=tuple(f"Pass {index + 1}: {remark}" for remark in remarks))
        if found and not regions:
            why = rejection(found, view, recipe_pass.target)
            return _PlannedPass(
                told + Plan(warnings=(f"Pass {index + 1} chose none of what it found: {why}.",))
            )
        people = canvas.generation.people
        if people:
            regions = assign_people(regions, people, canvas.picture.size, _sightings(past))
        if not regions:
            return _PlannedPass(told)  # nothing found must not cost a checkpoint's loading
        native = self.engine.native(recipe_pass.settings(canvas.generation).sampling.checkpoint)
        planned = _plan_regions(canvas, regions, work, native)
        return dataclasses.replace(planned, plan=told + planned.plan)

    def _plan_safely(
        self, canvas: PictureInput, work: tuple[int, Pass], past: tuple[Report, ...]
    ) -> _PlannedPass:
        try:
            return self._plan_pass(canvas, work, past)
        except Exception as error:  # a detector's own fault must not cost the picture
            why = str(error) if isinstance(error, RetouchError) else describe(error)
            if not isinstance(error, RetouchError):
                _LOG.exception("pass %d broke", work[0] + 1)
            return _PlannedPass(Plan(warnings=(f"Pass {work[0] + 1} was left out: {why}",)), due=1)


@dataclass(frozen=True, eq=False)
class _PlannedPass:
    """What a pass will paint of a canvas, and how much it was to paint, as `Result.due` counts."""

    plan: Plan
    due: int = 0


def _with_people_told(result: Result, recipe: Recipe) -> Result:
    """Where anything was found, whose words were not used is told."""
    if not result.reports:
        return result
    return with_warnings(
        result, unmatched_people(recipe.people, {report.step.person for report in result.reports})
    )


def _sightings(past: Sequence[Report]) -> list[PersonSighting]:
    """Where earlier passes saw whom; 0 is whom nobody named."""
    return [(report.step.person, report.step.box) for report in past]


def plan_regions(canvas: PictureInput, regions: Sequence[Region], how: Pass, native: Size) -> Plan:
    """What `Studio.paint` does, on a model trained at `native`."""
    return _plan_regions(canvas, regions, (0, how), native).plan


def _plan_regions(
    canvas: PictureInput, regions: Sequence[Region], work: tuple[int, Pass], native: Size
) -> _PlannedPass:
    """The plan of chosen regions, with a warning of each of which nothing is left to paint."""
    size, how = canvas.picture.size, work[1]
    made = plan_pass(size, regions, work, canvas.generation, native, canvas.user_mask)
    lost = loss_warnings(regions, made, how.shape, size, mask_limit(canvas.user_mask, how.target))
    return _PlannedPass(made + Plan(warnings=lost), len(made.steps) + len(lost))
