"""Run plans: batch the jobs of many pictures, paint them, composite the results, report.

A picture is never lost: if a step fails, the picture keeps the finished steps.
"""

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
    """Paint every plan on its picture. Jobs of all pictures share batches. One Result for each picture.

    A step has as many jobs as variations. `judge` ranks their candidates, the best is composited, and all are
    in the report. If a batch runs out of memory, it is halved down to single jobs. If it fails otherwise, its
    jobs are painted one by one. A job that still fails is reported, whatever the engine raised. After
    Interrupt finished steps stay, and the others are reported as skipped. `wholes` are the pictures of which
    `pictures` are crops; tone and grain are measured on them.
    """
    watcher = progress or Silent()
    whole = wholes or pictures
    canvases = [Canvas(p, judge or Ranker(), w) for p, w in zip(pictures, whole, strict=True)]
    steps = [step for plan in plans for step in plan.steps]
    total, count = sum(step.how.variations for step in steps), 0
    unit = "regions" if total == len(steps) else "variations"
    for batch in _batches(canvases, plans, engine):
        if watcher.stopped:
            break
        watcher.show(count, total, f"{len(batch)} of {total} {unit}")
        paint(batch, engine, watcher)
        count += len(batch)
    watcher.show(count, total, "done")
    return [_result(c, p, watcher.stopped) for c, p in zip(canvases, plans, strict=True)]


def _batches(canvases: Sequence[Canvas], plans: Sequence[Plan], engine: Engine) -> Iterator[list[QueuedJob]]:
    """Batches, computed lazily, so that a later wave is cut from the result of an earlier wave."""
    steps = [(c, i, s) for c, p in zip(canvases, plans, strict=True) for i, s in enumerate(p.steps)]
    for _, wave in itertools.groupby(sorted(steps, key=lambda t: t[2].wave), key=lambda t: t[2].wave):
        yield from batches([canvas.open_step(index, step) for canvas, index, step in wave], engine)


def _result(canvas: Canvas, plan: Plan, stopped: bool) -> Result:
    reports = canvas.close(plan.steps, INTERRUPTED if stopped else "not reached")
    step_remarks = tuple(remark for report in reports if (remark := _remark(report)))
    prompt_remarks = dict.fromkeys(remark for report in reports for remark in report.remarks)
    return Result(canvas.finished(), reports, (*plan.warnings, *prompt_remarks, *step_remarks), stopped)


def _remark(report: Report) -> str:
    """A sentence about a step with a problem. An interruption by the person is no problem."""
    if not report.why or report.why.endswith(INTERRUPTED):
        return ""
    unchanged = "" if report.kept else " was left as it is"
    return f"Region {report.step.number} ({report.step.label}){unchanged}: {report.why}"


_LOG = logging.getLogger(__name__)
INTERRUPTED = "interrupted"


def batches(steps: Sequence[StepOnCanvas], engine: Engine) -> Iterator[list[QueuedJob]]:
    """Jobs with the same size, settings and batch key together, first come first served, up to the batch
    limit.
    """
    groups: dict[object, list[QueuedJob]] = {}
    for queued in (queued for step in steps for queued in step.jobs()):
        key = (queued.job.picture.size, queued.job.settings, engine.batch_key(queued.job))
        groups.setdefault(key, []).append(queued)
    limit = max(engine.batch_limit, 1)
    for group in groups.values():
        for start in range(0, len(group), limit):
            yield group[start : start + limit]


def paint(batch: Sequence[QueuedJob], engine: Engine, progress: Progress) -> None:
    """Paint a batch in one sampling call, or in several if it fails. Each step gets its results."""
    start = time.perf_counter()
    try:
        patches = _patches(batch, engine, progress)
    except PaintFailed as error:
        _retry(batch, engine, progress, error)
        return
    except Exception as error:  # an error in an adapter must not discard finished steps
        _LOG.exception("the engine failed")
        _give_up(batch, str(error) if isinstance(error, RetouchError) else f"{type(error).__name__}: {error}")
        return
    seconds = (time.perf_counter() - start) / len(batch)
    _tell_prompts(batch, engine)
    for queued, patch in zip(batch, patches, strict=True):
        if patch is None:
            queued.step.add_failure(INTERRUPTED, seconds)
        else:
            queued.step.add_result(queued.job, patch, seconds)


def _patches(batch: Sequence[QueuedJob], engine: Engine, progress: Progress) -> list[Picture | None]:
    patches = engine.paint([queued.job for queued in batch], progress)
    if len(patches) != len(batch):
        raise PaintFailed(f"{engine.name} returned {len(patches)} pictures for {len(batch)} jobs.")
    return patches


def _tell_prompts(batch: Sequence[QueuedJob], engine: Engine) -> None:
    """Each step gets the engine's remarks on its prompts, each text once."""
    if not isinstance(engine, PromptReader):
        return
    remarks: dict[tuple[str, str], tuple[str, ...]] = {}
    for queued in batch:
        prompts = (queued.job.prompt, queued.job.negative_prompt)
        if prompts not in remarks:
            remarks[prompts] = _prompt_remarks(queued, engine)
        queued.step.remarks.update(dict.fromkeys(remarks[prompts]))


def _prompt_remarks(queued: QueuedJob, engine: PromptReader) -> tuple[str, ...]:
    try:
        return engine.prompt_remarks(queued.job)
    except Exception:  # a missing remark must not discard the candidate
        _LOG.exception("the engine failed to report unread parts of a prompt")
        return ()


def _give_up(batch: Sequence[QueuedJob], why: str) -> None:
    for queued in batch:
        queued.step.add_failure(why)


def _retry(batch: Sequence[QueuedJob], engine: Engine, progress: Progress, error: PaintFailed) -> None:
    """Retry half the batch if memory ran out, single jobs otherwise. A single job that fails is given up."""
    if len(batch) == 1:
        _give_up(batch, str(error))
        return
    size = (len(batch) + 1) // 2 if isinstance(error, OutOfMemory) else 1
    for start in range(0, len(batch), size):
        if not progress.stopped:
            paint(batch[start : start + size], engine, progress)
