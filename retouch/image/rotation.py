"""Rotation: tilted things are rotated upright for detectors and painters, and rotated back.

Angles are degrees counter-clockwise. Right angles need no resampling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.image.frame import Frame
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask


def rotate_right_angle(pixels: np.ndarray, degrees: int) -> np.ndarray:
    """(height, width[, 3]) uint8 rotated by `degrees`, a multiple of 90; width and height may swap.

    >>> rotate_right_angle(np.uint8([[1, 2]]), 90)
    array([[2],
           [1]], dtype=uint8)
    """
    return np.ascontiguousarray(np.rot90(pixels, degrees // 90 % 4))


@dataclass(frozen=True)
class RotatedFrame:
    """A crop rotated by `degrees`, at the frame's work size and scale.

    For a right angle it is the crop itself, with width and height swapped for 90 and 270. For other angles it
    is the area around `center`, x, y in canvas pixels, so that no corner of the crop is cut off. Pixels
    outside the crop come from the canvas, and pixels outside the canvas from its mirror image.
    """

    frame: Frame
    center: tuple[float, float]
    degrees: float

    @property
    def right(self) -> int | None:
        """The angle in whole degrees if it is a multiple of 90, else None."""
        return round(self.degrees) if self.degrees % 90 == 0 else None

    def take(self, pixels: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """The rotated crop: (height, width, 3) uint8 RGB at work size, with swapped sides at 90 and 270
        degrees.

        `pixels` are those of the canvas and `seen` those of the crop before rotation at work size, both
        (height, width, 3) uint8.
        """
        if self.right is not None:
            return rotate_right_angle(seen, self.right)
        onto, share = self._onto, self.frame.magnification
        near = self._reach & Box(0, 0, pixels.shape[1], pixels.shape[0])
        window = np.ascontiguousarray(pixels[near.slices])
        if share < 1:  # a low pass against aliasing
            window = cv2.GaussianBlur(window, (0, 0), 0.5 * (share**-2 - 1) ** 0.5 + 1e-3)
        return _warp(window, _shift_matrix(onto, near.left, near.top), self.frame.work)

    def take_mask(self, mask: Mask, seen: Mask) -> Mask:
        """`mask`, of the crop's size, rotated to work size. `seen` is the mask before rotation at work
        size."""
        if self.right is not None:
            return Mask(rotate_right_angle(seen.alpha, self.right))
        crop = self.frame.crop
        onto = _shift_matrix(self._onto, crop.left, crop.top)
        return Mask(cv2.warpAffine(mask.alpha, onto, self.frame.work, flags=cv2.INTER_LINEAR))

    def back(self, patch: np.ndarray, under: np.ndarray) -> np.ndarray:
        """A painted patch rotated back: (height, width, 3) uint8 RGB at work size.

        `patch` has the size of `take`, and `under`, of work size, shows where the patch has no pixels; both
        are (height, width, 3) uint8.
        """
        if self.right is not None:
            return rotate_right_angle(patch, -self.right)
        flags = cv2.WARP_INVERSE_MAP | cv2.INTER_LANCZOS4
        onto = _then(self._crop_to_canvas, self._onto)
        known = np.full(patch.shape[:2], 255, np.uint8)
        share = cv2.warpAffine(known, onto, self.frame.work, flags=cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR)
        rotated = cv2.warpAffine(patch, onto, self.frame.work, flags=flags, borderMode=cv2.BORDER_REFLECT_101)
        opacity = share[..., None].astype(np.float32) / 255
        return np.rint(rotated * opacity + under * (1 - opacity)).astype(np.uint8)

    @property
    def _shares(self) -> np.ndarray:
        """(2,): work pixels per canvas pixel, across and down."""
        return np.array([w / c for w, c in zip(self.frame.work, self.frame.crop.size, strict=True)])

    @property
    def _onto(self) -> np.ndarray:
        """(2, 3): canvas pixels -> pixels of the rotated crop; whole numbers are the centres of pixels."""
        angle = math.radians(self.degrees)
        spun = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        linear = spun * self._shares
        middle = np.array(self.frame.work) / 2
        return np.column_stack([linear, middle - linear @ np.array(self.center) + linear @ (0.5, 0.5) - 0.5])

    @property
    def _crop_to_canvas(self) -> np.ndarray:
        """(2, 3): pixels of the crop at work size -> canvas pixels."""
        crop = np.array([self.frame.crop.left, self.frame.crop.top])
        return np.column_stack([np.diag(1 / self._shares), crop - 0.5 + 0.5 / self._shares])

    @property
    def _reach(self) -> Box:
        """The canvas pixels that the rotated crop depends on, unclipped."""
        half = math.hypot(*(side / 2 for side in self.frame.crop.size)) + 8
        x, y = self.center
        return Box.covering(x - half, y - half, x + half, y + half)


def _warp(pixels: np.ndarray, onto: np.ndarray, size: Size) -> np.ndarray:
    return cv2.warpAffine(pixels, onto, size, flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT_101)


def _then(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(2, 3): the affine map `first` followed by `second`."""
    return np.column_stack([second[:, :2] @ first[:, :2], second[:, :2] @ first[:, 2] + second[:, 2]])


def _shift_matrix(onto: np.ndarray, left: int, top: int) -> np.ndarray:
    """(2, 3): the affine map `onto` for pixels of a part that begins at `left`, `top`."""
    return np.column_stack([onto[:, :2], onto[:, :2] @ (left, top) + onto[:, 2]])
