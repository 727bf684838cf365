"""The second pass: a crop around a thing that is small in a large picture, where it is outlined again.

A model of SAM's family scales any picture to 1024 pixels and answers in cells of 4 of these: on a photograph
of 6000 pixels a cell has 24. In a crop the same thing gets an outline at its own scale.
"""

from __future__ import annotations

from collections.abc import Sequence

from retouch.image.geometry import Box, Size
from retouch.segmenters.base import Click
from retouch.segmenters.sam.mask_candidates import MaskCandidate, mask_iou

CONTEXT = 1.6
"""Side of the crop, in sides of the thing."""
GAIN = 1.8
"""The least magnification by a crop that is worth its encoding."""
AGREE = 0.7
"""The least intersection over union of the finer and the coarser mask of one thing."""


def zoom_crop(box: Box, canvas: Size, side: int) -> Box | None:
    """The square crop for a second pass, in canvas pixels; None when it would magnify too little.

    `box` is the thing's and `side` the model's input side in pixels. The crop has at least `side` / 2 pixels:
    a larger magnification shows no more detail.
    """
    longest = max(max(box.size) * CONTEXT, side / 2)
    if max(canvas) <= side or max(canvas) < GAIN * longest:
        return None
    length = round(longest)
    return Box.around(box.center, Size(length, length)).inside(canvas)


def better_of(finer: MaskCandidate, coarser: MaskCandidate, clicks: Sequence[Click]) -> MaskCandidate:
    """The finer mask, unless it is of another thing or violates more clicks than the coarser one."""
    same = mask_iou(finer.logits, coarser.within(finer.fit).logits) >= AGREE
    obeys = finer.violations(clicks) <= coarser.violations(clicks)
    return finer if same and obeys else coarser
