"""The lines along which the new may give way to the old, instead of fading over all of the feather."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import cv2
import numpy as np

from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.pipeline.candidate import Candidate

SOFT = 1.0
"""Standard deviation in pixels of the cut's edge: a hard one shows its stairs."""
TURNS = {"right": 0, "bottom": 1, "left": 2, "top": 3}
"""Quarter turns that bring the hole of a stage to the right of what is known."""


def along_the_cut(made: Candidate, under: np.ndarray, hole: Box, side: str, soft: float = SOFT) -> Candidate:
    """The candidate, put back through a cut in the overlap that its mask fades over.

    `under`, (height, width, 3) uint8, is what was in the candidate's box; `hole` is in canvas pixels. The
    cut is the path of least squared difference from one end of the hole's edge to the other, moving by at
    most a pixel a step (Efros and Freeman, Image Quilting, 2001); `soft` is the standard deviation of its
    edge in pixels. Where the mask does not reach beyond the hole there is nothing to cut through. What it
    leaves alone stays so.
    """
    differs = ((made.over.pixels.astype(np.float32) - under) ** 2).sum(2)
    cost = np.rot90(differs, TURNS[side])
    return _through(made, hole, side, soft, lambda rows, edge: least_path(cost[rows, :edge]))


def along_a_line(made: Candidate, hole: Box, side: str, away: int, soft: float) -> Candidate:
    """The same through a straight line `away` pixels from the hole: at 0 all that is there is kept."""
    return _through(made, hole, side, soft, lambda rows, edge: np.full(rows.stop - rows.start, edge - away))


def _through(
    made: Candidate, hole: Box, side: str, soft: float, path: Callable[[slice, int], np.ndarray]
) -> Candidate:
    """`path` takes the rows of the hole and its first column, both turned, and gives a column a row."""
    turn = TURNS[side]
    spot = Mask.of_box(made.box.size, hole.relative_to(made.box)).solid
    alpha, inside = (np.rot90(a, turn) for a in (made.mask.alpha, spot))
    rows = np.flatnonzero(inside.any(1))
    edge = int(inside.any(0).argmax())
    if not edge or not rows.size:
        return made
    band = slice(int(rows[0]), int(rows[-1]) + 1)
    beyond = (np.arange(alpha.shape[1]) >= path(band, edge)[:, None]) * np.uint8(255)
    line = cv2.GaussianBlur(beyond, (0, 0), soft) if soft else beyond
    cut = alpha.copy()
    cut[band] = np.where(inside[band], 255, np.where(alpha[band] > 0, line, 0))
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
