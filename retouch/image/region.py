"""Region: the record of one detected thing, and operations on several."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask


@dataclass(frozen=True)
class Region:
    """A thing in a picture.

    `box` is in canvas pixels, and `shape` is the soft mask inside it, of the box's size: a crowd on a
    photograph of 40 megapixels costs the memory of its faces only. `score` is 0..1. `turn` is the rotation
    that makes the thing upright, in degrees counter-clockwise. `person` is the number, from 1, of a recipe's
    person to whom it belongs, or 0. The masks of a `background` grow and fade away from the kept thing, never
    into it. ValueError when the sizes of `shape` and `box` differ.
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
        """The region of all pixels of `box`."""
        return cls(box, Mask.full(box.size), label, score)

    @classmethod
    def of_mask(cls, mask: Mask, label: str = "", score: float = 1.0) -> Region | None:
        """The region of a mask of the picture's size; None when it is blank."""
        box = mask.bounds
        return None if box is None else cls(box, mask.crop(box), label, score)

    def within(self, window: Box) -> Mask:
        """The part of this region's mask in `window`, a box in canvas pixels, of the window's size."""
        return self.shape.crop(window.relative_to(self.box))

    def mask(self, canvas: Size) -> Mask:
        """The mask of this region on the whole canvas, of its size."""
        return self.within(canvas.box)

    def moved(self, dx: int, dy: int) -> Region:
        """The region shifted by `dx` pixels to the right and `dy` down."""
        return dataclasses.replace(self, box=self.box.shifted(dx, dy))

    def clipped(self, canvas: Size) -> Region | None:
        """The part on the canvas, None when nothing is left."""
        box = self.box & canvas.box
        return None if box.empty else dataclasses.replace(self, box=box, shape=self.within(box))


def overlap(a: Region, b: Region) -> float:
    """Common pixels of the cores divided by those of the smaller core, 0..1."""
    return _common_area(a, b) / max(min(a.shape.area, b.shape.area), 1)


def _common_area(a: Region, b: Region) -> int:
    """The number of pixels in the cores of both."""
    common = a.box & b.box
    if common.empty:
        return 0
    ours, theirs = (r.shape.core[common.relative_to(r.box).slices] for r in (a, b))
    return np.count_nonzero(ours & theirs)


def distinct(regions: Sequence[Region], limit: float = 0.6) -> tuple[Region, ...]:
    """One region per thing: of two regions more similar than `limit`, 0..1, the one with the better score
    stays.

    For equal labels the similarity is the overlap divided by the smaller core. So half of a face in one tile
    never survives next to the whole face in another tile. For two labels it is the intersection of the cores
    over their union. So a face survives inside its person, and a bicycle under its rider.
    """
    chosen: list[Region] = []
    for region in sorted(regions, key=lambda r: (-r.score, -r.box.area, r.box)):
        if not any(_alike(region, other, limit) for other in chosen):
            chosen.append(region)
    return tuple(chosen)


def _alike(a: Region, b: Region, limit: float) -> bool:
    if (a.box & b.box).area <= limit * min(a.shape.area, b.shape.area):
        return False  # the boxes alone rule it out: no pixel needs counting
    if a.label.lower() == b.label.lower():
        return overlap(a, b) > limit
    common = _common_area(a, b)
    return common > limit * (a.shape.area + b.shape.area - common)


def merge_regions(regions: Sequence[Region]) -> Region:
    """One region of all pixels of `regions`, at least one, with the best score and the first label."""
    box = regions[0].box
    for region in regions[1:]:
        box = box | region.box
    alpha = np.zeros((box.height, box.width), np.uint8)
    for region in regions:
        spot = alpha[region.box.relative_to(box).slices]
        np.maximum(spot, region.shape.alpha, out=spot)
    return Region(box, Mask(alpha), regions[0].label, max(r.score for r in regions))
