"""What was painted, brought level with what is there along the edge where they meet."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from retouch.candidates import Candidate, whole_levels
from retouch.geometry import Box

REACH = 64
"""Pixels from the edge of the hole within which what it is off by there is taken off, ever less."""
ALIKE = 1.4
"""Standard deviation in pixels of the mean along the edge: finer differences are texture. Joins of
photographs painted with the demo model show as little from 1 to 2, and more below and above."""
DEVIATIONS, DYING = (2, 4, 8, 16, 32), 1.4
"""Standard deviations in pixels of what is led on, and how much of one there is for a pixel from the edge: so
a wave along the edge is down to a third where a membrane has it so, a sixth of its length away."""
MOST = 24.0
"""Levels that are taken off at most: what differs by more is new content, not a step."""


def level(made: Candidate, under: np.ndarray, hole: Box, alike: float = ALIKE) -> Candidate:
    """The candidate without the step at its edge: the difference there is led on into the hole, fading.

    `under`, (height, width, 3) uint8, is what was in the candidate's box; `hole` is in canvas pixels. What
    the candidate and `under` differ by in the overlap that both have is averaged along the edge, with a
    standard deviation of `alike` pixels, continued into the hole smoothly and added there, less the farther
    it is: a membrane as of seamless cloning (Perez, Gangnet and Blake, Poisson Image Editing, 2003), but one
    that lets go. Without an overlap nothing is done.
    """
    outside = np.ones(under.shape[:2], np.uint8)
    outside[hole.relative_to(made.box).slices] = 0
    if not outside.any():
        return made
    over = made.over.pixels.astype(np.float32)
    step = (under - over).clip(-MOST, MOST) * outside[..., None]
    share = cv2.GaussianBlur(outside.astype(np.float32), (0, 0), alike)
    mean = cv2.GaussianBlur(step, (0, 0), alike) / np.maximum(share, 1e-6)[..., None]
    field, away = _led_on(mean, outside)
    faded = np.maximum(1 - away / REACH, 0) ** 2
    levels = whole_levels(under, over + field * faded[..., None], made.mask)
    return dataclasses.replace(made, over=dataclasses.replace(made.over, pixels=levels))


def _led_on(mean: np.ndarray, outside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The differences (height, width, 3) carried on to where it is not `outside`, and how far that is.

    From the nearest point of the edge, and the smoother the farther: as in a membrane, what varies along the
    edge dies away within its own length, and there is no jump at the edge.
    """
    away, place = cv2.distanceTransformWithLabels(
        1 - outside, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    known = np.zeros((int(place.max()) + 1, mean.shape[2]), mean.dtype)
    known[place[outside > 0]] = mean[outside > 0]
    field = nearest = known[place]
    for deviation in DEVIATIONS:
        share = np.clip(away * DYING / deviation - 1, 0, 1)[..., None]
        field = field * (1 - share) + cv2.GaussianBlur(nearest, (0, 0), deviation) * share
    return field, away
