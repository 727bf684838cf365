"""Colour drift: the mean change of low-frequency colours."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.image.colour_space import lab
from retouch.image.mask import Mask
from retouch.image.quality.zones import Zones

SOFTEST, HARDEST = 16.0, 2.0
"""Bounds of the low pass's standard deviation in pixels."""
CELLS_PER_SIGMA = 2.0
"""Cells per standard deviation of the low pass: finer ones would only cost time."""


def mean_colour_drift(before: np.ndarray, after: np.ndarray, where: np.ndarray) -> float | None:
    """Mean Delta E between two low-passed pictures over the pixels `where`.

    Delta E is CIE76, the Euclidean distance in CIELAB: small differences need no later formula. The low pass
    is a Gaussian over sRGB levels, as a normalised convolution of the pixels `where` alone, so that no colour
    leaks in from other pixels. Its standard deviation is a sixteenth of the square root of their number, 2 to
    16 pixels.

    Parameters
    ----------
    before, after : (height, width, 3) uint8 or float32
        RGB levels 0..255.
    where : (height, width) bool
        The pixels to compare.

    Returns
    -------
    float or None
        0 and up, in CIELAB units: 0 = equal, 2.3 = just noticeable. None when `where` is False everywhere.

    References ---------- H. Knutsson and C.-F. Westin, Normalized and Differential Convolution, 1993. M.
    Mahy, L. Van Eycken and A. Oosterlinck, Evaluation of uniform color spaces developed after the adoption of
    CIELAB and CIELUV, 1994 (the 2.3).

    Examples
    --------
    >>> grey = np.full((32, 32, 3), 128, np.uint8)
    >>> mean_colour_drift(grey, grey, np.ones((32, 32), bool))
    0.0
    >>> round(mean_colour_drift(grey, grey + np.uint8(10), np.ones((32, 32), bool)), 1)
    3.9
    """
    area = int(np.count_nonzero(where))
    if not area:
        return None
    deviation = min(max(area**0.5 / 16, HARDEST), SOFTEST)
    share = _blur(where.astype(np.float32), deviation)
    known = share > 1e-4
    moved = np.zeros_like(share)
    low = [_low(pixels, where, deviation, share) for pixels in (before, after)]
    moved[known] = np.linalg.norm(low[1] - low[0], axis=2)[known]
    weight = _cells(where.astype(np.float32), deviation) * known
    return float((moved * weight).sum() / weight.sum())


def drift_around(original: np.ndarray, result: np.ndarray, mask: Mask) -> float | None:
    """`mean_colour_drift` on a ring of kept pixels around the mask, 0 and up in CIELAB units.

    For a crop as painted it measures the change of colours that the painter should have kept. For a composite
    it is 0, unless kept pixels were changed.

    Parameters
    ----------
    original, result : (height, width, 3) uint8 or float32
        RGB levels 0..255 of one size.
    mask : Mask
        (height, width) uint8, 0..255. The ring is as wide as a quarter of its side, 8..64 pixels.

    Returns
    -------
    float or None
        None when the mask has no edge or no kept pixel around it.

    Examples
    --------
    >>> grey, hole = np.full((64, 64, 3), 128, np.uint8), np.zeros((64, 64), np.uint8)
    >>> hole[16:48, 16:48] = 255
    >>> drift_around(grey, grey, Mask(hole))
    0.0
    """
    zones = Zones.of(mask)
    return None if zones is None else within(original, result, zones, zones.ring)


def drift_rim(original: np.ndarray, result: np.ndarray, mask: Mask) -> float | None:
    """`mean_colour_drift` just inside the mask's edge, 0 and up in CIELAB units. It needs no truth.

    New content counts as drift. A repair at low denoising strength, such as of a face, should have little.

    Parameters
    ----------
    original, result : (height, width, 3) uint8 or float32
        RGB levels 0..255 of one size.
    mask : Mask
        (height, width) uint8, 0..255. The rim is as wide as a quarter of its side, 8..64 pixels.

    Returns
    -------
    float or None
        None when the mask has no edge.
    """
    zones = Zones.of(mask)
    return None if zones is None else within(original, result, zones, zones.rim)


def drift_inside(truth: np.ndarray, result: np.ndarray, mask: Mask) -> float | None:
    """`mean_colour_drift` from the truth over all solid pixels of the mask, 0 and up in CIELAB units.

    Parameters
    ----------
    truth, result : (height, width, 3) uint8 or float32
        RGB levels 0..255 of one size.
    mask : Mask
        (height, width) uint8, 0..255, of the same size.

    Returns
    -------
    float or None
        None when the mask is solid nowhere.
    """
    return mean_colour_drift(truth, result, mask.solid)


def within(before: np.ndarray, after: np.ndarray, zones: Zones, where: np.ndarray) -> float | None:
    """`mean_colour_drift` of two pictures over the pixels `where` of the zones' window.

    `before` and `after` are (height, width, 3) RGB levels 0..255 of the whole picture; `where` is a bool
    array of the window's height and width, such as `zones.ring`. None when `where` is False everywhere.
    """
    return mean_colour_drift(before[zones.window.slices], after[zones.window.slices], where)


def _low(pixels: np.ndarray, where: np.ndarray, deviation: float, share: np.ndarray) -> np.ndarray:
    """(rows, columns, 3) float32 CIELAB of the low-passed pixels `where`, (height, width) bool."""
    masked = pixels.astype(np.float32) * where[..., None].astype(np.float32)
    return lab(_blur(masked, deviation) / np.maximum(share, 1e-4)[..., None])


def _blur(plane: np.ndarray, deviation: float) -> np.ndarray:
    return cv2.GaussianBlur(_cells(plane, deviation), (0, 0), CELLS_PER_SIGMA, borderType=cv2.BORDER_CONSTANT)


def _cells(plane: np.ndarray, deviation: float) -> np.ndarray:
    """Means over cells, CELLS_PER_SIGMA of which are one standard deviation long."""
    height, width = (max(round(side * CELLS_PER_SIGMA / deviation), 1) for side in plane.shape[:2])
    return cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA)
