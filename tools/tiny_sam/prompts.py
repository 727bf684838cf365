"""Prompts as a person gives them: clicks, boxes, and the click that corrects a mask."""

from __future__ import annotations

import cv2
import numpy as np

INSIDE = 2.0
"""Distance in pixels between a click and the edge of its object, where the object is wide enough."""


def inner_point(mask: np.ndarray, rng: np.random.Generator) -> tuple[int, int]:
    """A random pixel (x, y) inside the mask (height, width) bool.

    The innermost one if the mask is too thin.
    """
    depth = _depth(mask)
    y, x = np.nonzero(depth > min(INSIDE, depth.max() - 0.5))
    chosen = rng.integers(len(x))
    return int(x[chosen]), int(y[chosen])


def bounds(mask: np.ndarray) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of a mask in pixels. The last two are exclusive."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    return x, y, x + width, y + height


def correction(mask: np.ndarray, truth: np.ndarray) -> tuple[int, int, bool] | None:
    """The innermost pixel (x, y) of the largest error, and True if it belongs to the object.

    None if there is no error. Sofiiuk, Petrov & Konushin, "Reviving Iterative Training with Mask Guidance",
    2021.
    """
    wrong = (mask != truth).astype(np.uint8)
    if not wrong.any():
        return None
    _, owner, stats, _ = cv2.connectedComponentsWithStats(wrong, connectivity=4)
    largest = owner == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()
    y, x = np.unravel_index(_depth(largest).argmax(), mask.shape)
    return int(x), int(y), bool(truth[y, x])


def _depth(mask: np.ndarray) -> np.ndarray:
    """Distance in pixels to the nearest pixel outside the mask. Everything beyond the picture is outside."""
    framed = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1]
