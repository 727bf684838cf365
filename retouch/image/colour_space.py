"""Colour spaces of the measures: CIELAB and luma."""

from __future__ import annotations

import cv2
import numpy as np


def lab(pixels: np.ndarray) -> np.ndarray:
    """(height, width, 3) float32 CIELAB (D65): lightness 0..100, a* and b* about -128..127.

    `pixels` are (height, width, 3) sRGB levels 0..255, uint8 or float; levels beyond are clipped.

    >>> lab(np.full((1, 1, 3), 255, np.uint8))[0, 0].round()
    array([100.,   0.,   0.], dtype=float32)
    """
    return cv2.cvtColor(_levels(pixels) * np.float32(1 / 255), cv2.COLOR_RGB2LAB)


def gray(pixels: np.ndarray) -> np.ndarray:
    """(height, width) float32 luma (ITU-R BT.601) in levels 0..255.

    `pixels` are (height, width, 3) RGB levels 0..255, uint8 or float; levels beyond are clipped.
    """
    return cv2.cvtColor(_levels(pixels), cv2.COLOR_RGB2GRAY)


def _levels(pixels: np.ndarray) -> np.ndarray:
    levels = np.ascontiguousarray(pixels, np.float32)
    return levels if pixels.dtype == np.uint8 else np.clip(levels, 0, 255)
