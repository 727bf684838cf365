"""One picture on its way: what of its next wave is to be painted, and what is made of what was painted."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retouch.image.frame import Frame
from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.outpaint.checks import PLAIN_STEP, CheckOptions, SeamBaseline, copy_search_area, repetition_of
from retouch.outpaint.join import best_join, join_visibility
from retouch.outpaint.join_cleanup import cleanup_of, merge_candidates
from retouch.outpaint.progress import Extension
from retouch.outpaint.stage_split import near_half
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.report import Report
from retouch.pipeline.step import Plan, Step
from retouch.progress import Progress
from retouch.recipes import seeds

HALF = 3
"""The try that paints only the nearer half of a stage; what follows has other words too."""
VARIED = "the background of the same scene"
"""Those words, in place of the stage's own: what names a thing has it painted once more."""


@dataclass(frozen=True, eq=False)
class StageJob:
    """A stage to be painted, the crop of the canvas that it is painted from, and the whole original."""

    step: Step
    crop: Picture
    whole: Picture

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


Wave = Generator[list[StageJob], Sequence[Report], None]
"""Asks for what is to be painted at a time and is sent a report of each, until all of the wave is done.

The first time and each try after it is a turn, if only an empty one: so the waves of several pictures, which
take turns side by side, try again together. Gone over are joins in a last turn, which not every wave has.
"""


class StagePainter:
    """The canvas being painted. All that changes is here."""

    def __init__(self, way: Extension, guard: CheckOptions, watcher: Progress) -> None:
        self.way, self._guard, self._watcher = way, guard, watcher
        self._pixels = way.canvas().pixels.copy()
        self._floor = SeamBaseline(way.picture)
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
        found = self._all_judged((yield self._stage_jobs(list(wave.values()))))
        for number in range(2, self._guard.attempts + 1):
            weak = [] if self._watcher.stopped else [r for r in found if self._is_weak(r)]
            again = yield self._stage_jobs([self._again(wave[r.step.number], r, number) for r in weak])
            found = self._better(found, self._all_judged(again))
        for report in (yield from self._clean_joins(found)):
            self._file(report, wave[report.step.number])

    def _is_weak(self, report: Report) -> bool:
        if self._guard.attempts == 1 or not report.kept or report.best is None:
            return False
        return self._beyond(report.step, report.best) > 0 or self._repeats(report)

    def _repeats(self, report: Report) -> bool:
        return _repetition(report) > self._allowed_repetition(report.step)

    def _better(self, before: Sequence[Report], again: Sequence[Report]) -> list[Report]:
        """Of two paintings of a stage the one of less fault; half of one must not repeat at all."""
        other = {r.step.number: r for r in again if r.kept}
        pairs = [(one, other.get(one.step.number, one)) for one in before]
        return [one if self._is_no_better(one, new) else new for one, new in pairs]

    def _is_no_better(self, one: Report, new: Report) -> bool:
        half = new.step.box.area < one.step.box.area
        return not one.kept or (half and self._is_weak(new)) or self._fault(new) >= self._fault(one)

    def _fault(self, report: Report) -> float:
        return self._fault_of(report.step, report.best) if report.best else 0.0

    def _fault_of(self, step: Step, made: Candidate) -> float:
        """What it repeats, and what of its join would show: a copy gone is not worth any step instead."""
        return (made.scores.repetition or 0.0) + self._beyond(step, made) / PLAIN_STEP

    def _beyond(self, step: Step, made: Candidate) -> float:
        return self._floor.beyond(made.scores.seam or 0.0, step.label)

    def _again(self, planned: Step, last: Report, number: int) -> Step:
        """Painting `number` of a stage, `last` its best: another seed; of a copy half, or other words."""
        copies = self._repeats(last)
        whole = copies and number == HALF and planned.number not in self._halves
        half = near_half(planned, self.way.reach, self.way.known()) if whole else None
        seed = seeds.for_retry(planned.seed, number - 1)
        varied = copies and (number > HALF or (number == HALF and not half))
        said = VARIED if planned.prompt and varied else planned.prompt
        return dataclasses.replace(half or last.step, seed=seed, prompt=said)

    def _stage_jobs(
        self, steps: Sequence[Step], under: Mapping[int, Candidate] | None = None
    ) -> list[StageJob]:
        """`under` are candidates, by number of stage, that are put on the canvas first."""
        crops = [Picture(self._crop(step, (under or {}).get(step.number))) for step in steps]
        return [StageJob(step, crop, self.way.picture) for step, crop in zip(steps, crops, strict=True)]

    def _crop(self, step: Step, made: Candidate | None = None) -> np.ndarray:
        """A copy of what the stage sees, with a painting of it."""
        crop = self._pixels[step.frame.crop.slices].copy()
        if made is not None:
            made.put(crop, step.frame.crop)
        return crop

    def _all_judged(self, reports: Sequence[Report]) -> list[Report]:
        return [self._judge(report) for report in reports]

    def _judge(self, report: Report) -> Report:
        """With all as they are put back, for any may be chosen later. That least at fault is chosen."""
        if report.best is None:
            return report
        seen = tuple(self._join(report.step, made) for made in report.candidates)
        merit = [made.score - self._fault_of(report.step, made) for made in seen]
        return dataclasses.replace(report, candidates=seen, chosen=int(np.argmax(merit)))

    def _copied_share(self, step: Step, made: Candidate) -> float:
        """How much is a copy of what is around the stage then, the stage with it."""
        window = self._around(step) | made.box
        pixels = self._pixels[window.slices].copy()
        made.put(pixels, window)
        return repetition_of(pixels)

    def _around(self, step: Step) -> Box:
        return copy_search_area(step.box, step.label, self.way.known())

    def _allowed_repetition(self, step: Step) -> float:
        """What there may be: as much as was there before is not held against the stage."""
        before = self._around(step) & self.way.known()
        return max(self._most, repetition_of(self._pixels[before.slices]))

    def _join(self, step: Step, made: Candidate) -> Candidate:
        """Brought level with what is there, and put back so that it shows least; with what that scores."""
        crop = step.frame.crop
        put = best_join(made, self._crop(step), crop, step.box, step.label, self._guard.join)
        return _with_scores(
            put, repetition=self._copied_share(step, put), seam=self._join_visibility(step, put)
        )

    def _clean_joins(
        self, reports: Sequence[Report]
    ) -> Generator[list[StageJob], Sequence[Report], list[Report]]:
        """Joins that show more than twice what the photograph has are gone over once, where that helps."""
        bad = [(r.step, r.best) for r in reports if r.best and self._beyond(r.step, r.best) > 0]
        if not bad or not self._guard.cleanup or self._watcher.stopped:
            return list(reports)
        steps = [cleanup_of(step, self._guard.cleanup) for step, _ in bad]
        again = yield self._stage_jobs(steps, {step.number: made for step, made in bad})
        found = {r.step.number: r.best for r in again if r.kept and r.best}
        return [self._with_cleanup(r, found.get(r.step.number)) for r in reports]

    def _with_cleanup(self, report: Report, second: Candidate | None) -> Report:
        if report.best is None or second is None:
            return report
        both = merge_candidates(report.best, second, self._pixels[report.best.box.slices])
        after = self._join_visibility(report.step, both)
        if after >= (report.best.scores.seam or 0.0):
            return report
        return _with_best(report, _with_scores(both, seam=after))

    def _join_visibility(self, step: Step, made: Candidate) -> float:
        return join_visibility(made, self._crop(step), step.frame.crop, step.box, step.label)

    def _file(self, report: Report, planned: Step) -> None:
        self.reports.append(report)
        self.remarks += [remark for remark in report.remarks if remark not in self.remarks]
        step = report.step
        if report.best is None:
            if report.why != "interrupted":
                self.faults.append(f"Stage {step.number} ({step.label}) was not painted: {report.why}")
            return
        if step.box != planned.box:
            self._halve(step)
        if self._is_weak(report):
            self.remarks.append(self._remark(report, report.best))
        report.best.put(self._pixels)
        number = step.number
        self.way = self.way.with_done({number: report.best}, {number: report.candidates})

    def _remark(self, report: Report, made: Candidate) -> str:
        """What a person should know of a stage that no try made good."""
        step, tries = report.step, self._guard.attempts
        if self._repeats(report):
            repeated, allowed = _repetition(report), self._allowed_repetition(step)
            return (
                f"With stage {step.number} ({step.label}) {repeated:.2f} of what is around it repeats after "
                f"{tries} tries ({allowed:.2f} is allowed): take a smaller step, or say what is there."
            )
        return (
            f"The join of stage {step.number} ({step.label}) shows after {tries} tries "
            f"({made.scores.seam:.2f} CIELAB units per pixel, "
            f"{self._floor.allowed(step.label):.2f} is allowed): "
            "paint it again, or with a larger overlap."
        )

    def _halve(self, near: Step) -> None:
        """A half is not halved again: a stage costs no more tries than were asked for, each half its own."""
        self.way = self.way.halved(near)
        rest = self.way.steps[self.way.steps.index(near) + 1]
        self._halves |= {near.number, rest.number}
        self.remarks.append(
            f"Stage {near.number} ({near.label}) repeated what is there: half of it was painted, the rest is "
            f"stage {rest.number}."
        )


def _repetition(report: Report) -> float:
    return report.quality.repetition or 0.0


def _with_best(report: Report, best: Candidate) -> Report:
    candidates = (*report.candidates[: report.chosen], best, *report.candidates[report.chosen + 1 :])
    return dataclasses.replace(report, candidates=candidates)


def _with_scores(made: Candidate, **scores: float | None) -> Candidate:
    return dataclasses.replace(made, scores=dataclasses.replace(made.scores, **scores))
