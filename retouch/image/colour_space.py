"""Colours as the measures see them."""

from __future__ import annotations

import cv2
import numpy as np


def lab(pixels: np.ndarray) -> np.ndarray:
    """(height, width, 3) float32 CIELAB (D65): lightness 0..100, a* and b* about -128..127.

    `pixels` are sRGB levels 0..255, uint8 or float; what lies beyond is cut off.
    """
    return cv2.cvtColor(_levels(pixels) * np.float32(1 / 255), cv2.COLOR_RGB2LAB)


def gray(pixels: np.ndarray) -> np.ndarray:
    """(height, width) float32 luma (BT.601) in levels 0..255."""
    return cv2.cvtColor(_levels(pixels), cv2.COLOR_RGB2GRAY)


def _levels(pixels: np.ndarray) -> np.ndarray:
    levels = np.ascontiguousarray(pixels, np.float32)
    return levels if pixels.dtype == np.uint8 else np.clip(levels, 0, 255)
