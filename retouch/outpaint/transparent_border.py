"""Transparent borders of a picture are margins to fill. The picture is its opaque part."""

from __future__ import annotations

import dataclasses

from retouch.errors import BadInput
from retouch.image.fill.content_aware import fill_with_content
from retouch.image.geometry import Margins
from retouch.image.mask import Mask
from retouch.image.picture import Picture

INSIDE = (
    "Transparent pixels within the picture were filled from their surroundings. Inpaint them for more detail."
)


def opaque_part(picture: Picture) -> tuple[Picture, Margins, str]:
    """(the opaque part without alpha, the transparent borders around it, a remark or "").

    The part is the smallest box around all opaque pixels. Transparent pixels within it, such as rounded
    corners, are filled with content from their surroundings. Raises BadInput if no pixel is opaque.
    """
    if picture.alpha is None:
        return picture, Margins(), ""
    alpha = Mask(picture.alpha)
    box = Mask.where(alpha.solid).bounds
    if box is None:
        raise BadInput(
            "the picture is fully transparent.", path="image", hint="Give a picture with opaque pixels."
        )
    bounds = picture.size.box
    margins = Margins(
        box.left - bounds.left, box.top - bounds.top, bounds.right - box.right, bounds.bottom - box.bottom
    )
    hole = alpha.crop(box).inverted()
    part = dataclasses.replace(picture.part(box), alpha=None)
    if hole.area:
        part = part.with_pixels(fill_with_content(part.pixels.copy(), hole))
    return part, margins, INSIDE if hole.area else ""
