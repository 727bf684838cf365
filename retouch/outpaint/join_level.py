"""Level the edge of a painted stage: remove its colour difference to the picture."""

from __future__ import annotations

import dataclasses

import numpy as np

from retouch.image.blend.membrane import EDGE_SIGMA, find_edge_shift
from retouch.image.geometry import Box
from retouch.pipeline.candidate import Candidate, quantize_for_composite


def level_edge(candidate: Candidate, under: np.ndarray, hole: Box, alike: float = EDGE_SIGMA) -> Candidate:
    """The candidate without the step at its edge. The difference at the edge fades out into the hole.

    The difference is measured in the overlap (see `find_edge_shift`). `under`, (height, width, 3) uint8, is
    the picture in the candidate's box. `hole` is in canvas pixels. `alike` is the standard deviation, in
    pixels along the edge, of the smoothing. Without an overlap the candidate is returned unchanged.
    """
    outside = np.ones(under.shape[:2], np.uint8)
    outside[hole.relative_to(candidate.box).slices] = 0
    if not outside.any():
        return candidate
    over = candidate.over.pixels.astype(np.float32)
    levels = quantize_for_composite(
        under, over + find_edge_shift(under, over, outside, alike), candidate.mask
    )
    return dataclasses.replace(candidate, over=dataclasses.replace(candidate.over, pixels=levels))
