"""Content-aware: the hole is pieced together from patches of the rest, coarse to fine.

Each pixel of the hole belongs to several patches; for each of them the most alike one that lies wholly in
the kept part is looked for, and the pixel becomes a weighted mean of what they propose, again and again
(Wexler, Shechtman and Irani, Space-Time Completion of Video, 2007). On small levels all patches are
compared, on larger ones by PatchMatch (Barnes et al., 2009). Besides colours, patches have the mean
gradients of their neighbourhood, lest a blurred guess find blurred matches (Newson et al., Non-Local
Patch-Based Image Inpainting, 2017). What is left of a step at the rim is taken off by a smooth field.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.image.fill.patch_search import AT_ONCE, RADIUS, Patches
from retouch.image.fill.smooth import fill_smoothly, pull_push
from retouch.image.mask import Mask

COARSEST = 36
"""Pixels of the short side below which nothing is halved."""
SHALLOW = RADIUS + 0.5
"""Pixels from a hole's rim to its middle at which no smaller level is needed: a patch spans them."""
EXACT = 2 * AT_ONCE
"""Comparisons of a level up to which all are made; more are left to PatchMatch."""
SEARCHED = 256 * 256
"""Pixels of a level up to which matches are searched for anew; a larger one refines those of its half."""
ROUNDS_FIRST, ROUNDS_EXACT, ROUNDS = 12, 6, 4
SETTLED = 0.3
"""Mean change in levels from which on a round is the last."""
MEAN, CHOICE, LAST = 3.0, 20.0, 60.0
"""Sharpness of votes: while shapes are found, once only texture is, and for the result itself."""
TEXTURE = 8.0
"""What a level of mean gradient counts beside one of colour."""
NEIGHBOURHOOD = 4.0
"""Standard deviation in pixels over which gradients are averaged."""
MOST_OFF = 16
"""Levels that the field at the rim takes off at most: a larger step is an edge that ends there."""


def fill_with_content(pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """(height, width, 3) uint8 with the solid part of `mask` synthesised from the rest; the same each time.

    Where the kept part has no room for a whole patch, its colours are carried inward instead. A hole of
    512x512 in 1024x1024 takes about 3 s of one core and 150 MB.
    """
    smooth = fill_smoothly(pixels, Mask.where(mask.solid))
    rng, below = np.random.default_rng(0), None
    for level in reversed(list(_pyramid(smooth, mask.solid))):
        below = _solve_level(level, below, rng) or below
    made = smooth if below is None else _level_colours(below, pixels, mask)
    return np.where(mask.solid[..., None], made, pixels)


@dataclass(frozen=True)
class _Level:
    """`planes` float32 (height, width, 5), colours and texture, smooth in the hole; `hole` bool."""

    planes: np.ndarray
    hole: np.ndarray

    @property
    def large(self) -> bool:
        return self.hole.size > SEARCHED


@dataclass(frozen=True)
class _Solution:
    """`colours` of a level; what its patches `voted`, also beside the hole; and their `matches`."""

    colours: np.ndarray
    voted: np.ndarray
    matches: np.ndarray


def _pyramid(smooth: np.ndarray, hole: np.ndarray) -> Iterator[_Level]:
    """Halved until a patch spans the hole. A pixel is of the hole if any part of it is."""
    planes = np.dstack([smooth.astype(np.float32), _texture(smooth, hole)])
    yield (level := _Level(planes, hole))
    while min(level.hole.shape) >= 2 * COARSEST and _depth(level.hole) > SHALLOW:
        size = (level.hole.shape[1] // 2, level.hole.shape[0] // 2)
        share = cv2.resize(level.hole.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        yield (level := _Level(_scale(level.planes, size, cv2.INTER_AREA), share > 0))


def _depth(hole: np.ndarray) -> float:
    return float(cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5).max())


def _texture(smooth: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Mean absolute gradients of what is kept, across and down, (height, width, 2)."""
    luma = cv2.cvtColor(smooth, cv2.COLOR_RGB2GRAY).astype(np.float32)
    kept = (cv2.dilate(hole.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0).astype(np.float32)
    rough = [np.abs(cv2.Sobel(luma, cv2.CV_32F, dx, 1 - dx, scale=1 / 8)) * kept for dx in (1, 0)]
    share = cv2.GaussianBlur(kept, (0, 0), NEIGHBOURHOOD) + 1e-6
    return np.dstack([TEXTURE * cv2.GaussianBlur(plane, (0, 0), NEIGHBOURHOOD) / share for plane in rough])


def _scale(planes: np.ndarray, size: tuple[int, int], how: int) -> np.ndarray:
    """Three planes at a time: OpenCV takes no more than four."""
    parts = [planes[..., first : first + 3] for first in range(0, planes.shape[2], 3)]
    return np.dstack([cv2.resize(part, size, interpolation=how) for part in parts])


def _solve_level(level: _Level, below: _Solution | None, rng: np.random.Generator) -> _Solution | None:
    """One level, from the coarser one. None when there is nothing to take patches from, or no hole."""
    planes = level.planes[..., :3] if level.large else level.planes
    if below is not None:
        count = planes.shape[2]
        height, width = level.hole.shape
        grown = _scale(below.colours[..., :count], (width, height), cv2.INTER_LINEAR)
        planes = np.where(level.hole[..., None], grown, planes)
    work = Patches(np.ascontiguousarray(planes), level.hole, 2 if level.large else 1)
    if not work.comparisons:
        return None
    if below is None:
        work.peel()
    if work.comparisons <= EXACT and not level.large:
        _settle(work, ROUNDS_FIRST if below is None else ROUNDS_EXACT)
    else:
        work.begin(None if below is None else below.matches, rng)
        _search(work, level.large, rng)
    voted = work.vote(LAST)
    return _Solution(work.planes, voted, work.every_match())


def _settle(work: Patches, rounds: int) -> None:
    for _ in range(rounds):
        before = work.planes
        work.exact()
        work.vote(MEAN)
        if np.abs(work.planes - before)[work.hole].mean() < SETTLED:
            break


def _search(work: Patches, large: bool, rng: np.random.Generator) -> None:
    for _ in range(1 if large else ROUNDS):
        work.improve(None if large else rng)
        if not large:
            work.vote(CHOICE)


def _level_colours(found: _Solution, pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """The colours, less the smooth field by which the patches across the rim are off beside it, as uint8."""
    beside = ~mask.solid & np.isfinite(found.voted[..., 0])
    differs = np.nan_to_num(pixels - found.voted[..., :3]).clip(-MOST_OFF, MOST_OFF)
    off = (differs * beside[..., None]).astype(np.float32)
    field = pull_push(off, beside.astype(np.float32))
    return np.rint(found.colours[..., :3] + field).clip(0, 255).astype(np.uint8)
