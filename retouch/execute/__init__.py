"""Run plans: batch the jobs of many pictures, paint, put back, report. The picture is never lost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from retouch.choice import Judge
from retouch.execute.batches import INTERRUPTED, batches, paint
from retouch.execute.reports import CHANGED, NOTHING_FOUND, REVERTED, UNCHANGED, Report, Result, with_warnings
from retouch.execute.tasks import Canvas, Shot
from retouch.plan import Plan
from retouch.ports import Engine, Progress, Silent
from retouch.raster import Picture

__all__ = ["CHANGED", "NOTHING_FOUND", "REVERTED", "UNCHANGED", "Report", "Result", "run", "with_warnings"]


def run(
    pictures: Sequence[Picture],
    plans: Sequence[Plan],
    engine: Engine,
    progress: Progress | None = None,
    judge: Judge | None = None,
    wholes: Sequence[Picture] | None = None,
) -> list[Result]:
    """Paint every plan on its picture, jobs of all pictures batched together. One Result a picture.

    A step of several variations is as many jobs; of what came of them `judge` puts the best back, and all
    are in its report. A batch that runs out of memory is halved down to single jobs, one that fails otherwise
    is painted one by one; a job that still fails is left out and reported, whatever the engine raised.
    After Interrupt what is finished stays and the rest is reported as skipped. `wholes` are the pictures that
    `pictures` are crops of, whose tone and grain are kept.
    """
    watcher = progress or Silent()
    whole = wholes or pictures
    canvases = [Canvas(p, judge or Judge(), w) for p, w in zip(pictures, whole, strict=True)]
    steps = [step for plan in plans for step in plan.steps]
    total, done = sum(step.variations for step in steps), 0
    things = "regions" if total == len(steps) else "variations"
    for batch in _batches(canvases, plans, engine):
        if watcher.stopped:
            break
        watcher.show(done, total, f"{len(batch)} of {total} {things}")
        paint(batch, engine, watcher)
        done += len(batch)
    watcher.show(done, total, "done")
    return [_result(c, p, watcher.stopped) for c, p in zip(canvases, plans, strict=True)]


def _batches(canvases: Sequence[Canvas], plans: Sequence[Plan], engine: Engine) -> Iterator[list[Shot]]:
    """Lazily, so that a later wave is cut from what an earlier one painted."""
    steps = [(c, i, s) for c, p in zip(canvases, plans, strict=True) for i, s in enumerate(p.steps)]
    for _, wave in itertools.groupby(sorted(steps, key=lambda t: t[2].wave), key=lambda t: t[2].wave):
        yield from batches([canvas.cut(index, step) for canvas, index, step in wave], engine)


def _result(canvas: Canvas, plan: Plan, stopped: bool) -> Result:
    reports = canvas.close(plan.steps, INTERRUPTED if stopped else "not reached")
    lost = tuple(remark for report in reports if (remark := _remark(report)))
    told = dict.fromkeys(remark for report in reports for remark in report.remarks)
    return Result(canvas.finished(), reports, (*plan.warnings, *told, *lost), stopped)


def _remark(report: Report) -> str:
    """What a person should know of a step that did not go well; that it was interrupted, they do know."""
    if not report.why or report.why.endswith(INTERRUPTED):
        return ""
    left = "" if report.kept else " was left as it is"
    return f"Region {report.step.number} ({report.step.label}){left}: {report.why}"
