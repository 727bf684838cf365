"""Tasks: steps cut from a picture that is being worked on, and what comes of their jobs."""

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

NOTHING_LEFT = "nothing of it is left to paint"


@dataclass
class Canvas:
    """A picture being worked on, private to one `run`. It and its tasks are all that changes on the road."""

    original: Picture
    judge: Ranker = Ranker()
    whole: Picture | None = None
    """What `original` is a crop of, where it is one: the tone is that of the whole picture."""
    _open: dict[int, StepOnCanvas] = field(default_factory=dict)
    _reports: dict[int, Report] = field(default_factory=dict)
    _painted: np.ndarray | None = None
    _opaque: np.ndarray | None = None
    _deep: np.ndarray | None = None

    @property
    def alpha(self) -> np.ndarray | None:
        """None where all is opaque."""
        return self.original.alpha if self._opaque is None else self._opaque

    @property
    def pixels(self) -> np.ndarray:
        return self.original.pixels if self._painted is None else self._painted

    @cached_property
    def traits(self) -> Traits:
        return Traits(self.original, self.whole or self.original)

    def cut(self, index: int, step: Step) -> StepOnCanvas:
        """Step number `index` of its plan, from the picture as it is now."""
        self._open[index] = StepOnCanvas(self, index, step, step.frame.cut(self.pixels))
        return self._open[index]

    def file(self, index: int, report: Report) -> None:
        """The last word on a step: what was chosen is put in place, on a copy made for the first only."""
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
        """A report for each step, in order. `unreached` is why some of them were not tried, or not fully."""
        for task in tuple(self._open.values()):
            task.close(unreached)
        return tuple(self._reports.get(i, Report(s, "skipped", unreached)) for i, s in enumerate(steps))


@dataclass(eq=False)
class StepOnCanvas:
    """One step cut from its canvas. `seen` is the crop at work size, before anything was filled in."""

    canvas: Canvas
    index: int
    step: Step
    seen: Picture
    remarks: dict[str, None] = field(default_factory=dict)
    """What of its prompts was not read, each sentence once."""
    _painted: int = 0
    _candidates: list[Candidate] = field(default_factory=list)
    _faults: list[str] = field(default_factory=list)
    _seconds: float = 0.0

    @cached_property
    def _denoise(self) -> Mask:
        """The denoise mask at work size."""
        return self.step.frame.take_mask(self.step.denoise)

    @cached_property
    def _toning(self) -> Toning | None:
        """None at once where colours are let in: most pictures are not asked for their tone twice."""
        if self.step.how.keep_tone == "off":
            return None
        crop = self.canvas.original.pixels[self.step.frame.crop.slices]
        return Toning.of(self.canvas.traits.tone, crop, self.step)

    @cached_property
    def trial(self) -> BeforeAfter:
        """The region as it is when the first of its paintings comes."""
        return BeforeAfter.of(self.step, self.canvas.pixels, self.canvas.judge.look)

    @cached_property
    def _upright(self) -> RotatedFrame:
        return RotatedFrame(self.step.frame, self.step.box.center, self.step.turn)

    def _input_picture(self) -> Picture:
        """What the painter is shown, before anything is filled in."""
        if not self.step.turn:
            return self.seen
        return Picture(self._upright.take(self.canvas.pixels, self.seen.pixels))

    def _shown_mask(self, mask: Mask) -> Mask:
        """A crop-sized mask as it lies on that."""
        at_work = self.step.frame.take_mask(mask)
        return self._upright.take_mask(mask, at_work) if self.step.turn else at_work

    def shots(self) -> list[QueuedJob]:
        """One a variation, alike but for their seeds."""
        step = self.step
        hole = self._shown_mask(step.denoise if step.hole is None else step.hole)
        first = Job(
            picture=fill_hole(self._input_picture(), hole, step.settings.masked_content),
            mask=self._shown_mask(step.denoise),
            prompt=step.prompt,
            negative_prompt=step.negative_prompt,
            seed=step.seed,
            settings=step.settings,
            subseed=step.subseed,
            subseed_strength=step.subseed_strength,
        )
        return [QueuedJob(self, _with_seed(first, more)) for more in range(step.how.variations)]

    def take(self, job: Job, patch: Picture, seconds: float) -> None:
        """What was painted for one of the jobs."""
        if self.step.turn and patch is not job.picture:
            patch = Picture(self._upright.back(patch.pixels, self.seen.pixels))
        if self._toning is not None and patch is not job.picture:
            patch = self._apply_tone(self._toning, patch)
        self._painted += 1
        self._seconds += seconds
        spot = self.step.composite.bounds
        if spot is not None:
            made = self._candidate(job, patch, spot)
            around = drift_around(self.seen.pixels, patch.pixels, self._denoise)
            self._candidates.append(dataclasses.replace(made, scores=self.trial.scores(made, around)))
        self._close_when_done()

    def _apply_tone(self, toning: Toning, patch: Picture) -> Picture:
        after = toning.patch(patch)
        remark = toning.remark(patch, after, self.step.frame.take_mask(self.step.composite).alpha)
        self.remarks.update({remark: None} if remark else {})
        return after

    def miss(self, why: str, seconds: float = 0.0) -> None:
        """One of the jobs gave nothing."""
        self._seconds += seconds
        self._faults.append(why)
        self._close_when_done()

    def _close_when_done(self) -> None:
        if self._painted + len(self._faults) == self.step.how.variations:
            self.close("")

    def close(self, unreached: str) -> None:
        """No more is to come. `unreached` is why some of the jobs gave neither a picture nor a fault."""
        left = self.step.how.variations - self._painted - len(self._faults)
        report = self._report([*self._faults, *[unreached] * left])
        self.canvas.file(self.index, dataclasses.replace(report, remarks=tuple(self.remarks)))

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
        worse = [gate_failure(one.scores, self.step.how.gate) for one in ranked]
        best = max(range(len(ranked)), key=lambda i: (not worse[i], ranked[i].score))
        if worse[best]:
            return Report(self.step, "reverted", worse[best], self._seconds, ranked, best)
        kept = Report(self.step, "kept", why, self._seconds, ranked, best)
        return kept if self.step.hole is not None else self._with_visibility(kept, ranked[best])

    def _with_visibility(self, kept: Report, best: Candidate) -> Report:
        """The report with how much of it can be seen, and its outcome where that is nothing.

        Of a step that had no pixels before, as a stage of an extension, all is seen.
        """
        changed, most = self._change(best)
        if changed >= SEEN_PIXELS:
            return dataclasses.replace(kept, changed=changed)
        many = f"only {changed} of its pixels changed by {SEEN_LEVELS} levels or more" if changed else ""
        told = f"nothing of it can be seen: {many or f'no pixel changed by more than {most} of 255 levels'}."
        return dataclasses.replace(
            kept, outcome="unseen", why=" ".join([told, kept.why]).strip(), changed=changed
        )

    def _change(self, best: Candidate) -> tuple[int, int]:
        """(pixels that are seen to change, the most levels that one did)."""
        spot, alpha = best.box.slices, self.canvas.alpha
        before, under = self.canvas.pixels[spot], None if alpha is None else alpha[spot]
        after, opaque = before.copy(), None if under is None else under.copy()
        best.put(after, best.box, opaque)
        return visible_pixels(before, after, under, opaque), int(np.abs(before.astype(int) - after).max())

    def _candidate(self, job: Job, patch: Picture, spot: Box) -> Candidate:
        """`spot` is of the crop; at denoising strength 0 the crop comes back, and nothing is resampled."""
        step = self.step
        box = spot.shifted(step.frame.crop.left, step.frame.crop.top)
        under, mask = self.canvas.pixels[box.slices], step.composite.crop(spot)
        if patch is job.picture and step.settings.masked_content == "original":
            return Candidate(job.seed, Picture(under.copy()), box, mask)
        over = quantize_for_composite(under, self._match_traits(patch, under, spot), mask)
        return Candidate(job.seed, Picture(over), box, mask)

    def _match_traits(self, patch: Picture, under: np.ndarray, spot: Box) -> np.ndarray:
        """The pixels `spot` of the crop, painted, with the colours and the traits of the picture."""
        over = self._level(self._correct_colours(patch, under, spot), under, spot)
        made = self.canvas.traits.give(over, self.step, spot)
        made = self._toning.spot(made, spot) if self._toning else made
        return made if made is over else np.where((over != under).any(-1, keepdims=True), made, under)

    def _level(self, over: np.ndarray, under: np.ndarray, spot: Box) -> np.ndarray:
        """`over` without its step where the composite mask passes one half. What is as it was stays."""
        if not self.step.how.match_edge:
            return over
        outside = (~self.step.composite.crop(spot).solid).astype(np.uint8)
        shift = np.float32(self.step.how.match_edge) * find_edge_shift(under, over, outside)
        return np.where((over != under).any(-1, keepdims=True), over + shift, over)

    def _correct_colours(self, patch: Picture, under: np.ndarray, spot: Box) -> np.ndarray:
        """The pixels `spot` of the crop, painted, in the colours of what surrounds them.

        Seen and painted are compared at work size: scaling back is no shift of colours, and what other
        steps have put there since is none either.
        """
        step = self.step
        over = step.frame.put(patch, spot)
        if not step.how.colour_correction:
            return over
        strength, content = step.settings.denoising_strength, step.settings.masked_content
        found = colour_field(
            self.seen.pixels,
            patch.pixels,
            step.frame.take_mask(step.composite),
            self._denoise,
            inside_say(strength, content),
        )
        if found is None:
            return over
        amount = step.how.colour_correction * reliance(found.agreement, strength)
        over = over + np.float32(amount) * found.shift(over, step.frame.crop.size, spot)
        return keep_unchanged(under, over, step.frame.put(self.seen, spot))


@dataclass(frozen=True, eq=False)
class QueuedJob:
    """One job of a task."""

    task: StepOnCanvas
    job: Job


def _with_seed(job: Job, more: int) -> Job:
    if not more:
        return job
    return dataclasses.replace(
        job, seed=seeds.for_variation(job.seed, more), subseed=seeds.for_variation(job.subseed, more)
    )
