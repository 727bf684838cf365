"""Mask: soft alpha, white = repaint. Growth is round and exact, by distance transform.

Distances are Euclidean between pixel centres. Pixels outside the array do not count as unmasked, so a mask
that touches the border does not shrink from there.

A shade is the strength of the repaint. Growth and fade keep it: they act on the level sets of the mask
(grey-scale morphology by threshold decomposition: P. Maragos and R. Ziff, Threshold superposition in
morphological image analysis systems, 1990), so a mask of shade 136 grows as one of shade 127 does, and its
result is stronger in proportion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from PIL import Image

from retouch.image.geometry import Box, Size

MASK_CHANNELS = ("auto", "luminance", "alpha", "inverted alpha")
"""The ways to read a mask file."""
SOLID = 128
"""The least shade of a solid pixel, 0..255."""
EXACT_LEVELS, LEVEL_STEP = 16, 16
"""A mask of more shades is decomposed at every 16th level: a strength that spreads is then at most 15 too
low."""


@dataclass(frozen=True, eq=False)
class Mask:
    """(height, width) uint8, 0 = keep, 255 = repaint, read-only. ValueError for any other array, or an empty
    one."""

    alpha: np.ndarray

    def __post_init__(self) -> None:
        array = self.alpha
        if array.ndim != 2 or array.dtype != np.uint8 or 0 in array.shape:
            raise ValueError(f"a mask needs non-empty (height, width) uint8, not {array.dtype} {array.shape}")
        if array.flags.writeable:
            array = np.array(array, order="C")
            array.flags.writeable = False
        object.__setattr__(self, "alpha", array)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mask) and np.array_equal(self.alpha, other.alpha)

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def full(cls, size: Size) -> Mask:
        """255 everywhere."""
        return cls(np.full((size.height, size.width), 255, np.uint8))

    @classmethod
    def blank(cls, size: Size) -> Mask:
        """0 everywhere."""
        return cls(np.zeros((size.height, size.width), np.uint8))

    @classmethod
    def of_box(cls, size: Size, box: Box) -> Mask:
        """255 inside `box`, which may reach beyond the mask."""
        alpha = np.zeros((size.height, size.width), np.uint8)
        alpha[(box & size.box).slices] = 255
        return cls(alpha)

    @classmethod
    def of_ellipse(cls, size: Size, box: Box) -> Mask:
        """255 inside the ellipse inscribed in `box`."""
        y, x = np.ogrid[: size.height, : size.width]
        (cx, cy), rx, ry = box.center, max(box.width / 2, 0.5), max(box.height / 2, 0.5)
        inside = ((x + 0.5 - cx) / rx) ** 2 + ((y + 0.5 - cy) / ry) ** 2 <= 1
        return cls.where(inside)

    @classmethod
    def of_polygon(cls, size: Size, points: np.ndarray) -> Mask:
        """255 inside a polygon. `points` are (n, 2) x, y in pixels of the mask, of any numeric type."""
        alpha = np.zeros((size.height, size.width), np.uint8)
        cv2.fillPoly(alpha, [np.round(points).astype(np.int32)], (255,))
        return cls(alpha)

    @classmethod
    def where(cls, inside: np.ndarray) -> Mask:
        """255 where `inside`, (height, width) bool, is True."""
        return cls(inside.astype(np.uint8) * 255)

    @property
    def size(self) -> Size:
        return Size(self.alpha.shape[1], self.alpha.shape[0])

    @property
    def solid(self) -> np.ndarray:
        """(height, width) bool: pixels of shade 128 or more."""
        return self.alpha >= SOLID

    @cached_property
    def area(self) -> int:
        """The number of pixels of the core."""
        return int(np.count_nonzero(self.core))

    @property
    def core(self) -> np.ndarray:
        """(height, width) bool: pixels with at least half of the mask's own strongest shade, none if blank.

        For a mask that reaches 255 this is `solid`. A mask of one faint shade has a core, too.

        >>> Mask(np.uint8([[0, 40, 100]])).core
        array([[False, False,  True]])
        """
        return (self.alpha > 0) & (self.alpha >= int(self.alpha.max()) / 2)

    @property
    def empty(self) -> bool:
        return not self.alpha.any()

    @property
    def bounds(self) -> Box | None:
        """The smallest box around all pixels above 0, None when blank."""
        rows, columns = np.flatnonzero(self.alpha.any(1)), np.flatnonzero(self.alpha.any(0))
        if not rows.size:
            return None
        return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)

    def crop(self, box: Box) -> Mask:
        """The part inside `box`, 0 where `box` reaches beyond the mask."""
        out = np.zeros((box.height, box.width), np.uint8)
        common = box & self.size.box
        if not common.empty:
            out[common.relative_to(box).slices] = self.alpha[common.slices]
        return Mask(out)

    def grown(self, pixels: int) -> Mask:
        """Every pixel takes the strongest shade within `pixels` of it; below 0 it takes the weakest.

        >>> Mask(np.uint8([[0, 0, 0, 136, 0, 0]])).grown(1).alpha
        array([[  0,   0, 136, 136, 136,   0]], dtype=uint8)
        """
        if pixels == 0:
            return self
        near = (self.bounds or Box(0, 0, 0, 0)).grown(max(pixels, 1)) & self.size.box
        alpha, part = self.alpha.copy(), self.alpha[near.slices]
        # Squared distances are whole numbers: half of one absorbs the float32 error of the root.
        reach = (pixels * pixels + 0.5) ** 0.5
        if pixels < 0:
            alpha[near.slices] = 255 - _spread(255 - part, lambda away: away < reach)
        else:
            alpha[near.slices] = _spread(part, lambda away: away < reach)
        alpha.flags.writeable = False
        return Mask(alpha)

    def feathered(self, pixels: int) -> Mask:
        """Every shade stays and falls smoothly outside, to exactly 0 at a distance of `pixels` + 1.

        `pixels` of 0 or less return the mask itself.

        >>> Mask(np.uint8([[255, 0, 0, 0]])).feathered(2).alpha
        array([[255, 189,  66,   0]], dtype=uint8)
        """
        if pixels <= 0:
            return self

        def ramp(away: np.ndarray) -> np.ndarray:
            share = np.clip(1 - away / (pixels + 1), 0, 1)
            return share * share * (3 - 2 * share)

        return Mask(_spread(self.alpha, ramp))

    def resized(self, size: Size) -> Mask:
        """The mask scaled to `size`, bicubic; itself at equal size."""
        return self if size == self.size else Mask(np.asarray(Image.fromarray(self.alpha).resize(size)))

    def inverted(self) -> Mask:
        """255 minus each shade."""
        return Mask(255 - self.alpha)

    def without_holes(self) -> Mask:
        """The mask with kept areas that do not reach the border filled with its strongest shade."""
        unmasked = ~self.core
        count, labels = cv2.connectedComponents(unmasked.astype(np.uint8), connectivity=4)
        edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        outside = np.isin(np.arange(count), edge)
        return Mask(np.maximum(self.alpha, (~outside[labels] & unmasked) * self.alpha.max()))

    def without_islands(self, pixels: int) -> Mask:
        """The mask without connected parts of fewer than `pixels` pixels and their soft edges.

        A pixel counts when it has at least half of its part's strongest shade.
        """
        count, components = cv2.connectedComponents((self.alpha > 0).astype(np.uint8), connectivity=8)
        labels = np.asarray(components, np.int32)
        strongest = np.zeros(count, np.uint8)
        np.maximum.at(strongest, labels, self.alpha)
        counted = (self.alpha > 0) & (self.alpha >= strongest[labels] / 2)
        small = np.bincount(labels[counted], minlength=count) < pixels
        return Mask(np.where(small[labels], np.uint8(0), self.alpha))

    def __or__(self, other: Mask) -> Mask:
        return Mask(np.maximum(self.alpha, other.alpha))

    def __and__(self, other: Mask) -> Mask:
        return Mask(np.minimum(self.alpha, other.alpha))

    def __sub__(self, other: Mask) -> Mask:
        return Mask(np.minimum(self.alpha, 255 - other.alpha))


def _spread(alpha: np.ndarray, share: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """(height, width) uint8: the maximum at each pixel of the values of all level sets of `alpha` and its own
    shade.

    The value of a level set is its shade times `share`, 0..1, of the distance to it in pixels.
    """
    out = alpha.copy()
    for level in _levels(alpha):
        faded = np.rint(share(_outside(alpha >= level)) * np.float32(level)).astype(np.uint8)
        np.maximum(out, faded, out=out)
    return out


def _levels(alpha: np.ndarray) -> np.ndarray:
    """(levels,) int: the shades above 0 at which a mask is decomposed, ascending."""
    shades = np.flatnonzero(np.bincount(alpha.ravel(), minlength=256)[1:]) + 1
    if len(shades) <= EXACT_LEVELS:
        return shades
    ladder = np.arange(LEVEL_STEP, 256, LEVEL_STEP)
    inner = ladder[(ladder > shades[0]) & (ladder < shades[-1])]
    return np.concatenate([shades[:1], inner, shades[-1:]])


def _outside(solid: np.ndarray) -> np.ndarray:
    """(height, width) float32 pixels: the distance to the nearest solid pixel, infinite when there is
    none."""
    if not solid.any():
        return np.full(solid.shape, np.inf, np.float32)
    return cv2.distanceTransform((~solid).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
