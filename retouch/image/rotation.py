"""Turning: things that stand on their head are shown upright to detectors and painters, and turned back.

Angles are degrees counter-clockwise. By right angles nothing is resampled.
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
    """(height, width[, 3]) uint8 turned by a right angle; the sides are swapped if they must."""
    return np.ascontiguousarray(np.rot90(pixels, degrees // 90 % 4))


@dataclass(frozen=True)
class RotatedFrame:
    """A crop as it is seen turned by `degrees`, at the frame's work size and scale.

    By right angles it is the crop itself, its sides swapped if they must be. By others it is what lies about
    `center` (canvas pixels), so that neither what is there nor its surroundings are cut off at a corner:
    beyond the crop are the canvas' own pixels, and beyond the canvas their mirror image.
    """

    frame: Frame
    center: tuple[float, float]
    degrees: float

    @property
    def right(self) -> int | None:
        """The angle if it is a right one, None otherwise."""
        return round(self.degrees) if self.degrees % 90 == 0 else None

    def take(self, pixels: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """What is seen of a canvas, (height, width, 3); `seen` is its crop, upright at work size."""
        if self.right is not None:
            return rotate_right_angle(seen, self.right)
        onto, share = self._onto, self.frame.magnification
        near = self._reach & Box(0, 0, pixels.shape[1], pixels.shape[0])
        window = np.ascontiguousarray(pixels[near.slices])
        if share < 1:  # what would alias is taken off before
            window = cv2.GaussianBlur(window, (0, 0), 0.5 * (share**-2 - 1) ** 0.5 + 1e-3)
        return _warp(window, _shift_matrix(onto, near.left, near.top), self.frame.work)

    def take_mask(self, mask: Mask, seen: Mask) -> Mask:
        """The same of a mask of the crop's size; `seen` is that upright at work size."""
        if self.right is not None:
            return Mask(rotate_right_angle(seen.alpha, self.right))
        crop = self.frame.crop
        onto = _shift_matrix(self._onto, crop.left, crop.top)
        return Mask(cv2.warpAffine(mask.alpha, onto, self.frame.work, flags=cv2.INTER_LINEAR))

    def back(self, patch: np.ndarray, under: np.ndarray) -> np.ndarray:
        """A patch as it was taken, upright again at work size; `under` is what shows where it has nothing."""
        if self.right is not None:
            return rotate_right_angle(patch, -self.right)
        flags = cv2.WARP_INVERSE_MAP | cv2.INTER_LANCZOS4
        onto = _then(self._crop_to_canvas, self._onto)
        known = np.full(patch.shape[:2], 255, np.uint8)
        share = cv2.warpAffine(known, onto, self.frame.work, flags=cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR)
        back = cv2.warpAffine(patch, onto, self.frame.work, flags=flags, borderMode=cv2.BORDER_REFLECT_101)
        kept = share[..., None].astype(np.float32) / 255
        return np.rint(back * kept + under * (1 - kept)).astype(np.uint8)

    @property
    def _shares(self) -> np.ndarray:
        """Work pixels per canvas pixel, across and down."""
        return np.array([w / c for w, c in zip(self.frame.work, self.frame.crop.size, strict=True)])

    @property
    def _onto(self) -> np.ndarray:
        """Canvas pixels -> pixels of what is seen, (2, 3); whole numbers are the middles of pixels."""
        angle = math.radians(self.degrees)
        spun = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        linear = spun * self._shares
        middle = np.array(self.frame.work) / 2
        return np.column_stack([linear, middle - linear @ np.array(self.center) + linear @ (0.5, 0.5) - 0.5])

    @property
    def _crop_to_canvas(self) -> np.ndarray:
        """Pixels of the crop at work size -> canvas pixels, (2, 3)."""
        crop = np.array([self.frame.crop.left, self.frame.crop.top])
        return np.column_stack([np.diag(1 / self._shares), crop - 0.5 + 0.5 / self._shares])

    @property
    def _reach(self) -> Box:
        """The canvas pixels that are seen."""
        half = math.hypot(*(side / 2 for side in self.frame.crop.size)) + 8
        x, y = self.center
        return Box.covering(x - half, y - half, x + half, y + half)


def _warp(pixels: np.ndarray, onto: np.ndarray, size: Size) -> np.ndarray:
    return cv2.warpAffine(pixels, onto, size, flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT_101)


def _then(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """One (2, 3) matrix for two, one after the other."""
    return np.column_stack([second[:, :2] @ first[:, :2], second[:, :2] @ first[:, 2] + second[:, 2]])


def _shift_matrix(onto: np.ndarray, left: int, top: int) -> np.ndarray:
    """The same for a piece that begins there."""
    return np.column_stack([onto[:, :2], onto[:, :2] @ (left, top) + onto[:, 2]])
