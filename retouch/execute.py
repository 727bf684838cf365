"""Run plans: batch the jobs of many pictures, paint, put back, report. The picture is never lost."""

from __future__ import annotations

import dataclasses
import itertools
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from retouch.blend import composite
from retouch.colour import field as colour_field
from retouch.colour import inside_say, reliance
from retouch.errors import OutOfMemory, PaintFailed, RetouchError
from retouch.fill import filled
from retouch.geometry import Box
from retouch.mask import Mask
from retouch.plan import Plan, Step
from retouch.ports import Engine, Job, Progress, Silent
from retouch.raster import Picture

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Report:
    """What became of one step. `outcome` is kept or skipped; `why` is empty when all went well."""

    step: Step
    outcome: str = "kept"
    why: str = ""
    seconds: float = 0.0

    @property
    def kept(self) -> bool:
        return self.outcome == "kept"

    def mask(self, picture: Picture) -> Mask:
        """The composite mask on the whole picture."""
        alpha = np.zeros(picture.pixels.shape[:2], np.uint8)
        alpha[self.step.frame.crop.slices] = self.step.composite.alpha
        return Mask(alpha)


@dataclass(frozen=True, eq=False)
class Result:
    """The best picture there is, what was done to it, and what a person should know."""

    picture: Picture
    reports: tuple[Report, ...] = ()
    warnings: tuple[str, ...] = ()
    stopped: bool = False

    def then(self, later: Result) -> Result:
        return Result(
            later.picture,
            self.reports + later.reports,
            self.warnings + later.warnings,
            self.stopped or later.stopped,
        )


@dataclass
class _Canvas:
    """A picture being worked on: the one mutable thing on the road, private to one `run`."""

    original: Picture
    reports: dict[int, Report] = field(default_factory=dict)
    _painted: np.ndarray | None = None

    @property
    def pixels(self) -> np.ndarray:
        return self.original.pixels if self._painted is None else self._painted

    def put(self, task: _Task, patch: Picture) -> None:
        """Composite in place, on a copy made for the first patch only."""
        step, spot = task.step, task.step.composite.bounds
        if spot is None:
            return
        if self._painted is None:
            self._painted = self.original.pixels.copy()
        under = self._painted[step.frame.crop.slices][spot.slices]
        under[:] = composite(under, task.matched(patch, spot), step.composite.crop(spot))

    def finished(self) -> Picture:
        if self._painted is None:
            return self.original
        self._painted.flags.writeable = False
        return self.original.with_pixels(self._painted)


@dataclass(frozen=True, eq=False)
class _Task:
    canvas: _Canvas
    index: int
    step: Step
    job: Job
    seen: Picture
    """The crop at work size, before anything was filled in."""

    def matched(self, patch: Picture, spot: Box) -> np.ndarray:
        """The pixels `spot` of the crop, painted, in the colours of what surrounds them.

        Seen and painted are compared at work size: scaling back is no shift of colours, and what other
        steps have put there since is none either.
        """
        step = self.step
        over = step.frame.put(patch, spot)
        if not step.colour_correction:
            return over
        strength, content = step.settings.denoising_strength, step.settings.masked_content
        found = colour_field(
            self.seen.pixels,
            patch.pixels,
            step.frame.take_mask(step.composite),
            self.job.mask,
            inside_say(strength, content),
        )
        if found is None:
            return over
        amount = step.colour_correction * reliance(found.agreement, strength)
        return over + np.float32(amount) * found.on(step.frame.crop.size, spot)

    def untouched(self, patch: Picture) -> bool:
        """At denoising strength 0 the crop comes back: putting it back would only resample the canvas."""
        return patch is self.job.picture and self.step.settings.masked_content == "original"


def run(
    pictures: Sequence[Picture], plans: Sequence[Plan], engine: Engine, progress: Progress | None = None
) -> list[Result]:
    """Paint every plan on its picture, jobs of all pictures batched together. One Result a picture.

    A batch that runs out of memory is halved down to single jobs, one that fails otherwise is painted
    one by one; a job that still fails is skipped and reported, whatever the engine raised. After
    Interrupt what is finished stays and the rest is reported as skipped.
    """
    watcher = progress or Silent()
    canvases = [_Canvas(picture) for picture in pictures]
    total, done = sum(len(p.steps) for p in plans), 0
    for batch in _all_batches(canvases, plans, engine):
        if watcher.stopped:
            break
        watcher.show(done, total, f"{len(batch)} of {total} regions")
        _paint(batch, engine, watcher)
        done += len(batch)
    watcher.show(done, total, "done")
    return [_result(c, p, watcher.stopped) for c, p in zip(canvases, plans, strict=True)]


def _all_batches(canvases: Sequence[_Canvas], plans: Sequence[Plan], engine: Engine) -> Iterator[list[_Task]]:
    """Lazily, so that a later wave is cut from what an earlier one painted."""
    steps = [(c, i, s) for c, p in zip(canvases, plans, strict=True) for i, s in enumerate(p.steps)]
    for _, wave in itertools.groupby(sorted(steps, key=lambda t: t[2].wave), key=lambda t: t[2].wave):
        yield from _batches([_task(*item) for item in wave], engine)


def _task(canvas: _Canvas, index: int, step: Step) -> _Task:
    mask = step.frame.take_mask(step.denoise)
    seen = step.frame.cut(canvas.pixels)
    job = Job(
        picture=filled(seen, mask, step.settings.masked_content),
        mask=mask,
        prompt=step.prompt,
        negative_prompt=step.negative_prompt,
        seed=step.seed,
        settings=step.settings,
        subseed=step.subseed,
        subseed_strength=step.subseed_strength,
    )
    return _Task(canvas, index, step, job, seen)


def _batches(tasks: Sequence[_Task], engine: Engine) -> Iterator[list[_Task]]:
    """Tasks of one size, one settings and one kin together, in first-come order, cut to the limit."""
    groups: dict[object, list[_Task]] = {}
    for task in tasks:
        key = (task.step.frame.work, task.step.settings, engine.kin(task.job))
        groups.setdefault(key, []).append(task)
    for group in groups.values():
        for start in range(0, len(group), max(engine.batch_limit, 1)):
            yield group[start : start + max(engine.batch_limit, 1)]


def _paint(batch: Sequence[_Task], engine: Engine, progress: Progress) -> None:
    begun = time.perf_counter()
    try:
        patches = _patches(batch, engine, progress)
    except PaintFailed as error:
        _again(batch, engine, progress, error)
        return
    except Exception as error:  # an adapter's own fault must not cost what is already painted
        _LOG.exception("the engine broke")
        _give_up(batch, str(error) if isinstance(error, RetouchError) else f"{type(error).__name__}: {error}")
        return
    seconds = (time.perf_counter() - begun) / len(batch)
    for task, patch in zip(batch, patches, strict=True):
        _keep(task, patch, seconds)


def _patches(batch: Sequence[_Task], engine: Engine, progress: Progress) -> list[Picture | None]:
    patches = engine.paint([t.job for t in batch], progress)
    if len(patches) != len(batch):
        raise PaintFailed(f"{engine.name} returned {len(patches)} pictures for {len(batch)} jobs.")
    return patches


def _give_up(batch: Sequence[_Task], why: str) -> None:
    for task in batch:
        task.canvas.reports[task.index] = Report(task.step, "skipped", why)


def _keep(task: _Task, patch: Picture | None, seconds: float) -> None:
    if patch is None:
        task.canvas.reports[task.index] = Report(task.step, "skipped", "interrupted", seconds)
        return
    if not task.untouched(patch):
        task.canvas.put(task, patch)
    task.canvas.reports[task.index] = Report(task.step, seconds=seconds)


def _again(batch: Sequence[_Task], engine: Engine, progress: Progress, error: PaintFailed) -> None:
    """Half the batch when memory ran out, one by one for anything else, then give the job up."""
    if len(batch) == 1:
        _give_up(batch, str(error))
        return
    size = (len(batch) + 1) // 2 if isinstance(error, OutOfMemory) else 1
    for start in range(0, len(batch), size):
        if not progress.stopped:
            _paint(batch[start : start + size], engine, progress)


def _result(canvas: _Canvas, plan: Plan, stopped: bool) -> Result:
    unreached = "interrupted" if stopped else "not reached"
    reports = tuple(canvas.reports.get(i, Report(s, "skipped", unreached)) for i, s in enumerate(plan.steps))
    failed = [r for r in reports if not r.kept and r.why != "interrupted"]
    lost = tuple(f"Region {r.step.number} ({r.step.label}) was left as it is: {r.why}" for r in failed)
    return Result(canvas.finished(), reports, plan.warnings + lost, stopped)


def with_warnings(result: Result, warnings: Sequence[str]) -> Result:
    return dataclasses.replace(result, warnings=result.warnings + tuple(warnings))
