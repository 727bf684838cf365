"""Colour drift: how far low-frequency colours have moved."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.image.colour_space import lab
from retouch.image.mask import Mask
from retouch.image.quality.zones import Zones

SOFTEST, HARDEST = 16.0, 2.0
"""Bounds of the low pass's standard deviation in pixels."""
CELLS = 2.0
"""Cells per standard deviation of the low pass: finer ones would only cost time."""


def colour_drift(before: np.ndarray, after: np.ndarray, where: np.ndarray) -> float | None:
    """Mean Delta E between two low-passed pictures over the pixels `where`; 0 = the same, 2.3 = just seen.

    Delta E is CIE76, the distance in CIELAB: what is compared differs by little, where later formulas
    agree with it well enough. Both pictures are (height, width, 3) levels 0..255, `where` is (height,
    width) bool. The low pass, a Gaussian over sRGB levels, is a normalised convolution (Knutsson and
    Westin, 1993) of the pixels `where` alone, so nothing leaks in from beyond; its standard deviation is
    a sixteenth of the square root of their number, 2 to 16 pixels. None when `where` is nowhere.

    The 2.3 is from Mahy, Van Eycken and Oosterlinck, Evaluation of uniform color spaces, 1994.
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
    """`drift` on a ring of kept pixels around the mask, as wide as a quarter of its side, 8..64 pixels.

    Of a crop as it was painted: what the painter did to colours that it was to keep. Of a result that
    has been put back: 0, or kept pixels were not kept. None when there is no ring.
    """
    zones = Zones.of(mask)
    return None if zones is None else within(original, result, zones, zones.ring)


def drift_rim(original: np.ndarray, result: np.ndarray, mask: Mask) -> float | None:
    """`drift` just inside the mask, on a ring of the same width: needs no truth, counts new content too.

    A repair that keeps what it mends, such as a face at low denoising strength, should stay low here.
    """
    zones = Zones.of(mask)
    return None if zones is None else within(original, result, zones, zones.rim)


def drift_inside(truth: np.ndarray, result: np.ndarray, mask: Mask) -> float | None:
    """`drift` from the truth on all of the mask."""
    return colour_drift(truth, result, mask.solid)


def within(before: np.ndarray, after: np.ndarray, zones: Zones, where: np.ndarray) -> float | None:
    """`drift` of two whole pictures over a part of the zones' window."""
    return colour_drift(before[zones.window.slices], after[zones.window.slices], where)


def _low(pixels: np.ndarray, where: np.ndarray, deviation: float, share: np.ndarray) -> np.ndarray:
    """(rows, columns, 3) CIELAB of the low-passed pixels `where`."""
    masked = pixels.astype(np.float32) * where[..., None].astype(np.float32)
    return lab(_blur(masked, deviation) / np.maximum(share, 1e-4)[..., None])


def _blur(plane: np.ndarray, deviation: float) -> np.ndarray:
    return cv2.GaussianBlur(_cells(plane, deviation), (0, 0), CELLS, borderType=cv2.BORDER_CONSTANT)


def _cells(plane: np.ndarray, deviation: float) -> np.ndarray:
    """Means over cells, CELLS of which are one standard deviation long."""
    height, width = (max(round(side * CELLS / deviation), 1) for side in plane.shape[:2])
    return cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA)
