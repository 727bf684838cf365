"""Content-aware fill: synthesise the hole from patches of the kept part, from coarse to fine.

Each pixel of the hole belongs to several patches. For each of these the most similar patch of the kept part
is found, and the pixel becomes the weighted mean of the pixels that these matches propose. Both steps are
iterated (Y. Wexler, E. Shechtman and M. Irani, Space-Time Completion of Video, 2007,
doi:10.1109/TPAMI.2007.60). Small levels compare all patches, larger ones use PatchMatch (C. Barnes, E.
Shechtman, A. Finkelstein and D. Goldman, PatchMatch: A Randomized Correspondence Algorithm for Structural
Image Editing, 2009, doi:10.1145/1531326.1531330). Patches hold mean gradients besides colours, so that a
blurred estimate does not match blurred patches (A. Newson and others, Non-Local Patch-Based Image Inpainting,
2017, doi:10.5201/ipol.2017.189). A smooth field removes the remaining step at the rim.
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
"""Pixels: the least short side of a level."""
SHALLOW = RADIUS + 0.5
"""Pixels from a hole's rim to its middle that one patch spans: such a hole needs no coarser level."""
EXACT = 2 * AT_ONCE
"""Comparisons up to which a level compares all patches; with more it uses PatchMatch."""
SEARCHED = 256 * 256
"""Pixels up to which a level searches for matches; a larger one refines those of the coarser level."""
ROUNDS_FIRST, ROUNDS_EXACT, ROUNDS = 12, 6, 4
SETTLED = 0.3
"""Levels: a round with a smaller mean change is the last."""
MEAN, CHOICE, LAST = 3.0, 20.0, 60.0
"""Sharpness of the votes: on levels that find shapes, on levels that find texture, and of the result."""
TEXTURE = 8.0
"""Weight of a level of mean gradient relative to a level of colour."""
NEIGHBOURHOOD = 4.0
"""Standard deviation in pixels of the mean of gradients."""
MOST_OFF = 16
"""Levels: the largest correction at the rim. A larger step is an edge of the scene."""


def fill_with_content(pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """Synthesise the solid part of the mask from patches of the kept part.

    `pixels` and the result are (height, width, 3) uint8 RGB levels of the mask's size; kept pixels are
    unchanged. Equal inputs give equal results. When the kept part has no whole patch of 7 x 7 pixels, the
    fill is `fill_smoothly`. A hole of 512 x 512 pixels in 1024 x 1024 takes about 3 s of one core and 150 MB.

    >>> stripes = np.zeros((48, 48, 3), np.uint8)
    >>> stripes[:, ::4] = stripes[:, 1::4] = 200
    >>> alpha = np.zeros((48, 48), np.uint8)
    >>> alpha[20:28, 20:28] = 255
    >>> filled = fill_with_content(np.where(alpha[..., None] > 0, 100, stripes).astype(np.uint8), Mask(alpha))
    >>> bool(np.abs(filled.astype(int) - stripes).mean() < 1)
    True
    """
    smooth = fill_smoothly(pixels, Mask.where(mask.solid))
    rng, below = np.random.default_rng(0), None
    for level in reversed(list(_pyramid(smooth, mask.solid))):
        below = _solve_level(level, below, rng) or below
    filled = smooth if below is None else _level_colours(below, pixels, mask)
    return np.where(mask.solid[..., None], filled, pixels)


@dataclass(frozen=True)
class _Level:
    """One level of the pyramid.

    `planes` are (height, width, 5) float32: RGB and two of texture, filled smoothly in the hole. `hole` is
    (height, width) bool.
    """

    planes: np.ndarray
    hole: np.ndarray

    @property
    def large(self) -> bool:
        return self.hole.size > SEARCHED


@dataclass(frozen=True)
class _Solution:
    """The result of a level.

    `colours` and `voted` are (height, width, n) float32: the filled level, and the votes of the patches, NaN
    where there are none. `matches` are (height, width, 2) intp: row and column of the patch that matches
    each.
    """

    colours: np.ndarray
    voted: np.ndarray
    matches: np.ndarray


def _pyramid(smooth: np.ndarray, hole: np.ndarray) -> Iterator[_Level]:
    """The levels from fine to coarse, each half the last, until a patch spans the hole.

    A pixel of a level belongs to the hole if any part of it does.
    """
    planes = np.dstack([smooth.astype(np.float32), _texture(smooth, hole)])
    yield (level := _Level(planes, hole))
    while min(level.hole.shape) >= 2 * COARSEST and _depth(level.hole) > SHALLOW:
        size = (level.hole.shape[1] // 2, level.hole.shape[0] // 2)
        share = cv2.resize(level.hole.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        yield (level := _Level(_scale(level.planes, size, cv2.INTER_AREA), share > 0))


def _depth(hole: np.ndarray) -> float:
    return float(cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5).max())


def _texture(smooth: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """(height, width, 2) float32: the mean absolute gradients of the kept part, across and down."""
    luma = cv2.cvtColor(smooth, cv2.COLOR_RGB2GRAY).astype(np.float32)
    unmasked = (cv2.dilate(hole.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0).astype(np.float32)
    rough = [np.abs(cv2.Sobel(luma, cv2.CV_32F, dx, 1 - dx, scale=1 / 8)) * unmasked for dx in (1, 0)]
    share = cv2.GaussianBlur(unmasked, (0, 0), NEIGHBOURHOOD) + 1e-6
    return np.dstack([TEXTURE * cv2.GaussianBlur(plane, (0, 0), NEIGHBOURHOOD) / share for plane in rough])


def _scale(planes: np.ndarray, size: tuple[int, int], how: int) -> np.ndarray:
    """(height, width, n) planes at another size, three at a time: OpenCV takes at most four."""
    parts = [planes[..., first : first + 3] for first in range(0, planes.shape[2], 3)]
    return np.dstack([cv2.resize(part, size, interpolation=how) for part in parts])


def _solve_level(level: _Level, below: _Solution | None, rng: np.random.Generator) -> _Solution | None:
    """The result of a level, starting from the coarser one. None when there is no source patch, or no
    hole."""
    planes = level.planes[..., :3] if level.large else level.planes
    if below is not None:
        count = planes.shape[2]
        height, width = level.hole.shape
        grown = _scale(below.colours[..., :count], (width, height), cv2.INTER_LINEAR)
        planes = np.where(level.hole[..., None], grown, planes)
    patches = Patches(np.ascontiguousarray(planes), level.hole, 2 if level.large else 1)
    if not patches.comparisons:
        return None
    if below is None:
        patches.peel()
    if patches.comparisons <= EXACT and not level.large:
        _settle(patches, ROUNDS_FIRST if below is None else ROUNDS_EXACT)
    else:
        patches.begin(None if below is None else below.matches, rng)
        _search(patches, level.large, rng)
    voted = patches.vote(LAST)
    return _Solution(patches.planes, voted, patches.every_match())


def _settle(patches: Patches, rounds: int) -> None:
    for _ in range(rounds):
        before = patches.planes
        patches.exact()
        patches.vote(MEAN)
        if np.abs(patches.planes - before)[patches.hole].mean() < SETTLED:
            break


def _search(patches: Patches, large: bool, rng: np.random.Generator) -> None:
    for _ in range(1 if large else ROUNDS):
        patches.improve(None if large else rng)
        if not large:
            patches.vote(CHOICE)


def _level_colours(solution: _Solution, pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """(height, width, 3) uint8: the colours plus a smooth field that removes the step at the rim.

    The field continues the difference of the kept pixels next to the hole from the votes for them.
    """
    beside = ~mask.solid & np.isfinite(solution.voted[..., 0])
    residual = np.nan_to_num(pixels - solution.voted[..., :3]).clip(-MOST_OFF, MOST_OFF)
    known_residual = (residual * beside[..., None]).astype(np.float32)
    field = pull_push(known_residual, beside.astype(np.float32))
    return np.rint(solution.colours[..., :3] + field).clip(0, 255).astype(np.uint8)
