"""Put a patch back. A pixel whose composite mask is 0 is bit-identical to the input, always."""

from __future__ import annotations

import numpy as np

from retouch.image.mask import Mask

UNCHANGED = 1.0
"""Levels: what rounding a picture to bytes and scaling it there and back may change."""


def blend_patch(under: np.ndarray, over: np.ndarray, mask: Mask) -> np.ndarray:
    """`over` on `under` through `mask`, all of one size: (h, w, 3) uint8.

    `over` may be float levels, which need not be whole nor within 0..255 and are rounded only here.
    Where the mask is 0 the result is `under` to the bit, where it is 255 `over`; between, the
    weighted mean rounded to nearest, so equal inputs give that input.
    """
    if under.shape != over.shape or under.shape[:2] != mask.alpha.shape:
        raise ValueError(f"sizes differ: {under.shape}, {over.shape}, mask {mask.alpha.shape}")
    if over.dtype != np.uint8:
        return _of_levels(under, over, mask)
    alpha = mask.alpha.astype(np.uint16)[..., None]  # 255 * 255 + 127 still fits
    mixed = (under * (255 - alpha) + over * alpha + np.uint16(127)) // np.uint16(255)
    return mixed.astype(np.uint8)


def composite_alpha(under: np.ndarray, mask: Mask) -> tuple[np.ndarray, Mask]:
    """(the alpha after opaque paint went on through `mask`, the mask to composite the colours with).

    Both (h, w) uint8. What is painted becomes opaque, alpha + (255 - alpha) * mask / 255 (Porter and Duff,
    1984, "over" with an opaque source); its colour has the share that it has of that, so that the colour
    hidden under full transparency does not show. Where the mask is 0 the alpha stays to the bit, where the
    alpha is 255 the mask does.
    """
    share = mask.alpha.astype(np.uint16)
    after = under + ((255 - under) * share + np.uint16(127)) // np.uint16(255)
    colours = (share * np.uint16(255) + after // np.uint16(2)) // np.maximum(after, np.uint16(1))
    return after.astype(np.uint8), Mask(colours.astype(np.uint8))


def composite_deep(deep: np.ndarray, under: np.ndarray, over: np.ndarray, mask: Mask) -> np.ndarray:
    """`deep` with the change from `under` to `over` added through `mask`: (h, w, 3) uint16.

    `under` are the high bytes of `deep`, `over` is uint8, too. What is finer than their levels stays: where
    nothing changes `deep` stays to the bit, and where the mask is 255 its high bytes become `over`.
    """
    change = over.astype(np.int32) - under
    added = np.rint(change * (mask.alpha[..., None] * (256 / 255)))
    return (deep + added).astype(np.uint16)


def _of_levels(under: np.ndarray, over: np.ndarray, mask: Mask) -> np.ndarray:
    """The same of unrounded levels: what lies beyond black and white is cut off before it is mixed."""
    mixed = np.clip(over, 0, 255, dtype=np.float32)
    mixed -= under
    mixed *= mask.alpha[..., None] * np.float32(1 / 255)
    mixed += under
    return np.rint(mixed).astype(np.uint8)


def keep_unchanged(under: np.ndarray, over: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """`over`, and `under` wherever `over` is what the painter was shown: all (h, w, 3) levels.

    `seen` is what it was shown, scaled as `over` was. A pixel whose channels all lie within a level of it
    was not changed, only rounded and scaled: to put it back again and again would let that add up.
    """
    apart = np.abs(np.subtract(over, seen, dtype=np.float32)) >= UNCHANGED
    changed = apart[..., 0] | apart[..., 1] | apart[..., 2]
    return np.where(changed[..., None], over, under)
