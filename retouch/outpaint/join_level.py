"""What was painted, brought level with what is there along the edge where they meet."""

from __future__ import annotations

import dataclasses

import numpy as np

from retouch.image.blend.membrane import ALIKE, find_edge_shift
from retouch.image.geometry import Box
from retouch.pipeline.candidate import Candidate, quantize_for_composite


def level_edge(made: Candidate, under: np.ndarray, hole: Box, alike: float = ALIKE) -> Candidate:
    """The candidate without the step at its edge: the difference there is led on into the hole, fading.

    `under`, (height, width, 3) uint8, is what was in the candidate's box; `hole` is in canvas pixels. What
    the candidate and `under` differ by in the overlap that both have is taken off (see `find_edge_shift`).
    Without an overlap nothing is done.
    """
    outside = np.ones(under.shape[:2], np.uint8)
    outside[hole.relative_to(made.box).slices] = 0
    if not outside.any():
        return made
    over = made.over.pixels.astype(np.float32)
    levels = quantize_for_composite(under, over + find_edge_shift(under, over, outside, alike), made.mask)
    return dataclasses.replace(made, over=dataclasses.replace(made.over, pixels=levels))
