"""The state of an extension: its stages, the candidates of each, and which stages depend on which."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from retouch.image.geometry import Box, Margins
from retouch.image.picture import Picture
from retouch.outpaint.canvas_size import extended_size
from retouch.outpaint.stage_split import far_half, stage_of
from retouch.outpaint.stages import JoinReach, Stage
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.step import Step


@dataclass(frozen=True, eq=False)
class Extension:
    """The extension of `picture` by `margins`. `done` has the chosen candidate of each painted stage by
    number.

    `found` has all candidates of each stage. `reach` is the overlap and feather in canvas pixels. `aside` has
    the numbers of stages that stay unpainted until `going_on`. An Extension is immutable: painting, choosing,
    reverting and repainting each return a new one.
    """

    picture: Picture
    margins: Margins
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    done: Mapping[int, Candidate] = field(default_factory=dict)
    found: Mapping[int, tuple[Candidate, ...]] = field(default_factory=dict)
    reach: JoinReach = JoinReach(64, 16)
    aside: frozenset[int] = frozenset()

    @property
    def origin(self) -> Box:
        """The box of the picture on the canvas, in canvas pixels."""
        return self.picture.size.box.shifted(self.margins.left, self.margins.top)

    @property
    def canvas_box(self) -> Box:
        """The box of the canvas. Its upper left corner is (0, 0)."""
        return extended_size(self.picture.size, self.margins).box

    @property
    def left(self) -> tuple[Step, ...]:
        """The steps that are not painted, in order of waves."""
        return tuple(sorted((s for s in self.steps if s.number not in self.done), key=lambda s: s.wave))

    @property
    def due(self) -> tuple[Step, ...]:
        """The unpainted steps that are to be painted now."""
        return tuple(step for step in self.left if step.number not in self.aside)

    def canvas(self, within: Box | None = None) -> Picture:
        """The canvas at full size, without alpha. Pixels that are not painted are black.

        With `within`, a box in canvas pixels, only stages in that box are put on it.
        """
        numbers = {s.number for s in self.stages if within is None or s.hole & within == s.hole}
        pixels, deep = self._blank(np.uint8), None
        pixels[self.origin.slices] = self.picture.pixels
        if self.picture.deep is not None:
            deep = self._blank(np.uint16)
            deep[self.origin.slices] = self.picture.deep[..., :3]
        for step in sorted(self.steps, key=lambda s: (s.wave, s.number)):
            if step.number in self.done and step.number in numbers:
                self.done[step.number].put(pixels, deep=deep)
        for samples in (pixels, deep):
            if samples is not None:
                samples.flags.writeable = False
        return dataclasses.replace(self.picture, pixels=pixels, alpha=None, deep=deep)

    def _blank(self, kind: type) -> np.ndarray:
        """Black samples of the whole canvas, (height, width, 3) of type `kind`."""
        size = extended_size(self.picture.size, self.margins)
        return np.zeros((size.height, size.width, 3), kind)

    def finished(self) -> Picture:
        """The painted rectangle of the canvas. A strip of which a stage is missing is left out.

        The feather of its other stages is left out too: it would be a smear along the border.
        """
        known = self.known()
        return self.canvas(known).part(known)

    def known(self) -> Box:
        """The rectangle that is painted, in canvas pixels."""
        known = self.origin
        for strip in _strips(self.stages, self.done):
            joined = known | strip
            if joined.area == known.area + strip.area:
                known = joined
        return known

    def with_done(
        self, chosen: Mapping[int, Candidate], candidates: Mapping[int, tuple[Candidate, ...]] | None = None
    ) -> Extension:
        """The extension with these chosen candidates, and all candidates, of some stages."""
        return dataclasses.replace(
            self, done={**self.done, **chosen}, found={**self.found, **(candidates or {})}
        )

    def taking(self, chosen: Mapping[int, int], keep_later: bool = False) -> Extension:
        """The extension with other candidates of some stages. `chosen` has their indices, from 0.

        Stages painted on top of them are reverted. With `keep_later` they stay, and their joins may not fit.
        """
        candidates = {number: self.found[number][index] for number, index in chosen.items()}
        extension = self if keep_later else self.without(chosen)
        return extension.with_done(candidates)

    def halved(self, near: Step) -> Extension:
        """The extension with the near half of a stage, and the far half as another stage one wave later."""
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
        """The extension with these stages, and all stages painted on top of them, reverted."""
        reverted = dependents(self.stages, numbers)
        return dataclasses.replace(self, done={n: c for n, c in self.done.items() if n not in reverted})

    def again(self, seeds: Mapping[int, int]) -> Extension:
        """The extension with new seeds for some stages, which are then due.

        Stages painted on top of them are due too, and so are unpainted stages that they need. All other
        unpainted stages stay unpainted.
        """
        steps = tuple(dataclasses.replace(s, seed=seeds.get(s.number, s.seed)) for s in self.steps)
        aside = {step.number for step in self.left} - supports(self.stages, seeds.keys())
        return dataclasses.replace(self.without(seeds.keys()), steps=steps, aside=frozenset(aside))

    def going_on(self) -> Extension:
        """The extension with every unpainted stage due."""
        return dataclasses.replace(self, aside=frozenset())


def dependents(stages: Sequence[Stage], numbers: Collection[int]) -> set[int]:
    """The numbers of these stages and of later stages that see one of them, directly or through others."""
    dependent = set(numbers)
    for stage in sorted(stages, key=lambda s: (s.wave, s.number)):
        if any(_sees(stage, other) for other in stages if other.number in dependent):
            dependent.add(stage.number)
    return dependent


def supports(stages: Sequence[Stage], numbers: Collection[int]) -> set[int]:
    """The numbers of these stages and of every earlier stage that they see, directly or through others."""
    needed = set(numbers)
    for stage in sorted(stages, key=lambda s: (-s.wave, s.number)):
        if any(_sees(other, stage) for other in stages if other.number in needed):
            needed.add(stage.number)
    return needed


def _sees(stage: Stage, other: Stage) -> bool:
    """True if `other` is painted before `stage` and lies in its crop."""
    return other.wave < stage.wave and not (stage.frame.crop & other.hole).empty


def _strips(stages: Sequence[Stage], numbers: Collection[int]) -> list[Box]:
    """The strips of which every stage is painted, in order of painting."""
    strips: list[list[Stage]] = []
    for stage in stages:
        strip = [stage]
        while strips and any(_same_strip(other, own) for other in strips[-1] for own in strip):
            strip = strips.pop() + strip
        strips.append(strip)
    painted = [group for group in strips if all(stage.number in numbers for stage in group)]
    return [_around([stage.hole for stage in group]) for group in painted]


def _same_strip(stage: Stage, other: Stage) -> bool:
    """True if two stages lie beside each other at equal depth, or at overlapping depth if one was halved."""
    if stage.side != other.side:
        return False
    if stage.side in ("left", "right"):
        return stage.hole.left < other.hole.right and other.hole.left < stage.hole.right
    return stage.hole.top < other.hole.bottom and other.hole.top < stage.hole.bottom


def _around(boxes: Sequence[Box]) -> Box:
    first, *rest = boxes
    for box in rest:
        first |= box
    return first
