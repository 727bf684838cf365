"""Split a mask into regions, so that each of its parts is painted at full resolution. Reads no pixels.

One crop around all marked pixels would show the model two small parts in opposite corners too small, and a
wire across the picture thinner than a pixel. So parts whose contexts do not meet become separate regions, and
a long thin part is cut into pieces. All of them are painted in one batch.
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
"""Work pixels per canvas pixel. Parts share a crop down to this value; below it the result is visibly
softer."""
THIN = 1 / 8
"""A part is thin if it is nowhere thicker than this share of the native side. Thin parts may be cut into
pieces."""
PIECE = 2 / 3
"""Side of a piece as a share of the side of the largest crop. The rest of the crop is context."""
SAME_CROP_DISTANCE = 16
"""Canvas pixels. Parts nearer than this share a crop, however small their context."""
COARSER = 4
"""The crop of two solid neighbours may have this many times the area of the larger one's crop. So a thing
that is cut in two by something in front of it is painted as one thing."""
LEAST_ASPECT = 1 / 4
"""Minimum aspect of a crop. No side of a work size is over twice the native side."""
FEW = 8
"""Up to this many regions of one mask are painted separately. Of more, the nearest share a crop."""
MOST_PARTS = 512
"""Maximum connected parts that are examined one by one. Of more, the parts in one cell of a grid are one
part."""


@dataclass(frozen=True)
class Limits:
    """Limits of splitting. `native` is the size the model was trained at; a mask becomes at most `most`
    regions.
    """

    canvas: Size
    native: Size
    most: int = 256

    @property
    def room(self) -> float:
        """Area, in canvas pixels, of the largest crop at the least magnification."""
        return self.native.area / LEAST_MAGNIFICATION**2

    def is_thin(self, thickness: np.ndarray) -> np.ndarray:
        """Whether a part of this thickness (canvas pixels) is thin."""
        return thickness <= THIN * math.sqrt(self.native.area)


def split_region(region: Region, recipe_pass: Pass, limits: Limits) -> tuple[Region, ...]:
    """The region as regions that together have each of its pixels once, or the region itself if it is
    compact.

    Backgrounds, merged regions and regions with the whole picture as context are not split.
    """
    if region.background or recipe_pass.shape.area == "whole picture" or recipe_pass.shape.merge != "none":
        return (region,)
    parts = [piece for part in _parts(region) for piece in _pieces(part, recipe_pass, limits)]
    groups = _group_parts(parts, recipe_pass, limits) if len(parts) > 1 else [parts]
    if len(groups) == 1:
        return (region,)
    merged = (merge_regions(group) for group in groups)
    return tuple(dataclasses.replace(region, box=part.box, shape=part.shape) for part in merged)


def _parts(region: Region) -> list[Region]:
    """The connected parts of a region, or the parts in the cells of a grid if there are over MOST_PARTS."""
    alpha = region.shape.alpha
    count, labels, stats, _ = cv2.connectedComponentsWithStats((alpha > 0).astype(np.uint8), connectivity=8)
    if count - 1 > MOST_PARTS:
        return list(_in_cells(region, math.ceil(math.sqrt(alpha.size / MOST_PARTS))))
    boxes = [Box(x, y, x + width, y + height) for x, y, width, height, _ in stats[1:].tolist()]
    return [_part(region, box, labels[box.slices] == n) for n, box in enumerate(boxes, 1)]


def _part(region: Region, box: Box, where: np.ndarray) -> Region:
    """The part of a region where `where` (bool, of the size of `box`) is true. `box` is in pixels of the
    region.
    """
    shape = Mask(region.shape.alpha[box.slices] * where)
    return dataclasses.replace(region, box=box.shifted(region.box.left, region.box.top), shape=shape)


def _in_cells(region: Region, side: int) -> Iterator[Region]:
    """The part of a region in each square cell of a grid, cut to its own bounds. `side` is in pixels."""
    for top in range(0, region.box.height, side):
        for left in range(0, region.box.width, side):
            bounds = region.shape.crop(Box(left, top, left + side, top + side)).bounds
            if bounds is not None:
                box = bounds.shifted(left, top)
                yield _part(region, box, np.ones((box.height, box.width), bool))


def _pieces(part: Region, recipe_pass: Pass, limits: Limits) -> Iterator[Region]:
    """The part, or its pieces if it is thin and does not fit into one crop."""
    alone = _measures_of([part], limits.canvas)
    if alone.crop_areas(recipe_pass)[0] <= limits.room or not limits.is_thin(alone.thickness)[0]:
        yield part
    else:
        yield from _in_cells(part, max(int(math.sqrt(limits.room) * PIECE), 1))


def _thickness(part: Region, canvas: Size) -> float:
    """Greatest thickness of a part in canvas pixels."""
    return greatest_thickness(part.shape, border_sides(part.box, canvas))


def _group_parts(parts: Sequence[Region], recipe_pass: Pass, limits: Limits) -> list[list[Region]]:
    """Groups of parts that share a crop. The pair with the smallest common crop is joined first."""
    groups = [[part] for part in parts]
    pairs = _Pairs(_measures_of(parts, limits.canvas), recipe_pass)
    while (pair := pairs.next_to_join(limits)) is not None:
        first, second = pair
        groups[first], groups[second] = groups[first] + groups[second], []
        pairs.join(first, second)
    return [group for group in groups if group]


class _Measures(NamedTuple):
    """Measures of n groups in canvas pixels: `boxes` (n, 4) left to bottom, `areas` (n,) and `thickness`
    (n,).
    """

    boxes: np.ndarray
    areas: np.ndarray
    thickness: np.ndarray

    def of(self, index: int | slice) -> _Measures:
        return _Measures(*(values[index] for values in self))

    def joined(self, other: _Measures) -> _Measures:
        """The measures of n groups, each made of one group of self and one of `other`."""
        low, high = np.minimum(self.boxes, other.boxes), np.maximum(self.boxes, other.boxes)
        boxes = np.concatenate([low[..., :2], high[..., 2:]], -1)
        return _Measures(boxes, self.areas + other.areas, np.maximum(self.thickness, other.thickness))

    def padding(self, recipe_pass: Pass) -> np.ndarray:
        """(n,) canvas pixels of context, as `context_padding` computes it for a region."""
        if recipe_pass.shape.padding is not None:
            return np.full(self.areas.shape, float(recipe_pass.shape.padding))
        sides = self.boxes[..., 2:] - self.boxes[..., :2]
        sizes = thing_size(self.areas, sides.prod(-1), self.thickness)
        return np.asarray(sizes) * context_share(recipe_pass.denoising_strength)

    def crop_areas(self, recipe_pass: Pass) -> np.ndarray:
        """(n,) canvas pixels. No crop is narrower than LEAST_ASPECT."""
        sides = self.boxes[..., 2:] - self.boxes[..., :2] + 2 * self.padding(recipe_pass)[..., None]
        return np.maximum(sides.prod(-1), sides.max(-1) ** 2 * LEAST_ASPECT)


def _measures_of(parts: Sequence[Region], canvas: Size) -> _Measures:
    return _Measures(
        np.array([part.box for part in parts], float),
        np.array([part.shape.area for part in parts], float),
        np.array([_thickness(part, canvas) for part in parts]),
    )


class _Pairs:
    """The area of the common crop of each two groups, and whether they are neighbours."""

    def __init__(self, measures: _Measures, recipe_pass: Pass) -> None:
        count = len(measures.areas)
        self._measures, self._recipe_pass = measures, recipe_pass
        self._alone = measures.crop_areas(recipe_pass)
        self._removed = np.zeros(count, bool)
        self._common = np.full((count, count), np.inf)
        self._neighbours = np.zeros((count, count), bool)
        for group in range(count):
            self._measure(group)

    def next_to_join(self, limits: Limits) -> tuple[int, int] | None:
        """The next two groups to join, or None if all groups stay separate."""
        alone = np.where(limits.is_thin(self._measures.thickness), 0.0, self._alone)
        coarser = COARSER * np.maximum(alone[:, None], alone)
        allowed = self._neighbours & (self._common <= np.maximum(limits.room, coarser))
        count = np.count_nonzero(~self._removed)
        if count > FEW:
            allowed |= self._common <= limits.room
        if count > limits.most:
            allowed[:] = True
        costs = np.where(allowed, self._common, np.inf)
        first, second = divmod(int(costs.argmin()), len(costs))
        return (first, second) if np.isfinite(costs[first, second]) else None

    def join(self, first: int, second: int) -> None:
        joined = self._measures.of(first).joined(self._measures.of(second))
        for values, value in zip(self._measures, joined, strict=True):
            values[first] = value
        self._alone[first] = max(self._alone[first], self._alone[second])
        self._removed[second] = True
        self._common[second] = self._common[:, second] = np.inf
        self._measure(first)

    def _measure(self, group: int) -> None:
        """Compute the common crops of this group and all others."""
        measures = self._measures.of(slice(group, group + 1))
        common = measures.joined(self._measures).crop_areas(self._recipe_pass)
        common[self._removed] = common[group] = np.inf
        self._common[group] = self._common[:, group] = common
        box, others = measures.boxes[0], self._measures.boxes
        gaps = np.maximum(box[:2] - others[:, 2:], others[:, :2] - box[2:]).max(1)
        padding = np.maximum(self._measures.padding(self._recipe_pass), SAME_CROP_DISTANCE)
        near = gaps <= np.maximum(padding[group], padding)
        self._neighbours[group] = self._neighbours[:, group] = near
