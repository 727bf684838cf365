"""Where the new meets the old: along the line on which they differ least, instead of fading."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

from retouch.candidates import Candidate
from retouch.geometry import Box
from retouch.mask import Mask

SOFT = 1.0
"""Standard deviation in pixels of the cut's edge: a hard one shows its stairs."""
TURNS = {"right": 0, "bottom": 1, "left": 2, "top": 3}
"""Quarter turns that bring the hole of a stage to the right of what is known."""


def along_the_cut(made: Candidate, under: np.ndarray, hole: Box, side: str) -> Candidate:
    """The candidate, put back through a cut in the overlap that its mask fades over.

    `under`, (height, width, 3) uint8, is what was in the candidate's box; `hole` is in canvas pixels. The
    cut is the path of least squared difference from one end of the hole's edge to the other, moving by at
    most a pixel a step (Efros and Freeman, Image Quilting, 2001). Where the mask does not reach beyond the
    hole there is nothing to cut through. What it leaves alone stays so.
    """
    turn = TURNS[side]
    spot = Mask.of_box(made.box.size, hole.relative_to(made.box)).solid
    differs = (made.over.pixels.astype(np.float32) - under) ** 2
    alpha, inside, cost = (np.rot90(a, turn) for a in (made.mask.alpha, spot, differs.sum(2)))
    rows = np.flatnonzero(inside.any(1))
    edge = int(inside.any(0).argmax())
    if not edge or not rows.size:
        return made
    band = slice(int(rows[0]), int(rows[-1]) + 1)
    path = least_path(cost[band, :edge])
    beyond = np.arange(alpha.shape[1]) >= path[:, None]
    sharp = cv2.GaussianBlur((beyond * np.uint8(255)), (0, 0), SOFT)
    cut = alpha.copy()
    cut[band] = np.where(inside[band], 255, np.where(alpha[band] > 0, sharp, 0))
    mask = Mask(np.ascontiguousarray(np.rot90(cut, -turn)))
    return dataclasses.replace(made, mask=mask)


def least_path(cost: np.ndarray) -> np.ndarray:
    """The column in each row of the path down a (rows, columns) plane whose sum is least."""
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
