"""Paint the stages of a way, wave by wave, each from its own crop: a larger canvas costs a stage nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from retouch.candidates import Candidate
from retouch.execute import Report, run
from retouch.frame import Frame
from retouch.geometry import Box, Size
from retouch.knobs import Knob
from retouch.mask import Mask
from retouch.outpaint.cleanup import cleanup_of, merged
from retouch.outpaint.cut import along_the_cut
from retouch.outpaint.way import Way
from retouch.plan import Plan, Step
from retouch.ports import Engine, Progress, Silent
from retouch.quality import repetition, seam, seam_floor
from retouch.raster import Picture
from retouch.recipe import MAX_SEED

STRIDE = 0x9E3779B1
"""From a seed to the one of the next try: far from those of the other stages."""
CHANCE = 0.2
"""What a part of a photograph repeats of the rest by chance."""


VARIED = "another part of the same scene"
"""Added to the prompt from the third try on: other words lead away from what was painted twice."""
TWICE = 2.0
"""Times the photograph's own score along such a line from which on a join shows."""
UNSEEN = 0.3
"""CIELAB units per pixel that nobody sees, whatever the photograph's own score: a step of 3 units, feathered
over 10 pixels."""
LOOKED_AT = 768
"""Side of the picture's middle in which that score is taken: more tells no more."""


@dataclass(frozen=True)
class Guard:
    """How the new is joined to the old, and what is done when a stage copies it or its join shows."""

    tries: int = Knob(
        "Tries", "Paintings of a stage at most; the one that repeats least is kept.", 1, 8, 1
    ).field(2)
    limit: float = Knob(
        "Repetition limit", "Times the picture's own repetition that a stage may have.", 1, 10, 0.1
    ).field(1.2)
    join: str = Knob(
        "Join",
        "Fade over the feather, or cut along the line where least differs.",
        choices=("feather", "cut"),
    ).field("feather")
    cleanup: float = Knob(
        "Seam cleanup", "Denoising strength of a second pass along a join that shows; 0 is off.", 0, 1, 0.05
    ).field(0.35)

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
    watcher = progress or Silent()
    walk = _Walk(way, engine, guard or Guard(), watcher)
    while walk.way.left and not walk.faults and not watcher.stopped:
        done = len(walk.way.done)
        watcher.show(done, len(way.steps), f"stage {done + 1} of {len(way.steps)}")
        walk.paint_wave()
    watcher.show(len(walk.way.done), len(way.steps), "done")
    return Extended(walk.way, tuple(walk.reports), tuple(walk.remarks + walk.faults), watcher.stopped)


class _Walk:
    """The canvas being painted. All that changes is here."""

    def __init__(self, way: Way, engine: Engine, guard: Guard, watcher: Progress) -> None:
        self.way, self._engine, self._guard, self._watcher = way, engine, guard, watcher
        self._pixels = way.canvas().pixels.copy()
        self._floor = _Floor(way.picture)
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
            again = self._paint([_again(wave[r.step.number], number) for r in weak])
            found = _better(found, [self._judged(report) for report in again])
        joined = [self._joined(report) for report in found]
        for report in self._cleaned(joined):
            self._file(report)

    def _paint(self, steps: Sequence[Step], under: Mapping[int, Candidate] | None = None) -> list[Report]:
        """`under` are candidates, by number of stage, that are put on the canvas first."""
        crops = [Picture(self._crop(step, (under or {}).get(step.number))) for step in steps]
        plans = [Plan((_local(step),)) for step in steps]
        results = run(crops, plans, self._engine, self._watcher)
        return [_placed(result.reports[0], step) for result, step in zip(results, steps, strict=True)]

    def _crop(self, step: Step, made: Candidate | None = None) -> np.ndarray:
        """A copy of what the stage sees, with a painting of it."""
        crop = self._pixels[step.frame.crop.slices].copy()
        if made is not None:
            made.put(crop, step.frame.crop)
        return crop

    def _judged(self, report: Report) -> Report:
        """With the repetition of the new part, seen with the rest of its crop."""
        if report.best is None:
            return report
        hole = report.step.hole or Mask.full(report.step.frame.crop.size)
        copied = repetition(self._crop(report.step, report.best), hole)
        return _with_best(report, _scored(report.best, repetition=copied))

    def _joined(self, report: Report) -> Report:
        if report.best is None or self._guard.join != "cut":
            return report
        made, step = report.best, report.step
        under = self._pixels[made.box.slices]
        return _with_best(report, along_the_cut(made, under, step.box, step.label))

    def _cleaned(self, reports: Sequence[Report]) -> list[Report]:
        """Joins that show more than twice what the photograph has are gone over once, where that helps."""
        shown = [r for r in reports if r.best and self._shows(r, r.best)] if self._guard.cleanup else []
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

    def _shows(self, report: Report, made: Candidate) -> bool:
        score = self._seam(report.step, made)
        return score is not None and score > max(TWICE * self._floor.along(report.step.label), UNSEEN)

    def _seam(self, step: Step, made: Candidate) -> float | None:
        """Along the edge of the hole, in the stage's crop."""
        hole = step.hole or Mask.full(step.frame.crop.size)
        return seam(self._crop(step, made), hole)

    def _file(self, report: Report) -> None:
        self.reports.append(report)
        step = report.step
        if report.best is None:
            if report.why != "interrupted":
                self.faults.append(f"Stage {step.number} ({step.label}) was not painted: {report.why}")
            return
        if self._guard.tries > 1 and _repeats(report) > self._most:
            self.remarks.append(
                f"Stage {step.number} ({step.label}) repeats {_repeats(report):.2f} of the picture after "
                f"{self._guard.tries} tries ({self._most:.2f} is allowed): take a smaller step, or say what "
                "is there."
            )
        report.best.put(self._pixels)
        self.way = self.way.with_done({step.number: report.best})


@dataclass(eq=False)
class _Floor:
    """What the photograph itself scores along a straight line, in CIELAB units per pixel; measured once."""

    picture: Picture
    _known: dict[bool, float] = field(default_factory=dict)

    def along(self, side: str) -> float:
        upright = side in ("left", "right")
        if upright not in self._known:
            size = self.picture.size
            spot = Box.around(size.box.center, Size(*(min(length, LOOKED_AT) for length in size))) & size.box
            pixels = self.picture.pixels[spot.slices]
            half = spot.size.box._replace(
                **({"right": spot.width // 2} if upright else {"bottom": spot.height // 2})
            )
            self._known[upright] = seam_floor(pixels, Mask.of_box(spot.size, half)) or 0.0
        return self._known[upright]


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


def _again(step: Step, number: int) -> Step:
    """For painting `number` of a stage: another seed, and from the third on other words too."""
    seed = (step.seed + (number - 1) * STRIDE) % (MAX_SEED + 1)
    varied = f"{step.prompt}, {VARIED}" if step.prompt and number > 2 else step.prompt
    return dataclasses.replace(step, seed=seed, prompt=varied)


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
