"""Paint the stages of ways, wave by wave, each from its own crop: a larger canvas costs a stage nothing."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from retouch.engines.base import Engine
from retouch.outpaint.checks import CheckOptions
from retouch.outpaint.progress import Extension
from retouch.outpaint.stage_painter import StageJob, StagePainter, Wave
from retouch.outpaint.stages import MAX_STAGES
from retouch.pipeline.report import Report
from retouch.pipeline.run import run_plans
from retouch.progress import Progress, Silent


@dataclass(frozen=True, eq=False)
class ExtensionResult:
    """As far as the way was gone: a report for each stage that was tried, in order of painting."""

    way: Extension
    reports: tuple[Report, ...] = ()
    warnings: tuple[str, ...] = ()
    stopped: bool = False


def extend(
    way: Extension,
    engine: Engine,
    guard: CheckOptions | None = None,
    progress: Progress | None = None,
    at_once: int | None = None,
) -> ExtensionResult:
    """Paint what is due, or whole waves until `max_stages` stages are done.

    Stops at Interrupt, and at a stage that cannot be painted: what is done is kept.
    """
    return extend_all([way], engine, guard, progress, at_once)[0]


def extend_all(
    ways: Sequence[Extension],
    engine: Engine,
    guard: CheckOptions | None = None,
    progress: Progress | None = None,
    at_once: int | None = None,
) -> list[ExtensionResult]:
    """The ways of several pictures side by side: their waves share sampling calls. One Extended a way.

    Each becomes what it would alone. A stage that cannot be painted ends its own way only, Interrupt all.
    """
    watcher = progress or Silent()
    walks = [StagePainter(way, guard or CheckOptions(), watcher) for way in ways]
    enough = [len(way.done) + (at_once or len(way.due) + MAX_STAGES) for way in ways]
    while not watcher.stopped:
        going = [walk for walk, most in zip(walks, enough, strict=True) if _goes_on(walk, most)]
        if not going:
            break
        done, total = _count_stages(walks)
        watcher.show(done, total, f"stage {done + 1} of {total}")
        _paint_waves(going, engine, watcher)
    watcher.show(*_count_stages(walks), "done")
    stopped = watcher.stopped
    return [ExtensionResult(w.way, tuple(w.reports), tuple(w.remarks + w.faults), stopped) for w in walks]


def _goes_on(walk: StagePainter, enough: int) -> bool:
    return bool(walk.way.due) and not walk.faults and len(walk.way.done) < enough


def _count_stages(walks: Sequence[StagePainter]) -> tuple[int, int]:
    """(stages that are done, all that are to be) of all ways."""
    done = sum(len(walk.way.done) for walk in walks)
    return done, done + sum(len(walk.way.due) for walk in walks)


def _paint_waves(walks: Sequence[StagePainter], engine: Engine, watcher: Progress) -> None:
    """The next wave of each: what they ask for at a time is painted together."""
    under_way = [(wave, next(wave)) for wave in [walk.wave() for walk in walks]]
    while under_way:
        reports = _paint([asks for _, asks in under_way], engine, watcher)
        sent = [(wave, _advance(wave, found)) for (wave, _), found in zip(under_way, reports, strict=True)]
        under_way = [(wave, asks) for wave, asks in sent if asks is not None]


def _advance(wave: Wave, reports: Sequence[Report]) -> list[StageJob] | None:
    """What the wave asks for next, None when it is done."""
    try:
        return wave.send(reports)
    except StopIteration:
        return None


def _paint(asked: Sequence[Sequence[StageJob]], engine: Engine, watcher: Progress) -> list[list[Report]]:
    """A report of each that is asked for, by who asks."""
    asks = list(itertools.chain.from_iterable(asked))
    crops, wholes = [ask.crop for ask in asks], [ask.whole for ask in asks]
    results = run_plans(crops, [ask.plan for ask in asks], engine, _Hushed(watcher), wholes=wholes)
    reports = iter([ask.placed(result.reports[0]) for ask, result in zip(asks, results, strict=True)])
    return [list(itertools.islice(reports, len(part))) for part in asked]


@dataclass(frozen=True)
class _Hushed:
    """A watcher who is shown stages, and not the parts of one."""

    watcher: Progress

    @property
    def stopped(self) -> bool:
        return self.watcher.stopped

    def show(self, done: int, total: int, what: str) -> None:
        pass
