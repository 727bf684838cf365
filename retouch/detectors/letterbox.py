"""Fit a picture into a detector's input, and map points and masks back.

Coordinates are those of edges: pixel i covers i to i + 1, so its centre is i + 0.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask

GREY = 114
"""The level of YOLO's padding."""


@dataclass(frozen=True)
class Letterbox:
    """A picture of size `canvas` scaled to `inner` and centred in `outer`, with grey padding; sizes in
    pixels."""

    canvas: Size
    inner: Size
    outer: Size

    @classmethod
    def fit(cls, canvas: Size, side: int, stride: int = 32) -> Letterbox:
        """The letterbox that scales the longest side to `side` pixels and pads both to multiples of
        `stride`."""
        scale = side / max(canvas)
        inner = Size(*(max(1, round(length * scale)) for length in canvas))
        return cls(canvas, inner, Size(*(-(-length // stride) * stride for length in inner)))

    @property
    def scale(self) -> np.ndarray:
        """(2,) input pixels per canvas pixel, across and down; they differ slightly by rounding."""
        return np.array(self.inner) / np.array(self.canvas)

    @property
    def offset(self) -> np.ndarray:
        """(2,) int: padding left and above, in input pixels."""
        return (np.array(self.outer) - np.array(self.inner)) // 2

    def image(self, pixels: np.ndarray) -> np.ndarray:
        """(height, width, 3) uint8 RGB of size `canvas` -> of size `outer`."""
        out = np.full((self.outer.height, self.outer.width, 3), GREY, np.uint8)
        left, top = self.offset
        # Average when shrinking: nearest pixels would move edges by half an input pixel.
        how = cv2.INTER_AREA if min(self.scale) < 1 else cv2.INTER_LINEAR
        resized = cv2.resize(pixels, self.inner, interpolation=how)
        out[top : top + self.inner.height, left : left + self.inner.width] = resized
        return out

    def to_canvas(self, points: np.ndarray) -> np.ndarray:
        """(..., 2) x, y in input pixels -> (..., 2) float x, y in canvas pixels."""
        return (points - self.offset) / self.scale

    def mask(self, logits: np.ndarray, box: Box) -> Mask:
        """The mask inside `box`, in canvas pixels, from (height, width) float logits that cover all of
        `outer`.

        The logits are interpolated at the centre of each canvas pixel; padding, rounding and the resolution
        of the logits are all in this one map. The mask has the resolution of the picture: 255 where the logit
        is above 0.
        """
        per_logit = np.array(self.outer) / np.array(logits.shape[::-1])
        x, y = (np.arange(low, high) + 0.5 for low, high in ((box.left, box.right), (box.top, box.bottom)))
        x = (x * self.scale[0] + self.offset[0]) / per_logit[0] - 0.5
        y = (y * self.scale[1] + self.offset[1]) / per_logit[1] - 0.5
        across, down = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
        source = logits.astype(np.float32)
        values = cv2.remap(source, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return Mask.where(values > 0)
