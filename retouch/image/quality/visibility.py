"""How much of a change can be seen: pixels whose colours or opacity moved enough for a viewer to notice."""

from __future__ import annotations

import numpy as np

SEEN_LEVELS = 4
"""Levels of one channel: 1 to 3 are what JPEG and rounding change, about one unit of CIELAB lightness."""
SEEN_PIXELS = 4
"""Fewer changed pixels than a speck of 2x2 are not seen."""


def visible_pixels(
    before: np.ndarray,
    after: np.ndarray,
    alpha_before: np.ndarray | None = None,
    alpha_after: np.ndarray | None = None,
) -> int:
    """Count the pixels of (height, width, 3) uint8 colours that moved by SEEN_LEVELS or more.

    Under alpha, (height, width) uint8 or None for opaque, a colour counts as much as it is opaque afterwards;
    opacity itself counts, too.
    """
    moved = np.abs(before.astype(np.int16) - after).max(2)
    if alpha_before is None or alpha_after is None:
        return int(np.count_nonzero(moved >= SEEN_LEVELS))
    shown = moved * (alpha_after / np.float32(255))
    faded = np.abs(alpha_before.astype(np.int16) - alpha_after)
    return int(np.count_nonzero(np.maximum(shown, faded) >= SEEN_LEVELS))
