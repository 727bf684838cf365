"""Candidates: what was painted of one region, each ready to be put back where another was."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from retouch.blend import composite, composite_deep
from retouch.geometry import Box
from retouch.mask import Mask
from retouch.quality import Quality
from retouch.raster import Picture


@dataclass(frozen=True, eq=False)
class Candidate:
    """One painting of one region.

    `over` are the painted pixels of `box` in canvas pixels, their colours corrected; `mask` is the composite
    mask, of the same size, which is not 0 anywhere else. `scores` are measured of the picture with it, and
    `score` is what it was chosen by: higher is better.
    """

    seed: int
    over: Picture
    box: Box
    mask: Mask
    scores: Quality = Quality()
    score: float = 0.0

    def on(self, picture: Picture) -> Picture:
        """The picture with this candidate put back, as the road does it; `box` must lie within it."""
        return put_on(picture, [self])

    def put(self, pixels: np.ndarray, origin: Box = Box(0, 0, 0, 0), deep: np.ndarray | None = None) -> None:
        """The same in place, on (height, width, 3) uint8 pixels that begin where the box `origin` does.

        `deep` are the same pixels in 16 bits, of 3 channels or more: then those are blended, and `pixels`
        become their high bytes.
        """
        spot, over = self.box.relative_to(origin).slices, self.over.pixels
        if deep is None:
            pixels[spot] = composite(pixels[spot], over, self.mask)
        else:
            colours = deep[spot][..., :3]
            colours[:] = composite_deep(colours, pixels[spot], over, self.mask)
            pixels[spot] = colours >> 8

    def within(self, box: Box) -> Candidate:
        """The part of it that lies in that box of the canvas."""
        part = self.box & box
        spot = part.relative_to(self.box).slices
        over, mask = Picture(self.over.pixels[spot]), Mask(self.mask.alpha[spot])
        return dataclasses.replace(self, over=over, box=part, mask=mask)


def put_on(picture: Picture, candidates: Iterable[Candidate]) -> Picture:
    """The picture with candidates put back one after another."""
    pixels = picture.pixels.copy()
    deep = None if picture.deep is None else picture.deep.copy()
    for candidate in candidates:
        candidate.put(pixels, deep=deep)
    return dataclasses.replace(picture, pixels=pixels, deep=deep)


def whole_levels(under: np.ndarray, over: np.ndarray, mask: Mask) -> np.ndarray:
    """`over`, (height, width, 3) float levels, as uint8 that gives the same to the bit when composited.

    Rounding before compositing as well as after could be a level off. Where the mask is not full, one of
    the two whole levels beside each value composites to what the value itself does: that one is taken.
    """
    if over.dtype == np.uint8:
        return over
    levels = np.clip(over, 0, 255)
    low = np.floor(levels).astype(np.uint8)
    short = composite(under, low, mask) != composite(under, levels, mask)
    return low + (short & (low < 255))
