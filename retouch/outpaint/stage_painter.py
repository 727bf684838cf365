"""Paint the stages of one picture: yield the jobs of a wave, check their reports, put the best candidates
back.
"""

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
from retouch.outpaint.stage_split import near_half, side_of
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.report import Report
from retouch.pipeline.step import Plan, Step
from retouch.progress import Progress
from retouch.recipes import seeds

HALF = 3
"""The attempt that paints only the near half of a stage that repeats the picture. Later attempts change the
prompt."""
VARIED = "the background of the same scene"
"""The prompt of those later attempts. A prompt that names a thing makes the model paint the thing again."""


@dataclass(frozen=True, eq=False)
class StageJob:
    """A stage to paint, the crop of the canvas as its input, and the whole original picture."""

    step: Step
    crop: Picture
    whole: Picture

    @property
    def plan(self) -> Plan:
        """A plan of this one step in pixels of the crop."""
        crop = self.step.frame.crop
        frame = Frame(crop.size.box, self.step.frame.work)
        box = self.step.box.relative_to(crop)
        return Plan((dataclasses.replace(self.step, frame=frame, box=box, wave=0),))

    def on_canvas(self, report: Report) -> Report:
        """The report with its candidates moved from the crop to the canvas."""
        left, top = self.step.frame.crop[:2]
        candidates = (dataclasses.replace(c, box=c.box.shifted(left, top)) for c in report.candidates)
        return dataclasses.replace(report, step=self.step, candidates=tuple(candidates))


StageWave = Generator[list[StageJob], Sequence[Report], None]
"""Yields the jobs of one attempt and receives their reports, until the wave is finished.

Every wave yields once an attempt, an empty list if no stage is to be retried, so that the waves of several
pictures stay in step. Visible joins are cleaned up in one more, optional yield."""


class StagePainter:
    """The canvas of one extension while it is painted. All mutable state of outpainting is here."""

    def __init__(self, way: Extension, checks: CheckOptions, watcher: Progress) -> None:
        self.way, self._checks, self._watcher = way, checks, watcher
        self._pixels = way.canvas().pixels.copy()
        self._baseline = SeamBaseline(way.picture)
        self._halves: set[int] = set()
        self.reports: list[Report] = []
        self.remarks: list[str] = []
        self.faults: list[str] = []

    @cached_property
    def _repetition_limit(self) -> float:
        return self._checks.most(self.way.picture)

    def wave(self) -> StageWave:
        """Paint all stages of the next wave, retry the weak ones, and clean up visible joins."""
        due = self.way.due
        wave = {step.number: step for step in due if step.wave == due[0].wave}
        reports = self._all_judged((yield self._stage_jobs(list(wave.values()))))
        for attempt in range(2, self._checks.attempts + 1):
            weak = [] if self._watcher.stopped else [r for r in reports if self._is_weak(r)]
            retried = yield self._stage_jobs(
                [self._retry_step(wave[r.step.number], r, attempt) for r in weak]
            )
            reports = self._better(reports, self._all_judged(retried))
        for report in (yield from self._clean_joins(reports)):
            self._record(report, wave[report.step.number])

    def _is_weak(self, report: Report) -> bool:
        """True if the stage can be retried and its join is visible or it repeats the picture."""
        if self._checks.attempts == 1 or not report.kept or report.best is None:
            return False
        return self._seam_excess(report.step, report.best) > 0 or self._repeats(report)

    def _repeats(self, report: Report) -> bool:
        """True if the stage repeats more than is allowed around it."""
        return _repetition(report) > self._allowed_repetition(report.step)

    def _better(self, first: Sequence[Report], retried: Sequence[Report]) -> list[Report]:
        """The report of each stage with the lower fault score. A half-stage that is still weak never wins."""
        retries = {r.step.number: r for r in retried if r.kept}
        pairs = [(report, retries.get(report.step.number, report)) for report in first]
        return [report if self._is_no_better(report, retry) else retry for report, retry in pairs]

    def _is_no_better(self, report: Report, retry: Report) -> bool:
        """True if the retry does not replace the report."""
        half = retry.step.box.area < report.step.box.area
        return not report.kept or (half and self._is_weak(retry)) or self._fault(retry) >= self._fault(report)

    def _fault(self, report: Report) -> float:
        return self._fault_of(report.step, report.best) if report.best else 0.0

    def _fault_of(self, step: Step, candidate: Candidate) -> float:
        """Fault score: repetition (0..1) plus seam excess in units of PLAIN_STEP.

        Both count, so that a retry without a repetition cannot win with a visible seam.
        """
        return (candidate.scores.repetition or 0.0) + self._seam_excess(step, candidate) / PLAIN_STEP

    def _seam_excess(self, step: Step, candidate: Candidate) -> float:
        """CIELAB units per pixel by which the seam is above the largest invisible score, at least 0."""
        return self._baseline.excess(candidate.scores.seam or 0.0, side_of(step))

    def _retry_step(self, planned: Step, last: Report, attempt: int) -> Step:
        """The step of attempt number `attempt` of a stage. `last` is the best report so far.

        The seed changes every time. A stage that repeats the picture is also halved or gets another prompt.
        """
        copies = self._repeats(last)
        can_halve = copies and attempt == HALF and planned.number not in self._halves
        half = near_half(planned, self.way.reach, self.way.known()) if can_halve else None
        seed = seeds.for_retry(planned.seed, attempt - 1)
        vary_prompt = copies and (attempt > HALF or (attempt == HALF and not half))
        prompt = VARIED if planned.prompt and vary_prompt else planned.prompt
        return dataclasses.replace(half or last.step, seed=seed, prompt=prompt)

    def _stage_jobs(
        self, steps: Sequence[Step], under: Mapping[int, Candidate] | None = None
    ) -> list[StageJob]:
        """A job for each step. `under` has candidates, by number of stage, that are put on the crop first."""
        crops = [Picture(self._crop(step, (under or {}).get(step.number))) for step in steps]
        return [StageJob(step, crop, self.way.picture) for step, crop in zip(steps, crops, strict=True)]

    def _crop(self, step: Step, candidate: Candidate | None = None) -> np.ndarray:
        """A copy of the stage's crop, (height, width, 3) uint8, with the candidate put on it."""
        crop = self._pixels[step.frame.crop.slices].copy()
        if candidate is not None:
            candidate.put(crop, step.frame.crop)
        return crop

    def _all_judged(self, reports: Sequence[Report]) -> list[Report]:
        return [self._judge(report) for report in reports]

    def _judge(self, report: Report) -> Report:
        """The report with every candidate joined and scored. The candidate with the best score is chosen.

        All are joined because a person may choose another one later.
        """
        if report.best is None:
            return report
        candidates = tuple(self._join(report.step, candidate) for candidate in report.candidates)
        merits = [candidate.score - self._fault_of(report.step, candidate) for candidate in candidates]
        return dataclasses.replace(report, candidates=candidates, chosen=int(np.argmax(merits)))

    def _copied_share(self, step: Step, candidate: Candidate) -> float:
        """The repetition score, 0..1, around the stage with this candidate on the canvas."""
        window = self._around(step) | candidate.box
        pixels = self._pixels[window.slices].copy()
        candidate.put(pixels, window)
        return repetition_of(pixels)

    def _around(self, step: Step) -> Box:
        """The box in which copies of the stage are searched for, in canvas pixels."""
        return copy_search_area(step.box, side_of(step), self.way.known())

    def _allowed_repetition(self, step: Step) -> float:
        """The largest repetition score allowed around the stage: at least the score before it was painted."""
        known_part = self._around(step) & self.way.known()
        return max(self._repetition_limit, repetition_of(self._pixels[known_part.slices]))

    def _join(self, step: Step, candidate: Candidate) -> Candidate:
        """The candidate joined to the picture, with its repetition and seam scores."""
        crop = step.frame.crop
        joined = best_join(candidate, self._crop(step), crop, step.box, side_of(step), self._checks.join)
        return _with_scores(
            joined, repetition=self._copied_share(step, joined), seam=self._join_visibility(step, joined)
        )

    def _clean_joins(
        self, reports: Sequence[Report]
    ) -> Generator[list[StageJob], Sequence[Report], list[Report]]:
        """Yield a cleanup job for each visible join. Returns the reports with those cleanups that lower the
        seam.
        """
        visible = [(r.step, r.best) for r in reports if r.best and self._seam_excess(r.step, r.best) > 0]
        if not visible or not self._checks.cleanup or self._watcher.stopped:
            return list(reports)
        steps = [cleanup_of(step, self._checks.cleanup) for step, _ in visible]
        cleanups = yield self._stage_jobs(steps, {step.number: candidate for step, candidate in visible})
        cleaned = {r.step.number: r.best for r in cleanups if r.kept and r.best}
        return [self._with_cleanup(r, cleaned.get(r.step.number)) for r in reports]

    def _with_cleanup(self, report: Report, second: Candidate | None) -> Report:
        """The report with the cleanup merged into its best candidate, if that lowers the seam score."""
        if report.best is None or second is None:
            return report
        merged = merge_candidates(report.best, second, self._pixels[report.best.box.slices])
        seam = self._join_visibility(report.step, merged)
        if seam >= (report.best.scores.seam or 0.0):
            return report
        return _with_best(report, _with_scores(merged, seam=seam))

    def _join_visibility(self, step: Step, candidate: Candidate) -> float:
        return join_visibility(candidate, self._crop(step), step.frame.crop, step.box, side_of(step))

    def _record(self, report: Report, planned: Step) -> None:
        """Append the report. If a candidate was painted, put it on the canvas."""
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

    def _remark(self, report: Report, candidate: Candidate) -> str:
        """One sentence about a stage that is still weak after the last attempt."""
        step, attempts = report.step, self._checks.attempts
        if self._repeats(report):
            repetition, allowed = _repetition(report), self._allowed_repetition(step)
            return (
                f"Stage {step.number} ({step.label}) repeats the picture after {attempts} attempts: "
                f"{repetition:.2f} of its surroundings is a copy ({allowed:.2f} is allowed). "
                "Lower stage_size, or describe the new area in the prompt."
            )
        return (
            f"The join of stage {step.number} ({step.label}) is visible after {attempts} attempts "
            f"({candidate.scores.seam:.2f} CIELAB units per pixel, "
            f"{self._baseline.limit(side_of(step)):.2f} is allowed). "
            "Repaint it, or raise overlap."
        )

    def _halve(self, near: Step) -> None:
        """Split the stage of `near` in the plan. Neither half is split again, and each half has its own
        attempts.
        """
        self.way = self.way.halved(near)
        far = self.way.steps[self.way.steps.index(near) + 1]
        self._halves |= {near.number, far.number}
        self.remarks.append(
            f"Stage {near.number} ({near.label}) repeated the picture: half of it was painted, "
            f"the other half is stage {far.number}."
        )


def _repetition(report: Report) -> float:
    return report.quality.repetition or 0.0


def _with_best(report: Report, best: Candidate) -> Report:
    candidates = (*report.candidates[: report.chosen], best, *report.candidates[report.chosen + 1 :])
    return dataclasses.replace(report, candidates=candidates)


def _with_scores(candidate: Candidate, **scores: float | None) -> Candidate:
    return dataclasses.replace(candidate, scores=dataclasses.replace(candidate.scores, **scores))
