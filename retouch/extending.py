"""Paint the stages of a way, wave by wave, each from its own crop: a larger canvas costs a stage nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from retouch.candidates import Candidate
from retouch.execute import Report, run
from retouch.frame import Frame
from retouch.knobs import Knob
from retouch.mask import Mask
from retouch.outpaint.way import Way
from retouch.plan import Plan, Step
from retouch.ports import Engine, Progress, Silent
from retouch.quality import repetition
from retouch.raster import Picture
from retouch.recipe import MAX_SEED

STRIDE = 0x9E3779B1
"""From a seed to the one of the next try: far from those of the other stages."""
CHANCE = 0.2
"""What a part of a photograph repeats of the rest by chance."""


@dataclass(frozen=True)
class Guard:
    """When a stage copies what is there, it is painted again."""

    tries: int = Knob(
        "Tries", "Paintings of a stage at most; the one that repeats least is kept.", 1, 8, 1
    ).field(2)
    limit: float = Knob(
        "Repetition limit", "Times the picture's own repetition that a stage may have.", 1, 10, 0.1
    ).field(1.2)

    def most(self, picture: Picture) -> float:
        """The repetition a stage may have, 0..1."""
        return max(self.limit * (repetition(picture.pixels) or 0.0), CHANCE)


@dataclass(frozen=True, eq=False)
class Extended:
    """As far as the way was gone: a report for each stage that was tried, in order of painting."""

    way: Way
    reports: tuple[Report, ...] = ()
    warnings: tuple[str, ...] = ()
    stopped: bool = False


def extend(
    way: Way, engine: Engine, guard: Guard | None = None, progress: Progress | None = None
) -> Extended:
    """Paint what is left. Stops at Interrupt, and at a stage that cannot be painted: what is done is kept."""
    watcher, guard = progress or Silent(), guard or Guard()
    walk = _Walk(way, engine, guard.most(way.picture) if guard.tries > 1 else 1.0)
    while walk.left and not walk.faults and not watcher.stopped:
        watcher.show(
            len(walk.way.done), len(way.steps), f"stage {len(walk.way.done) + 1} of {len(way.steps)}"
        )
        walk.paint_wave(guard.tries, watcher)
    watcher.show(len(walk.way.done), len(way.steps), "done")
    return Extended(walk.way, tuple(walk.reports), tuple(walk.faults), watcher.stopped)


class _Walk:
    """The canvas being painted. All that changes is here."""

    def __init__(self, way: Way, engine: Engine, most: float) -> None:
        self.way, self._engine, self._most = way, engine, most
        self._pixels = way.canvas().pixels.copy()
        self.reports: list[Report] = []
        self.faults: list[str] = []

    @property
    def left(self) -> tuple[Step, ...]:
        return self.way.left

    def paint_wave(self, tries: int, watcher: Progress) -> None:
        """All stages of the next wave in one go, then again those that repeat, with other seeds."""
        wave = [step for step in self.left if step.wave == self.left[0].wave]
        best = self._paint(wave, watcher)
        for _ in range(tries - 1):
            weak = [r for r in best if r.kept and self._repeats(r) > self._most]
            if not weak or watcher.stopped:
                break
            again = self._paint([_reseeded(r.step) for r in weak], watcher)
            best = self._better(best, again)
        for report in best:
            self._file(report)

    def _better(self, before: Sequence[Report], again: Sequence[Report]) -> list[Report]:
        other = {r.step.number: r for r in again if r.kept}
        pairs = [(r, other.get(r.step.number, r)) for r in before]
        return [min(pair, key=self._repeats) if pair[0].kept else pair[0] for pair in pairs]

    def _paint(self, steps: Sequence[Step], watcher: Progress) -> list[Report]:
        crops = [Picture(self._pixels[step.frame.crop.slices]) for step in steps]
        plans = [Plan((_local(step),)) for step in steps]
        results = run(crops, plans, self._engine, watcher)
        return [_placed(result.reports[0], step) for result, step in zip(results, steps, strict=True)]

    def _repeats(self, report: Report) -> float:
        """Of the new part, seen with the rest of its crop."""
        step = report.step
        if report.best is None:
            return 0.0
        crop = self._pixels[step.frame.crop.slices].copy()
        _moved(report, -step.frame.crop.left, -step.frame.crop.top)[report.chosen].put(crop)
        return repetition(crop, step.hole or Mask.full(step.frame.crop.size)) or 0.0

    def _file(self, report: Report) -> None:
        self.reports.append(report)
        if report.best is None:
            if report.why != "interrupted":
                self.faults.append(
                    f"Stage {report.step.number} ({report.step.label}) was not painted: {report.why}"
                )
            return
        report.best.put(self._pixels)
        self.way = self.way.with_done({report.step.number: report.best})


def _reseeded(step: Step) -> Step:
    return dataclasses.replace(step, seed=(step.seed + STRIDE) % (MAX_SEED + 1))


def _local(step: Step) -> Step:
    """As its own crop sees it."""
    crop = step.frame.crop
    frame = Frame(crop.size.box, step.frame.work)
    return dataclasses.replace(step, frame=frame, box=step.box.relative_to(crop), wave=0)


def _placed(report: Report, step: Step) -> Report:
    """Back on the canvas."""
    crop = step.frame.crop
    return dataclasses.replace(report, step=step, candidates=_moved(report, crop.left, crop.top))


def _moved(report: Report, dx: int, dy: int) -> tuple[Candidate, ...]:
    return tuple(dataclasses.replace(c, box=c.box.shifted(dx, dy)) for c in report.candidates)
