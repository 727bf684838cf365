"""A canvas while its plan is run: steps are cut from it, and the chosen candidates are composited onto it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from retouch.engines.base import Job
from retouch.image.blend.colour_field import field as colour_field
from retouch.image.blend.colour_field import inside_say, reliance
from retouch.image.blend.composite import keep_unchanged
from retouch.image.blend.membrane import find_edge_shift
from retouch.image.fill.masked_content import fill_hole
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.colour_drift import drift_around
from retouch.image.quality.visibility import SEEN_LEVELS, SEEN_PIXELS, visible_pixels
from retouch.image.rotation import RotatedFrame
from retouch.pipeline.before_after import BeforeAfter
from retouch.pipeline.candidate import Candidate, quantize_for_composite
from retouch.pipeline.gate import gate_failure
from retouch.pipeline.ranking import Ranker
from retouch.pipeline.report import Report
from retouch.pipeline.step import Step
from retouch.pipeline.toning import Toning
from retouch.pipeline.traits import Traits
from retouch.recipes import seeds

NOTHING_LEFT = "its mask is empty, so nothing can be painted"


@dataclass
class Canvas:
    """A picture while one `run` paints it. It holds all mutable state of the pipeline."""

    original: Picture
    judge: Ranker = Ranker()
    whole: Picture | None = None
    """The picture of which `original` is a crop, or None. Tone and grain are those of the whole picture."""
    _open: dict[int, StepOnCanvas] = field(default_factory=dict)
    _reports: dict[int, Report] = field(default_factory=dict)
    _painted: np.ndarray | None = None
    _opaque: np.ndarray | None = None
    _deep: np.ndarray | None = None

    @property
    def alpha(self) -> np.ndarray | None:
        """Alpha now, (height, width) uint8, or None if the picture is opaque."""
        return self.original.alpha if self._opaque is None else self._opaque

    @property
    def pixels(self) -> np.ndarray:
        """Pixels now, (height, width, 3) uint8."""
        return self.original.pixels if self._painted is None else self._painted

    @cached_property
    def traits(self) -> Traits:
        return Traits(self.original, self.whole or self.original)

    def open_step(self, index: int, step: Step) -> StepOnCanvas:
        """Cut step number `index` of the plan from the canvas as it is now."""
        self._open[index] = StepOnCanvas(self, index, step, step.frame.cut(self.pixels))
        return self._open[index]

    def close_step(self, index: int, report: Report) -> None:
        """Store the report of a step and composite its best candidate, on a copy of the picture."""
        del self._open[index]
        self._reports[index] = report
        if report.best is None or not report.kept:
            return
        if self._painted is None:
            self._painted = self.original.pixels.copy()
            self._opaque = None if self.original.alpha is None else self.original.alpha.copy()
            self._deep = None if self.original.deep is None else self.original.deep.copy()
        report.best.put(self._painted, alpha=self._opaque, deep=self._deep)

    def finished(self) -> Picture:
        if self._painted is None:
            return self.original
        self._painted.flags.writeable = False
        return dataclasses.replace(self.original, pixels=self._painted, alpha=self._opaque, deep=self._deep)

    def close(self, steps: Sequence[Step], unreached: str) -> tuple[Report, ...]:
        """A report for each step, in order. `unreached` is the reason for steps that were not finished."""
        for step_on_canvas in tuple(self._open.values()):
            step_on_canvas.close(unreached)
        return tuple(self._reports.get(i, Report(s, "skipped", unreached)) for i, s in enumerate(steps))


@dataclass(eq=False)
class StepOnCanvas:
    """One step cut from its canvas. `seen` is the crop at work size, before masked content is filled in."""

    canvas: Canvas
    index: int
    step: Step
    seen: Picture
    remarks: dict[str, None] = field(default_factory=dict)
    """Parts of the prompts that the engine did not read. Each sentence occurs once."""
    _painted: int = 0
    _candidates: list[Candidate] = field(default_factory=list)
    _faults: list[str] = field(default_factory=list)
    _seconds: float = 0.0

    @cached_property
    def _denoise(self) -> Mask:
        return self.step.frame.take_mask(self.step.denoise)

    @cached_property
    def _toning(self) -> Toning | None:
        """The tone to keep, or None. With `keep_tone` "off" the tone of the picture is not measured."""
        if self.step.how.keep_tone == "off":
            return None
        crop = self.canvas.original.pixels[self.step.frame.crop.slices]
        return Toning.of(self.canvas.traits.tone, crop, self.step)

    @cached_property
    def trial(self) -> BeforeAfter:
        """The region as it is when its first candidate arrives."""
        return BeforeAfter.of(self.step, self.canvas.pixels, self.canvas.judge.look)

    @cached_property
    def _upright(self) -> RotatedFrame:
        return RotatedFrame(self.step.frame, self.step.box.center, self.step.turn)

    def _input_picture(self) -> Picture:
        """The input of the engine at work size, rotated upright, before masked content is filled in."""
        if not self.step.turn:
            return self.seen
        return Picture(self._upright.take(self.canvas.pixels, self.seen.pixels))

    def _input_mask(self, mask: Mask) -> Mask:
        """The mask, given at crop size, at work size and rotated upright as the engine sees it."""
        at_work = self.step.frame.take_mask(mask)
        return self._upright.take_mask(mask, at_work) if self.step.turn else at_work

    def jobs(self) -> list[QueuedJob]:
        """One job for each variation. The jobs differ only in their seeds."""
        step = self.step
        hole = self._input_mask(step.denoise if step.hole is None else step.hole)
        first = Job(
            picture=fill_hole(self._input_picture(), hole, step.settings.masked_content),
            mask=self._input_mask(step.denoise),
            prompt=step.prompt,
            negative_prompt=step.negative_prompt,
            seed=step.seed,
            settings=step.settings,
            subseed=step.subseed,
            subseed_strength=step.subseed_strength,
        )
        return [QueuedJob(self, _with_seed(first, index)) for index in range(step.how.variations)]

    def add_result(self, job: Job, patch: Picture, seconds: float) -> None:
        """Add the patch, at work size, that the engine painted for one job in `seconds`."""
        if self.step.turn and patch is not job.picture:
            patch = Picture(self._upright.back(patch.pixels, self.seen.pixels))
        if self._toning is not None and patch is not job.picture:
            patch = self._apply_tone(self._toning, patch)
        self._painted += 1
        self._seconds += seconds
        bounds = self.step.composite.bounds
        if bounds is not None:
            candidate = self._candidate(job, patch, bounds)
            around = drift_around(self.seen.pixels, patch.pixels, self._denoise)
            self._candidates.append(
                dataclasses.replace(candidate, scores=self.trial.scores(candidate, around))
            )
        self._close_when_done()

    def _apply_tone(self, toning: Toning, patch: Picture) -> Picture:
        toned = toning.patch(patch)
        remark = toning.remark(patch, toned, self.step.frame.take_mask(self.step.composite).alpha)
        self.remarks.update({remark: None} if remark else {})
        return toned

    def add_failure(self, why: str, seconds: float = 0.0) -> None:
        """Record that one job returned no picture. `why` is the reason, `seconds` its time."""
        self._seconds += seconds
        self._faults.append(why)
        self._close_when_done()

    def _close_when_done(self) -> None:
        if self._painted + len(self._faults) == self.step.how.variations:
            self.close("")

    def close(self, unreached: str) -> None:
        """Close the step and store its report. `unreached` is the reason for jobs without any result."""
        missing = self.step.how.variations - self._painted - len(self._faults)
        report = self._report([*self._faults, *[unreached] * missing])
        self.canvas.close_step(self.index, dataclasses.replace(report, remarks=tuple(self.remarks)))

    def _report(self, faults: Sequence[str]) -> Report:
        if not self._painted:
            return Report(self.step, "skipped", faults[0], self._seconds)
        why = (
            f"{len(faults)} of {self.step.how.variations} variations are missing: {faults[0]}"
            if faults
            else ""
        )
        ranked = self.canvas.judge.rank(self._candidates, self.trial)
        if not ranked:
            return Report(self.step, "skipped", NOTHING_LEFT, self._seconds)
        failures = [gate_failure(candidate.scores, self.step.how.gate) for candidate in ranked]
        best = max(range(len(ranked)), key=lambda i: (not failures[i], ranked[i].score))
        if failures[best]:
            return Report(self.step, "reverted", failures[best], self._seconds, ranked, best)
        report = Report(self.step, "kept", why, self._seconds, ranked, best)
        return report if self.step.hole is not None else self._with_visibility(report, ranked[best])

    def _with_visibility(self, report: Report, best: Candidate) -> Report:
        """The report with its count of visibly changed pixels. The outcome is "unseen" if they are too few.

        A step that had no pixels before, such as a stage, is always visible.
        """
        changed, largest = self._change(best)
        if changed >= SEEN_PIXELS:
            return dataclasses.replace(report, changed=changed)
        detail = f"only {changed} of its pixels changed by {SEEN_LEVELS} levels or more" if changed else ""
        detail = detail or f"no pixel changed by more than {largest} of 255 levels"
        sentence = f"nothing of it can be seen: {detail}."
        return dataclasses.replace(
            report, outcome="unseen", why=" ".join([sentence, report.why]).strip(), changed=changed
        )

    def _change(self, best: Candidate) -> tuple[int, int]:
        """(visibly changed pixels, the largest change of a level of 255)."""
        window, alpha = best.box.slices, self.canvas.alpha
        before, under = self.canvas.pixels[window], None if alpha is None else alpha[window]
        after, opaque = before.copy(), None if under is None else under.copy()
        best.put(after, best.box, opaque)
        return visible_pixels(before, after, under, opaque), int(np.abs(before.astype(int) - after).max())

    def _candidate(self, job: Job, patch: Picture, spot: Box) -> Candidate:
        """The candidate of a patch. `spot` is a box in pixels of the crop. Strength 0 resamples nothing."""
        step = self.step
        box = spot.shifted(step.frame.crop.left, step.frame.crop.top)
        under, mask = self.canvas.pixels[box.slices], step.composite.crop(spot)
        if patch is job.picture and step.settings.masked_content == "original":
            return Candidate(job.seed, Picture(under.copy()), box, mask)
        over = quantize_for_composite(under, self._match_traits(patch, under, spot), mask)
        return Candidate(job.seed, Picture(over), box, mask)

    def _match_traits(self, patch: Picture, under: np.ndarray, spot: Box) -> np.ndarray:
        """Levels of the patch in the box `spot` of the crop, with the picture's colours and traits."""
        over = self._level(self._correct_colours(patch, under, spot), under, spot)
        levels = self.canvas.traits.apply(over, self.step, spot)
        levels = self._toning.spot(levels, spot) if self._toning else levels
        return levels if levels is over else np.where((over != under).any(-1, keepdims=True), levels, under)

    def _level(self, over: np.ndarray, under: np.ndarray, spot: Box) -> np.ndarray:
        """`over` without its colour step at the edge of the composite mask. Unchanged pixels stay."""
        if not self.step.how.match_edge:
            return over
        outside = (~self.step.composite.crop(spot).solid).astype(np.uint8)
        shift = np.float32(self.step.how.match_edge) * find_edge_shift(under, over, outside)
        return np.where((over != under).any(-1, keepdims=True), over + shift, over)

    def _correct_colours(self, patch: Picture, under: np.ndarray, spot: Box) -> np.ndarray:
        """The patch in the box `spot` of the crop, with the colours of its surroundings.

        Both are compared at work size. So neither the scaling nor another step counts as a colour shift.
        """
        step = self.step
        over = step.frame.put(patch, spot)
        if not step.how.colour_correction:
            return over
        strength, content = step.settings.denoising_strength, step.settings.masked_content
        shift_field = colour_field(
            self.seen.pixels,
            patch.pixels,
            step.frame.take_mask(step.composite),
            self._denoise,
            inside_say(strength, content),
        )
        if shift_field is None:
            return over
        amount = step.how.colour_correction * reliance(shift_field.agreement, strength)
        over = over + np.float32(amount) * shift_field.shift(over, step.frame.crop.size, spot)
        return keep_unchanged(under, over, step.frame.put(self.seen, spot))


@dataclass(frozen=True, eq=False)
class QueuedJob:
    """One job of a step on a canvas."""

    step: StepOnCanvas
    job: Job


def _with_seed(job: Job, index: int) -> Job:
    if not index:
        return job
    return dataclasses.replace(
        job, seed=seeds.for_variation(job.seed, index), subseed=seeds.for_variation(job.subseed, index)
    )
