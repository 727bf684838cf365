"""An extension under way: which stages are painted, what they made, and what hangs on what."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from retouch.candidates import Candidate
from retouch.geometry import Box, Margins
from retouch.outpaint.extension import grown
from retouch.outpaint.stages import Stage
from retouch.plan import Step
from retouch.raster import Picture


@dataclass(frozen=True, eq=False)
class Way:
    """From `picture` to its canvas with `margins`. `done` are the finished stages' patches by number.

    Frozen: painting, reverting and trying again each give another one, and any of them can be gone on from.
    """

    picture: Picture
    margins: Margins
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    done: Mapping[int, Candidate] = field(default_factory=dict)

    @property
    def origin(self) -> Box:
        """Where the picture lies on the canvas."""
        return self.picture.size.box.shifted(self.margins.left, self.margins.top)

    @property
    def canvas_box(self) -> Box:
        """All of the canvas, its own upper left corner at 0, 0."""
        return grown(self.picture.size, self.margins).box

    @property
    def left(self) -> tuple[Step, ...]:
        """What is still to be painted, in order of waves."""
        return tuple(sorted((s for s in self.steps if s.number not in self.done), key=lambda s: s.wave))

    def canvas(self) -> Picture:
        """Everything there is, at full size; black where nothing is painted yet. Alpha is not carried on."""
        size = grown(self.picture.size, self.margins)
        pixels = np.zeros((size.height, size.width, 3), np.uint8)
        pixels[self.origin.slices] = self.picture.pixels
        for step in sorted(self.steps, key=lambda s: (s.wave, s.number)):
            if step.number in self.done:
                self.done[step.number].put(pixels)
        pixels.flags.writeable = False
        return dataclasses.replace(self.picture, pixels=pixels, alpha=None)

    def finished(self) -> Picture:
        """The canvas as far as it is a full rectangle: a strip that is not whole yet is left out."""
        whole = self.canvas()
        return dataclasses.replace(whole, pixels=whole.pixels[self.known().slices])

    def known(self) -> Box:
        """The rectangle that is painted, on the canvas."""
        known = self.origin
        for strip in _strips(self.stages, self.done):
            both = known | strip
            if both.area == known.area + strip.area:
                known = both
        return known

    def with_done(self, made: Mapping[int, Candidate]) -> Way:
        return dataclasses.replace(self, done={**self.done, **made})

    def without(self, numbers: Collection[int]) -> Way:
        """Reverted: these stages, and all that were painted upon them."""
        gone = dependents(self.stages, numbers)
        return dataclasses.replace(self, done={n: c for n, c in self.done.items() if n not in gone})

    def again(self, seeds: Mapping[int, int]) -> Way:
        """The same with other seeds for some stages, which then are to be painted again."""
        steps = tuple(dataclasses.replace(s, seed=seeds.get(s.number, s.seed)) for s in self.steps)
        return dataclasses.replace(self.without(seeds.keys()), steps=steps)


def dependents(stages: Sequence[Stage], numbers: Collection[int]) -> set[int]:
    """These stages and every later one whose crop shows anything of them, however far removed."""
    gone = set(numbers)
    for stage in sorted(stages, key=lambda s: (s.wave, s.number)):
        if any(_sees(stage, other) for other in stages if other.number in gone):
            gone.add(stage.number)
    return gone


def _sees(stage: Stage, other: Stage) -> bool:
    return other.wave < stage.wave and not (stage.frame.crop & other.hole).empty


def _strips(stages: Sequence[Stage], done: Collection[int]) -> list[Box]:
    """The strips of which every stage is done, in order of painting."""
    strips: list[list[Stage]] = []
    for stage in stages:
        if strips and _same_strip(strips[-1][-1], stage):
            strips[-1].append(stage)
        else:
            strips.append([stage])
    whole = [strip for strip in strips if all(stage.number in done for stage in strip)]
    return [_around([stage.hole for stage in strip]) for strip in whole]


def _same_strip(one: Stage, other: Stage) -> bool:
    if one.side != other.side:
        return False
    if one.side in ("left", "right"):
        return (one.hole.left, one.hole.right) == (other.hole.left, other.hole.right)
    return (one.hole.top, one.hole.bottom) == (other.hole.top, other.hole.bottom)


def _around(boxes: Sequence[Box]) -> Box:
    first, *rest = boxes
    for box in rest:
        first |= box
    return first
