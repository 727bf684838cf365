"""Paint the stages of a way, wave by wave, each from its own crop: a larger canvas costs a stage nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retouch.candidates import Candidate
from retouch.execute import Report, run
from retouch.frame import Frame
from retouch.mask import Mask
from retouch.outpaint.cleanup import cleanup_of, merged
from retouch.outpaint.cut import along_the_cut
from retouch.outpaint.guard import FAINTER, Floor, Guard, looked_back
from retouch.outpaint.halves import nearer
from retouch.outpaint.level import level
from retouch.outpaint.stages import MAX_STAGES
from retouch.outpaint.way import Way
from retouch.plan import Plan, Step
from retouch.ports import Engine, Progress, Silent
from retouch.quality import repetition, seam
from retouch.raster import Picture
from retouch.recipe import MAX_SEED

STRIDE = 0x9E3779B1
"""From a seed to the one of the next try: far from those of the other stages."""
HALF = 3
"""The try that paints only the nearer half of a stage; what follows has other words too."""
VARIED = "another part of the same scene"
"""Those words: they lead away from what was painted before."""


@dataclass(frozen=True, eq=False)
class Extended:
    """As far as the way was gone: a report for each stage that was tried, in order of painting."""

    way: Way
    reports: tuple[Report, ...] = ()
    warnings: tuple[str, ...] = ()
    stopped: bool = False


def extend(
    way: Way,
    engine: Engine,
    guard: Guard | None = None,
    progress: Progress | None = None,
    at_once: int | None = None,
) -> Extended:
    """Paint what is left, or whole waves until `at_once` stages are done.

    Stops at Interrupt, and at a stage that cannot be painted: what is done is kept.
    """
    watcher = progress or Silent()
    walk = _Walk(way, engine, guard or Guard(), watcher)
    enough = len(way.done) + (at_once or len(way.left) + MAX_STAGES)
    while walk.way.left and len(walk.way.done) < enough and not walk.faults and not watcher.stopped:
        done, total = len(walk.way.done), len(walk.way.steps)
        watcher.show(done, total, f"stage {done + 1} of {total}")
        walk.paint_wave()
    watcher.show(len(walk.way.done), len(walk.way.steps), "done")
    return Extended(walk.way, tuple(walk.reports), tuple(walk.remarks + walk.faults), watcher.stopped)


@dataclass(frozen=True)
class _Hushed:
    """A watcher who is shown stages, and not the parts of one."""

    watcher: Progress

    @property
    def stopped(self) -> bool:
        return self.watcher.stopped

    def show(self, done: int, total: int, what: str) -> None:
        pass


class _Walk:
    """The canvas being painted. All that changes is here."""

    def __init__(self, way: Way, engine: Engine, guard: Guard, watcher: Progress) -> None:
        self.way, self._engine, self._guard, self._watcher = way, engine, guard, watcher
        self._pixels = way.canvas().pixels.copy()
        self._floor = Floor(way.picture)
        self._halves: set[int] = set()
        self.reports: list[Report] = []
        self.remarks: list[str] = []
        self.faults: list[str] = []

    @cached_property
    def _most(self) -> float:
        return self._guard.most(self.way.picture) if self._guard.tries > 1 else 1.0

    def paint_wave(self) -> None:
        """All stages of the next wave in one go, again those that repeat, and the joins that show."""
        left = self.way.left
        wave = {step.number: step for step in left if step.wave == left[0].wave}
        found = [self._judged(report) for report in self._paint(list(wave.values()))]
        for number in range(2, self._guard.tries + 1):
            weak = [r for r in found if r.kept and _repeats(r) > self._most]
            if not weak or self._watcher.stopped:
                break
            again = self._paint([self._again(wave[r.step.number], r.step, number) for r in weak])
            found = _better(found, [self._judged(report) for report in again])
        joined = [self._joined(report) for report in found]
        for report in self._cleaned(joined):
            self._file(report, wave[report.step.number])

    def _again(self, planned: Step, last: Step, number: int) -> Step:
        """For painting `number` of a stage, `last` being its best: another seed; half of it; other words."""
        whole = number == HALF and planned.number not in self._halves
        half = nearer(planned, self.way.reach, self.way.known()) if whole else None
        seed = (planned.seed + (number - 1) * STRIDE) % (MAX_SEED + 1)
        varied = number > HALF or (number == HALF and not half)
        said = f"{planned.prompt}, {VARIED}" if planned.prompt and varied else planned.prompt
        return dataclasses.replace(half or last, seed=seed, prompt=said)

    def _paint(self, steps: Sequence[Step], under: Mapping[int, Candidate] | None = None) -> list[Report]:
        """`under` are candidates, by number of stage, that are put on the canvas first."""
        crops = [Picture(self._crop(step, (under or {}).get(step.number))) for step in steps]
        plans = [Plan((_local(step),)) for step in steps]
        results = run(crops, plans, self._engine, _Hushed(self._watcher))
        return [_placed(result.reports[0], step) for result, step in zip(results, steps, strict=True)]

    def _crop(self, step: Step, made: Candidate | None = None) -> np.ndarray:
        """A copy of what the stage sees, with a painting of it."""
        crop = self._pixels[step.frame.crop.slices].copy()
        if made is not None:
            made.put(crop, step.frame.crop)
        return crop

    def _judged(self, report: Report) -> Report:
        """With the repetition of each painting; chosen is the one of most merit less what it repeats."""
        if report.best is None:
            return report
        seen = tuple(_scored(c, repetition=self._copied(report.step, c)) for c in report.candidates)
        best = max(range(len(seen)), key=lambda i: seen[i].score - (seen[i].scores.repetition or 0.0))
        return dataclasses.replace(report, candidates=seen, chosen=best)

    def _copied(self, step: Step, made: Candidate) -> float | None:
        """How much of the new part is a copy: of the rest of its crop, or of what lies behind that."""
        crop = step.frame.crop
        near = repetition(self._crop(step, made), step.hole or Mask.full(crop.size))
        back = looked_back(step.box, step.label, self.way.known()) | made.box
        if crop.contains(back):
            return near
        pixels = self._pixels[back.slices].copy()
        made.put(pixels, back)
        far = repetition(pixels, Mask.of_box(back.size, step.box.relative_to(back)))
        return near if far is None else max(near or 0.0, far * FAINTER)

    def _joined(self, report: Report) -> Report:
        """With every painting, for any may be chosen later, brought level with what is there, and cut."""
        met = tuple(self._met(made, report.step) for made in report.candidates)
        return dataclasses.replace(report, candidates=met)

    def _met(self, made: Candidate, step: Step) -> Candidate:
        under = self._pixels[made.box.slices]
        made = level(made, under, step.box)
        return along_the_cut(made, under, step.box, step.label) if self._guard.join == "cut" else made

    def _cleaned(self, reports: Sequence[Report]) -> list[Report]:
        """Joins that show more than twice what the photograph has are gone over once, where that helps."""
        shown = [r for r in reports if r.best and self._shows(r.step, r.best)] if self._guard.cleanup else []
        if not shown or self._watcher.stopped:
            return list(reports)
        steps = [cleanup_of(report.step, self._guard.cleanup) for report in shown]
        again = self._paint(steps, {r.step.number: r.best for r in shown if r.best})
        found = {r.step.number: r.best for r in again if r.kept and r.best}
        return [self._with_cleanup(r, found.get(r.step.number)) for r in reports]

    def _with_cleanup(self, report: Report, second: Candidate | None) -> Report:
        if report.best is None or second is None:
            return report
        both = merged(report.best, second, self._pixels[report.best.box.slices])
        before, after = self._seam(report.step, report.best), self._seam(report.step, both)
        if before is None or after is None or after >= before:
            return report
        return _with_best(report, _scored(both, seam=after))

    def _shows(self, step: Step, made: Candidate) -> bool:
        return self._floor.shows(self._seam(step, made), step.label)

    def _seam(self, step: Step, made: Candidate) -> float | None:
        """In the stage's crop, along the line where the painting gives way to what is there."""
        crop = step.frame.crop
        shown = np.zeros((crop.height, crop.width), np.uint8)
        shown[made.box.relative_to(crop).slices] = made.mask.alpha
        return seam(self._crop(step, made), Mask(shown))

    def _file(self, report: Report, planned: Step) -> None:
        self.reports.append(report)
        step = report.step
        if report.best is None:
            if report.why != "interrupted":
                self.faults.append(f"Stage {step.number} ({step.label}) was not painted: {report.why}")
            return
        if step.box != planned.box:
            self._halve(step)
        if self._guard.tries > 1 and _repeats(report) > self._most:
            self.remarks.append(_too_much(report, self._guard.tries, self._most))
        report.best.put(self._pixels)
        number = step.number
        self.way = self.way.with_done({number: report.best}, {number: report.candidates})

    def _halve(self, near: Step) -> None:
        """A half is not halved again: a stage costs no more tries than were asked for, each half its own."""
        self.way = self.way.halved(near)
        rest = self.way.steps[self.way.steps.index(near) + 1]
        self._halves |= {near.number, rest.number}
        self.remarks.append(
            f"Stage {near.number} ({near.label}) repeated what is there: half of it was painted, the rest is "
            f"stage {rest.number}."
        )


def _too_much(report: Report, tries: int, most: float) -> str:
    step = report.step
    return (
        f"Stage {step.number} ({step.label}) repeats {_repeats(report):.2f} of the picture after "
        f"{tries} tries ({most:.2f} is allowed): take a smaller step, or say what is there."
    )


def _repeats(report: Report) -> float:
    return report.quality.repetition or 0.0


def _better(before: Sequence[Report], again: Sequence[Report]) -> list[Report]:
    """Of two paintings of a stage the one that repeats less."""
    other = {r.step.number: r for r in again if r.kept}
    pairs = [(r, other.get(r.step.number, r)) for r in before]
    return [min(pair, key=_repeats) if pair[0].kept else pair[0] for pair in pairs]


def _with_best(report: Report, best: Candidate) -> Report:
    candidates = (*report.candidates[: report.chosen], best, *report.candidates[report.chosen + 1 :])
    return dataclasses.replace(report, candidates=candidates)


def _scored(made: Candidate, **scores: float | None) -> Candidate:
    return dataclasses.replace(made, scores=dataclasses.replace(made.scores, **scores))


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
