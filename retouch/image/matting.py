"""The natural edge of a thing: how much of each pixel near a mask's edge belongs to it.

In a band round the edge, each pixel's colour is compared with the colours well inside and well outside near
it, which gives a first alpha (after Chuang et al., A Bayesian approach to digital matting, 2001, with one
normal distribution for each side); a guided filter (He, Sun and Tang, Guided image filtering, 2010; He and
Sun, Fast guided filter, 2015) then makes it follow the picture. All sums are box filters on a small copy: the
time is linear in the pixels and does not depend on the band's width.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.picture import Picture

SMALL = 1_500_000
"""Pixels of the small copy at most."""
EVEN = 2e-3
"""What the guided filter takes for noise: variances of colours in 0..1 below it are smoothed over."""
SURE = 0.06
"""The least spread, of colours in 0..1, that a side is believed to have."""
TRUST, PRIOR = 0.4, 2.0
"""Weights of a pixel's colour, which is one of three channels that say much the same, and of its place."""


def refine_edge(picture: Picture, mask: Mask, radius: int) -> Mask:
    """The mask with its edge, up to `radius` pixels either way, where the picture has it.

    Soft where hair or a blurred edge mixes with what is behind. Further from the edge nothing changes, and
    nothing at all where the colours on both sides are alike. ValueError for a mask of another size.
    """
    if mask.size != picture.size:
        raise ValueError(f"a mask of {mask.size} on a picture of {picture.size}")
    bounds = mask.bounds
    if radius <= 0 or bounds is None:
        return mask
    window = bounds.grown(3 * radius) & mask.size.box
    alpha = mask.alpha.copy()
    alpha[window.slices] = _window(picture.pixels, mask.alpha, window, radius)
    alpha.flags.writeable = False
    return Mask(alpha)


def _window(pixels: np.ndarray, alpha: np.ndarray, window: Box, radius: int) -> np.ndarray:
    """The refined alpha of a window, (height, width) uint8."""
    part, rough = pixels[window.slices], alpha[window.slices]
    step = max(1, radius // 4, math.ceil(math.sqrt(window.area / SMALL)))
    small = (max(1, window.width // step), max(1, window.height // step))
    colours = cv2.resize(part, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    guess = cv2.resize(rough, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    reach = max(1, round(radius / step))
    first = _by_colour(colours, guess, reach)
    lines = _guided_filter(colours, first, max(1, reach // 2))
    return _apply_lines(lines, part, rough, radius)


def _mean(values: np.ndarray, reach: int) -> np.ndarray:
    side = 2 * reach + 1
    return cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT)


def _by_colour(colours: np.ndarray, guess: np.ndarray, reach: int) -> np.ndarray:
    """(h, w) alpha 0..1: the odds of a colour on either side, times those of the guess nearby.

    Where there is too little of a side to know its colours, the guess stays.
    """
    solid = (guess >= 0.5).astype(np.float32)
    share = _mean(solid, reach)
    inside, outside = ((part > 0.999).astype(np.float32) for part in (share, 1 - share))
    odds = _unlikely(colours, outside, 3 * reach) - _unlikely(colours, inside, 3 * reach)
    nearby = share.clip(0.002, 0.998)
    near_odds = np.log(nearby / (1 - nearby))
    found = 1 / (1 + np.exp((-TRUST * odds - PRIOR * near_odds).clip(-30, 30)))
    known = np.minimum(_mean(inside, 3 * reach), _mean(outside, 3 * reach)) > 0.01
    return np.where(known, found, guess)


def _unlikely(colours: np.ndarray, where: np.ndarray, reach: int) -> np.ndarray:
    """(h, w) minus the log likelihood of a colour among those of the pixels `where` within `reach`.

    One normal distribution, equally wide in all directions.
    """
    weight = np.maximum(_mean(where, reach), 1e-4)
    mean = _mean(colours * where[..., None], reach) / weight[..., None]
    square = _mean((colours * colours).sum(2) * where, reach) / weight
    spread = np.maximum((square - (mean * mean).sum(2)) / 3, SURE * SURE)
    away = colours - mean
    return (away * away).sum(2) / (2 * spread) + 1.5 * np.log(spread)


def _guided_filter(colours: np.ndarray, values: np.ndarray, reach: int) -> np.ndarray:
    """(h, w, 4) float32: of each pixel the line values = a * colour + b, as a in 3 channels and b."""
    mean, mean_value = _mean(colours, reach), _mean(values, reach)
    pairs = [(i, j) for i in range(3) for j in range(i, 3)]
    product = np.stack([colours[..., i] * colours[..., j] for i, j in pairs], axis=-1)
    spread = [
        _mean(np.ascontiguousarray(product[..., k]), reach) - mean[..., i] * mean[..., j]
        for k, (i, j) in enumerate(pairs)
    ]
    shared = _mean(colours * values[..., None], reach) - mean * mean_value[..., None]
    slope = _solve(spread, shared)
    offset = mean_value - (slope * mean).sum(2)
    return _mean(np.dstack([slope, offset]), reach)


def _solve(spread: list[np.ndarray], shared: np.ndarray) -> np.ndarray:
    """(covariance + EVEN)^-1 shared at each pixel, by cofactors: `spread` is its upper triangle by rows."""
    xx, xy, xz, yy, yz, zz = spread
    xx, yy, zz = xx + EVEN, yy + EVEN, zz + EVEN
    a, b, c = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    d, e, f = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    x, y, z = cv2.split(shared)
    whole = xx * a + xy * b + xz * c
    parts = (a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z)
    return np.dstack([part / whole for part in parts])


def _apply_lines(lines: np.ndarray, part: np.ndarray, rough: np.ndarray, radius: int) -> np.ndarray:
    """The lines at full resolution, in the band; (height, width) uint8."""
    out = rough.copy()
    share = cv2.blur((rough >= 128).astype(np.float32), (2 * radius + 1, 2 * radius + 1))
    y, x = np.nonzero((share > 1e-4) & (share < 1 - 1e-4))
    at = _sample_lines(lines, part.shape[:2], y, x)
    values = (part[y, x].astype(np.float32) / 255 * at[:, :3]).sum(1) + at[:, 3]
    # Filtering leaves a veil over both sides; the ends are drawn apart to where they were.
    out[y, x] = np.rint(((values - 0.08) / 0.84).clip(0, 1) * 255).astype(np.uint8)
    return out


def _sample_lines(lines: np.ndarray, shape: tuple[int, ...], y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """(n, 4): the small copy's lines, bilinear, at pixels of the full one."""
    fy, fx = (
        ((where + 0.5) * small / full - 0.5).clip(0, small - 1).astype(np.float32)
        for where, small, full in zip((y, x), lines.shape[:2], shape, strict=True)
    )
    y0, x0 = fy.astype(int), fx.astype(int)
    y1, x1 = np.minimum(y0 + 1, lines.shape[0] - 1), np.minimum(x0 + 1, lines.shape[1] - 1)
    fy, fx = (fy - y0)[:, None], (fx - x0)[:, None]
    above = lines[y0, x0] * (1 - fx) + lines[y0, x1] * fx
    below = lines[y1, x0] * (1 - fx) + lines[y1, x1] * fx
    return above * (1 - fy) + below * fy
