"""Matting: the alpha of the pixels near a mask's edge, which makes the edge follow the picture.

In a band around the edge, the colour of each pixel is compared with nearby colours well inside and well
outside. This gives a first alpha (after Y.-Y. Chuang, B. Curless, D. Salesin and R. Szeliski, A Bayesian
approach to digital matting, 2001, doi:10.1109/CVPR.2001.990970, with one normal distribution for each side).
A guided filter makes it follow the picture (K. He, J. Sun and X. Tang, Guided Image Filtering, 2013,
doi:10.1109/TPAMI.2012.213; K. He and J. Sun, Fast Guided Filter, 2015, arXiv:1505.00996). All sums are box
filters on a small copy: the time is linear in the pixels and does not depend on the band's width.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.picture import Picture

SMALL = 1_500_000
"""Most pixels of the small copy."""
EVEN = 2e-3
"""The paper's epsilon: a smaller variance of colours, in 0..1, is smoothed as noise."""
SURE = 0.06
"""The least standard deviation of the colours of a side, in 0..1."""
COLOUR_WEIGHT, PRIOR = 0.4, 2.0
"""Weights of the log odds of a pixel's colour and of its place. The first is below 1 because channels
correlate."""


def refine_edge(picture: Picture, mask: Mask, radius: int) -> Mask:
    """The mask with its edge moved to the edge in the picture, up to `radius` pixels either way.

    The result is soft where hair or a blurred edge mixes with the background. It is unchanged farther from
    the edge, and where the colours of both sides are similar.

    Parameters
    ----------
    picture : Picture
        (height, width, 3) uint8 RGB.
    mask : Mask
        (height, width) uint8, 0..255, of the same size.
    radius : int
        Pixels. 0 or less returns the mask itself.

    Returns
    -------
    Mask
        (height, width) uint8, 0..255.

    Raises
    ------
    ValueError
        When the sizes differ.

    References
    ----------
    K. He, J. Sun and X. Tang, Guided Image Filtering, 2013, doi:10.1109/TPAMI.2012.213.
    Y.-Y. Chuang, B. Curless, D. Salesin and R. Szeliski, A Bayesian approach to digital matting, 2001,
    doi:10.1109/CVPR.2001.990970.

    Examples
    --------
    A white square of 32 pixels, marked 3 pixels too large on each side:

    >>> pixels, alpha = np.zeros((64, 64, 3), np.uint8), np.zeros((64, 64), np.uint8)
    >>> pixels[16:48, 16:48], alpha[13:51, 13:51] = 255, 255
    >>> refined = refine_edge(Picture(pixels), Mask(alpha), 8)
    >>> Mask(alpha).area, bool(abs(refined.area - 32 * 32) < 70)
    (1444, True)
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
    """(height, width) uint8: the refined alpha of a window of (.., .., 3) `pixels` and their (.., ..)
    `alpha`."""
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
    """The mean over squares of 2 * `reach` + 1 pixels a side, of the same shape."""
    side = 2 * reach + 1
    return cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT)


def _by_colour(colours: np.ndarray, guess: np.ndarray, reach: int) -> np.ndarray:
    """(height, width) float32 alpha 0..1, from the log odds of the colour and of the guess nearby.

    `colours` are (height, width, 3) and `guess` (height, width), both float32 0..1. The guess stays where too
    few pixels of a side are near.
    """
    solid = (guess >= 0.5).astype(np.float32)
    share = _mean(solid, reach)
    inside, outside = ((part > 0.999).astype(np.float32) for part in (share, 1 - share))
    odds = _unlikely(colours, outside, 3 * reach) - _unlikely(colours, inside, 3 * reach)
    nearby = share.clip(0.002, 0.998)
    near_odds = np.log(nearby / (1 - nearby))
    alpha = 1 / (1 + np.exp((-COLOUR_WEIGHT * odds - PRIOR * near_odds).clip(-30, 30)))
    certain = np.minimum(_mean(inside, 3 * reach), _mean(outside, 3 * reach)) > 0.01
    return np.where(certain, alpha, guess)


def _unlikely(colours: np.ndarray, where: np.ndarray, reach: int) -> np.ndarray:
    """(height, width) float32: minus the log likelihood of each colour among the pixels `where` within
    `reach`.

    The colours have one isotropic normal distribution.
    """
    weight = np.maximum(_mean(where, reach), 1e-4)
    mean = _mean(colours * where[..., None], reach) / weight[..., None]
    square = _mean((colours * colours).sum(2) * where, reach) / weight
    variance = np.maximum((square - (mean * mean).sum(2)) / 3, SURE * SURE)
    difference = colours - mean
    return (difference * difference).sum(2) / (2 * variance) + 1.5 * np.log(variance)


def _guided_filter(I: np.ndarray, p: np.ndarray, r: int) -> np.ndarray:
    """(height, width, 4) float32: the mean coefficients a, by channel, and b of q = a * I + b.

    The guide `I`, (height, width, 3), and the input `p`, (height, width), are float32 0..1; `r` is the radius
    in pixels. The letters are those of K. He, J. Sun and X. Tang, Guided Image Filtering, for colour guides.
    """
    mean_I, mean_p = _mean(I, r), _mean(p, r)
    pairs = [(i, j) for i in range(3) for j in range(i, 3)]
    product = np.stack([I[..., i] * I[..., j] for i, j in pairs], axis=-1)
    var_I = [
        _mean(np.ascontiguousarray(product[..., k]), r) - mean_I[..., i] * mean_I[..., j]
        for k, (i, j) in enumerate(pairs)
    ]
    cov_Ip = _mean(I * p[..., None], r) - mean_I * mean_p[..., None]
    a = _solve(var_I, cov_Ip)
    b = mean_p - (a * mean_I).sum(2)
    return _mean(np.dstack([a, b]), r)


def _solve(var_I: list[np.ndarray], cov_Ip: np.ndarray) -> np.ndarray:
    """(height, width, 3): (Sigma + epsilon U)^-1 cov_Ip at each pixel, by cofactors.

    `var_I` is the upper triangle of the covariance Sigma by rows, six of (height, width); epsilon is EVEN.
    """
    xx, xy, xz, yy, yz, zz = var_I
    xx, yy, zz = xx + EVEN, yy + EVEN, zz + EVEN
    a, b, c = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    d, e, f = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    x, y, z = cv2.split(cov_Ip)
    determinant = xx * a + xy * b + xz * c
    adjugate = (a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z)
    return np.dstack([row / determinant for row in adjugate])


def _apply_lines(lines: np.ndarray, part: np.ndarray, rough: np.ndarray, radius: int) -> np.ndarray:
    """(height, width) uint8: the alpha a * I + b at full resolution in the band, `rough` elsewhere."""
    out = rough.copy()
    share = cv2.blur((rough >= 128).astype(np.float32), (2 * radius + 1, 2 * radius + 1))
    y, x = np.nonzero((share > 1e-4) & (share < 1 - 1e-4))
    at = _sample_lines(lines, part.shape[:2], y, x)
    values = (part[y, x].astype(np.float32) / 255 * at[:, :3]).sum(1) + at[:, 3]
    # The filter lowers the contrast between the two sides; stretching restores 0 and 255.
    out[y, x] = np.rint(((values - 0.08) / 0.84).clip(0, 1) * 255).astype(np.uint8)
    return out


def _sample_lines(lines: np.ndarray, shape: tuple[int, ...], y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """(n, 4): the coefficients of the small copy at n pixels of the full picture, bilinear."""
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
