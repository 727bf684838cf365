"""Where a picture is less sharp than elsewhere: what a repaint can give detail to."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.image.colour_space import gray
from retouch.image.mask import Mask
from retouch.image.region import Region

FINE, COARSE = 1.0, 3.0
"""Standard deviations in pixels of the Gaussians whose gradients are compared, as in `quality.sharpness`."""
WINDOW = 16
"""Windows along the picture's long side in which sharpness is looked at."""
FLATTEST = 0.5
"""Gradient energy, in squared levels per pixel, below which nothing is there to be sharp."""
SHARP = 0.9
"""The quantile of sharpness that stands for the picture's sharp parts."""


def find_unsharp(pixels: np.ndarray, below: float) -> tuple[Region, ...]:
    """Connected areas whose sharpness is less than `below`, 0..1, of that of the picture's sharp parts.

    `pixels` are (height, width, 3) uint8. Sharpness is the root of what share of its detail is fine: the
    energy of gradients at a fine scale over that at a coarse one, in a window (compare Crete and others,
    The blur effect, 2007). Flat areas have none and are in no region. What is out of focus on purpose is
    found too: look only within a subject, or mask. The score is 1 less the area's part of that sharpness.
    """
    share = _sharpness(gray(pixels))
    known = np.isfinite(share)
    if not known.any():
        return ()
    part = share / max(float(np.quantile(share[known], SHARP)), 1e-6)
    soft = known & (np.where(known, part, np.inf) < below)
    window = _window(soft.shape)
    whole = Mask.where(soft).grown(-(window // 4)).grown(window // 4)
    return tuple(_parts(whole, part, window * window))


def _parts(mask: Mask, part: np.ndarray, smallest: int) -> list[Region]:
    """The connected parts of a mask that are worth a look, each scored by how little of `part` it has."""
    count, found = cv2.connectedComponents(mask.solid.astype(np.uint8))
    labels = np.asarray(found, np.int32)
    sizes = np.bincount(labels.ravel(), minlength=count)
    regions = []
    for label in range(1, count):
        inside = labels == label
        region = Region.of_mask(Mask.where(inside), "unsharp", _softness(part[inside]))
        if region is not None and sizes[label] >= smallest:
            regions.append(region)
    return regions


def _softness(part: np.ndarray) -> float:
    """0..1, of what is known of an area."""
    known = part[np.isfinite(part)]
    return float(np.clip(1 - known.mean(), 0, 1)) if known.size else 0.0


def _sharpness(luma: np.ndarray) -> np.ndarray:
    """Of each pixel's window, (height, width), infinite where there is nothing to be sharp."""
    size = _window(luma.shape)
    fine, coarse = (cv2.blur(_energy(luma, deviation), (size, size)) for deviation in (FINE, COARSE))
    return np.where(coarse > FLATTEST, (fine / np.maximum(coarse, 1e-6)) ** 0.5, np.inf)


def _window(shape: tuple[int, ...]) -> int:
    return max(max(shape) // WINDOW, 8)


def _energy(luma: np.ndarray, deviation: float) -> np.ndarray:
    """Squared gradient of the blurred luma."""
    smooth = cv2.GaussianBlur(luma, (0, 0), deviation)
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, *order, ksize=1, scale=0.5) for order in ((1, 0), (0, 1)))
    return across * across + down * down
