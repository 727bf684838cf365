"""One picture on its way: what of its next wave is to be painted, and what is made of what was painted."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retouch.candidates import Candidate
from retouch.execute import Report
from retouch.frame import Frame
from retouch.geometry import Box
from retouch.mask import Mask
from retouch.outpaint.cleanup import cleanup_of, merged
from retouch.outpaint.cut import along_the_cut
from retouch.outpaint.guard import PLAIN_STEP, Floor, Guard, copied, looked_back
from retouch.outpaint.halves import nearer
from retouch.outpaint.level import level
from retouch.outpaint.way import Way
from retouch.plan import Plan, Step
from retouch.ports import Progress
from retouch.quality import seam
from retouch.raster import Picture
from retouch.recipe import MAX_SEED

STRIDE = 0x9E3779B1
"""From a seed to the one of the next try: far from those of the other stages."""
HALF = 3
"""The try that paints only the nearer half of a stage; what follows has other words too."""
VARIED = "the background of the same scene"
"""Those words, in place of the stage's own: what names a thing has it painted once more."""


@dataclass(frozen=True, eq=False)
class Ask:
    """A stage that is to be painted, and the crop of the canvas that it is painted from."""

    step: Step
    crop: Picture

    @property
    def plan(self) -> Plan:
        """As that crop sees it."""
        crop = self.step.frame.crop
        frame = Frame(crop.size.box, self.step.frame.work)
        box = self.step.box.relative_to(crop)
        return Plan((dataclasses.replace(self.step, frame=frame, box=box, wave=0),))

    def placed(self, report: Report) -> Report:
        """What came of it, back on the canvas."""
        left, top = self.step.frame.crop[:2]
        moved = (dataclasses.replace(c, box=c.box.shifted(left, top)) for c in report.candidates)
        return dataclasses.replace(report, step=self.step, candidates=tuple(moved))


Wave = Generator[list[Ask], Sequence[Report], None]
"""Asks for what is to be painted at a time and is sent a report of each, until all of the wave is done.

The first time and each try after it is a turn, if only an empty one: so the waves of several pictures, which
take turns side by side, try again together. Gone over are joins in a last turn, which not every wave has.
"""


class Walk:
    """The canvas being painted. All that changes is here."""

    def __init__(self, way: Way, guard: Guard, watcher: Progress) -> None:
        self.way, self._guard, self._watcher = way, guard, watcher
        self._pixels = way.canvas().pixels.copy()
        self._floor = Floor(way.picture)
        self._halves: set[int] = set()
        self.reports: list[Report] = []
        self.remarks: list[str] = []
        self.faults: list[str] = []

    @cached_property
    def _most(self) -> float:
        return self._guard.most(self.way.picture)

    def wave(self) -> Wave:
        """All stages of the next wave in one go, again those that repeat, and the joins that show."""
        due = self.way.due
        wave = {step.number: step for step in due if step.wave == due[0].wave}
        found = self._all_judged((yield self._asked(list(wave.values()))))
        for number in range(2, self._guard.tries + 1):
            weak = [] if self._watcher.stopped else [r for r in found if self._is_weak(r)]
            again = yield self._asked([self._again(wave[r.step.number], r.step, number) for r in weak])
            found = self._better(found, self._all_judged(again))
        joined = [self._joined(report) for report in found]
        for report in (yield from self._cleaned(joined)):
            self._file(report, wave[report.step.number])

    def _is_weak(self, report: Report) -> bool:
        return self._guard.tries > 1 and report.kept and _repeats(report) > self._allowed(report.step)

    def _better(self, before: Sequence[Report], again: Sequence[Report]) -> list[Report]:
        """Of two paintings of a stage the one of less fault; half of one must not repeat at all."""
        other = {r.step.number: r for r in again if r.kept}
        pairs = [(one, other.get(one.step.number, one)) for one in before]
        return [one if self._is_no_better(one, new) else new for one, new in pairs]

    def _is_no_better(self, one: Report, new: Report) -> bool:
        half = new.step.box.area < one.step.box.area
        return not one.kept or (half and self._is_weak(new)) or self._fault(new) >= self._fault(one)

    def _fault(self, report: Report) -> float:
        """What it repeats, and what of its join would show: a copy gone is not worth any step instead."""
        if report.best is None:
            return 0.0
        shown = self._seam(report.step, self._met(report.best, report.step))
        return _repeats(report) + self._floor.beyond(shown, report.step.label) / PLAIN_STEP

    def _again(self, planned: Step, last: Step, number: int) -> Step:
        """For painting `number` of a stage, `last` being its best: another seed; half of it; other words."""
        whole = number == HALF and planned.number not in self._halves
        half = nearer(planned, self.way.reach, self.way.known()) if whole else None
        seed = (planned.seed + (number - 1) * STRIDE) % (MAX_SEED + 1)
        varied = number > HALF or (number == HALF and not half)
        said = VARIED if planned.prompt and varied else planned.prompt
        return dataclasses.replace(half or last, seed=seed, prompt=said)

    def _asked(self, steps: Sequence[Step], under: Mapping[int, Candidate] | None = None) -> list[Ask]:
        """`under` are candidates, by number of stage, that are put on the canvas first."""
        return [Ask(step, Picture(self._crop(step, (under or {}).get(step.number)))) for step in steps]

    def _crop(self, step: Step, made: Candidate | None = None) -> np.ndarray:
        """A copy of what the stage sees, with a painting of it."""
        crop = self._pixels[step.frame.crop.slices].copy()
        if made is not None:
            made.put(crop, step.frame.crop)
        return crop

    def _all_judged(self, reports: Sequence[Report]) -> list[Report]:
        return [self._judged(report) for report in reports]

    def _judged(self, report: Report) -> Report:
        """With the repetition of each painting; chosen is the one of most merit less what it repeats."""
        if report.best is None:
            return report
        seen = tuple(_scored(c, repetition=self._copied(report.step, c)) for c in report.candidates)
        best = max(range(len(seen)), key=lambda i: seen[i].score - (seen[i].scores.repetition or 0.0))
        return dataclasses.replace(report, candidates=seen, chosen=best)

    def _copied(self, step: Step, made: Candidate) -> float:
        """How much is a copy of what is around the stage then, the stage with it."""
        window = self._around(step) | made.box
        pixels = self._pixels[window.slices].copy()
        made.put(pixels, window)
        return copied(pixels)

    def _around(self, step: Step) -> Box:
        return looked_back(step.box, step.label, self.way.known())

    def _allowed(self, step: Step) -> float:
        """What there may be: as much as was there before is not held against the stage."""
        before = self._around(step) & self.way.known()
        return max(self._most, copied(self._pixels[before.slices]))

    def _joined(self, report: Report) -> Report:
        """With every painting, for any may be chosen later, brought level with what is there, and cut."""
        met = tuple(self._met(made, report.step) for made in report.candidates)
        return dataclasses.replace(report, candidates=met)

    def _met(self, made: Candidate, step: Step) -> Candidate:
        under = self._pixels[made.box.slices]
        made = level(made, under, step.box)
        return along_the_cut(made, under, step.box, step.label) if self._guard.join == "cut" else made

    def _cleaned(self, reports: Sequence[Report]) -> Generator[list[Ask], Sequence[Report], list[Report]]:
        """Joins that show more than twice what the photograph has are gone over once, where that helps."""
        shown = [r for r in reports if r.best and self._shows(r.step, r.best)] if self._guard.cleanup else []
        if not shown or self._watcher.stopped:
            return list(reports)
        steps = [cleanup_of(report.step, self._guard.cleanup) for report in shown]
        again = yield self._asked(steps, {r.step.number: r.best for r in shown if r.best})
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
        return self._floor.beyond(self._seam(step, made), step.label) > 0

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
        if self._is_weak(report):
            self.remarks.append(_too_much(report, self._guard.tries, self._allowed(step)))
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
        f"With stage {step.number} ({step.label}) {_repeats(report):.2f} of what is around it repeats after "
        f"{tries} tries ({most:.2f} is allowed): take a smaller step, or say what is there."
    )


def _repeats(report: Report) -> float:
    return report.quality.repetition or 0.0


def _with_best(report: Report, best: Candidate) -> Report:
    candidates = (*report.candidates[: report.chosen], best, *report.candidates[report.chosen + 1 :])
    return dataclasses.replace(report, candidates=candidates)


def _scored(made: Candidate, **scores: float | None) -> Candidate:
    return dataclasses.replace(made, scores=dataclasses.replace(made.scores, **scores))
