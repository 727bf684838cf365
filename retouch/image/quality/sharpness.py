"""Sharpness of a painted region relative to its surroundings."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.image.colour_space import gray
from retouch.image.mask import Mask
from retouch.image.quality.zones import Zones

FINE, COARSE = 1.0, 3.0
"""Standard deviations in pixels of the Gaussians whose gradients are compared."""
CLEAR = 4
"""Pixels: a band of this width on either side of the edge is left out, because a seam is no detail."""
LEAST_PIXELS = 64
"""The fewest pixels on either side."""
FLATTEST = 0.02
"""Gradient energy in squared levels per pixel: a side with less has no detail to compare."""

_NOISE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


def sharpness_score(pixels: np.ndarray, mask: Mask) -> float | None:
    """The sharpness inside the mask relative to a ring around it: 1 = equal, below 1 = softer, always above
    0.

    The fineness of a side is the energy of its gradients at a fine scale divided by that at a coarse scale.
    It depends on focus rather than on the amount of detail (compare F. Crete and others, The blur effect,
    2007, doi:10.1117/12.702790, who blur once more and measure the loss). The energy of noise is subtracted
    first. Its variance is estimated by the median of a difference of Laplacians, which suppresses edges (J.
    Immerkaer, Fast noise variance estimation, 1996, doi:10.1006/cviu.1996.0060). The score is the square root
    of the fineness inside divided by that outside.

    An untouched photograph with a blurred background scores above 1: compare with the score of the picture
    before.

    `pixels` are (height, width, 3) RGB levels 0..255, uint8 or float32, of the mask's size. None when either
    side has fewer than 64 pixels or almost no detail.

    >>> noise = np.random.default_rng(0).integers(0, 256, (96, 96, 3), np.uint8)
    >>> picture, hole = cv2.GaussianBlur(noise, (0, 0), 2), np.zeros((96, 96), np.uint8)
    >>> hole[32:64, 32:64] = 255
    >>> picture[32:64, 32:64] = cv2.GaussianBlur(noise, (0, 0), 4)[32:64, 32:64]
    >>> sharpness_score(picture, Mask(hole)) < 0.8
    True
    """
    zones = Zones.of(mask)
    return None if zones is None else contrast(gray(pixels[zones.window.slices]), zones)


def contrast(luma: np.ndarray, zones: Zones) -> float | None:
    """`sharpness_score` from the luma of the zones' window, (height, width) float32 levels 0..255."""
    clear = zones.distance >= CLEAR
    rough = np.abs(cv2.filter2D(luma, cv2.CV_32F, _NOISE))
    energies = [_energy(luma, deviation) for deviation in (FINE, COARSE)]
    inside, around = (_fineness(energies, rough, zone & clear) for zone in (zones.inside, zones.ring))
    return None if inside is None or not around else float((inside / around) ** 0.5)


def _energy(luma: np.ndarray, deviation: float) -> np.ndarray:
    """(height, width) float32 squared levels per pixel: the squared gradient of the blurred luma."""
    smooth = cv2.GaussianBlur(luma, (0, 0), deviation)
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, *order, ksize=1, scale=0.5) for order in ((1, 0), (0, 1)))
    return across * across + down * down


def _fineness(energies: list[np.ndarray], rough: np.ndarray, where: np.ndarray) -> float | None:
    """Energy at the fine scale divided by energy at the coarse one, without noise; None when undefined."""
    if np.count_nonzero(where) < LEAST_PIXELS:
        return None
    variance = (float(np.median(rough[where])) / (0.6745 * 6)) ** 2
    fine, coarse = (
        max(float(energy[where].mean()) - variance * _noise_gain(deviation), 0)
        for energy, deviation in zip(energies, (FINE, COARSE), strict=True)
    )
    return fine / coarse if coarse > FLATTEST else None


def _noise_gain(deviation: float) -> float:
    """The mean squared gradient of white noise of variance 1 after the same filters."""
    blur = cv2.getGaussianKernel(2 * round(4 * deviation) + 1, deviation).ravel()
    slope = np.convolve(blur, [0.5, 0, -0.5])
    return float(2 * (blur**2).sum() * (slope**2).sum())
