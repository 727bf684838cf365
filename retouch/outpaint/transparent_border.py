"""Transparent borders are area to fill: the picture is what is opaque, its margins what is not."""

from __future__ import annotations

import dataclasses

from retouch.errors import BadInput
from retouch.image.fill.content_aware import fill_with_content
from retouch.image.geometry import Margins
from retouch.image.mask import Mask
from retouch.image.picture import Picture

INSIDE = "Transparent pixels within the picture were filled from around them: inpaint them for better."


def opaque_part(picture: Picture) -> tuple[Picture, Margins, str]:
    """(what is opaque, without alpha; the transparent borders around it; a remark or "").

    The part is the smallest box round everything opaque. What is transparent within it, rounded corners as
    may be, is filled by content. BadInput when nothing is opaque.
    """
    if picture.alpha is None:
        return picture, Margins(), ""
    alpha = Mask(picture.alpha)
    box = Mask.where(alpha.solid).bounds
    if box is None:
        raise BadInput(
            "is transparent all over.", path="image", hint="Some of it must be there to go on from."
        )
    whole = picture.size.box
    margins = Margins(
        box.left - whole.left, box.top - whole.top, whole.right - box.right, whole.bottom - box.bottom
    )
    gone = alpha.crop(box).inverted()
    part = dataclasses.replace(picture.part(box), alpha=None)
    if gone.area:
        part = part.with_pixels(fill_with_content(part.pixels.copy(), gone))
    return part, margins, INSIDE if gone.area else ""
