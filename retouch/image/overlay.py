"""Preview pictures: the detected regions, numbered, tinted and boxed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from retouch.image.picture import Picture
from retouch.image.region import Region

COLOURS = ((255, 72, 72), (56, 168, 255), (72, 208, 104), (255, 184, 32), (192, 112, 255), (32, 208, 208))
TINT = 0.4


def draw_regions(picture: Picture, regions: Sequence[Region]) -> Picture:
    """The picture with each region's mask tinted, its box drawn, and a label such as "1 face 0.93" above
    it."""
    pixels = picture.pixels.copy()
    for number, region in enumerate(regions):
        box = region.box & picture.size.box
        weight = region.within(box).alpha[..., None] / 255 * TINT
        under = pixels[box.slices].astype(np.float32)
        pixels[box.slices] = np.rint(under + (np.array(_colour(number), np.float32) - under) * weight)
    image = Image.fromarray(pixels)
    for number, region in enumerate(regions):
        _label(image, region, number)
    return Picture(np.array(image))


def _colour(number: int) -> tuple[int, int, int]:
    return COLOURS[number % len(COLOURS)]


def _label(image: Image.Image, region: Region, number: int) -> None:
    pen, line = ImageDraw.Draw(image), max(1, min(image.size) // 300)
    box = region.box
    pen.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), outline=_colour(number), width=line)
    text = f"{number + 1} {region.label} {region.score:.2f}"
    font = ImageFont.load_default()
    left, top, right, bottom = pen.textbbox((box.left, max(0, box.top - 14)), text, font=font)
    pen.rectangle((left - 2, top - 1, right + 2, bottom + 1), fill=_colour(number))
    pen.text((box.left, max(0, box.top - 14)), text, fill=(0, 0, 0), font=font)
