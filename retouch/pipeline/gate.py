"""Gate: whether a painted region is worse than what it replaced, and by which numbers."""

from __future__ import annotations

from collections.abc import Iterator

from retouch.image.quality.measure import Quality
from retouch.pipeline.ranking import seam_excess
from retouch.recipes.recipe import Gate

LEAST_SEEN = 0.1
"""Confidence below which a detector had not found the thing before either: it cannot have been lost."""


def gate_failure(quality: Quality, gate: Gate) -> str:
    """Why the region is to be reverted, with the numbers, "" when it may stay or the gate is off."""
    return "" if gate.mode == "off" else "; ".join(_faults(quality, gate))


def _faults(quality: Quality, gate: Gate) -> Iterator[str]:
    sure = quality.confidence
    if sure.before is not None and sure.after is not None and sure.before >= LEAST_SEEN:
        if not sure.after:
            yield f"it is not found any more (confidence {sure.before:.2f} before)"
        elif sure.before - sure.after > gate.confidence_drop:
            yield f"confidence fell from {sure.before:.2f} to {sure.after:.2f}"
    seam = seam_excess(quality)
    if seam > gate.seam:
        yield f"a seam of {seam:.1f} CIELAB units per pixel, {gate.seam:g} allowed"
    if (quality.drift_rim or 0) > gate.drift:
        yield f"colours moved by {quality.drift_rim:.0f} CIELAB units, {gate.drift:g} allowed"
    before, after = quality.sharpness_before, quality.sharpness or 0.0
    if before and after < gate.sharpness * before:
        yield f"sharpness fell from {before:.2f} to {after:.2f}"
