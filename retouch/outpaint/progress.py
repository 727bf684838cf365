"""An extension under way: which stages are painted, what they made, and what hangs on what."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from retouch.image.geometry import Box, Margins
from retouch.image.picture import Picture
from retouch.outpaint.canvas_size import extended_size
from retouch.outpaint.stage_split import far_half, stage_of
from retouch.outpaint.stages import Stage
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.step import Step


@dataclass(frozen=True, eq=False)
class Extension:
    """From `picture` to its canvas with `margins`. `done` are the finished stages' patches by number.

    `found` are all that were painted of each, `reach` is (overlap, feather) in canvas pixels, `aside` are the
    stages that stay unpainted until the way is gone on with. Frozen: painting, choosing, reverting and trying
    again each give another one, and any of them can be gone on from.
    """

    picture: Picture
    margins: Margins
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    done: Mapping[int, Candidate] = field(default_factory=dict)
    found: Mapping[int, tuple[Candidate, ...]] = field(default_factory=dict)
    reach: tuple[int, int] = (64, 16)
    aside: frozenset[int] = frozenset()

    @property
    def origin(self) -> Box:
        """Where the picture lies on the canvas."""
        return self.picture.size.box.shifted(self.margins.left, self.margins.top)

    @property
    def canvas_box(self) -> Box:
        """All of the canvas, its own upper left corner at 0, 0."""
        return extended_size(self.picture.size, self.margins).box

    @property
    def left(self) -> tuple[Step, ...]:
        """What is not painted, in order of waves."""
        return tuple(sorted((s for s in self.steps if s.number not in self.done), key=lambda s: s.wave))

    @property
    def due(self) -> tuple[Step, ...]:
        """What of that is to be painted now."""
        return tuple(step for step in self.left if step.number not in self.aside)

    def canvas(self, within: Box | None = None) -> Picture:
        """Everything there is, at full size; black where nothing is painted yet. Alpha is not carried on.

        Only stages that lie `within` that box, where it is given.
        """
        held = {s.number for s in self.stages if within is None or s.hole & within == s.hole}
        pixels, deep = self._blank(np.uint8), None
        pixels[self.origin.slices] = self.picture.pixels
        if self.picture.deep is not None:
            deep = self._blank(np.uint16)
            deep[self.origin.slices] = self.picture.deep[..., :3]
        for step in sorted(self.steps, key=lambda s: (s.wave, s.number)):
            if step.number in self.done and step.number in held:
                self.done[step.number].put(pixels, deep=deep)
        for samples in (pixels, deep):
            if samples is not None:
                samples.flags.writeable = False
        return dataclasses.replace(self.picture, pixels=pixels, alpha=None, deep=deep)

    def _blank(self, kind: type) -> np.ndarray:
        """Black samples of the whole canvas."""
        size = extended_size(self.picture.size, self.margins)
        return np.zeros((size.height, size.width, 3), kind)

    def finished(self) -> Picture:
        """The canvas as far as it is a full rectangle: a strip that is not whole yet is left out.

        So is what its stages faded into the picture: it would be a smear along the border.
        """
        known = self.known()
        return self.canvas(known).part(known)

    def known(self) -> Box:
        """The rectangle that is painted, on the canvas."""
        known = self.origin
        for strip in _strips(self.stages, self.done):
            both = known | strip
            if both.area == known.area + strip.area:
                known = both
        return known

    def with_done(
        self, made: Mapping[int, Candidate], found: Mapping[int, tuple[Candidate, ...]] | None = None
    ) -> Extension:
        return dataclasses.replace(self, done={**self.done, **made}, found={**self.found, **(found or {})})

    def taking(self, chosen: Mapping[int, int], keep_later: bool = False) -> Extension:
        """With other paintings of some stages, by their place among those found, from 0.

        What was painted upon them is gone, or stays as it is: its edges then fit what was there before.
        """
        taken = {number: self.found[number][place] for number, place in chosen.items()}
        kept = self if keep_later else self.without(chosen)
        return kept.with_done(taken)

    def halved(self, near: Step) -> Extension:
        """With only the nearer half of a stage, and a stage more, a wave later, for the rest of it."""
        step = next(step for step in self.steps if step.number == near.number)
        far = far_half(step, near, max(s.number for s in self.steps) + 1, self.reach)
        steps, stages = [], []
        for old, stage in zip(self.steps, self.stages, strict=True):
            later = int(old.wave > step.wave)
            pair = [near, far] if old is step else [dataclasses.replace(old, wave=old.wave + later)]
            steps += pair
            stages += (
                [stage_of(s) for s in pair]
                if old is step
                else [dataclasses.replace(stage, wave=stage.wave + later)]
            )
        return dataclasses.replace(self, steps=tuple(steps), stages=tuple(stages))

    def without(self, numbers: Collection[int]) -> Extension:
        """Reverted: these stages, and all that were painted upon them."""
        gone = dependents(self.stages, numbers)
        return dataclasses.replace(self, done={n: c for n, c in self.done.items() if n not in gone})

    def again(self, seeds: Mapping[int, int]) -> Extension:
        """The same with other seeds for some stages, which then are to be painted again.

        With them are due what was painted upon them and, should one not be there, what it would be painted
        upon. Whatever else is not there stays so.
        """
        steps = tuple(dataclasses.replace(s, seed=seeds.get(s.number, s.seed)) for s in self.steps)
        aside = {step.number for step in self.left} - supports(self.stages, seeds.keys())
        return dataclasses.replace(self.without(seeds.keys()), steps=steps, aside=frozenset(aside))

    def going_on(self) -> Extension:
        """Whatever is not painted is due."""
        return dataclasses.replace(self, aside=frozenset())


def dependents(stages: Sequence[Stage], numbers: Collection[int]) -> set[int]:
    """These stages and every later one whose crop shows anything of them, however far removed."""
    gone = set(numbers)
    for stage in sorted(stages, key=lambda s: (s.wave, s.number)):
        if any(_sees(stage, other) for other in stages if other.number in gone):
            gone.add(stage.number)
    return gone


def supports(stages: Sequence[Stage], numbers: Collection[int]) -> set[int]:
    """These stages and every earlier one of which their crops show anything, however far removed."""
    needed = set(numbers)
    for stage in sorted(stages, key=lambda s: (-s.wave, s.number)):
        if any(_sees(other, stage) for other in stages if other.number in needed):
            needed.add(stage.number)
    return needed


def _sees(stage: Stage, other: Stage) -> bool:
    return other.wave < stage.wave and not (stage.frame.crop & other.hole).empty


def _strips(stages: Sequence[Stage], done: Collection[int]) -> list[Box]:
    """The strips of which every stage is done, in order of painting."""
    strips: list[list[Stage]] = []
    for stage in stages:
        mine = [stage]
        while strips and any(_same_strip(other, one) for other in strips[-1] for one in mine):
            mine = strips.pop() + mine
        strips.append(mine)
    whole = [strip for strip in strips if all(stage.number in done for stage in strip)]
    return [_around([stage.hole for stage in strip]) for strip in whole]


def _same_strip(one: Stage, other: Stage) -> bool:
    """They lie beside one another, as deep or, where one was halved, as deep in part."""
    if one.side != other.side:
        return False
    if one.side in ("left", "right"):
        return one.hole.left < other.hole.right and other.hole.left < one.hole.right
    return one.hole.top < other.hole.bottom and other.hole.top < one.hole.bottom


def _around(boxes: Sequence[Box]) -> Box:
    first, *rest = boxes
    for box in rest:
        first |= box
    return first
