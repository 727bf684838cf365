"""The two checks of a painted stage: it must not repeat the picture, and its join must not be visible."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from retouch.image.geometry import Box, Margins, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.repetition import SHORT, repetition_score
from retouch.image.quality.seam import seams_elsewhere
from retouch.knobs import Knob
from retouch.outpaint.stage_split import OPPOSITE, depth_of
from retouch.outpaint.stages import Side

_Knob = functools.partial(Knob, group="Checks")

JoinMethod = Literal["least", "feather", "cut"]

LONG = 384
"""Long side, in pixels, to which pixels are scaled down before their repetition is measured."""
CHANCE = 0.035
"""The repetition score, 0..1, that photographs and parts of extended ones have by chance."""
TWICE = 2.0
"""A join is visible from this many times the photograph's own seam score on."""
UNSEEN = 0.3
"""CIELAB units per pixel. A join at or below is never visible: it is a step of 3 units, feathered over 10
pixels."""
PLAIN_STEP = 12.0
"""CIELAB units per pixel. A seam excess of this size counts as much as a stage that is only a copy."""
LOOKED_AT = 768
"""Side, in pixels, of the window in the picture's middle in which the baseline is measured."""
BACK, ALONGSIDE = 6, 0.5
"""How far copies are searched for. BACK is the distance inwards in depths of the stage, ALONGSIDE the
distance at either end in lengths of the stage. In a larger area the stage has too small a share for a
reliable score."""
LEAST_BACK = 768
"""Minimum distance inwards in pixels, however shallow the stage is."""


@dataclass(frozen=True)
class CheckOptions:
    """How a stage is joined, and what happens if it repeats the picture or its join is visible."""

    attempts: int = _Knob(
        "Attempts",
        "Paintings of a stage at most, where it copies what is there or its join shows; that of which least "
        "does is kept: another seed, then half the step, then other words.",
        1,
        8,
        1,
    ).field(4)
    repetition_limit: float = _Knob(
        "Repetition limit",
        "Times the picture's own repetition that there may be around a stage once it is painted.",
        1,
        10,
        0.1,
    ).field(1.2)
    join: JoinMethod = _Knob(
        "Join",
        "Of many ways to put a stage back the one that shows least; or fade over the feather; or cut along "
        "the line where least differs.",
        choices=("least", "feather", "cut"),
    ).field("least")
    cleanup: float = _Knob(
        "Seam cleanup", "Denoising strength of a second pass along a join that shows; 0 is off.", 0, 1, 0.05
    ).field(0.35)

    def most(self, picture: Picture) -> float:
        """The largest repetition score, 0..1, allowed around a stage of this picture."""
        return self.repetition_limit * max(repetition_of(picture.pixels), CHANCE)


def repetition_of(pixels: np.ndarray) -> float:
    """The share, 0..1, of `pixels` (height, width, 3) uint8 that is a copy of another part of them.

    Mirrored copies do not count, because a model completes half a face by mirroring it. The pixels are scaled
    down to a long side of LONG pixels, because no model copies to the pixel.
    """
    return repetition_score(pixels, of=round(max(pixels.shape[:2]) * SHORT / LONG), mirrored=False) or 0.0


def copy_search_area(hole: Box, side: Side, known: Box) -> Box:
    """The part of the canvas, in canvas pixels, in which copies of a stage are searched for.

    Its size follows the size of `hole`, the stage. `known` is the rectangle that is painted.
    """
    inward = max(BACK * depth_of(hole, side), LEAST_BACK)
    upright = side in ("left", "right")
    along = round((hole.height if upright else hole.width) * ALONGSIDE)
    ends = {"top": along, "bottom": along} if upright else {"left": along, "right": along}
    return hole.grown(Margins(**{**ends, OPPOSITE[side]: inward})) & (known | hole)


@dataclass(eq=False)
class SeamBaseline:
    """The seam score of the photograph along straight lines, in CIELAB units per pixel. Measured once per
    direction.

    The baseline is the median of several lines, because one line may lie along an outline of the scene.
    """

    picture: Picture
    _known: dict[bool, float] = field(default_factory=dict)

    def excess(self, score: float, side: Side) -> float:
        """How much `score` is above the largest invisible score at this side, in CIELAB units per pixel; at
        least 0.
        """
        return max(score - self.limit(side), 0.0)

    def limit(self, side: Side) -> float:
        """The largest seam score of a join at this side that is not visible, in CIELAB units per pixel."""
        return max(TWICE * self._along(side), UNSEEN)

    def _along(self, side: Side) -> float:
        upright = side in ("left", "right")
        if upright not in self._known:
            size = self.picture.size
            window = (
                Box.around(size.box.center, Size(*(min(length, LOOKED_AT) for length in size))) & size.box
            )
            pixels = self.picture.pixels[window.slices]
            half = window.size.box._replace(
                **({"right": window.width // 2} if upright else {"bottom": window.height // 2})
            )
            scores = seams_elsewhere(pixels, Mask.of_box(window.size, half))
            self._known[upright] = float(np.median(scores)) if scores else 0.0
        return self._known[upright]
