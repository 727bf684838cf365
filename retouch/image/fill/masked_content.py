"""Masked content: what lies under the hole before denoising.

A fill takes (height, width, 3) uint8 pixels and the Mask to fill, and gives pixels of that shape; what the
mask does not cover stays as it is. To add one, write it and name it in FILLS.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from retouch.image.fill.border import edge, mirror
from retouch.image.fill.content_aware import content
from retouch.image.fill.noise import noise
from retouch.image.fill.smooth import spread
from retouch.image.mask import Mask
from retouch.image.picture import Picture

__all__ = ["FILLS", "MASKED_CONTENT", "OF_HOST", "content", "edge", "filled", "mirror", "noise", "spread"]

OF_HOST = ("original", "fill", "latent noise", "latent nothing")
"""The WebUI's own four, in its order with `original` first. The last two also act on the latent."""
FILLS: dict[str, Callable[[np.ndarray, Mask], np.ndarray]] = {
    "fill": spread,
    "latent noise": spread,
    "latent nothing": spread,
    "edge": edge,
    "mirror": mirror,
    "noise": noise,
    "content": content,
}
MASKED_CONTENT = tuple(dict.fromkeys([*OF_HOST, *FILLS]))


def filled(picture: Picture, mask: Mask, masked_content: str) -> Picture:
    """`original` leaves the picture; the others put something of its surroundings into the hole first."""
    fill = FILLS.get(masked_content)
    return picture if fill is None else Picture(fill(picture.pixels, mask))
