"""Pixels along a mask's edge, unrolled: one row per pixel of the edge, columns across it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.image.mask import Mask

PROFILE_REACH = 16
"""Columns on either side of the edge, in pixels."""
SMOOTHING = 2.5
"""Standard deviation in pixels of the blur of the mask whose gradient is the normal of its edge."""
SHORTEST = 24
"""Pixels: a shorter outline has no reliable direction."""


@dataclass(frozen=True, eq=False)
class EdgeProfile:
    """One closed outline of a mask, without the parts that run along the picture's border.

    Attributes
    ----------
    x, y : (length, 2 * PROFILE_REACH) intp
        The pixels on the normals of the edge, from outside to inside, in pixels of the picture. The edge lies
        between columns PROFILE_REACH - 1 and PROFILE_REACH.
    valid : (length, 2 * PROFILE_REACH) bool
        The pixels that lie in the picture and on their side of the edge.
    """

    x: np.ndarray
    y: np.ndarray
    valid: np.ndarray

    def of(self, pixels: np.ndarray) -> np.ndarray:
        """(length, 2 * PROFILE_REACH, channels): the profile of a (height, width, channels) picture.

        It has the dtype of the picture. Values that are not `valid` are arbitrary.
        """
        return pixels[self.y, self.x]


def outlines(mask: Mask) -> Iterator[EdgeProfile]:
    """All outlines of the mask's core of at least `SHORTEST` pixels, those of its holes included.

    >>> square = np.zeros((64, 64), np.uint8)
    >>> square[20:40, 20:40] = 255
    >>> [len(outline.valid) for outline in outlines(Mask(square))]
    [76]
    """
    solid = mask.core
    traced, _ = cv2.findContours(solid.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    smooth = cv2.GaussianBlur(solid.astype(np.float32), (0, 0), SMOOTHING, borderType=cv2.BORDER_REPLICATE)
    for points in traced:
        places, normals = _normals(points[:, 0], smooth)
        open_edge = _is(~solid, np.rint(places - normals).astype(np.intp))
        if np.count_nonzero(open_edge) >= SHORTEST:
            yield _unroll(places[open_edge], normals[open_edge], solid)


def _normals(places: np.ndarray, smooth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(places, normals), both (n, 2) x, y: the places where the blurred mask has a slope, and unit vectors
    inwards.

    `places` are (m, 2) pixels; `smooth` is (height, width) float32 0..1.
    """
    padded = np.pad(smooth, 1, mode="edge")
    x, y = places[:, 0] + 1, places[:, 1] + 1
    slope = np.stack([padded[y, x + 1] - padded[y, x - 1], padded[y + 1, x] - padded[y - 1, x]], axis=1)
    steepness = np.linalg.norm(slope, axis=1)
    sloping = steepness > 1e-6
    return places[sloping], slope[sloping] / steepness[sloping, None]


def _unroll(places: np.ndarray, normals: np.ndarray, solid: np.ndarray) -> EdgeProfile:
    # Nearest pixels, without interpolation: a mean of neighbours would blur a step along a slanting edge.
    away = np.arange(-PROFILE_REACH, PROFILE_REACH)
    on = np.rint(places[:, None] + away[None, :, None] * normals[:, None]).astype(np.intp)
    valid = np.where(away >= 0, _is(solid, on), _is(~solid, on))
    height, width = solid.shape
    return EdgeProfile(on[..., 0].clip(0, width - 1), on[..., 1].clip(0, height - 1), valid)


def _is(what: np.ndarray, on: np.ndarray) -> np.ndarray:
    """(...) bool: the values of a (height, width) bool array at (..., 2) x, y; False outside."""
    height, width = what.shape
    x, y = on[..., 0], on[..., 1]
    return (
        (x >= 0) & (y >= 0) & (x < width) & (y < height) & what[y.clip(0, height - 1), x.clip(0, width - 1)]
    )
