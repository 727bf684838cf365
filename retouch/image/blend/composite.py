"""Composite a painted patch. A pixel whose composite mask is 0 is bit-identical to the input, always."""

from __future__ import annotations

import numpy as np

from retouch.image.mask import Mask

UNCHANGED = 1.0
"""Levels: the error of rounding a picture to bytes and of scaling it there and back."""


def blend_patch(under: np.ndarray, over: np.ndarray, mask: Mask) -> np.ndarray:
    """Composite `over` on `under` through `mask`.

    Parameters
    ----------
    under : (height, width, 3) uint8
        RGB levels 0..255.
    over : (height, width, 3) uint8 or float32
        RGB levels. Floats may be fractions and lie beyond 0..255; they are clipped and rounded only here.
    mask : Mask
        (height, width) uint8, 0..255: the share of `over`.

    Returns
    -------
    (height, width, 3) uint8
        `under` to the bit where the mask is 0, `over` where it is 255. Between, the weighted mean rounded to
        nearest, so that equal inputs give that input.

    Raises
    ------
    ValueError
        When the sizes differ.

    References
    ----------
    T. Porter and T. Duff, Compositing Digital Images, 1984, doi:10.1145/800031.808606.

    Examples
    --------
    >>> black, white = np.zeros((1, 3, 3), np.uint8), np.full((1, 3, 3), 255, np.uint8)
    >>> blend_patch(black, white, Mask(np.array([[0, 51, 255]], np.uint8)))[0, :, 0]
    array([  0,  51, 255], dtype=uint8)
    """
    if under.shape != over.shape or under.shape[:2] != mask.alpha.shape:
        raise ValueError(f"sizes differ: {under.shape}, {over.shape}, mask {mask.alpha.shape}")
    if over.dtype != np.uint8:
        return _of_levels(under, over, mask)
    alpha = mask.alpha.astype(np.uint16)[..., None]  # 255 * 255 + 127 still fits
    mixed = (under * (255 - alpha) + over * alpha + np.uint16(127)) // np.uint16(255)
    return mixed.astype(np.uint8)


def composite_alpha(under: np.ndarray, mask: Mask) -> tuple[np.ndarray, Mask]:
    """(alpha, mask): the alpha after opaque paint through `mask`, and the mask to composite its colours with.

    `under` is the alpha before, (height, width) uint8 0..255 of the mask's size, and so are both results. The
    alpha becomes alpha + (255 - alpha) * mask / 255, the operator "over" with an opaque source (T. Porter and
    T. Duff, Compositing Digital Images, 1984, doi:10.1145/800031.808606). The painted colour has the share of
    the new alpha that it contributed, so that colours hidden under full transparency do not show. Where the
    mask is 0 the alpha is unchanged to the bit; where the alpha is 255 the mask is.

    >>> alpha, mask = composite_alpha(np.array([[0, 255]], np.uint8), Mask(np.array([[128, 128]], np.uint8)))
    >>> alpha, mask.alpha
    (array([[128, 255]], dtype=uint8), array([[255, 128]], dtype=uint8))
    """
    share = mask.alpha.astype(np.uint16)
    after = under + ((255 - under) * share + np.uint16(127)) // np.uint16(255)
    colours = (share * np.uint16(255) + after // np.uint16(2)) // np.maximum(after, np.uint16(1))
    return after.astype(np.uint8), Mask(colours.astype(np.uint8))


def composite_deep(deep: np.ndarray, under: np.ndarray, over: np.ndarray, mask: Mask) -> np.ndarray:
    """Add the change from `under` to `over` to a picture of 16 bits, through `mask`.

    Parameters
    ----------
    deep : (height, width, 3) uint16
        RGB levels 0..65535.
    under, over : (height, width, 3) uint8
        RGB levels 0..255 before and after the change; `under` are the high bytes of `deep`.
    mask : Mask
        (height, width) uint8, 0..255: the share of the change.

    Returns
    -------
    (height, width, 3) uint16
        The low bytes of `deep` are kept: where nothing changes `deep` is unchanged to the bit, and where the
        mask is 255 its high bytes are `over`.

    Examples
    --------
    >>> deep, under = np.full((1, 1, 3), 0x1234, np.uint16), np.full((1, 1, 3), 0x12, np.uint8)
    >>> hex(composite_deep(deep, under, under + 1, Mask(np.array([[255]], np.uint8)))[0, 0, 0])
    '0x1334'
    """
    change = over.astype(np.int32) - under
    added = np.rint(change * (mask.alpha[..., None] * (256 / 255)))
    return (deep + added).astype(np.uint16)


def _of_levels(under: np.ndarray, over: np.ndarray, mask: Mask) -> np.ndarray:
    """`blend_patch` of float levels: they are clipped to 0..255 before they are mixed."""
    mixed = np.clip(over, 0, 255, dtype=np.float32)
    mixed -= under
    mixed *= mask.alpha[..., None] * np.float32(1 / 255)
    mixed += under
    return np.rint(mixed).astype(np.uint8)


def keep_unchanged(under: np.ndarray, over: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """`over`, but `under` at every pixel that the painter left unchanged.

    Parameters
    ----------
    under, over : (height, width, 3) uint8 or float32
        RGB levels 0..255 of the crop before painting and as painted.
    seen : (height, width, 3) uint8 or float32
        The painter's input, scaled as `over` was.

    Returns
    -------
    (height, width, 3)
        Of the common type of `under` and `over`. A pixel counts as unchanged when all its channels differ by
        less than one level from `seen`: it was only rounded and scaled. Compositing it repeatedly would let
        these errors add up.

    Examples
    --------
    >>> under, seen, over = (np.full((1, 1, 3), level, np.float32) for level in (100, 100.4, 100.9))
    >>> keep_unchanged(under, over, seen)[0, 0, 0], keep_unchanged(under, over + 1, seen)[0, 0, 0]
    (100.0, 101.9)
    """
    apart = np.abs(np.subtract(over, seen, dtype=np.float32)) >= UNCHANGED
    changed = apart[..., 0] | apart[..., 1] | apart[..., 2]
    return np.where(changed[..., None], over, under)
