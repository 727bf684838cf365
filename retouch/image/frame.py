"""Frame: an invertible crop-and-scale between canvas pixels and a model's work size."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture

STRIDE = 64
"""Pixels: work sizes are multiples of this, because UNets halve an eighth-size latent three times."""
SMALLEST = 64
"""Canvas pixels: the least side of a crop, unless the picture is smaller."""
_SUPPORT = 4
"""Pixels of the coarser grid on which a resampled pixel may depend; Lanczos has a support of 3."""


@dataclass(frozen=True)
class Frame:
    """`crop` is a box within the canvas, in canvas pixels; `work` is the model's input size. Never
    letterboxed."""

    crop: Box
    work: Size

    @property
    def magnification(self) -> float:
        """Work pixels per canvas pixel, as the geometric mean of both axes."""
        return (self.work.area / self.crop.area) ** 0.5

    def take(self, canvas: Picture) -> Picture:
        """The crop of a canvas at work size. At equal size the pixels are unchanged."""
        return self.cut(canvas.pixels)

    def cut(self, pixels: np.ndarray) -> Picture:
        """`take` from the (height, width, 3) uint8 RGB pixels of a canvas."""
        return Picture(resize(pixels[self.crop.slices], self.work))

    def put(self, patch: Picture, spot: Box | None = None) -> np.ndarray:
        """A painted patch at the scale of the canvas: (height, width, 3) RGB of the size of `spot`.

        `spot` is a part of the crop, in canvas pixels from its corner; the whole crop by default. The result
        is uint8 and the patch's own pixels at equal size. Otherwise it is float32 levels, neither rounded nor
        clipped to 0..255, so that compositing rounds only once.
        """
        crop = self.crop.size
        spot = spot or crop.box
        if patch.size == crop:
            return patch.pixels[spot.slices]
        shares = np.array([crop.width / patch.size.width, crop.height / patch.size.height])
        near = spot.grown(math.ceil(_SUPPORT * max(*shares, 1))) & crop.box
        source = (
            near.left / shares[0],
            near.top / shares[1],
            near.right / shares[0],
            near.bottom / shares[1],
        )
        planes = [_plane(patch.pixels[..., channel], near.size, source) for channel in range(3)]
        return np.stack([plane[spot.relative_to(near).slices] for plane in planes], -1)

    def take_mask(self, mask: Mask) -> Mask:
        """A mask of the crop's size at work size."""
        if mask.size == self.work:
            return mask
        shrinks = self.work.area < self.crop.area
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        return Mask(cv2.resize(mask.alpha, self.work, interpolation=how))


def _plane(channel: np.ndarray, size: Size, source: tuple[float, float, float, float]) -> np.ndarray:
    """(height, width) float32: the box `source` of a (height, width) channel, resampled to `size`."""
    image = Image.fromarray(channel.astype(np.float32))
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS, box=source))


def resize(pixels: np.ndarray, size: Size) -> np.ndarray:
    """(height, width[, 3]) uint8 resampled to `size` by Lanczos, antialiased when shrinking.

    At equal size the result is `pixels` itself.

    >>> resize(np.full((4, 4, 3), 7, np.uint8), Size(2, 6)).shape
    (6, 2, 3)
    """
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def work_size(aspect: float, native: Size) -> Size:
    """The size of the nearest aspect in multiples of 64 pixels, of at most the native area.

    `aspect` is width over height, above 0, and `native` is the model's native size in pixels. Of equal
    aspects the larger size wins.

    >>> work_size(1.5, Size(512, 512))
    Size(width=640, height=384)
    """
    return min(_buckets(native), key=lambda s: (abs(np.log(s.aspect / aspect)), -s.area))


def _buckets(native: Size) -> list[Size]:
    """One size for each width: at most the native area, no side over twice the native one."""
    longest = 2 * max(native)
    widths = range(STRIDE, longest + 1, STRIDE)
    heights = {w: min(native.area // w // STRIDE * STRIDE, longest) for w in widths}
    return [Size(w, h) for w, h in heights.items() if h >= STRIDE]


def frame_around(needed: Box, canvas: Size, native: Size) -> Frame:
    """The frame whose crop covers `needed`, a box in canvas pixels, at the aspect of its work size.

    The crop is at least 64 pixels a side and lies inside the canvas. Scaling stretches it by less than a
    pixel, unless the canvas is too narrow for the aspect.

    >>> frame_around(Box(100, 100, 200, 200), Size(1000, 800), Size(512, 512))
    Frame(crop=Box(left=100, top=100, right=200, bottom=200), work=Size(width=512, height=512))
    """
    box = _at_least(needed, SMALLEST).inside(canvas)
    work = work_size(box.width / box.height, native)
    wide = _to_aspect(box, work.aspect).inside(canvas)
    return Frame(wide, work)


def _at_least(box: Box, pixels: int) -> Box:
    size = Size(max(box.width, pixels), max(box.height, pixels))
    return Box.around(box.center, size) if size != box.size else box


def _to_aspect(box: Box, aspect: float) -> Box:
    width = max(box.width, round(box.height * aspect))
    height = max(box.height, round(box.width / aspect))
    return Box.around(box.center, Size(width, height))
