"""Run plans: batch the jobs of many pictures, paint, put back, report. The picture is never lost."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Iterator, Sequence

from retouch.engines.base import Engine, PromptReader
from retouch.errors import OutOfMemory, PaintFailed, RetouchError
from retouch.image.picture import Picture
from retouch.pipeline.canvas import Canvas, QueuedJob, StepOnCanvas
from retouch.pipeline.ranking import Ranker
from retouch.pipeline.report import Report, Result
from retouch.pipeline.step import Plan
from retouch.progress import Progress, Silent


def run_plans(
    pictures: Sequence[Picture],
    plans: Sequence[Plan],
    engine: Engine,
    progress: Progress | None = None,
    judge: Ranker | None = None,
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
    canvases = [Canvas(p, judge or Ranker(), w) for p, w in zip(pictures, whole, strict=True)]
    steps = [step for plan in plans for step in plan.steps]
    total, done = sum(step.how.variations for step in steps), 0
    things = "regions" if total == len(steps) else "variations"
    for batch in _batches(canvases, plans, engine):
        if watcher.stopped:
            break
        watcher.show(done, total, f"{len(batch)} of {total} {things}")
        paint(batch, engine, watcher)
        done += len(batch)
    watcher.show(done, total, "done")
    return [_result(c, p, watcher.stopped) for c, p in zip(canvases, plans, strict=True)]


def _batches(canvases: Sequence[Canvas], plans: Sequence[Plan], engine: Engine) -> Iterator[list[QueuedJob]]:
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


_LOG = logging.getLogger(__name__)
INTERRUPTED = "interrupted"


def batches(tasks: Sequence[StepOnCanvas], engine: Engine) -> Iterator[list[QueuedJob]]:
    """Shots of one size, one settings and one kin together, in first-come order, cut to the limit."""
    groups: dict[object, list[QueuedJob]] = {}
    for shot in (shot for task in tasks for shot in task.shots()):
        key = (shot.job.picture.size, shot.job.settings, engine.batch_key(shot.job))
        groups.setdefault(key, []).append(shot)
    limit = max(engine.batch_limit, 1)
    for group in groups.values():
        for start in range(0, len(group), limit):
            yield group[start : start + limit]


def paint(batch: Sequence[QueuedJob], engine: Engine, progress: Progress) -> None:
    """One sampling call, or more when it fails; every task gets what became of its jobs."""
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
    _tell_prompts(batch, engine)
    for shot, patch in zip(batch, patches, strict=True):
        if patch is None:
            shot.task.miss(INTERRUPTED, seconds)
        else:
            shot.task.take(shot.job, patch, seconds)


def _patches(batch: Sequence[QueuedJob], engine: Engine, progress: Progress) -> list[Picture | None]:
    patches = engine.paint([shot.job for shot in batch], progress)
    if len(patches) != len(batch):
        raise PaintFailed(f"{engine.name} returned {len(patches)} pictures for {len(batch)} jobs.")
    return patches


def _tell_prompts(batch: Sequence[QueuedJob], engine: Engine) -> None:
    """Every task gets what the engine tells of its prompts, each text once."""
    if not isinstance(engine, PromptReader):
        return
    told: dict[tuple[str, str], tuple[str, ...]] = {}
    for shot in batch:
        words = (shot.job.prompt, shot.job.negative_prompt)
        if words not in told:
            told[words] = _prompt_remarks(shot, engine)
        shot.task.remarks.update(dict.fromkeys(told[words]))


def _prompt_remarks(shot: QueuedJob, engine: PromptReader) -> tuple[str, ...]:
    try:
        return engine.prompt_remarks(shot.job)
    except Exception:  # a remark that is missing must not cost what was painted
        _LOG.exception("the engine could not tell what it reads of a prompt")
        return ()


def _give_up(batch: Sequence[QueuedJob], why: str) -> None:
    for shot in batch:
        shot.task.miss(why)


def _again(batch: Sequence[QueuedJob], engine: Engine, progress: Progress, error: PaintFailed) -> None:
    """Half the batch when memory ran out, one by one for anything else, then give the job up."""
    if len(batch) == 1:
        _give_up(batch, str(error))
        return
    size = (len(batch) + 1) // 2 if isinstance(error, OutOfMemory) else 1
    for start in range(0, len(batch), size):
        if not progress.stopped:
            paint(batch[start : start + size], engine, progress)
