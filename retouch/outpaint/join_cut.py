"""Composite masks with a narrow edge: along a cut of least difference or along a straight line."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import cv2
import numpy as np

from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.outpaint.stages import Side
from retouch.pipeline.candidate import Candidate

SOFT = 1.0
"""Standard deviation, in pixels, of the cut's edge. A hard edge shows stairs."""
TURNS = {"right": 0, "bottom": 1, "left": 2, "top": 3}
"""Quarter turns that bring the hole of a stage to the right of the picture."""


def along_the_cut(
    candidate: Candidate, under: np.ndarray, hole: Box, side: Side, soft: float = SOFT
) -> Candidate:
    """The candidate with a composite mask that ends at a cut through the overlap.

    The cut is the path of least squared difference from one end of the hole's edge to the other. It moves by
    at most a pixel a step (Efros and Freeman, Image Quilting, 2001). `under`, (height, width, 3) uint8, is
    the picture in the candidate's box. `hole` is in canvas pixels. `soft` is the standard deviation of the
    cut's edge in pixels. A pixel where the old mask is 0 keeps 0. Without an overlap the candidate is
    returned unchanged.
    """
    difference = ((candidate.over.pixels.astype(np.float32) - under) ** 2).sum(2)
    cost = np.rot90(difference, TURNS[side])
    return _through(candidate, hole, side, soft, lambda rows, edge: least_path(cost[rows, :edge]))


def along_a_line(candidate: Candidate, hole: Box, side: Side, distance: int, soft: float) -> Candidate:
    """The candidate with a composite mask that ends at a straight line `away` pixels from the hole.

    At 0 pixels the whole picture is kept. `hole` is in canvas pixels, `soft` as for `along_the_cut`.
    """
    return _through(
        candidate, hole, side, soft, lambda rows, edge: np.full(rows.stop - rows.start, edge - distance)
    )


def _through(
    candidate: Candidate, hole: Box, side: Side, soft: float, path: Callable[[slice, int], np.ndarray]
) -> Candidate:
    """The candidate with its mask cut off at `path`.

    `path` takes the rows of the hole and the first column of the hole, both after the turn, and returns the
    column of the cut in each row.
    """
    turn = TURNS[side]
    spot = Mask.of_box(candidate.box.size, hole.relative_to(candidate.box)).solid
    alpha, inside = (np.rot90(a, turn) for a in (candidate.mask.alpha, spot))
    rows = np.flatnonzero(inside.any(1))
    edge = int(inside.any(0).argmax())
    if not edge or not rows.size:
        return candidate
    band = slice(int(rows[0]), int(rows[-1]) + 1)
    beyond = (np.arange(alpha.shape[1]) >= path(band, edge)[:, None]) * np.uint8(255)
    line = cv2.GaussianBlur(beyond, (0, 0), soft) if soft else beyond
    cut = alpha.copy()
    cut[band] = np.where(inside[band], 255, np.where(alpha[band] > 0, line, 0))
    mask = Mask(np.ascontiguousarray(np.rot90(cut, -turn)))
    return dataclasses.replace(candidate, mask=mask)


def least_path(cost: np.ndarray) -> np.ndarray:
    """The path of least sum from the first to the last row of `cost`, (rows, columns).

    Returns its column in each row, (rows,) intp. The column changes by at most 1 a row.
    """
    total = cost.astype(np.float64)
    for row in range(1, len(total)):
        above = np.pad(total[row - 1], 1, constant_values=np.inf)
        total[row] += np.minimum(np.minimum(above[:-2], above[1:-1]), above[2:])
    path = np.zeros(len(total), np.intp)
    path[-1] = total[-1].argmin()
    for row in range(len(total) - 2, -1, -1):
        near = max(path[row + 1] - 1, 0)
        path[row] = near + total[row, near : path[row + 1] + 2].argmin()
    return path
