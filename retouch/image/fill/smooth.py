"""Fill a hole smoothly with the surrounding colours."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.image.mask import Mask


def fill_smoothly(pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """Fill the masked part with smooth colours: normalised averaging on a pyramid.

    Each level halves the picture and averages known pixels only; unknown pixels are then taken from the
    coarser level. This is pull-push (S. Gortler, R. Grzeszczuk, R. Szeliski and M. Cohen, The Lumigraph,
    1996, doi:10.1145/237170.237200). Time is linear in the pixels.

    `pixels` and the result are (height, width, 3) uint8 RGB levels of the mask's size. A pixel is filled in
    proportion to the mask, 0..255. Without a known pixel the result is mid grey.

    >>> pixels = np.full((8, 8, 3), 90, np.uint8)
    >>> alpha = np.zeros((8, 8), np.uint8)
    >>> alpha[2:6, 2:6], pixels[2:6, 2:6] = 255, 0
    >>> int(fill_smoothly(pixels, Mask(alpha)).min())
    90
    """
    weight = 1 - mask.alpha.astype(np.float32) / 255
    colour = pull_push(pixels.astype(np.float32), weight)
    known = weight[..., None]
    return np.rint(pixels * known + colour * (1 - known)).clip(0, 255).astype(np.uint8)


def pull_push(colour: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """`colour` with its unknown pixels filled from their surroundings (see `fill_smoothly`).

    `colour` and the result are (height, width, n) float32 of any range, n at most 4. `weight` is (height,
    width) float32 0..1: 1 = known, 0 = unknown, between both in proportion.
    """
    height, width = weight.shape
    if min(height, width) <= 1:
        total = weight.sum()
        mean = (colour * weight[..., None]).sum((0, 1)) / total if total > 0 else np.float32(127)
        known = weight[..., None]
        return colour * known + mean * (1 - known)
    half = ((width + 1) // 2, (height + 1) // 2)
    small_weight = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)
    summed = cv2.resize(colour * weight[..., None], half, interpolation=cv2.INTER_AREA)
    small = summed / np.maximum(small_weight, 1e-6)[..., None]
    below = pull_push(small, np.minimum(small_weight * 4, 1))
    smooth = cv2.resize(below, (width, height), interpolation=cv2.INTER_LINEAR)
    known = weight[..., None]
    return colour * known + smooth * (1 - known)
