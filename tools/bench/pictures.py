"""Pictures with a known number of faces, composed of two public-domain photographs of installed packages."""

from __future__ import annotations

import functools

import numpy as np
from PIL import Image, ImageOps

from retouch.image.geometry import Size
from retouch.image.picture import Picture

PORTRAIT = Size(832, 1216)
"""What the issue names: a common job size, almost four times the area SD 1.x was trained at."""
_ROWS = {1: (1,), 2: (1, 1), 3: (1, 2), 4: (2, 2), 8: (2, 2, 2, 2)}
"""Portraits in each row, by their number. Three make two shapes of crop, the others one."""


@functools.cache
def portraits() -> tuple[Image.Image, ...]:
    """Two portraits with one face each: Eileen Collins (scikit-image) and Grace Hopper (matplotlib)."""
    from matplotlib import cbook
    from skimage import data

    collins = Image.fromarray(data.astronaut()).crop((90, 0, 362, 260))
    path = str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))
    hopper = Image.open(path).convert("RGB").crop((60, 20, 470, 430))
    return collins, hopper


def crowd(faces: int, size: Size = PORTRAIT) -> Picture:
    """1, 2, 3, 4 or 8 portraits side by side and in rows, every second row mirrored, filling `size`."""
    sheet = Image.new("RGB", size)
    height = size.height // len(_ROWS[faces])
    for row, columns in enumerate(_ROWS[faces]):
        width = size.width // columns
        for column in range(columns):
            face = ImageOps.fit(
                portraits()[(row + column) % 2],
                (width, height),
                Image.Resampling.LANCZOS,
                centering=(0.5, 0.35),
            )
            sheet.paste(ImageOps.mirror(face) if row % 2 else face, (column * width, row * height))
    return Picture(np.asarray(sheet))
