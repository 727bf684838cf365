"""Seam cleanup: a second, weaker pass over a narrow band along a visible join."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from retouch.image.mask import Mask
from retouch.pipeline.candidate import Candidate, quantize_for_composite
from retouch.pipeline.step import Step

BAND = 24
"""Pixels to either side of the hole's edge that the second pass denoises."""


def cleanup_of(step: Step, strength: float) -> Step:
    """The step that denoises the join of a painted step again. Its masks cover a soft band along the hole's
    edge.

    `strength` is its denoising strength, 0..1. It composites only where the first step did: beyond the
    feather the picture does not change.
    """
    hole = step.hole or Mask.full(step.frame.crop.size)
    band = _band(hole.solid)
    composite = step.composite.alpha.astype(np.float32) / 255 * band
    settings = dataclasses.replace(step.settings, denoising_strength=strength, masked_content="original")
    return dataclasses.replace(
        step,
        denoise=Mask(np.rint(band * 255).astype(np.uint8)),
        composite=Mask(np.rint(composite * 255).astype(np.uint8)),
        settings=settings,
        how=dataclasses.replace(step.how, variations=1),
        hole=None,
    )


def _band(hole: np.ndarray) -> np.ndarray:
    """Band weights, (height, width) float, 0..1: 1 at the edge of `hole`, 0 at BAND pixels from it on both
    sides.
    """
    distances = [cv2.distanceTransform(part.astype(np.uint8), cv2.DIST_L2, 5) for part in (hole, ~hole)]
    ramp = np.clip(1.5 * (1 - (distances[0] + distances[1]) / BAND), 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def merge_candidates(first: Candidate, second: Candidate, under: np.ndarray) -> Candidate:
    """One candidate that has the effect of `first` and then `second`, through the mask of `first`.

    `under`, (height, width, 3) uint8, is the picture in the box of `first`. The box of `second` lies in that
    box, and its mask in the mask of `first`.
    """
    over = first.over.pixels.astype(np.float32)
    spot = second.box.relative_to(first.box).slices
    through = first.mask.alpha[spot][..., None].astype(np.float32) / 255
    composited = under[spot] + (over[spot] - under[spot]) * through
    share = second.mask.alpha[..., None].astype(np.float32) / 255 / np.maximum(through, 1 / 255)
    over[spot] += (second.over.pixels - composited) * np.minimum(share, 1)
    levels = quantize_for_composite(under, over, first.mask)
    return dataclasses.replace(first, over=dataclasses.replace(first.over, pixels=levels))
