"""How a part of a picture becomes a model's square input, and how logits become a mask of the picture.

Edge coordinates throughout: pixel i covers i to i + 1, so its centre is i + 0.5.
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
"""Rows of a mask made at a time: what is needed beside the mask itself stays small."""


@dataclass(frozen=True)
class SquareInput:
    """`crop` (canvas pixels) scaled to `inner`, in the upper left of a square of `side` pixels."""

    crop: Box
    inner: Size
    side: int

    @classmethod
    def of(cls, crop: Box, side: int, stretch: bool = False) -> SquareInput:
        """The longer side becomes `side`, or, with `stretch`, both."""
        scale = side / max(crop.size)
        kept = Size(*(max(1, int(length * scale + 0.5)) for length in crop.size))
        return cls(crop, Size(side, side) if stretch else kept, side)

    @property
    def scale(self) -> np.ndarray:
        """(2,) input pixels per canvas pixel, across and down."""
        return np.array(self.inner) / np.array(self.crop.size)

    def image(self, pixels: np.ndarray) -> np.ndarray:
        """The crop of (height, width, 3) uint8, as large as `inner`."""
        part = np.ascontiguousarray(pixels[self.crop.slices])
        return np.asarray(Image.fromarray(part).resize(self.inner, Image.Resampling.BILINEAR))

    def points(self, places: np.ndarray) -> np.ndarray:
        """(..., 2) canvas coordinates -> input coordinates."""
        return (places - np.array(self.crop[:2])) * self.scale

    def canvas(self, points: np.ndarray) -> np.ndarray:
        """(..., 2) input coordinates -> canvas coordinates."""
        return points / self.scale + np.array(self.crop[:2])

    def box(self, corners: np.ndarray) -> Box:
        """(4,) input coordinates -> the pixels of the crop that they cover."""
        return Box.covering(*np.round(self.canvas(corners.reshape(2, 2)), 3).ravel()) & self.crop

    def at(self, logits: np.ndarray, clicks: Sequence[Click]) -> np.ndarray:
        """(len(clicks),) what the (h, w) logits, which cover the square, are at these pixels."""
        dense = self.dense(logits) if clicks else logits
        boxes = [Box(click.x, click.y, click.x + 1, click.y + 1) for click in clicks]
        return np.array([self.values(dense, box)[0, 0] for box in boxes])

    def dense(self, logits: np.ndarray) -> np.ndarray:
        """The (h, w) logits at each pixel of `inner`: half of what makes a mask of them, as the package does.

        Straight to the picture would be as good, but a speckle more or less moves a mask's box, and with it
        what is taken for a double.
        """
        full = cv2.resize(logits, (self.side, self.side), interpolation=cv2.INTER_LINEAR)
        return full[: self.inner.height, : self.inner.width]

    def values(self, dense: np.ndarray, box: Box) -> np.ndarray:
        """(height, width) float32: dense logits, bilinear, at the centre of each pixel of `box`."""
        (x0, x1, fx), (y0, y1, fy) = self._taps(box, 0), self._taps(box, 1)
        rows = dense[y0] * (1 - fy)[:, None] + dense[y1] * fy[:, None]
        return rows[:, x0] * (1 - fx) + rows[:, x1] * fx

    def _taps(self, box: Box, axis: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each pixel of `box`: the two dense logits to mix along an axis, and how much of the second."""
        last = self.inner[axis] - 1
        centres = np.arange(box[axis], box[axis + 2]) + 0.5
        places = ((centres - self.crop[axis]) * self.scale[axis] - 0.5).clip(0, last)
        low = places.astype(int)
        return low, np.minimum(low + 1, last), (places - low).astype(np.float32)

    def solid(self, logits: np.ndarray) -> Box | None:
        """The pixels of the crop near any positive logit, None when there is none."""
        rows, columns = np.flatnonzero((logits > 0).any(1)), np.flatnonzero((logits > 0).any(0))
        if not rows.size:
            return None
        cell = self.side / np.array(logits.shape[::-1])
        corners = np.array([[columns[0] - 1, rows[0] - 1], [columns[-1] + 2, rows[-1] + 2]]) * cell
        near = self.box(corners.ravel())
        return None if near.empty else near

    def region(self, logits: np.ndarray, score: float) -> Region | None:
        """Where the (h, w) logits are positive, at the picture's resolution; None when nowhere."""
        near = self.solid(logits)
        if near is None:
            return None
        alpha, dense = np.zeros((near.height, near.width), np.uint8), self.dense(logits)
        for top in range(near.top, near.bottom, ROWS):
            band = Box(near.left, top, near.right, min(top + ROWS, near.bottom))
            alpha[band.relative_to(near).slices] = (self.values(dense, band) > 0) * np.uint8(255)
        found = Region.of_mask(_frozen(alpha), "", score)
        return found and found.moved(near.left, near.top)

    def resampled(self, logits: np.ndarray, other: SquareInput) -> np.ndarray:
        """(h, w) logits of this fit as those of `other`; what this one does not see is -10."""
        steps = (np.arange(len(logits)) + 0.5) * other.side / len(logits)
        grid = np.stack(np.meshgrid(steps, steps), axis=-1)
        places = self.points(other.canvas(grid)) * len(logits) / self.side - 0.5
        x, y = places.astype(np.float32).transpose(2, 0, 1)
        return cv2.remap(logits, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(-10.0,))


def _frozen(alpha: np.ndarray) -> Mask:
    """A mask that takes the array as it is: it is ours alone, and may be large."""
    alpha.flags.writeable = False
    return Mask(alpha)
