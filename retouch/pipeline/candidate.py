"""Candidates: what was painted of one region, each ready to be put back where another was."""

from __future__ import annotations

import dataclasses
import functools
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from retouch.image.blend.composite import blend_patch, composite_alpha, composite_deep
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.measure import Quality


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

    def put(
        self,
        pixels: np.ndarray,
        origin: Box = Box(0, 0, 0, 0),
        alpha: np.ndarray | None = None,
        deep: np.ndarray | None = None,
    ) -> None:
        """The same in place, on (height, width, 3) uint8 pixels that begin where the box `origin` does.

        `alpha`, (height, width) uint8 or None for opaque, becomes opaque where something is painted. `deep`
        are the same pixels in 16 bits, of 3 channels or more: then those are blended, and `pixels` become
        their high bytes.
        """
        spot, over, mask = self.box.relative_to(origin).slices, self.over.pixels, self.mask
        if alpha is not None:
            alpha[spot], mask = composite_alpha(alpha[spot], mask)
        if deep is None:
            pixels[spot] = blend_patch(pixels[spot], over, mask)
        else:
            colours = deep[spot][..., :3]
            colours[:] = composite_deep(colours, pixels[spot], over, mask)
            pixels[spot] = colours >> 8

    def within(self, box: Box) -> Candidate:
        """The part of it that lies in that box of the canvas."""
        part = self.box & box
        spot = part.relative_to(self.box).slices
        over, mask = Picture(self.over.pixels[spot]), Mask(self.mask.alpha[spot])
        return dataclasses.replace(self, over=over, box=part, mask=mask)


def put_on(picture: Picture, candidates: Iterable[Candidate]) -> Picture:
    """The picture with candidates put back one after another; what they paint becomes opaque."""
    pixels = picture.pixels.copy()
    alpha, deep = (None if one is None else one.copy() for one in (picture.alpha, picture.deep))
    for candidate in candidates:
        candidate.put(pixels, alpha=alpha, deep=deep)
    return dataclasses.replace(picture, pixels=pixels, alpha=alpha, deep=deep)


def combined_by_rank(ranked: Sequence[Sequence[Candidate]], picture: Picture) -> list[Candidate]:
    """One candidate a rank, with each region's own of that rank, or its last, put back on the picture.

    `ranked` has the candidates of each region, best first; a region without any is left out. As many come
    back as the region with the most has. The scores of several regions together are not known.
    """
    regions = [candidates for candidates in ranked if candidates]
    if len(regions) <= 1:
        return [candidate for candidates in regions for candidate in candidates]
    most = max(len(candidates) for candidates in regions)
    return [_combine([one[min(rank, len(one) - 1)] for one in regions], picture) for rank in range(most)]


def _combine(candidates: Sequence[Candidate], picture: Picture) -> Candidate:
    """One that does to the picture what all do, one after another."""
    box = functools.reduce(operator.or_, (one.box for one in candidates))
    under = picture.pixels[box.slices]
    painted, kept = under.copy(), np.ones(under.shape[:2], np.float32)
    for one in candidates:
        one.put(painted, box)
        kept[one.box.relative_to(box).slices] *= 1 - one.mask.alpha.astype(np.float32) / 255
    mask = Mask(np.ceil((1 - kept) * 255).astype(np.uint8))
    share = np.maximum(mask.alpha, 1)[..., None].astype(np.float32) / 255
    over = quantize_for_composite(under, under + (painted - under.astype(np.float32)) / share, mask)
    score = sum(one.score for one in candidates) / len(candidates)
    return Candidate(candidates[0].seed, Picture(over), box, mask, score=score)


def quantize_for_composite(under: np.ndarray, over: np.ndarray, mask: Mask) -> np.ndarray:
    """`over`, (height, width, 3) float levels, as uint8 that gives the same to the bit when composited.

    Rounding before compositing as well as after could be a level off. Where the mask is not full, one of
    the two whole levels beside each value composites to what the value itself does: that one is taken.
    """
    if over.dtype == np.uint8:
        return over
    levels = np.clip(over, 0, 255)
    low = np.floor(levels).astype(np.uint8)
    short = blend_patch(under, low, mask) != blend_patch(under, levels, mask)
    return low + (short & (low < 255))
