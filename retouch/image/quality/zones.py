"""The parts of a picture that measures compare: a mask's inside, and a ring on either side of its edge."""

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
    """The zones of a mask; the arrays have the size of `window`.

    Attributes
    ----------
    window : Box
        The part of the picture that holds the mask and its ring, in pixels of the picture.
    distance : (height, width) float32
        Pixels to the other side of the mask's edge, 1 and up on either side.
    inside : (height, width) bool
        The mask's core.
    rim : (height, width) bool
        The part of the core near the edge: within a quarter of the mask's side, 8..64 pixels.
    ring : (height, width) bool
        The pixels with a mask of 0 within the same distance of the edge.
    """

    window: Box
    distance: np.ndarray
    inside: np.ndarray
    rim: np.ndarray
    ring: np.ndarray

    @classmethod
    def of(cls, mask: Mask) -> Zones | None:
        """The zones of a mask; None when it has no edge, because it is blank or its core is everywhere.

        >>> square = np.zeros((64, 64), np.uint8)
        >>> square[16:48, 16:48] = 255
        >>> zones = Zones.of(Mask(square))
        >>> zones.window, int(zones.inside.sum()), int(zones.rim.sum())
        (Box(left=8, top=8, right=56, bottom=56), 1024, 768)
        """
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
    """(height, width) float32 pixels: the distance to the nearest pixel that is not `here`, 0 for those."""
    return cv2.distanceTransform(here.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
