"""Region: one record per thing found, and how the ones to repaint are chosen and put in order."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask


@dataclass(frozen=True)
class Region:
    """A thing found in a picture. `shape` is its soft mask inside `box`, of the box's size.

    `turn` is how far it has to be turned to stand upright, in degrees counter-clockwise;
    `person` whom of a recipe's people it belongs to, from 1, or 0. A `background` is all but what is kept:
    its masks grow and fade away from that, never into it.

    Keeping the mask as large as the thing, not as the picture, lets a crowd on a 40-megapixel
    photograph cost what its faces cost.
    """

    box: Box
    shape: Mask
    label: str = ""
    score: float = 1.0
    turn: float = 0.0
    person: int = 0
    background: bool = False

    def __post_init__(self) -> None:
        if self.shape.size != self.box.size:
            raise ValueError(f"shape {self.shape.size} does not fit {self.box}")

    @classmethod
    def of_box(cls, box: Box, label: str = "", score: float = 1.0) -> Region:
        return cls(box, Mask.full(box.size), label, score)

    @classmethod
    def of_mask(cls, mask: Mask, label: str = "", score: float = 1.0) -> Region | None:
        """From a picture-sized mask; None when it is blank."""
        box = mask.bounds
        return None if box is None else cls(box, mask.crop(box), label, score)

    def within(self, window: Box) -> Mask:
        """This region's mask as seen in `window` (canvas pixels), of the window's size."""
        return self.shape.crop(window.relative_to(self.box))

    def mask(self, canvas: Size) -> Mask:
        return self.within(canvas.box)

    def moved(self, dx: int, dy: int) -> Region:
        return dataclasses.replace(self, box=self.box.shifted(dx, dy))

    def clipped(self, canvas: Size) -> Region | None:
        """The part on the canvas, None when nothing is left."""
        box = self.box & canvas.box
        return None if box.empty else dataclasses.replace(self, box=box, shape=self.within(box))


def overlap(a: Region, b: Region) -> float:
    """Common pixels of the cores over the smaller region's, 0..1."""
    return _common_area(a, b) / max(min(a.shape.area, b.shape.area), 1)


def _common_area(a: Region, b: Region) -> int:
    """Pixels that are in the cores of both."""
    common = a.box & b.box
    if common.empty:
        return 0
    ours, theirs = (r.shape.core[common.relative_to(r.box).slices] for r in (a, b))
    return np.count_nonzero(ours & theirs)


def distinct(regions: Sequence[Region], limit: float = 0.6) -> tuple[Region, ...]:
    """One region per thing: of any two alike by more than `limit` the better score stays.

    Of one label, likeness is the overlap over the smaller of the two, so that the half of a face
    seen by one tile never survives beside the whole face seen by another. Of two labels it is the
    intersection of their masks over the union, so that a face survives inside the person whose face it is,
    and a bicycle under its rider.
    """
    kept: list[Region] = []
    for region in sorted(regions, key=lambda r: (-r.score, -r.box.area, r.box)):
        if not any(_alike(region, other, limit) for other in kept):
            kept.append(region)
    return tuple(kept)


def _alike(a: Region, b: Region, limit: float) -> bool:
    if (a.box & b.box).area <= limit * min(a.shape.area, b.shape.area):
        return False  # the boxes alone rule it out: no pixel needs counting
    if a.label.lower() == b.label.lower():
        return overlap(a, b) > limit
    common = _common_area(a, b)
    return common > limit * (a.shape.area + b.shape.area - common)


def merge_regions(regions: Sequence[Region]) -> Region:
    """All of them as one, with the best score and the first label."""
    box = regions[0].box
    for region in regions[1:]:
        box = box | region.box
    alpha = np.zeros((box.height, box.width), np.uint8)
    for region in regions:
        spot = alpha[region.box.relative_to(box).slices]
        np.maximum(spot, region.shape.alpha, out=spot)
    return Region(box, Mask(alpha), regions[0].label, max(r.score for r in regions))
