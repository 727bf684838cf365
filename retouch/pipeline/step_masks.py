"""The denoise mask, composite mask and context of one region. Reads no pixels."""

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
"""Mask blur as a share of the local thickness, and its minimum in canvas pixels. A face of 100 px fades over
8 px; guides say 4 to 12. Along wires and hairs a fade of 2 px is visible (bench `masks`)."""
WIDER_SHARE, LEAST_WIDER = 0.04, 2
"""The same two values for the distance that the denoise mask reaches beyond the composite mask."""
THICK_SHARE = 4
"""Maximum size of a thing as a multiple of its thickness. A rectangle four times as long as thick has 2.3."""
KEPT_BLUR_SHARE, LEAST_KEPT_BLUR, MOST_KEPT_BLUR = 0.02, 2, 6
"""Mask blur of a background, as a share of the subject's thickness, and its bounds in canvas pixels. A wider
fade is a halo around the subject."""


CONTEXT_SHARE, CONTEXT_SHARE_OF_STRENGTH = 0.3, 0.5
"""Context on each side as a share of a thing's size: at denoising strength 0, and the addition at strength
1."""


@dataclass(frozen=True)
class MaskMargins:
    """How far, in canvas pixels, the masks reach beyond a part of a region."""

    grow: int
    blur: int
    wider: int

    @classmethod
    def of(cls, thickness: float, shape: Shape) -> MaskMargins:
        """The margins of a part that is `thickness` canvas pixels thick."""
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
        """Canvas pixels from the part to the end of the denoise mask."""
        return max(self.grow, 0) + self.blur + self.wider


def context_padding(region: Region, shape: Shape, strength: float) -> int:
    """Canvas pixels of context on each side of a region's box.

    The context is 30 to 80 % of the region's size, rising with the denoising strength (0..1). A face then
    fills about half of its crop. The size is the diameter of a disc of the same area, at most the side of a
    square of the box's area, and at most THICK_SHARE times the thickness. So many thin things together need
    no more context than each alone.
    """
    if shape.padding is not None:
        return shape.padding
    size = thing_size(region.shape.area, region.box.area, greatest_thickness(region.shape))
    return round(float(size) * context_share(strength))


def thing_size(area: Numbers, box_area: Numbers, thickness: Numbers) -> Numbers:
    """Size, in canvas pixels, of a thing with this area (pixels), area of its box (pixels) and thickness
    (pixels).
    """
    return np.minimum(np.minimum(2 * np.sqrt(area / np.pi), np.sqrt(box_area)), thickness * THICK_SHARE)


def context_share(strength: float) -> float:
    """Context on each side, as a share of a thing's size, at a denoising strength of 0..1."""
    return CONTEXT_SHARE + CONTEXT_SHARE_OF_STRENGTH * strength


def greatest_reach(region: Region, shape: Shape, canvas: Size) -> MaskMargins:
    """The margins of the region's thickest part."""
    if region.background:
        return _background_reach(region, shape, canvas)
    return MaskMargins.of(greatest_thickness(region.shape, border_sides(region.box, canvas)), shape)


def build_masks(region: Region, shape: Shape, crop: Box, canvas: Size) -> tuple[Mask, Mask]:
    """(denoise, composite) of a region, of the crop's size. `crop` is in canvas pixels.

    The composite mask covers the grown region and fades over the mask blur, both by the local thickness. The
    denoise mask is opaque wherever the composite mask is not 0, and wider. With a background neither covers
    the subject. Both are computed in a window around the region, because a crop may be the whole picture.
    """
    reach = greatest_reach(region, shape, canvas)
    window = region.box.grown(reach.total + 2) & crop
    if region.background:
        composite = _background_composite(region.within(window), reach)
    else:
        composite = _composite(region, shape, window, canvas)
    denoise = Mask.where(composite.alpha > 0).feathered(reach.wider)
    crop_in_window = crop.relative_to(window)
    return denoise.crop(crop_in_window), composite.crop(crop_in_window)


def border_sides(box: Box, canvas: Size) -> Sides:
    """The sides of the box that lie on the border of the canvas."""
    return Sides(box.left <= 0, box.top <= 0, box.right >= canvas.width, box.bottom >= canvas.height)


def _composite(region: Region, shape: Shape, window: Box, canvas: Size) -> Mask:
    """Each part of the region grown and faded by its own thickness; the maximum of them at each pixel."""
    mask = Mask.blank(window.size)
    for thickness, where in thickness_layers(region.shape, border_sides(region.box, canvas)):
        part = Region(region.box, Mask(region.shape.alpha * where)).within(window)
        reach = MaskMargins.of(thickness, shape)
        mask = mask | part.grown(reach.grow).feathered(reach.blur)
    return mask


def _background_reach(region: Region, shape: Shape, canvas: Size) -> MaskMargins:
    """The margins of a background. `grow` grows the subject, `blur` is the fade outside of it."""
    subject_thickness = greatest_thickness(region.mask(canvas).inverted())
    default_blur = min(max(LEAST_KEPT_BLUR, round(subject_thickness * KEPT_BLUR_SHARE)), MOST_KEPT_BLUR)
    return MaskMargins(shape.grow or 0, default_blur if shape.blur is None else shape.blur, LEAST_WIDER)


def _background_composite(background: Mask, reach: MaskMargins) -> Mask:
    """0 at every pixel of the subject, and full strength beyond the mask blur."""
    return background.inverted().grown(reach.grow).feathered(reach.blur).inverted()
