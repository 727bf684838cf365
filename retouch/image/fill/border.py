"""The nearest known pixel carried into the hole, or the picture reflected there."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.image.mask import Mask


def fill_with_edge(pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """Every solid pixel of `mask` takes the colour of the kept one nearest to it."""
    near = _nearest_kept(mask)
    return pixels if near is None else pixels[near]


def fill_with_mirror(pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """Every solid pixel takes the colour of its mirror image in the nearest kept pixel.

    Where that lies in the hole or outside the picture, it takes the nearest kept pixel's own.
    """
    near = _nearest_kept(mask)
    if near is None:
        return pixels
    height, width = mask.alpha.shape
    rows, columns = np.mgrid[:height, :width]
    far_rows, far_columns = 2 * near[0] - rows, 2 * near[1] - columns
    inside = (far_rows >= 0) & (far_rows < height) & (far_columns >= 0) & (far_columns < width)
    far_rows, far_columns = far_rows.clip(0, height - 1), far_columns.clip(0, width - 1)
    use = inside & ~mask.solid[far_rows, far_columns]
    return pixels[np.where(use, far_rows, near[0]), np.where(use, far_columns, near[1])]


def _nearest_kept(mask: Mask) -> tuple[np.ndarray, np.ndarray] | None:
    """(rows, columns) of the kept pixel nearest to each; None when none is kept.

    Linear time: a labelled distance transform (Felzenszwalb and Huttenlocher, 2012, in OpenCV).
    """
    kept = ~mask.solid
    if not kept.any():
        return None
    _, labels = cv2.distanceTransformWithLabels(
        (~kept).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(kept)
    places = np.zeros((2, labels.max() + 1), np.intp)
    places[:, labels[rows, columns]] = rows, columns
    return places[0][labels], places[1][labels]
