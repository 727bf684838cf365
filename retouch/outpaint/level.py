"""What was painted, brought level with what is there along the edge where they meet."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from retouch.candidates import Candidate, whole_levels
from retouch.fill.spread import pull_push
from retouch.geometry import Box

REACH = 64
"""Pixels from the edge of the hole within which what it is off by there is taken off, ever less."""
ALIKE = 4.0
"""Standard deviation in pixels of the mean along the edge: finer differences are texture."""
MOST = 24.0
"""Levels that are taken off at most: what differs by more is new content, not a step."""


def level(made: Candidate, under: np.ndarray, hole: Box) -> Candidate:
    """The candidate without the step at its edge: the difference there is led on into the hole, fading.

    `under`, (height, width, 3) uint8, is what was in the candidate's box; `hole` is in canvas pixels. What
    the candidate and `under` differ by in the overlap that both have is averaged along the edge, continued
    into the hole smoothly and added there, less the farther it is: a membrane as of seamless cloning (Perez,
    Gangnet and Blake, Poisson Image Editing, 2003), but one that lets go. Without an overlap nothing is done.
    """
    outside = np.ones(under.shape[:2], np.uint8)
    outside[hole.relative_to(made.box).slices] = 0
    if not outside.any():
        return made
    over = made.over.pixels.astype(np.float32)
    step = (under - over).clip(-MOST, MOST) * outside[..., None]
    share = cv2.GaussianBlur(outside.astype(np.float32), (0, 0), ALIKE)
    mean = cv2.GaussianBlur(step, (0, 0), ALIKE) / np.maximum(share, 1e-6)[..., None]
    away = cv2.distanceTransform(1 - outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    faded = np.maximum(1 - away / REACH, 0) ** 2
    field = pull_push(mean, outside.astype(np.float32)) * faded[..., None]
    levels = whole_levels(under, over + field, made.mask)
    return dataclasses.replace(made, over=dataclasses.replace(made.over, pixels=levels))
