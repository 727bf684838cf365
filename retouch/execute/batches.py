"""Batches: the jobs of many tasks through few sampling calls, and what to do when a call fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence

from retouch.errors import OutOfMemory, PaintFailed, RetouchError
from retouch.execute.tasks import Shot, Task
from retouch.ports import Engine, Progress, PromptReader
from retouch.raster import Picture

_LOG = logging.getLogger(__name__)
INTERRUPTED = "interrupted"


def batches(tasks: Sequence[Task], engine: Engine) -> Iterator[list[Shot]]:
    """Shots of one size, one settings and one kin together, in first-come order, cut to the limit."""
    groups: dict[object, list[Shot]] = {}
    for shot in (shot for task in tasks for shot in task.shots()):
        key = (shot.job.picture.size, shot.job.settings, engine.kin(shot.job))
        groups.setdefault(key, []).append(shot)
    limit = max(engine.batch_limit, 1)
    for group in groups.values():
        for start in range(0, len(group), limit):
            yield group[start : start + limit]


def paint(batch: Sequence[Shot], engine: Engine, progress: Progress) -> None:
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


def _patches(batch: Sequence[Shot], engine: Engine, progress: Progress) -> list[Picture | None]:
    patches = engine.paint([shot.job for shot in batch], progress)
    if len(patches) != len(batch):
        raise PaintFailed(f"{engine.name} returned {len(patches)} pictures for {len(batch)} jobs.")
    return patches


def _tell_prompts(batch: Sequence[Shot], engine: Engine) -> None:
    """Every task gets what the engine tells of its prompts, each text once."""
    if not isinstance(engine, PromptReader):
        return
    told: dict[tuple[str, str], tuple[str, ...]] = {}
    for shot in batch:
        words = (shot.job.prompt, shot.job.negative_prompt)
        if words not in told:
            told[words] = _prompt_remarks(shot, engine)
        shot.task.remarks.update(dict.fromkeys(told[words]))


def _prompt_remarks(shot: Shot, engine: PromptReader) -> tuple[str, ...]:
    try:
        return engine.prompt_remarks(shot.job)
    except Exception:  # a remark that is missing must not cost what was painted
        _LOG.exception("the engine could not tell what it reads of a prompt")
        return ()


def _give_up(batch: Sequence[Shot], why: str) -> None:
    for shot in batch:
        shot.task.miss(why)


def _again(batch: Sequence[Shot], engine: Engine, progress: Progress, error: PaintFailed) -> None:
    """Half the batch when memory ran out, one by one for anything else, then give the job up."""
    if len(batch) == 1:
        _give_up(batch, str(error))
        return
    size = (len(batch) + 1) // 2 if isinstance(error, OutOfMemory) else 1
    for start in range(0, len(batch), size):
        if not progress.stopped:
            paint(batch[start : start + size], engine, progress)
