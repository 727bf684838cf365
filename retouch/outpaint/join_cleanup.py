"""A second, narrow pass along a join that shows: gentler than the first, and within what that changed."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from retouch.image.mask import Mask
from retouch.pipeline.candidate import Candidate, quantize_for_composite
from retouch.pipeline.step import Step

BAND = 24
"""Pixels to either side of the hole's edge that are denoised once more."""


def cleanup_of(step: Step, strength: float) -> Step:
    """The step that goes over the join of a painted one. Its masks cover a soft band along the hole's edge.

    It composites only through what the first did: beyond the feather the picture stays as it is.
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
    """0..1: full along the edge of the hole, gone BAND pixels from it on both sides."""
    away = [cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, 5) for side in (hole, ~hole)]
    ramp = np.clip(1.5 * (1 - (away[0] + away[1]) / BAND), 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def merge_candidates(first: Candidate, second: Candidate, under: np.ndarray) -> Candidate:
    """One candidate that does to `under` what both, one after the other, do: through the mask of `first`.

    `under`, (height, width, 3) uint8, is what was in the box of `first`; `second` lies within that box, and
    its mask within the mask of `first`.
    """
    over = first.over.pixels.astype(np.float32)
    spot = second.box.relative_to(first.box).slices
    through = first.mask.alpha[spot][..., None].astype(np.float32) / 255
    shown = under[spot] + (over[spot] - under[spot]) * through
    share = second.mask.alpha[..., None].astype(np.float32) / 255 / np.maximum(through, 1 / 255)
    over[spot] += (second.over.pixels - shown) * np.minimum(share, 1)
    levels = quantize_for_composite(under, over, first.mask)
    return dataclasses.replace(first, over=dataclasses.replace(first.over, pixels=levels))
