"""What a stage may not be: a copy of what is there, or a join that shows."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import numpy as np

from retouch.image.geometry import Box, Margins, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.repetition import SHORT, repetition_score
from retouch.image.quality.seam import seams_elsewhere
from retouch.knobs import Knob
from retouch.outpaint.stage_split import OPPOSITE, depth_of

_Knob = functools.partial(Knob, group="Checks")

LONG = 384
"""Pixels of the long side of what is looked at for copies."""
CHANCE = 0.035
"""What a photograph, or a part of an extended one, repeats of itself by chance."""
TWICE = 2.0
"""Times the photograph's own score along such a line from which on a join shows."""
UNSEEN = 0.3
"""CIELAB units per pixel that nobody sees, whatever the photograph's own score: a step of 3 units, feathered
over 10 pixels."""
PLAIN_STEP = 12.0
"""CIELAB units per pixel by which a join shows that are as bad as a stage that is nothing but a copy."""
LOOKED_AT = 768
"""Side of the picture's middle in which that score is taken: more tells no more."""
BACK, BESIDE = 6, 0.5
"""How far a copy is looked for beyond the crop: inwards in depths of the stage, and to either end in lengths.
With more the stage would be too small a part of it to tell a copy from chance."""
LEAST_BACK = 768
"""Pixels inwards, however shallow the stage."""


@dataclass(frozen=True)
class CheckOptions:
    """How the new is joined to the old, and what is done when a stage copies it or its join shows."""

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
    join: str = _Knob(
        "Join",
        "Of many ways to put a stage back the one that shows least; or fade over the feather; or cut along "
        "the line where least differs.",
        choices=("least", "feather", "cut"),
    ).field("least")
    cleanup: float = _Knob(
        "Seam cleanup", "Denoising strength of a second pass along a join that shows; 0 is off.", 0, 1, 0.05
    ).field(0.35)

    def most(self, picture: Picture) -> float:
        """The repetition there may be where a stage was painted, 0..1."""
        return self.repetition_limit * max(repetition_of(picture.pixels), CHANCE)


def repetition_of(pixels: np.ndarray) -> float:
    """How much of it is a copy of another part. What is mirrored is none: half a face is completed so.

    It is looked at small, all of it within LONG pixels: no painter copies to the pixel.
    """
    return repetition_score(pixels, of=round(max(pixels.shape[:2]) * SHORT / LONG), mirrored=False) or 0.0


def copy_search_area(hole: Box, side: str, known: Box) -> Box:
    """The part of the canvas in which a stage's copies are looked for: of a size that follows the stage's.

    `known` is the rectangle that is painted.
    """
    inward = max(BACK * depth_of(hole, side), LEAST_BACK)
    upright = side in ("left", "right")
    along = round((hole.height if upright else hole.width) * BESIDE)
    ends = {"top": along, "bottom": along} if upright else {"left": along, "right": along}
    return hole.grown(Margins(**{**ends, OPPOSITE[side]: inward})) & (known | hole)


@dataclass(eq=False)
class SeamBaseline:
    """What the photograph itself scores along a straight line, in CIELAB units per pixel; measured once.

    The median of some lines: one along an outline of the scene says nothing of the others.
    """

    picture: Picture
    _known: dict[bool, float] = field(default_factory=dict)

    def beyond(self, score: float, side: str) -> float:
        """By how much a join of this score along the side of a stage is more than is not seen, 0 and up."""
        return max(score - self.allowed(side), 0.0)

    def allowed(self, side: str) -> float:
        """Up to which score a join there is not seen."""
        return max(TWICE * self._along(side), UNSEEN)

    def _along(self, side: str) -> float:
        upright = side in ("left", "right")
        if upright not in self._known:
            size = self.picture.size
            spot = Box.around(size.box.center, Size(*(min(length, LOOKED_AT) for length in size))) & size.box
            pixels = self.picture.pixels[spot.slices]
            half = spot.size.box._replace(
                **({"right": spot.width // 2} if upright else {"bottom": spot.height // 2})
            )
            scores = seams_elsewhere(pixels, Mask.of_box(spot.size, half))
            self._known[upright] = float(np.median(scores)) if scores else 0.0
        return self._known[upright]
