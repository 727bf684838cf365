"""Nearness to another picture, pixel by pixel."""

from __future__ import annotations

import math

import numpy as np

from retouch.mask import Mask


def psnr(original: np.ndarray, result: np.ndarray, mask: Mask | None = None) -> float | None:
    """Peak signal-to-noise ratio in dB of levels 0..255, over all pixels or where the mask is solid.

    10 log10(255^2 / mean squared error) over all three channels; 30 is fair, 40 hard to tell apart,
    math.inf for equal pictures. None when the mask is solid nowhere.
    """
    if original.shape != result.shape:
        raise ValueError(f"sizes differ: {original.shape}, {result.shape}")
    where = ... if mask is None else mask.solid
    error = result[where].astype(np.float32) - original[where]
    if not error.size:
        return None
    square = float(np.mean(error * error, dtype=np.float64))
    return 10 * math.log10(255**2 / square) if square else math.inf
