"""Mask: soft alpha, white = repaint. Growth is round and exact, by distance transform.

Distances are Euclidean between pixel centres; nothing outside the array counts as unmasked, so a
mask that touches the border is not eaten from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from PIL import Image

from retouch.geometry import Box, Size

SOLID = 128
"""A pixel counts as inside the mask from here up."""


@dataclass(frozen=True, eq=False)
class Mask:
    """(height, width) uint8, 0 = keep, 255 = repaint, read-only."""

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
        return cls(np.full((size.height, size.width), 255, np.uint8))

    @classmethod
    def blank(cls, size: Size) -> Mask:
        return cls(np.zeros((size.height, size.width), np.uint8))

    @classmethod
    def of_box(cls, size: Size, box: Box) -> Mask:
        alpha = np.zeros((size.height, size.width), np.uint8)
        alpha[(box & size.box).slices] = 255
        return cls(alpha)

    @classmethod
    def of_ellipse(cls, size: Size, box: Box) -> Mask:
        """The ellipse inscribed in `box`."""
        y, x = np.ogrid[: size.height, : size.width]
        (cx, cy), rx, ry = box.center, max(box.width / 2, 0.5), max(box.height / 2, 0.5)
        inside = ((x + 0.5 - cx) / rx) ** 2 + ((y + 0.5 - cy) / ry) ** 2 <= 1
        return cls.where(inside)

    @classmethod
    def of_polygon(cls, size: Size, points: np.ndarray) -> Mask:
        """Filled polygon of (n, 2) x, y points in pixels."""
        alpha = np.zeros((size.height, size.width), np.uint8)
        cv2.fillPoly(alpha, [np.round(points).astype(np.int32)], (255,))
        return cls(alpha)

    @classmethod
    def where(cls, inside: np.ndarray) -> Mask:
        return cls(inside.astype(np.uint8) * 255)

    @property
    def size(self) -> Size:
        return Size(self.alpha.shape[1], self.alpha.shape[0])

    @property
    def solid(self) -> np.ndarray:
        """(height, width) bool."""
        return self.alpha >= SOLID

    @cached_property
    def area(self) -> int:
        """Solid pixels."""
        return int(np.count_nonzero(self.solid))

    @property
    def empty(self) -> bool:
        return not self.alpha.any()

    @property
    def bounds(self) -> Box | None:
        """The box of everything not 0, None when blank."""
        rows, columns = np.flatnonzero(self.alpha.any(1)), np.flatnonzero(self.alpha.any(0))
        if not rows.size:
            return None
        return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)

    def crop(self, box: Box) -> Mask:
        """The part inside `box`; where `box` leaves the mask there is nothing to repaint."""
        out = np.zeros((box.height, box.width), np.uint8)
        common = box & self.size.box
        if not common.empty:
            out[common.relative_to(box).slices] = self.alpha[common.slices]
        return Mask(out)

    def grown(self, pixels: int) -> Mask:
        """Every pixel within `pixels` of a solid one becomes solid; negative shrinks."""
        if pixels == 0:
            return self
        near = (self.bounds or Box(0, 0, 0, 0)).grown(max(pixels, 1)) & self.size.box
        alpha, part = self.alpha.copy(), self.alpha[near.slices]
        # Squared distances are whole numbers: half of one absorbs the float32 error of the root.
        reach, solid = (pixels * pixels + 0.5) ** 0.5, part >= SOLID
        if pixels < 0:
            alpha[near.slices] = np.minimum(part, (_outside(~solid) > reach) * np.uint8(255))
        else:
            alpha[near.slices] = np.maximum(part, (_outside(solid) < reach) * np.uint8(255))
        alpha.flags.writeable = False
        return Mask(alpha)

    def feathered(self, pixels: int) -> Mask:
        """Opaque where solid, falling smoothly outside, to exactly 0 from `pixels` + 1 on."""
        if pixels <= 0:
            return self
        ramp = np.clip(1 - _outside(self.solid) / (pixels + 1), 0, 1)
        smooth = ramp * ramp * (3 - 2 * ramp)
        return Mask(np.maximum(self.alpha, np.rint(smooth * 255).astype(np.uint8)))

    def resized(self, size: Size) -> Mask:
        return self if size == self.size else Mask(np.asarray(Image.fromarray(self.alpha).resize(size)))

    def inverted(self) -> Mask:
        return Mask(255 - self.alpha)

    def without_holes(self) -> Mask:
        """Kept areas that do not reach the border are filled."""
        count, labels = cv2.connectedComponents((~self.solid).astype(np.uint8), connectivity=4)
        edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        outside = np.isin(np.arange(count), edge)
        return Mask(np.maximum(self.alpha, (~outside[labels] & ~self.solid) * np.uint8(255)))

    def without_islands(self, pixels: int) -> Mask:
        """Connected parts of fewer than `pixels` solid pixels are dropped, with their soft edges."""
        count, found = cv2.connectedComponents((self.alpha > 0).astype(np.uint8), connectivity=8)
        labels = np.asarray(found, np.int32)
        small = np.bincount(labels[self.solid], minlength=count) < pixels
        return Mask(np.where(small[labels], np.uint8(0), self.alpha))

    def __or__(self, other: Mask) -> Mask:
        return Mask(np.maximum(self.alpha, other.alpha))

    def __and__(self, other: Mask) -> Mask:
        return Mask(np.minimum(self.alpha, other.alpha))

    def __sub__(self, other: Mask) -> Mask:
        return Mask(np.minimum(self.alpha, 255 - other.alpha))


def _outside(solid: np.ndarray) -> np.ndarray:
    """Distance of every pixel to the nearest solid one, infinite when there is none."""
    if not solid.any():
        return np.full(solid.shape, np.inf, np.float32)
    return cv2.distanceTransform((~solid).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
