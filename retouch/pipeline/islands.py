"""Islands: a mask becomes as many regions as it takes to paint each of its parts at full resolution. Pure.

One crop around all that is marked would show the model two specks in opposite corners at the size of dust,
and a wire across the picture thinner than a pixel. Parts whose contexts do not meet therefore become regions
of their own, and what is long and thin is cut into pieces. All of them are painted in one batch.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.region import Region, merge_regions
from retouch.image.thickness import greatest_thickness
from retouch.pipeline.step_masks import border_sides, context_share, thing_size
from retouch.recipes.recipe import Pass

LEAST_MAGNIFICATION = 0.75
"""Work pixels per canvas pixel at which parts still share a crop; below it a result is visibly softer."""
THIN = 1 / 8
"""Of the model's native side: a part nowhere thicker is cut into pieces where it needs a larger crop."""
PIECE = 2 / 3
"""Of the side of the largest crop: what a piece takes of it, the rest is its context."""
NEAR = 16
"""Canvas pixels: parts nearer than this share a crop however little context they have."""
COARSER = 4
"""Times the crop of the larger of two solid neighbours: what the crop of both may have, so that a thing that
something in front of it cuts in two is painted as one thing."""
NARROWEST = 1 / 4
"""The least aspect of a crop: no side of a work size is over twice the native one."""
FEW = 8
"""Regions of one mask that are all painted each by itself. Of more, the nearest share a crop."""
MOST_PARTS = 512
"""Parts that are looked at one by one. Of more, those in one cell of a grid are taken together."""


@dataclass(frozen=True)
class Limits:
    """`native` is the size the model was trained at; one mask becomes `most` regions at most."""

    canvas: Size
    native: Size
    most: int = 256

    @property
    def room(self) -> float:
        """Canvas pixels in the largest crop at the least magnification."""
        return self.native.area / LEAST_MAGNIFICATION**2

    def is_thin(self, thickness: np.ndarray) -> np.ndarray:
        return thickness <= THIN * math.sqrt(self.native.area)


def split_region(region: Region, how: Pass, limits: Limits) -> tuple[Region, ...]:
    """The region as regions that together have each of its pixels once; itself where it is compact.

    A background, merged regions, and what is painted with the whole picture as context are never split.
    """
    if region.background or how.shape.area == "whole picture" or how.shape.merge != "none":
        return (region,)
    parts = [piece for part in _parts(region) for piece in _pieces(part, how, limits)]
    groups = _group_parts(parts, how, limits) if len(parts) > 1 else [parts]
    if len(groups) == 1:
        return (region,)
    made = (merge_regions(group) for group in groups)
    return tuple(dataclasses.replace(region, box=one.box, shape=one.shape) for one in made)


def _parts(region: Region) -> list[Region]:
    """The connected parts of a region; where there are too many, what lies in the cells of a grid."""
    alpha = region.shape.alpha
    count, labels, stats, _ = cv2.connectedComponentsWithStats((alpha > 0).astype(np.uint8), connectivity=8)
    if count - 1 > MOST_PARTS:
        return list(_in_cells(region, math.ceil(math.sqrt(alpha.size / MOST_PARTS))))
    boxes = [Box(x, y, x + width, y + height) for x, y, width, height, _ in stats[1:].tolist()]
    return [_part(region, box, labels[box.slices] == n) for n, box in enumerate(boxes, 1)]


def _part(region: Region, box: Box, where: np.ndarray) -> Region:
    """What of the region lies `where` in `box`, which counts from the region's own corner."""
    shape = Mask(region.shape.alpha[box.slices] * where)
    return dataclasses.replace(region, box=box.shifted(region.box.left, region.box.top), shape=shape)


def _in_cells(region: Region, side: int) -> Iterator[Region]:
    """What of a region lies in each square cell of a grid, each cut to its own bounds."""
    for top in range(0, region.box.height, side):
        for left in range(0, region.box.width, side):
            bounds = region.shape.crop(Box(left, top, left + side, top + side)).bounds
            if bounds is not None:
                box = bounds.shifted(left, top)
                yield _part(region, box, np.ones((box.height, box.width), bool))


def _pieces(part: Region, how: Pass, limits: Limits) -> Iterator[Region]:
    """The part itself, or its pieces where it is thin and does not fit into one crop."""
    alone = _measures_of([part], limits.canvas)
    if alone.crop_areas(how)[0] <= limits.room or not limits.is_thin(alone.thickness)[0]:
        yield part
    else:
        yield from _in_cells(part, max(int(math.sqrt(limits.room) * PIECE), 1))


def _thickness(part: Region, canvas: Size) -> float:
    return greatest_thickness(part.shape, border_sides(part.box, canvas))


def _group_parts(parts: Sequence[Region], how: Pass, limits: Limits) -> list[list[Region]]:
    """Which parts share a crop: of all that may, those with the smallest common crop are joined first."""
    groups = [[part] for part in parts]
    pairs = _Pairs(_measures_of(parts, limits.canvas), how)
    while (pair := pairs.next_to_join(limits)) is not None:
        kept, gone = pair
        groups[kept], groups[gone] = groups[kept] + groups[gone], []
        pairs.join(kept, gone)
    return [group for group in groups if group]


class _Measures(NamedTuple):
    """Of n groups, in canvas pixels: `boxes` (n, 4), left to bottom, and `areas` and `thickness` (n,)."""

    boxes: np.ndarray
    areas: np.ndarray
    thickness: np.ndarray

    def of(self, index: int | slice) -> _Measures:
        return _Measures(*(values[index] for values in self))

    def joined(self, other: _Measures) -> _Measures:
        """The measures of groups made of one of these and one of the others each."""
        low, high = np.minimum(self.boxes, other.boxes), np.maximum(self.boxes, other.boxes)
        boxes = np.concatenate([low[..., :2], high[..., 2:]], -1)
        return _Measures(boxes, self.areas + other.areas, np.maximum(self.thickness, other.thickness))

    def padding(self, how: Pass) -> np.ndarray:
        """(n,): as `context_padding` has it for a region."""
        if how.shape.padding is not None:
            return np.full(self.areas.shape, float(how.shape.padding))
        sides = self.boxes[..., 2:] - self.boxes[..., :2]
        sizes = thing_size(self.areas, sides.prod(-1), self.thickness)
        return np.asarray(sizes) * context_share(how.denoising_strength)

    def crop_areas(self, how: Pass) -> np.ndarray:
        """(n,) pixels; no crop is narrower than `NARROWEST` allows."""
        sides = self.boxes[..., 2:] - self.boxes[..., :2] + 2 * self.padding(how)[..., None]
        return np.maximum(sides.prod(-1), sides.max(-1) ** 2 * NARROWEST)


def _measures_of(parts: Sequence[Region], canvas: Size) -> _Measures:
    return _Measures(
        np.array([part.box for part in parts], float),
        np.array([part.shape.area for part in parts], float),
        np.array([_thickness(part, canvas) for part in parts]),
    )


class _Pairs:
    """Of each two groups the area of their common crop, and whether they are neighbours."""

    def __init__(self, measures: _Measures, how: Pass) -> None:
        count = len(measures.areas)
        self._measures, self._how = measures, how
        self._alone = measures.crop_areas(how)
        self._gone = np.zeros(count, bool)
        self._common = np.full((count, count), np.inf)
        self._neighbours = np.zeros((count, count), bool)
        for group in range(count):
            self._measure(group)

    def next_to_join(self, limits: Limits) -> tuple[int, int] | None:
        """Two groups, None when no more are to be joined."""
        alone = np.where(limits.is_thin(self._measures.thickness), 0.0, self._alone)
        coarser = COARSER * np.maximum(alone[:, None], alone)
        allowed = self._neighbours & (self._common <= np.maximum(limits.room, coarser))
        left = np.count_nonzero(~self._gone)
        if left > FEW:
            allowed |= self._common <= limits.room
        if left > limits.most:
            allowed[:] = True
        costs = np.where(allowed, self._common, np.inf)
        kept, gone = divmod(int(costs.argmin()), len(costs))
        return (kept, gone) if np.isfinite(costs[kept, gone]) else None

    def join(self, kept: int, gone: int) -> None:
        joined = self._measures.of(kept).joined(self._measures.of(gone))
        for values, value in zip(self._measures, joined, strict=True):
            values[kept] = value
        self._alone[kept] = max(self._alone[kept], self._alone[gone])
        self._gone[gone] = True
        self._common[gone] = self._common[:, gone] = np.inf
        self._measure(kept)

    def _measure(self, group: int) -> None:
        """This group beside all others."""
        one = self._measures.of(slice(group, group + 1))
        common = one.joined(self._measures).crop_areas(self._how)
        common[self._gone] = common[group] = np.inf
        self._common[group] = self._common[:, group] = common
        box, others = one.boxes[0], self._measures.boxes
        gaps = np.maximum(box[:2] - others[:, 2:], others[:, :2] - box[2:]).max(1)
        padding = np.maximum(self._measures.padding(self._how), NEAR)
        near = gaps <= np.maximum(padding[group], padding)
        self._neighbours[group] = self._neighbours[:, group] = near
