"""Numbers on a result: seam, colour drift, sharpness, repetition, detector confidence.

All take (height, width, 3) RGB levels 0..255, uint8 or float, and return None when they are undefined. Only
`drift_inside` and `psnr` need the truth. Time is linear, or n log n in the size.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from retouch.image.colour_space import gray
from retouch.image.mask import Mask
from retouch.image.quality.colour_drift import drift_inside, within
from retouch.image.quality.confidence import Confidence
from retouch.image.quality.edge_profile import outlines
from retouch.image.quality.repetition import repetition_score
from retouch.image.quality.seam import excess
from retouch.image.quality.sharpness import contrast
from retouch.image.quality.zones import Zones

DIGITS = 4


@dataclass(frozen=True)
class Quality:
    """The measures of one result. Each is documented at the function of its name; None = undefined.

    `seam` and `sharpness` are to be compared with those of the original at the same place, `..._before`.
    """

    seam: float | None = None
    seam_before: float | None = None
    drift_around: float | None = None
    drift_rim: float | None = None
    drift_inside: float | None = None
    sharpness: float | None = None
    sharpness_before: float | None = None
    repetition: float | None = None
    confidence: Confidence = Confidence()

    def as_dict(self) -> dict[str, float | None]:
        """A flat dict for JSON, rounded to 4 digits; None becomes null."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        confidence = values.pop("confidence")
        values |= {f"confidence_{name}": getattr(confidence, name) for name in ("before", "after", "change")}
        return {name: None if value is None else round(value, DIGITS) for name, value in values.items()}


def measure_quality(
    original: np.ndarray,
    result: np.ndarray,
    mask: Mask,
    truth: np.ndarray | None = None,
    confidence: Confidence | None = None,
) -> Quality:
    """All measures of `result`, which repainted the `mask` of `original`.

    Parameters
    ----------
    original, result : (height, width, 3) uint8 or float32
        RGB levels 0..255. For an extended picture `original` is the canvas as the painter got it.
    mask : Mask
        (height, width) uint8, 0..255, of the same size.
    truth : (height, width, 3) uint8 or float32, optional
        The correct picture, if known.
    confidence : Confidence, optional
        The detector's scores before and after.

    Returns
    -------
    Quality
        With None for every measure that is undefined.

    Raises
    ------
    ValueError
        When the sizes differ.

    Examples
    --------
    >>> grey, hole = np.full((64, 64, 3), 128, np.uint8), np.zeros((64, 64), np.uint8)
    >>> hole[16:48, 16:48] = 255
    >>> quality = measure_quality(grey, grey, Mask(hole))
    >>> quality.seam, quality.drift_around, quality.sharpness
    (0.0, 0.0, None)
    """
    shapes = {original.shape, result.shape, (*mask.alpha.shape, 3), *([] if truth is None else [truth.shape])}
    if len(shapes) > 1:
        raise ValueError(f"original, result, mask and truth must be of one size, not {sorted(shapes)}")
    scores = confidence or Confidence()
    repetition = repetition_score(result, mask)
    inside = None if truth is None else drift_inside(truth, result, mask)
    zones = Zones.of(mask)
    if zones is None:
        return Quality(drift_inside=inside, repetition=repetition, confidence=scores)
    edge = tuple(outlines(mask))
    before, after = (gray(pixels[zones.window.slices]) for pixels in (original, result))
    return Quality(
        seam=excess(result, edge),
        seam_before=excess(original, edge),
        drift_around=within(original, result, zones, zones.ring),
        drift_rim=within(original, result, zones, zones.rim),
        drift_inside=inside,
        sharpness=contrast(after, zones),
        sharpness_before=contrast(before, zones),
        repetition=repetition,
        confidence=scores,
    )
