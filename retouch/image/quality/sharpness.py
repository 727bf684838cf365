"""Sharpness of what was painted against its surroundings."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.image.colour_space import gray
from retouch.image.mask import Mask
from retouch.image.quality.zones import Zones

FINE, COARSE = 1.0, 3.0
"""Standard deviations in pixels of the Gaussians whose gradients are compared."""
CLEAR = 4
"""Pixels nearer than this to the edge are left out: a seam is not detail."""
LEAST = 64
"""Pixels needed on either side."""
FLATTEST = 0.02
"""Gradient energy, in squared levels per pixel, below which there is nothing to be sharp."""

_NOISE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


def sharpness_score(pixels: np.ndarray, mask: Mask) -> float | None:
    """How sharp the inside of the mask is against a ring around it: 1 = alike, less = softer, above 0.

    On each side, the energy of gradients at a fine scale over that at a coarse one: what share of its
    detail is fine. That is a property of focus rather than of how much there is to see (compare Crete and
    others, The blur effect, 2007, who blur once more and look at what is lost). Energy that is due to noise
    alone is taken off before: its variance is estimated from a difference of Laplacians that edges do not
    pass (Immerkaer, Fast noise variance estimation, 1996), by the median. The score is the root of inside
    over outside.

    A photograph whose subject is in focus and whose background is not says more than 1 untouched: compare
    with the score of the picture before. None when either side is too small or has nothing to be sharp.
    """
    zones = Zones.of(mask)
    return None if zones is None else contrast(gray(pixels[zones.window.slices]), zones)


def contrast(luma: np.ndarray, zones: Zones) -> float | None:
    """`sharpness` of the luma of a window, (height, width) levels."""
    clear = zones.distance >= CLEAR
    rough = np.abs(cv2.filter2D(luma, cv2.CV_32F, _NOISE))
    energies = [_energy(luma, deviation) for deviation in (FINE, COARSE)]
    inside, around = (_fineness(energies, rough, zone & clear) for zone in (zones.inside, zones.ring))
    return None if inside is None or not around else float((inside / around) ** 0.5)


def _energy(luma: np.ndarray, deviation: float) -> np.ndarray:
    """Squared gradient of the blurred luma."""
    smooth = cv2.GaussianBlur(luma, (0, 0), deviation)
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, *order, ksize=1, scale=0.5) for order in ((1, 0), (0, 1)))
    return across * across + down * down


def _fineness(energies: list[np.ndarray], rough: np.ndarray, where: np.ndarray) -> float | None:
    """Energy at the fine scale over energy at the coarse one, without noise."""
    if np.count_nonzero(where) < LEAST:
        return None
    variance = (float(np.median(rough[where])) / (0.6745 * 6)) ** 2
    fine, coarse = (
        max(float(energy[where].mean()) - variance * _noise_gain(deviation), 0)
        for energy, deviation in zip(energies, (FINE, COARSE), strict=True)
    )
    return fine / coarse if coarse > FLATTEST else None


def _noise_gain(deviation: float) -> float:
    """The squared gradient that white noise of variance 1 leaves, by the same filters."""
    blur = cv2.getGaussianKernel(2 * round(4 * deviation) + 1, deviation).ravel()
    slope = np.convolve(blur, [0.5, 0, -0.5])
    return float(2 * (blur**2).sum() * (slope**2).sum())
