"""The two masks and the context of one region: how far each reaches, and the masks themselves. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.region import Region
from retouch.image.thickness import Sides, greatest_thickness, thickness_layers
from retouch.recipes.shape import Shape

Numbers = float | np.ndarray

BLUR_SHARE, LEAST_BLUR = 0.08, 6
"""Of the local thickness, and canvas pixels. A face of 100 px fades over 8 px; guides say 4 to 12. Along
wires and hairs a fade of 2 px shows (bench `masks`)."""
WIDER_SHARE, LEAST_WIDER = 0.04, 2
"""The same of what the denoise mask reaches beyond the composite mask."""
THICK_SHARE = 4
"""Times its thickness: the size of a thing at most. A rectangle four times as long as thick has 2.3 times."""
KEPT_BLUR_SHARE, LEAST_KEPT_BLUR, MOST_KEPT_BLUR = 0.02, 2, 6
"""Of the thickness of what a background leaves out, and canvas pixels: a wider fade is a halo around it."""


CONTEXT_SHARE, CONTEXT_SHARE_OF_STRENGTH = 0.3, 0.5
"""Context on each side, of a thing's size: at denoising strength 0, and what strength 1 adds."""


@dataclass(frozen=True)
class MaskMargins:
    """How far, in canvas pixels, the masks reach beyond a part of a region that is this thick."""

    grow: int
    blur: int
    wider: int

    @classmethod
    def of(cls, thickness: float, shape: Shape) -> MaskMargins:
        grow = max(shape.grow_least, round(thickness * shape.grow_share))
        blur = max(LEAST_BLUR, round(thickness * BLUR_SHARE))
        wider = max(LEAST_WIDER, round(thickness * WIDER_SHARE))
        return cls(
            shape.grow if shape.grow is not None else grow,
            shape.blur if shape.blur is not None else blur,
            wider,
        )

    @property
    def total(self) -> int:
        return max(self.grow, 0) + self.blur + self.wider


def context_padding(region: Region, shape: Shape, strength: float) -> int:
    """Canvas pixels of context on each side of a region's box.

    30 to 80 % of the region's size, rising with the denoising strength, give a face about half of its crop.
    The size is the diameter of a disc of the same area; at most the side of a square of the box's, and a few
    times the thickness, so that many thin things together ask for no more than each alone.
    """
    if shape.padding is not None:
        return shape.padding
    size = thing_size(region.shape.area, region.box.area, greatest_thickness(region.shape))
    return round(float(size) * context_share(strength))


def thing_size(area: Numbers, box_area: Numbers, thickness: Numbers) -> Numbers:
    """Canvas pixels across a thing of this many pixels, in a box of that many, and so thick."""
    return np.minimum(np.minimum(2 * np.sqrt(area / np.pi), np.sqrt(box_area)), thickness * THICK_SHARE)


def context_share(strength: float) -> float:
    """Context on each side, of a thing's size, at a denoising strength of 0..1."""
    return CONTEXT_SHARE + CONTEXT_SHARE_OF_STRENGTH * strength


def greatest_reach(region: Region, shape: Shape, canvas: Size) -> MaskMargins:
    """That of the region's thickest part."""
    if region.background:
        return _background_reach(region, shape, canvas)
    return MaskMargins.of(greatest_thickness(region.shape, border_sides(region.box, canvas)), shape)


def build_masks(region: Region, shape: Shape, crop: Box, canvas: Size) -> tuple[Mask, Mask]:
    """(denoise, composite), of the crop's size.

    The composite mask covers the grown region and fades over the blur, both by the region's own local
    thickness. The denoise mask is opaque wherever the composite mask is not 0, and wider. Of a background
    neither covers what it leaves out. Both are made in a window no larger than they reach, for a crop may be
    the whole picture.
    """
    reach = greatest_reach(region, shape, canvas)
    window = region.box.grown(reach.total + 2) & crop
    if region.background:
        composite = _background_composite(region.within(window), reach)
    else:
        composite = _composite(region, shape, window, canvas)
    denoise = Mask.where(composite.alpha > 0).feathered(reach.wider)
    inside = crop.relative_to(window)
    return denoise.crop(inside), composite.crop(inside)


def border_sides(box: Box, canvas: Size) -> Sides:
    """Which sides of the box lie on the canvas' border."""
    return Sides(box.left <= 0, box.top <= 0, box.right >= canvas.width, box.bottom >= canvas.height)


def _composite(region: Region, shape: Shape, window: Box, canvas: Size) -> Mask:
    """Each part of the region grown and faded by its own thickness, the strongest of them at each pixel."""
    made = Mask.blank(window.size)
    for thickness, where in thickness_layers(region.shape, border_sides(region.box, canvas)):
        part = Region(region.box, Mask(region.shape.alpha * where)).within(window)
        reach = MaskMargins.of(thickness, shape)
        made = made | part.grown(reach.grow).feathered(reach.blur)
    return made


def _background_reach(region: Region, shape: Shape, canvas: Size) -> MaskMargins:
    """`grow` is how far what is kept grows, and `blur` the fade on its outside."""
    kept = greatest_thickness(region.mask(canvas).inverted())
    usual = min(max(LEAST_KEPT_BLUR, round(kept * KEPT_BLUR_SHARE)), MOST_KEPT_BLUR)
    return MaskMargins(shape.grow or 0, usual if shape.blur is None else shape.blur, LEAST_WIDER)


def _background_composite(background: Mask, reach: MaskMargins) -> Mask:
    """0 wherever something is kept, full strength from the blur on."""
    return background.inverted().grown(reach.grow).feathered(reach.blur).inverted()
