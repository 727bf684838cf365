"""The visibility of a change: the number of pixels whose colour or opacity changed noticeably."""

from __future__ import annotations

import numpy as np

SEEN_LEVELS = 4
"""Levels of one channel: JPEG and rounding change 1 to 3, which is about one unit of CIELAB lightness."""
SEEN_PIXELS = 4
"""The fewest changed pixels that are visible: a speck of 2 x 2."""


def visible_pixels(
    before: np.ndarray,
    after: np.ndarray,
    alpha_before: np.ndarray | None = None,
    alpha_after: np.ndarray | None = None,
) -> int:
    """Count the pixels that changed by SEEN_LEVELS or more in a channel.

    Parameters
    ----------
    before, after : (height, width, 3) uint8
        RGB levels 0..255.
    alpha_before, alpha_after : (height, width) uint8, optional
        Opacity 0..255; None for opaque. A change of colour is weighted by the opacity after it; a change of
        opacity counts as well.

    Returns
    -------
    int
        0 to height * width.

    Examples
    --------
    >>> grey = np.full((4, 4, 3), 128, np.uint8)
    >>> visible_pixels(grey, grey + np.uint8(3)), visible_pixels(grey, grey + np.uint8(4))
    (0, 16)
    """
    moved = np.abs(before.astype(np.int16) - after).max(2)
    if alpha_before is None or alpha_after is None:
        return int(np.count_nonzero(moved >= SEEN_LEVELS))
    visible = moved * (alpha_after / np.float32(255))
    faded = np.abs(alpha_before.astype(np.int16) - alpha_after)
    return int(np.count_nonzero(np.maximum(visible, faded) >= SEEN_LEVELS))
