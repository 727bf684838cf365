"""Candidates: the painted results of one region. Each can be composited in place of another."""

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
    """One painted result of one region.

    `over` has the painted pixels of `box` (canvas pixels), with corrected colours. `mask` is the composite
    mask, of the same size; outside of `box` it is 0. `scores` are the measures of the picture with the
    candidate. `score` ranks the candidates: higher is better.
    """

    seed: int
    over: Picture
    box: Box
    mask: Mask
    scores: Quality = Quality()
    score: float = 0.0

    def on(self, picture: Picture) -> Picture:
        """The picture with this candidate composited as the pipeline does it. `box` must lie within the
        picture.
        """
        return put_on(picture, [self])

    def put(
        self,
        pixels: np.ndarray,
        origin: Box = Box(0, 0, 0, 0),
        alpha: np.ndarray | None = None,
        deep: np.ndarray | None = None,
    ) -> None:
        """Composite in place onto `pixels`, (height, width, 3) uint8, whose upper left corner is that of
        `origin`.

        `alpha`, (height, width) uint8 or None for an opaque picture, becomes opaque under the candidate.
        `deep` has the same pixels in 16 bits, with 3 channels or more. If it is given, it is blended, and
        `pixels` become its high bytes.
        """
        window, over, mask = self.box.relative_to(origin).slices, self.over.pixels, self.mask
        if alpha is not None:
            alpha[window], mask = composite_alpha(alpha[window], mask)
        if deep is None:
            pixels[window] = blend_patch(pixels[window], over, mask)
        else:
            colours = deep[window][..., :3]
            colours[:] = composite_deep(colours, pixels[window], over, mask)
            pixels[window] = colours >> 8

    def within(self, box: Box) -> Candidate:
        """The part of the candidate in `box`, canvas pixels."""
        part = self.box & box
        window = part.relative_to(self.box).slices
        over, mask = Picture(self.over.pixels[window]), Mask(self.mask.alpha[window])
        return dataclasses.replace(self, over=over, box=part, mask=mask)


def put_on(picture: Picture, candidates: Iterable[Candidate]) -> Picture:
    """The picture with these candidates composited in order. Painted pixels become opaque."""
    pixels = picture.pixels.copy()
    alpha, deep = (None if samples is None else samples.copy() for samples in (picture.alpha, picture.deep))
    for candidate in candidates:
        candidate.put(pixels, alpha=alpha, deep=deep)
    return dataclasses.replace(picture, pixels=pixels, alpha=alpha, deep=deep)


def combined_by_rank(ranked: Sequence[Sequence[Candidate]], picture: Picture) -> list[Candidate]:
    """One candidate for each rank: the candidates of that rank of all regions, composited together.

    `ranked` has the candidates of each region, best first. A region with fewer candidates uses its last; a
    region without candidates is left out. As many are returned as the longest list has. They have no scores.
    """
    regions = [candidates for candidates in ranked if candidates]
    if len(regions) <= 1:
        return [candidate for candidates in regions for candidate in candidates]
    most = max(len(candidates) for candidates in regions)
    return [
        _combine([region[min(rank, len(region) - 1)] for region in regions], picture) for rank in range(most)
    ]


def _combine(candidates: Sequence[Candidate], picture: Picture) -> Candidate:
    """One candidate with the effect of compositing all candidates in order."""
    box = functools.reduce(operator.or_, (candidate.box for candidate in candidates))
    under = picture.pixels[box.slices]
    painted, transparency = under.copy(), np.ones(under.shape[:2], np.float32)
    for candidate in candidates:
        candidate.put(painted, box)
        transparency[candidate.box.relative_to(box).slices] *= (
            1 - candidate.mask.alpha.astype(np.float32) / 255
        )
    mask = Mask(np.ceil((1 - transparency) * 255).astype(np.uint8))
    share = np.maximum(mask.alpha, 1)[..., None].astype(np.float32) / 255
    over = quantize_for_composite(under, under + (painted - under.astype(np.float32)) / share, mask)
    score = sum(candidate.score for candidate in candidates) / len(candidates)
    return Candidate(candidates[0].seed, Picture(over), box, mask, score=score)


def quantize_for_composite(under: np.ndarray, over: np.ndarray, mask: Mask) -> np.ndarray:
    """`over`, (height, width, 3) float levels 0..255, as uint8 that composites to the same pixels.

    Rounding before and after compositing could differ by a level. Where the mask is not full, one of the two
    nearest whole levels composites to the same pixel as the float level. That level is returned.
    """
    if over.dtype == np.uint8:
        return over
    levels = np.clip(over, 0, 255)
    low = np.floor(levels).astype(np.uint8)
    short = blend_patch(under, low, mask) != blend_patch(under, levels, mask)
    return low + (short & (low < 255))
