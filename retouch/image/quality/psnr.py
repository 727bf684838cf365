"""Nearness to another picture, pixel by pixel."""

from __future__ import annotations

import math

import numpy as np

from retouch.image.mask import Mask

HIGHEST = 100.0
"""dB: one of 150 000 values is a single level off. Nearer than that counts as equal."""


def measure_psnr(original: np.ndarray, result: np.ndarray, mask: Mask | None = None) -> float | None:
    """Peak signal-to-noise ratio in dB of levels 0..255, over all pixels or where the mask is solid.

    10 log10(255^2 / mean squared error) over all three channels; 30 is fair, 40 hard to tell apart,
    100 for equal pictures and never more, for JSON knows no infinity. None when the mask is solid nowhere.
    """
    if original.shape != result.shape:
        raise ValueError(f"sizes differ: {original.shape}, {result.shape}")
    where = ... if mask is None else mask.solid
    error = result[where].astype(np.float32) - original[where]
    if not error.size:
        return None
    square = float(np.mean(error * error, dtype=np.float64))
    return min(10 * math.log10(255**2 / square), HIGHEST) if square else HIGHEST
