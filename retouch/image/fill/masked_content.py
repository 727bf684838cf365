"""Masked content: the pixels under the hole before denoising.

A fill takes (height, width, 3) uint8 pixels and the Mask to fill, and returns pixels of that shape; pixels
outside the mask are unchanged. To add a fill, write the function and name it in FILLS.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from retouch.image.fill.border import fill_with_edge, fill_with_mirror
from retouch.image.fill.content_aware import fill_with_content
from retouch.image.fill.noise import fill_with_noise
from retouch.image.fill.smooth import fill_smoothly
from retouch.image.mask import Mask
from retouch.image.picture import Picture

OF_HOST = ("original", "fill", "latent noise", "latent nothing")
"""The WebUI's own four, in its order with `original` first. The last two also act on the latent."""
FILLS: dict[str, Callable[[np.ndarray, Mask], np.ndarray]] = {
    "fill": fill_smoothly,
    "latent noise": fill_smoothly,
    "latent nothing": fill_smoothly,
    "edge": fill_with_edge,
    "mirror": fill_with_mirror,
    "noise": fill_with_noise,
    "content": fill_with_content,
}
MASKED_CONTENT = tuple(dict.fromkeys([*OF_HOST, *FILLS]))


def fill_hole(picture: Picture, mask: Mask, masked_content: str) -> Picture:
    """The picture with its hole filled by the method `masked_content`, one of MASKED_CONTENT.

    "original" returns the picture itself; the other methods fill the hole from its surroundings. The mask has
    the picture's size.
    """
    fill = FILLS.get(masked_content)
    return picture if fill is None else Picture(fill(picture.pixels, mask))
