"""The surrounding colours carried smoothly into the hole."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.image.mask import Mask


def fill_smoothly(pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """Colours from outside the mask carried inward: normalised averaging on a pyramid.

    Each level halves the picture, averaging known pixels only; unknown ones are then taken from the
    level below. Linear in the pixels. (Pull-push, Gortler et al., The Lumigraph, 1996.)
    Without a single known pixel the result is mid grey.
    """
    weight = 1 - mask.alpha.astype(np.float32) / 255
    colour = pull_push(pixels.astype(np.float32), weight)
    kept = weight[..., None]
    return np.rint(pixels * kept + colour * (1 - kept)).clip(0, 255).astype(np.uint8)


def pull_push(colour: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """`colour`, (height, width, n) float32, where its weight, 0..1, is less than 1 filled from around it."""
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
