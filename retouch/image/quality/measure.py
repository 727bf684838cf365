"""Numbers on a result: seam, colour drift, sharpness, repetition, detector confidence.

All take (height, width, 3) RGB levels 0..255, uint8 or float, and say None where there is nothing to
measure. None needs the truth except `drift_inside` and `psnr`. Time is linear, or n log n in the size.
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
    """What was measured of one result; each number is defined where the function of its name is.

    `seam` and `sharpness` say most beside those of the original at the same place, `..._before`.
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
        """For JSON: flat and rounded; None is null."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        seen = values.pop("confidence")
        values |= {f"confidence_{name}": getattr(seen, name) for name in ("before", "after", "change")}
        return {name: None if value is None else round(value, DIGITS) for name, value in values.items()}


def measure_quality(
    original: np.ndarray,
    result: np.ndarray,
    mask: Mask,
    truth: np.ndarray | None = None,
    confidence: Confidence | None = None,
) -> Quality:
    """Everything that can be said of `result`, which repainted the `mask` of `original`.

    All are of one size; for an extended picture, `original` is the canvas as it was handed to the
    painter. `truth` is what ought to be there, where that is known; `confidence` what a detector found.
    """
    shapes = {original.shape, result.shape, (*mask.alpha.shape, 3), *([] if truth is None else [truth.shape])}
    if len(shapes) > 1:
        raise ValueError(f"original, result, mask and truth must be of one size, not {sorted(shapes)}")
    known = confidence or Confidence()
    copied = repetition_score(result, mask)
    told = None if truth is None else drift_inside(truth, result, mask)
    zones = Zones.of(mask)
    if zones is None:
        return Quality(drift_inside=told, repetition=copied, confidence=known)
    edge = tuple(outlines(mask))
    before, after = (gray(pixels[zones.window.slices]) for pixels in (original, result))
    return Quality(
        seam=excess(result, edge),
        seam_before=excess(original, edge),
        drift_around=within(original, result, zones, zones.ring),
        drift_rim=within(original, result, zones, zones.rim),
        drift_inside=told,
        sharpness=contrast(after, zones),
        sharpness_before=contrast(before, zones),
        repetition=copied,
        confidence=known,
    )
