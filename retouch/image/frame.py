"""Frame: an invertible crop-and-scale between canvas pixels and the size a model works at."""

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
"""Work sizes are multiples of this: the UNets halve an eighth-size latent three times."""
SMALLEST = 64
"""No crop is narrower than this many canvas pixels unless the picture is."""
_SUPPORT = 4
"""Pixels of the coarser side that a resampled pixel may depend on; Lanczos looks at 3."""


@dataclass(frozen=True)
class Frame:
    """`crop` lies within the canvas; `work` is what the model sees. Never letterboxed."""

    crop: Box
    work: Size

    @property
    def magnification(self) -> float:
        """Work pixels per canvas pixel, as the geometric mean of both axes."""
        return (self.work.area / self.crop.area) ** 0.5

    def take(self, canvas: Picture) -> Picture:
        """The crop at work size. At equal size the pixels are the canvas' own."""
        return self.cut(canvas.pixels)

    def cut(self, pixels: np.ndarray) -> Picture:
        """`take` from the bare (height, width, 3) uint8 pixels of a canvas."""
        return Picture(resize(pixels[self.crop.slices], self.work))

    def put(self, patch: Picture, spot: Box | None = None) -> np.ndarray:
        """The pixels `spot` of the crop, all by default, from a painted patch: (height, width, 3).

        uint8 and the patch's own at equal size; else float32 levels, unrounded and unclipped, so that
        whoever composites them rounds only once.
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
        """A crop-sized mask at work size."""
        if mask.size == self.work:
            return mask
        shrinks = self.work.area < self.crop.area
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        return Mask(cv2.resize(mask.alpha, self.work, interpolation=how))


def _plane(channel: np.ndarray, size: Size, source: tuple[float, float, float, float]) -> np.ndarray:
    """The box `source` of a (height, width) channel at another size, in float32."""
    image = Image.fromarray(channel.astype(np.float32))
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS, box=source))


def resize(pixels: np.ndarray, size: Size) -> np.ndarray:
    """Lanczos both ways, antialiased when shrinking."""
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def work_size(aspect: float, native: Size) -> Size:
    """The largest multiple-of-64 size of at most the native area whose aspect is nearest."""
    return min(_buckets(native), key=lambda s: (abs(np.log(s.aspect / aspect)), -s.area))


def _buckets(native: Size) -> list[Size]:
    """One size per width: at most the native area, no side over twice the native one."""
    longest = 2 * max(native)
    widths = range(STRIDE, longest + 1, STRIDE)
    heights = {w: min(native.area // w // STRIDE * STRIDE, longest) for w in widths}
    return [Size(w, h) for w, h in heights.items() if h >= STRIDE]


def frame_around(needed: Box, canvas: Size, native: Size) -> Frame:
    """The frame whose crop covers `needed`, widened to its work size's aspect where it can be.

    The crop is at least 64 px, stays inside the canvas, and is stretched by less than a pixel
    unless the canvas itself is too narrow for the bucket.
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
