"""The parts of a picture that a measure compares: a mask's inside, and a ring on either side of its edge."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from retouch.image.geometry import Box
from retouch.image.mask import Mask

NARROWEST, WIDEST = 8, 64
"""Bounds of the rings' width in pixels."""


@dataclass(frozen=True, eq=False)
class Zones:
    """(height, width) arrays over `window`, the box of the picture that holds the mask and its ring.

    `distance` is that in pixels to the other side of the mask's edge, 1 and up on either side. `inside`
    is the mask's core, `rim` the part of it within `width` of the edge, `ring` what is kept to
    the bit within `width` of it.
    """

    window: Box
    distance: np.ndarray
    inside: np.ndarray
    rim: np.ndarray
    ring: np.ndarray

    @classmethod
    def of(cls, mask: Mask) -> Zones | None:
        """None when the mask has no edge: it is blank, or its core is everywhere."""
        core = mask.core
        bounds = Mask.where(core).bounds
        if bounds is None or mask.area == mask.size.area:
            return None
        width = round(min(max(mask.area**0.5 / 4, NARROWEST), WIDEST))
        window = bounds.grown(width) & mask.size.box
        inside = core[window.slices]
        distance = _depth(inside) + _depth(~inside)
        near = distance <= width
        return cls(window, distance, inside, inside & near, (mask.alpha[window.slices] == 0) & near)


def _depth(here: np.ndarray) -> np.ndarray:
    """Distance to the nearest pixel that is not `here`, 0 for those."""
    return cv2.distanceTransform(here.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
