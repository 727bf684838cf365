"""Put a patch back. A pixel whose composite mask is 0 is bit-identical to the input, always."""

from __future__ import annotations

import numpy as np

from retouch.mask import Mask


def composite(under: np.ndarray, over: np.ndarray, mask: Mask) -> np.ndarray:
    """`over` on `under` through `mask`, all of one size: (h, w, 3) uint8.

    Where the mask is 0 the result is `under` to the bit, where it is 255 `over`; between, the
    weighted mean rounded to nearest, so equal inputs give that input.
    """
    if under.shape != over.shape or under.shape[:2] != mask.alpha.shape:
        raise ValueError(f"sizes differ: {under.shape}, {over.shape}, mask {mask.alpha.shape}")
    alpha = mask.alpha.astype(np.uint16)[..., None]  # 255 * 255 + 127 still fits
    mixed = (under * (255 - alpha) + over * alpha + np.uint16(127)) // np.uint16(255)
    return mixed.astype(np.uint8)
