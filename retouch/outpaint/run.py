"""Paint the stages of extensions wave by wave. Each stage is painted from its own crop.

The cost of a stage does not depend on the size of the canvas.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from retouch.engines.base import Engine
from retouch.outpaint.checks import CheckOptions
from retouch.outpaint.progress import Extension
from retouch.outpaint.stage_painter import StageJob, StagePainter, StageWave
from retouch.outpaint.stages import MAX_STAGES
from retouch.pipeline.report import Report
from retouch.pipeline.run import run_plans
from retouch.progress import Progress, Silent


@dataclass(frozen=True, eq=False)
class ExtensionResult:
    """An extension as far as it was painted, with a report for each attempted stage in order of painting."""

    way: Extension
    reports: tuple[Report, ...] = ()
    warnings: tuple[str, ...] = ()
    stopped: bool = False


def extend(
    way: Extension,
    engine: Engine,
    checks: CheckOptions | None = None,
    progress: Progress | None = None,
    at_once: int | None = None,
) -> ExtensionResult:
    """Paint the due stages of one extension, or whole waves until `at_once` stages are painted.

    Stops at Interrupt, and at a stage that cannot be painted. Stages painted before stay.
    """
    return extend_all([way], engine, checks, progress, at_once)[0]


def extend_all(
    ways: Sequence[Extension],
    engine: Engine,
    checks: CheckOptions | None = None,
    progress: Progress | None = None,
    at_once: int | None = None,
) -> list[ExtensionResult]:
    """Paint the extensions of several pictures together: their waves share sampling calls. One result each.

    Every picture is the same as if it were extended alone. A stage that cannot be painted ends its own
    extension only; Interrupt ends all.
    """
    watcher = progress or Silent()
    painters = [StagePainter(way, checks or CheckOptions(), watcher) for way in ways]
    limits = [len(way.done) + (at_once or len(way.due) + MAX_STAGES) for way in ways]
    while not watcher.stopped:
        unfinished = [
            painter for painter, limit in zip(painters, limits, strict=True) if _goes_on(painter, limit)
        ]
        if not unfinished:
            break
        count, total = _count_stages(painters)
        watcher.show(count, total, f"stage {count + 1} of {total}")
        _paint_waves(unfinished, engine, watcher)
    watcher.show(*_count_stages(painters), "done")
    stopped = watcher.stopped
    return [
        ExtensionResult(painter.way, tuple(painter.reports), tuple(painter.remarks + painter.faults), stopped)
        for painter in painters
    ]


def _goes_on(painter: StagePainter, limit: int) -> bool:
    return bool(painter.way.due) and not painter.faults and len(painter.way.done) < limit


def _count_stages(painters: Sequence[StagePainter]) -> tuple[int, int]:
    """(painted stages, painted and due stages) of all extensions."""
    count = sum(len(painter.way.done) for painter in painters)
    return count, count + sum(len(painter.way.due) for painter in painters)


def _paint_waves(painters: Sequence[StagePainter], engine: Engine, watcher: Progress) -> None:
    """Paint the next wave of each extension. Jobs yielded at the same time are painted together."""
    active = [(wave, next(wave)) for wave in [painter.wave() for painter in painters]]
    while active:
        reports = _paint([jobs for _, jobs in active], engine, watcher)
        advanced = [
            (wave, _advance(wave, wave_reports))
            for (wave, _), wave_reports in zip(active, reports, strict=True)
        ]
        active = [(wave, jobs) for wave, jobs in advanced if jobs is not None]


def _advance(wave: StageWave, reports: Sequence[Report]) -> list[StageJob] | None:
    """The next jobs of the wave, or None if the wave is finished."""
    try:
        return wave.send(reports)
    except StopIteration:
        return None


def _paint(
    jobs_by_wave: Sequence[Sequence[StageJob]], engine: Engine, watcher: Progress
) -> list[list[Report]]:
    """Paint the jobs of all waves together. Returns the reports of each wave."""
    jobs = list(itertools.chain.from_iterable(jobs_by_wave))
    crops, wholes = [job.crop for job in jobs], [job.whole for job in jobs]
    results = run_plans(crops, [job.plan for job in jobs], engine, _StagesOnly(watcher), wholes=wholes)
    reports = iter([job.on_canvas(result.reports[0]) for job, result in zip(jobs, results, strict=True)])
    return [list(itertools.islice(reports, len(wave_jobs))) for wave_jobs in jobs_by_wave]


@dataclass(frozen=True)
class _StagesOnly:
    """A Progress that hides the progress inside a stage, and passes on whether the job is stopped."""

    watcher: Progress

    @property
    def stopped(self) -> bool:
        return self.watcher.stopped

    def show(self, done: int, total: int, what: str) -> None:
        pass
