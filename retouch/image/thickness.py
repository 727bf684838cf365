"""Local thickness: how thick a mask is at each of its pixels, whatever box lies around it.

The thickness at a pixel is the diameter of the largest disc within the mask that reaches the pixel
(T. Hildebrand and P. Rüegsegger, A new method for the model-independent assessment of thickness in
three-dimensional images, 1997). A disc is taken to reach `OUTREACH` of its radius, so that the corners of a
square are as thick as its middle. A wire is as thick as it is wide, however long it is. Of a head on a stick
the head is as thick as it is, and the stick as the stick.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np

from retouch.image.mask import Mask

OUTREACH = 1.5
"""Of a disc's radius; the corner of a square is 1.41 away from the middle of its disc."""
THINNEST = 24.0
"""Canvas pixels. Thinner parts are not told apart: every size that is made of it is at its least there."""
RATIO = 2**0.5
"""Between one thickness that is told apart and the next."""
TOO_FEW = 0.01
"""Of a mask's pixels: a part that differs from the next by fewer is no part of its own."""
FAINT = 8
"""A shade below this, 3 % of strength, is not seen, and has no thickness."""
_CELLS = 6
"""A disc is placed to a sixth of its radius or better."""


class Sides(NamedTuple):
    """Which sides of a mask lie on the picture's border, beyond which it is taken to go on."""

    left: bool = False
    top: bool = False
    right: bool = False
    bottom: bool = False


class Layer(NamedTuple):
    """The part of a mask that is at least this thick, in pixels. `where` is (height, width) bool."""

    thickness: float
    where: np.ndarray


def thickness_layers(mask: Mask, sides: Sides = Sides()) -> list[Layer]:
    """A mask as nested parts, each within the one before it; the first is all of the mask.

    The thickness of a part is right to 19 %; that of a mask that is equally thick everywhere is exact.
    """
    support = mask.alpha >= FAINT
    deep = inner_distances(support, sides)
    most, all_pixels = min(2 * float(deep.max()), *mask.size), int(np.count_nonzero(support))
    layers, left = [Layer(THINNEST, mask.alpha > 0)], all_pixels
    for least, reached in _reached_parts(deep, most):
        part = support & layers[-1].where & reached
        count = int(np.count_nonzero(part))
        thickness = min(least * RATIO**0.5, most)
        if left - count <= TOO_FEW * all_pixels:
            layers[-1] = Layer(thickness, layers[-1].where)
        else:
            layers.append(Layer(thickness, part))
            left = count
    return [Layer(most, layers[0].where)] if len(layers) == 1 else layers


def greatest_thickness(mask: Mask, sides: Sides = Sides()) -> float:
    """Of the thickest part, in pixels; 0 for a mask too faint to be seen."""
    deep = inner_distances(mask.alpha >= FAINT, sides)
    return min(2 * float(deep.max()), *mask.size)


def inner_distances(inside: np.ndarray, sides: Sides = Sides()) -> np.ndarray:
    """(height, width) float32: distance of each pixel `inside` to the nearest one that is not, in pixels.

    What lies beyond a side counts as not inside, but where that side is the picture's border.
    """
    left, top, right, bottom = (int(not on_border) for on_border in sides)
    framed = np.pad(inside, ((top, bottom), (left, right))).astype(np.uint8)
    if framed.all():
        return np.full(inside.shape, max(inside.shape), np.float32)
    deep = cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return deep[top : top + inside.shape[0], left : left + inside.shape[1]]


def _reached_parts(deep: np.ndarray, most: float) -> Iterator[tuple[float, np.ndarray]]:
    """(thickness, (height, width) bool) up to `most`: what discs of that diameter within the mask reach.

    A disc's middle is known to a cell of at most a sixth of its radius, so that the time for all of them is
    about that of one distance transform.
    """
    cell, pooled = 1, deep
    for least in itertools.takewhile(lambda least: least <= most, _ladder()):
        while 2 * cell <= least / 2 / _CELLS:
            cell, pooled = 2 * cell, _halve(pooled)
        middles = (pooled >= least / 2).astype(np.uint8)
        if not middles.any():
            return
        away = cv2.distanceTransform(1 - middles, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        near = (away * cell <= OUTREACH * least / 2).repeat(cell, 0).repeat(cell, 1)
        yield least, near[: deep.shape[0], : deep.shape[1]]


def _ladder() -> Iterator[float]:
    return (THINNEST * RATIO**n for n in itertools.count())


def _halve(values: np.ndarray) -> np.ndarray:
    """The greatest of each two by two values."""
    even = np.pad(values, [(0, side % 2) for side in values.shape])
    return even.reshape(even.shape[0] // 2, 2, even.shape[1] // 2, 2).max(axis=(1, 3))
