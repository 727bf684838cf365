"""Overlapping tiles of a picture, and regions in them."""

from __future__ import annotations

import itertools
import math

from retouch.image.geometry import Box, Margins, Size
from retouch.image.region import Region


def overlapping_tiles(canvas: Size, tile: int, overlap_px: int) -> tuple[Box, ...]:
    """Equal tiles of at most `tile` pixels a side that cover the canvas and overlap by at least `overlap_px`.

    Raises ValueError unless 0 <= `overlap_px` < `tile`.

    >>> overlapping_tiles(Size(100, 60), 60, 10)
    (Box(left=0, top=0, right=60, bottom=60), Box(left=40, top=0, right=100, bottom=60))
    """
    if not 0 <= overlap_px < tile:
        raise ValueError(f"tiles of {tile} px cannot share {overlap_px}")
    return tuple(
        Box(x, y, x + min(tile, canvas.width), y + min(tile, canvas.height))
        for y in _starts(canvas.height, tile, overlap_px)
        for x in _starts(canvas.width, tile, overlap_px)
    )


def cells(canvas: Size, tile: int, overlap_px: int) -> tuple[Box, ...]:
    """The same tiles, each cut in the middle of its overlap with a neighbour, so that they touch only.

    >>> cells(Size(100, 60), 60, 10)
    (Box(left=0, top=0, right=50, bottom=60), Box(left=50, top=0, right=100, bottom=60))
    """
    across = _cuts(canvas.width, tile, overlap_px)
    down = _cuts(canvas.height, tile, overlap_px)
    return tuple(
        Box(left, top, right, bottom)
        for top, bottom in itertools.pairwise(down)
        for left, right in itertools.pairwise(across)
    )


def _cuts(length: int, tile: int, overlap_px: int) -> list[int]:
    starts = _starts(length, tile, overlap_px)
    return [
        0,
        *((start + tile + after) // 2 for start, after in itertools.pairwise(starts)),
        length,
    ]


def _starts(length: int, tile: int, overlap_px: int) -> list[int]:
    if length <= tile:
        return [0]
    count = math.ceil((length - overlap_px) / (tile - overlap_px))
    return [round(i * (length - tile) / (count - 1)) for i in range(count)]


def whole_in_tile(region: Region, tile: Box, canvas: Size, slack: int = 1) -> bool:
    """False when the region comes within `slack` pixels of an inner edge of its tile: a neighbour has more of
    it."""
    gap = Margins(*(0 if side == end else slack for side, end in zip(tile, canvas.box, strict=True)))
    inner = Box(tile.left + gap.left, tile.top + gap.top, tile.right - gap.right, tile.bottom - gap.bottom)
    return inner.contains(region.box)
