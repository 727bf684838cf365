"""Level a painted patch to the picture along the edge where they meet.

The correction is a membrane as in seamless cloning (P. Perez, M. Gangnet and A. Blake, Poisson Image Editing,
2003, doi:10.1145/882262.882269), but it decays: pixels far from the edge are unchanged. All levels are
0..255.
"""

from __future__ import annotations

import cv2
import numpy as np

DECAY_PIXELS = 64
"""Pixels from the edge at which the correction has decayed to 0."""
EDGE_SIGMA = 1.4
"""Standard deviation in pixels of the mean along the edge: finer differences are texture. Joins of
photographs painted with the demo model show as little from 1 to 2, and more below and above."""
DEVIATIONS, DYING = (2, 4, 8, 16, 32), 1.4
"""Standard deviations in pixels of the smoothing, and the deviation per pixel of distance from the edge. With
these a wave along the edge is down to a third at a sixth of its length from the edge, as in a membrane."""
MOST = 24.0
"""Levels: the largest correction. A larger difference is new content, not a step."""


def find_edge_shift(
    under: np.ndarray, over: np.ndarray, outside: np.ndarray, alike: float = EDGE_SIGMA
) -> np.ndarray:
    """The correction to add to `over` so that it meets `under` at the edge.

    Parameters
    ----------
    under, over : (height, width, 3) uint8 or float32
        RGB levels 0..255 of one box: the picture, and the painted patch.
    outside : (height, width) uint8
        1 where both should agree, 0 elsewhere.
    alike : float
        Standard deviation in pixels, above 0, of the mean of the difference along the edge.

    Returns
    -------
    (height, width, 3) float32
        Levels, -24..24. The mean difference at the edge, continued smoothly inwards and decaying to 0 within
        `DECAY_PIXELS` pixels. 0 everywhere when `outside` is 1 everywhere or nowhere.

    References
    ----------
    P. Perez, M. Gangnet and A. Blake, Poisson Image Editing, 2003, doi:10.1145/882262.882269.

    Examples
    --------
    A patch that is 10 levels too dark is corrected at the edge and unchanged 64 pixels away from it:

    >>> under = np.full((32, 160, 3), 110, np.uint8)
    >>> outside = np.zeros((32, 160), np.uint8)
    >>> outside[:, :32] = 1
    >>> shift = find_edge_shift(under, under - 10, outside)
    >>> np.rint(shift[16, [31, 32, 64, 128], 0])
    array([10., 10.,  2.,  0.], dtype=float32)
    """
    over = over.astype(np.float32, copy=False)
    if not outside.any() or outside.all():
        return np.zeros_like(over)
    step = (under - over).clip(-MOST, MOST) * outside[..., None]
    share = cv2.GaussianBlur(outside.astype(np.float32), (0, 0), alike)
    mean = cv2.GaussianBlur(step, (0, 0), alike) / np.maximum(share, 1e-6)[..., None]
    field, distance = _lead_on(mean, outside)
    return field * (np.maximum(1 - distance / DECAY_PIXELS, 0) ** 2)[..., None]


def _lead_on(mean: np.ndarray, outside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(field, distance): the differences (height, width, 3) continued from `outside` to all other pixels.

    Each pixel takes the difference at the nearest point of the edge, smoothed more the farther it is: as in a
    membrane, a wave along the edge decays within its own length, and there is no jump at the edge. The
    distance to the edge is (height, width) float32, in pixels.
    """
    distance, label = cv2.distanceTransformWithLabels(
        1 - outside, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    at_edge = np.zeros((int(label.max()) + 1, mean.shape[2]), mean.dtype)
    at_edge[label[outside > 0]] = mean[outside > 0]
    field = nearest = at_edge[label]
    for deviation in DEVIATIONS:
        share = np.clip(distance * DYING / deviation - 1, 0, 1)[..., None]
        field = field * (1 - share) + cv2.GaussianBlur(nearest, (0, 0), deviation) * share
    return field, distance
