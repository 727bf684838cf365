"""What a person would point at: clicks, boxes, and the click that corrects a mask."""

from __future__ import annotations

import cv2
import numpy as np

INSIDE = 2.0
"""Pixels between a click and the edge of what is clicked, where it is wide enough."""


def inner_point(mask: np.ndarray, rng: np.random.Generator) -> tuple[int, int]:
    """Any pixel (x, y) inside, or the innermost one of a mask too thin to have an inside."""
    depth = _depth(mask)
    y, x = np.nonzero(depth > min(INSIDE, depth.max() - 0.5))
    chosen = rng.integers(len(x))
    return int(x[chosen]), int(y[chosen])


def bounds(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right, bottom; the latter two exclusive."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    return x, y, x + width, y + height


def correction(mask: np.ndarray, truth: np.ndarray) -> tuple[int, int, bool] | None:
    """The innermost pixel (x, y) of the largest wrong area, and whether it should be in.

    Sofiiuk, Petrov & Konushin, "Reviving Iterative Training with Mask Guidance", 2021.
    None where nothing is wrong.
    """
    wrong = (mask != truth).astype(np.uint8)
    if not wrong.any():
        return None
    _, owner, stats, _ = cv2.connectedComponentsWithStats(wrong, connectivity=4)
    largest = owner == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()
    y, x = np.unravel_index(_depth(largest).argmax(), mask.shape)
    return int(x), int(y), bool(truth[y, x])


def _depth(mask: np.ndarray) -> np.ndarray:
    """Pixels to the nearest one outside; beyond the picture all is outside."""
    framed = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1]
