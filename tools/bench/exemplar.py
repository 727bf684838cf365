"""Exemplar-based filling, for comparison: patches of the kept part are copied, the most certain place first.

Written from A. Criminisi, P. Perez and K. Toyama, Region Filling and Object Removal by Exemplar-Based Image
Inpainting, 2004, doi:10.1109/TIP.2004.833105. `omega` is the hole that is left, as in the paper.
"""

from __future__ import annotations

import cv2
import numpy as np

RADIUS = 4
"""Half the side of a patch: the paper's default is 9 x 9 pixels."""
ALPHA = 255.0


def fill_by_exemplars(pixels: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """`pixels`, (height, width, 3) uint8, with `hole`, (height, width) bool, filled.

    Patches come from places where the original has no hole. Without such a place nothing is filled.
    """
    image, omega, confidence = pixels.astype(np.float32), hole.copy(), (~hole).astype(np.float32)
    window = np.ones((2 * RADIUS + 1, 2 * RADIUS + 1), np.uint8)
    sources = cv2.erode((~hole).astype(np.uint8), window, borderValue=0)[RADIUS:-RADIUS, RADIUS:-RADIUS] > 0
    while omega.any() and sources.any():
        patch = _around(_most_urgent(image, omega, confidence), omega.shape)
        target = omega[patch]
        source = _best_match(image, image[patch], ~target, sources)
        mean_confidence = confidence[patch].mean()
        image[patch][target] = image[source][target]
        confidence[patch][target] = mean_confidence
        omega[patch] = False
    return np.rint(image).clip(0, 255).astype(np.uint8)


def _most_urgent(image: np.ndarray, omega: np.ndarray, confidence: np.ndarray) -> tuple[int, int]:
    """Row and column of the front with the greatest priority: confidence times data term."""
    side = 2 * RADIUS + 1
    nearby = cv2.boxFilter(np.where(omega, np.float32(0), confidence), -1, (side, side))
    inner = cv2.erode(omega.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    priority = np.where(omega & ~inner, nearby * _data_term(image, omega), -1)
    row, column = np.unravel_index(int(priority.argmax()), priority.shape)
    return int(row), int(column)


def _data_term(image: np.ndarray, omega: np.ndarray) -> np.ndarray:
    """(height, width): how strongly an isophote of the kept part meets the front, plus a little."""
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    kept = (cv2.dilate(omega.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0).astype(np.float32)
    dx, dy = (cv2.Sobel(luma, cv2.CV_32F, x, 1 - x, scale=1 / 8) * kept for x in (1, 0))
    strongest = cv2.dilate(np.hypot(dx, dy), np.ones((2 * RADIUS + 1,) * 2, np.uint8))
    share = cv2.boxFilter(kept, -1, (2 * RADIUS + 1,) * 2) + 1e-6
    dx, dy = (cv2.boxFilter(d, -1, (2 * RADIUS + 1,) * 2) / share for d in (dx, dy))
    nx, ny = (cv2.Sobel(omega.astype(np.float32), cv2.CV_32F, x, 1 - x) for x in (1, 0))
    length = np.hypot(nx, ny) + 1e-6
    direction = np.abs(-dy * nx + dx * ny) / (length * (np.hypot(dx, dy) + 1e-6))
    return (direction * strongest + 1e-3) / ALPHA


def _around(center: tuple[int, int], shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The patch at a pixel, moved into the picture."""
    row, column = (min(max(at, RADIUS), side - 1 - RADIUS) for at, side in zip(center, shape, strict=True))
    return slice(row - RADIUS, row + RADIUS + 1), slice(column - RADIUS, column + RADIUS + 1)


def _best_match(
    image: np.ndarray,
    wanted: np.ndarray,
    known: np.ndarray,
    sources: np.ndarray,
) -> tuple[slice, slice]:
    """The source patch with the least summed squared difference over the known pixels of the wanted one."""
    weight = np.repeat(known[..., None], 3, 2).astype(np.float32)
    difference = cv2.matchTemplate(image, np.ascontiguousarray(wanted), cv2.TM_SQDIFF, mask=weight)
    found = np.where(sources, difference, np.inf).argmin()
    row, column = np.unravel_index(int(found), sources.shape)
    side = 2 * RADIUS + 1
    return slice(int(row), int(row) + side), slice(int(column), int(column) + side)
