"""Fidelity to another picture, pixel by pixel."""

from __future__ import annotations

import math

import numpy as np

from retouch.image.mask import Mask

HIGHEST = 100.0
"""dB: one of 150 000 values is off by one level. Higher values count as equal pictures."""


def measure_psnr(original: np.ndarray, result: np.ndarray, mask: Mask | None = None) -> float | None:
    """Peak signal-to-noise ratio in dB, over all pixels or over the solid pixels of the mask.

    It is 10 log10(255^2 / mean squared error) over all three channels.

    Parameters
    ----------
    original, result : (height, width, 3) uint8 or float32
        RGB levels 0..255 of one size.
    mask : Mask, optional
        (height, width) uint8, 0..255.

    Returns
    -------
    float or None
        dB, up to 100: 30 is fair, 40 hard to tell apart, 100 equal, because JSON has no infinity. None when
        the mask is solid nowhere.

    Raises
    ------
    ValueError
        When the sizes differ.

    Examples
    --------
    >>> grey = np.full((8, 8, 3), 128, np.uint8)
    >>> measure_psnr(grey, grey), round(measure_psnr(grey, grey + 1), 2)
    (100.0, 48.13)
    """
    if original.shape != result.shape:
        raise ValueError(f"sizes differ: {original.shape}, {result.shape}")
    where = ... if mask is None else mask.solid
    error = result[where].astype(np.float32) - original[where]
    if not error.size:
        return None
    square = float(np.mean(error * error, dtype=np.float64))
    return min(10 * math.log10(255**2 / square), HIGHEST) if square else HIGHEST
