"""Gate: decide whether a painted region is worse than the region before, and name the measures."""

from __future__ import annotations

from collections.abc import Iterator

from retouch.image.quality.measure import Quality
from retouch.pipeline.ranking import seam_excess
from retouch.recipes.recipe import Gate

LEAST_SEEN = 0.1
"""Confidence below which the detector had not found the region before. Such a region cannot be lost."""


def gate_failure(quality: Quality, gate: Gate) -> str:
    """The reason to revert the region, with its measures; "" if it passes or the gate is off."""
    return "" if gate.mode == "off" else "; ".join(_faults(quality, gate))


def _faults(quality: Quality, gate: Gate) -> Iterator[str]:
    confidence = quality.confidence
    if confidence.before is not None and confidence.after is not None and confidence.before >= LEAST_SEEN:
        if not confidence.after:
            yield f"it is not found any more (confidence {confidence.before:.2f} before)"
        elif confidence.before - confidence.after > gate.confidence_drop:
            yield f"confidence fell from {confidence.before:.2f} to {confidence.after:.2f}"
    seam = seam_excess(quality)
    if seam > gate.seam:
        yield f"a seam of {seam:.1f} CIELAB units per pixel, {gate.seam:g} allowed"
    if (quality.drift_rim or 0) > gate.drift:
        yield f"colours moved by {quality.drift_rim:.0f} CIELAB units, {gate.drift:g} allowed"
    before, after = quality.sharpness_before, quality.sharpness or 0.0
    if before and after < gate.sharpness * before:
        yield f"sharpness fell from {before:.2f} to {after:.2f}"
