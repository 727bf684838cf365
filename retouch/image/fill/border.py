"""Fill a hole with the nearest kept pixel, or with the picture reflected at the hole's edge."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.image.mask import Mask


def fill_with_edge(pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """Each solid pixel of the mask takes the colour of the nearest kept pixel.

    `pixels` and the result are (height, width, 3) uint8 RGB levels of the mask's size. Without a kept pixel
    the result is `pixels`.

    >>> pixels = np.uint8([[[10] * 3, [0] * 3, [0] * 3, [20] * 3]])
    >>> fill_with_edge(pixels, Mask(np.uint8([[0, 255, 255, 0]])))[0, :, 0]
    array([10, 10, 20, 20], dtype=uint8)
    """
    near = _nearest_kept(mask)
    return pixels if near is None else pixels[near]


def fill_with_mirror(pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """Each solid pixel of the mask takes the colour of its mirror image at the nearest kept pixel.

    A mirror image in the hole or outside the picture is replaced by the nearest kept pixel. `pixels` and the
    result are (height, width, 3) uint8 RGB levels of the mask's size. Without a kept pixel the result is
    `pixels`.

    >>> pixels = np.uint8([[[10] * 3, [20] * 3, [30] * 3, [0] * 3, [0] * 3]])
    >>> fill_with_mirror(pixels, Mask(np.uint8([[0, 0, 0, 255, 255]])))[0, :, 0]
    array([10, 20, 30, 20, 10], dtype=uint8)
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
    """(rows, columns), both (height, width) intp: the kept pixel nearest to each pixel; None when none is
    kept.

    Linear time, by OpenCV's distance transform with labels.
    """
    unmasked = ~mask.solid
    if not unmasked.any():
        return None
    _, labels = cv2.distanceTransformWithLabels(
        (~unmasked).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(unmasked)
    places = np.zeros((2, labels.max() + 1), np.intp)
    places[:, labels[rows, columns]] = rows, columns
    return places[0][labels], places[1][labels]
