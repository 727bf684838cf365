"""What was painted, brought level with the picture along the edge where they meet.

A membrane as of seamless cloning (Perez, Gangnet and Blake, Poisson Image Editing, 2003), but one that lets
go: what is painted far from the edge stays as it is. All levels are of 0..255.
"""

from __future__ import annotations

import cv2
import numpy as np

REACH = 64
"""Pixels from the edge within which what it is off by there is taken off, ever less."""
ALIKE = 1.4
"""Standard deviation in pixels of the mean along the edge: finer differences are texture. Joins of
photographs painted with the demo model show as little from 1 to 2, and more below and above."""
DEVIATIONS, DYING = (2, 4, 8, 16, 32), 1.4
"""Standard deviations in pixels of what is led on, and how much of one there is for a pixel from the edge: so
a wave along the edge is down to a third where a membrane has it so, a sixth of its length away."""
MOST = 24.0
"""Levels that are taken off at most: what differs by more is new content, not a step."""


def find_edge_shift(
    under: np.ndarray, over: np.ndarray, outside: np.ndarray, alike: float = ALIKE
) -> np.ndarray:
    """What to add to `over`, so that it meets `under` at the edge: (height, width, 3) float32 levels.

    Both are (height, width, 3) levels of one box. `outside`, (height, width), is 1 where they should agree
    and 0 elsewhere, uint8. Their difference there is averaged along the edge, with a standard deviation of
    `alike` pixels, continued inwards smoothly, and less the farther it is. 0 where all or nothing is outside.
    """
    over = over.astype(np.float32, copy=False)
    if not outside.any() or outside.all():
        return np.zeros_like(over)
    step = (under - over).clip(-MOST, MOST) * outside[..., None]
    share = cv2.GaussianBlur(outside.astype(np.float32), (0, 0), alike)
    mean = cv2.GaussianBlur(step, (0, 0), alike) / np.maximum(share, 1e-6)[..., None]
    field, away = _lead_on(mean, outside)
    return field * (np.maximum(1 - away / REACH, 0) ** 2)[..., None]


def _lead_on(mean: np.ndarray, outside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
