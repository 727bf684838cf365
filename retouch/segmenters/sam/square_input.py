"""Map a part of a picture to a model's square input, and logits to a mask of the picture.

Coordinates are those of edges: pixel i covers i to i + 1, so its centre is i + 0.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.region import Region
from retouch.segmenters.base import Click

ROWS = 256
"""Rows of a mask that are computed at once, so that intermediate arrays stay small."""


@dataclass(frozen=True)
class SquareInput:
    """`crop`, in canvas pixels, scaled to `inner` in the upper left of a square of `side` pixels."""

    crop: Box
    inner: Size
    side: int

    @classmethod
    def of(cls, crop: Box, side: int, stretch: bool = False) -> SquareInput:
        """The input that scales the longer side to `side` pixels, or both sides with `stretch`."""
        scale = side / max(crop.size)
        proportional = Size(*(max(1, int(length * scale + 0.5)) for length in crop.size))
        return cls(crop, Size(side, side) if stretch else proportional, side)

    @property
    def scale(self) -> np.ndarray:
        """(2,) input pixels per canvas pixel, across and down."""
        return np.array(self.inner) / np.array(self.crop.size)

    def image(self, pixels: np.ndarray) -> np.ndarray:
        """The crop of a picture, (height, width, 3) uint8 RGB, scaled to `inner`: (height, width, 3)
        uint8."""
        part = np.ascontiguousarray(pixels[self.crop.slices])
        return np.asarray(Image.fromarray(part).resize(self.inner, Image.Resampling.BILINEAR))

    def points(self, places: np.ndarray) -> np.ndarray:
        """(..., 2) x, y in canvas pixels -> (..., 2) float x, y in input pixels."""
        return (places - np.array(self.crop[:2])) * self.scale

    def canvas(self, points: np.ndarray) -> np.ndarray:
        """(..., 2) x, y in input pixels -> (..., 2) float x, y in canvas pixels."""
        return points / self.scale + np.array(self.crop[:2])

    def box(self, corners: np.ndarray) -> Box:
        """(4,) left, top, right, bottom in input pixels -> the box of canvas pixels, clipped to the crop."""
        return Box.covering(*np.round(self.canvas(corners.reshape(2, 2)), 3).ravel()) & self.crop

    def at(self, logits: np.ndarray, clicks: Sequence[Click]) -> np.ndarray:
        """(len(clicks),) float: the logits at the clicks. `logits`, (n, n) float32, cover the square."""
        dense = self.dense(logits) if clicks else logits
        boxes = [Box(click.x, click.y, click.x + 1, click.y + 1) for click in clicks]
        return np.array([self.values(dense, box)[0, 0] for box in boxes])

    def dense(self, logits: np.ndarray) -> np.ndarray:
        """(height, width) float32: the (n, n) logits, which cover the square, at each pixel of `inner`.

        This is the first of the two resamplings of segment-anything. One resampling to the picture would be
        as good, but single speckles change a mask's box, and with it the removal of duplicates.
        """
        full = cv2.resize(logits, (self.side, self.side), interpolation=cv2.INTER_LINEAR)
        return full[: self.inner.height, : self.inner.width]

    def values(self, dense: np.ndarray, box: Box) -> np.ndarray:
        """(height, width) float32: the logits of `dense` at the centre of each pixel of `box`, bilinear.

        `box` is in canvas pixels, within the crop.
        """
        (x0, x1, fx), (y0, y1, fy) = self._taps(box, 0), self._taps(box, 1)
        rows = dense[y0] * (1 - fy)[:, None] + dense[y1] * fy[:, None]
        return rows[:, x0] * (1 - fx) + rows[:, x1] * fx

    def _taps(self, box: Box, axis: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(low, high, share) for each pixel of `box` along an axis: two dense logits, and the share of the
        second."""
        last = self.inner[axis] - 1
        centres = np.arange(box[axis], box[axis + 2]) + 0.5
        places = ((centres - self.crop[axis]) * self.scale[axis] - 0.5).clip(0, last)
        low = places.astype(int)
        return low, np.minimum(low + 1, last), (places - low).astype(np.float32)

    def solid(self, logits: np.ndarray) -> Box | None:
        """The box of canvas pixels near the positive ones of (n, n) logits, None when there are none."""
        rows, columns = np.flatnonzero((logits > 0).any(1)), np.flatnonzero((logits > 0).any(0))
        if not rows.size:
            return None
        cell = self.side / np.array(logits.shape[::-1])
        corners = np.array([[columns[0] - 1, rows[0] - 1], [columns[-1] + 2, rows[-1] + 2]]) * cell
        near = self.box(corners.ravel())
        return None if near.empty else near

    def region(self, logits: np.ndarray, score: float) -> Region | None:
        """The region of the positive ones of (n, n) float32 logits, at the picture's resolution; None for
        none."""
        near = self.solid(logits)
        if near is None:
            return None
        alpha, dense = np.zeros((near.height, near.width), np.uint8), self.dense(logits)
        for top in range(near.top, near.bottom, ROWS):
            band = Box(near.left, top, near.right, min(top + ROWS, near.bottom))
            alpha[band.relative_to(near).slices] = (self.values(dense, band) > 0) * np.uint8(255)
        region = Region.of_mask(_frozen(alpha), "", score)
        return region and region.moved(near.left, near.top)

    def resampled(self, logits: np.ndarray, other: SquareInput) -> np.ndarray:
        """(n, n) float32: the (n, n) logits of this input resampled to `other`; -10 outside this input."""
        steps = (np.arange(len(logits)) + 0.5) * other.side / len(logits)
        grid = np.stack(np.meshgrid(steps, steps), axis=-1)
        places = self.points(other.canvas(grid)) * len(logits) / self.side - 0.5
        x, y = places.astype(np.float32).transpose(2, 0, 1)
        return cv2.remap(logits, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(-10.0,))


def _frozen(alpha: np.ndarray) -> Mask:
    """A mask of an array without a copy: the array has no other owner and may be large."""
    alpha.flags.writeable = False
    return Mask(alpha)
