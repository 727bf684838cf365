"""Find areas that are less sharp than the rest of a picture: a repaint can add detail there."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.image.colour_space import gray
from retouch.image.mask import Mask
from retouch.image.region import Region

FINE, COARSE = 1.0, 3.0
"""Standard deviations in pixels of the Gaussians whose gradients are compared, as in `quality.sharpness`."""
WINDOW = 16
"""Windows along the picture's long side in which sharpness is measured."""
FLATTEST = 0.5
"""Gradient energy in squared levels per pixel: a window with less has no detail to be sharp."""
SHARP = 0.9
"""The quantile of sharpness that represents the picture's sharp parts."""


def find_unsharp(pixels: np.ndarray, below: float) -> tuple[Region, ...]:
    """Connected areas whose sharpness is below the share `below`, 0..1, of that of the picture's sharp parts.

    `pixels` are (height, width, 3) uint8 RGB levels 0..255. The sharpness of a pixel is the square root of
    the energy of gradients at a fine scale divided by that at a coarse scale, in a window (compare F. Crete
    and others, The blur effect, 2007, doi:10.1117/12.702790). Flat areas have no sharpness and belong to no
    region. Areas that are out of focus on purpose are found too: search only within a subject or a mask. The
    score of a region is 1 minus its relative sharpness, 0..1.

    >>> sharp = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    >>> soft = np.hstack([sharp, cv2.GaussianBlur(sharp, (0, 0), 2)])
    >>> [tuple(region.box) for region in find_unsharp(soft, 0.5)]
    [(130, 0, 256, 128)]
    """
    share = _sharpness(gray(pixels))
    known = np.isfinite(share)
    if not known.any():
        return ()
    part = share / max(float(np.quantile(share[known], SHARP)), 1e-6)
    soft = known & (np.where(known, part, np.inf) < below)
    window = _window(soft.shape)
    areas = Mask.where(soft).grown(-(window // 4)).grown(window // 4)
    return tuple(_parts(areas, part, window * window))


def _parts(mask: Mask, part: np.ndarray, smallest: int) -> list[Region]:
    """The connected parts of a mask of at least `smallest` pixels, each scored by 1 minus its mean of
    `part`."""
    count, components = cv2.connectedComponents(mask.solid.astype(np.uint8))
    labels = np.asarray(components, np.int32)
    sizes = np.bincount(labels.ravel(), minlength=count)
    regions = []
    for label in range(1, count):
        inside = labels == label
        region = Region.of_mask(Mask.where(inside), "unsharp", _softness(part[inside]))
        if region is not None and sizes[label] >= smallest:
            regions.append(region)
    return regions


def _softness(part: np.ndarray) -> float:
    """The score 0..1 of an area from its finite relative sharpness."""
    known = part[np.isfinite(part)]
    return float(np.clip(1 - known.mean(), 0, 1)) if known.size else 0.0


def _sharpness(luma: np.ndarray) -> np.ndarray:
    """(height, width): the sharpness of each pixel's window, infinite without detail."""
    size = _window(luma.shape)
    fine, coarse = (cv2.blur(_energy(luma, deviation), (size, size)) for deviation in (FINE, COARSE))
    return np.where(coarse > FLATTEST, (fine / np.maximum(coarse, 1e-6)) ** 0.5, np.inf)


def _window(shape: tuple[int, ...]) -> int:
    return max(max(shape) // WINDOW, 8)


def _energy(luma: np.ndarray, deviation: float) -> np.ndarray:
    """(height, width) float32 squared levels per pixel: the squared gradient of the blurred luma."""
    smooth = cv2.GaussianBlur(luma, (0, 0), deviation)
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, *order, ksize=1, scale=0.5) for order in ((1, 0), (0, 1)))
    return across * across + down * down
