"""The second look: a crop round a thing that is small in a large picture, where it is outlined again.

A model of SAM's family sees any picture at its own side, 1024 px, and answers in cells of 4 of these: on a
photograph of 6000 px a cell is 24. Looked at again in a crop, the same thing gets an outline of its own size.
"""

from __future__ import annotations

from collections.abc import Sequence

from retouch.image.geometry import Box, Size
from retouch.segmenters.base import Click
from retouch.segmenters.sam.mask_candidates import MaskCandidate, mask_iou

CONTEXT = 1.6
"""Side of the crop, in sides of the thing."""
GAIN = 1.8
"""A crop that shows the thing less than so many times larger is not worth its encoding."""
AGREE = 0.7
"""The finer mask is the same thing if it overlaps the coarser by so much (intersection over union)."""


def zoom_crop(box: Box, canvas: Size, side: int) -> Box | None:
    """The square crop to look at again, None when the whole picture shows as much.

    Never so small that its pixels would be more than doubled: there is nothing more to see.
    """
    longest = max(max(box.size) * CONTEXT, side / 2)
    if max(canvas) <= side or max(canvas) < GAIN * longest:
        return None
    length = round(longest)
    return Box.around(box.center, Size(length, length)).inside(canvas)


def better_of(finer: MaskCandidate, coarser: MaskCandidate, clicks: Sequence[Click]) -> MaskCandidate:
    """The finer mask, unless it is of another thing or disobeys a click that the coarser one obeys."""
    same = mask_iou(finer.logits, coarser.within(finer.fit).logits) >= AGREE
    obeys = finer.violations(clicks) <= coarser.violations(clicks)
    return finer if same and obeys else coarser
