"""Correct a mask by clicks: the wrong area around a click changes, and the rest of the mask stays.

A correcting click lies near the deepest point of the wrong area: people click so, and so do simulated clicks
(K. Sofiiuk, I. Petrov and A. Konushin, Reviving Iterative Training with Mask Guidance for Interactive
Segmentation, 2021, arXiv:2102.06583). So the wrong area is nowhere much deeper than at the click, which tells
reliable answers of the decoder from others. Without a reliable answer the outline bends just enough to hold
the click, which is rarely wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from retouch.segmenters.base import Click
from retouch.segmenters.sam.mask_candidates import MaskCandidate, mask_iou
from retouch.segmenters.sam.square_input import SquareInput

ANOTHER = 0.4
"""Intersection over union below which two masks are of different things."""
DEEP, HALFWAY = 0.8, 0.7
"""The least depth of a click in the changed area, as a share of the greatest depth there: for a change that
most answers make, and for one that all answers make or that changes to another thing."""
ONE_WAY = 0.85
"""Share of the changed pixels that change as the click asks when a part becomes its whole, or the reverse."""
CORRECTION_RADIUS = 4
"""Radius of a correction, in depths of its click."""
FINEST = 0.5
"""Cells of the logits: the precision of a model's outline, and the least radius of a bend."""
BEND = 1.25
"""Standard deviation of the Gaussian that bends an outline, in depths of the click."""
LOGIT_MARGIN = 0.02
"""The logit at a click after a bend."""


def correct_mask(
    new: MaskCandidate, answers: np.ndarray, before: MaskCandidate, clicks: Sequence[Click]
) -> MaskCandidate:
    """`before`, corrected at each click that it violates, with the score of `new`.

    `answers`, (levels, n, n) float32, are all logits of the decoder, at the input of `new`, which is
    `new.fit`. `new` itself is returned when no click is violated, or when the last violated click asks for
    another thing and `new` is a mask of that.
    """
    corrected = replace(before.within(new.fit), score=new.score)
    wrong = [click for click in clicks if corrected.violations([click])]
    if not wrong or _another(new, corrected, wrong[-1], clicks):
        return new
    for click in wrong:
        if corrected.violations([click]):
            corrected = _mend(corrected, answers, click, clicks)
    return corrected


def _another(new: MaskCandidate, old: MaskCandidate, click: Click, clicks: Sequence[Click]) -> bool:
    """Whether `new` is the whole of which `old` was a part, or the reverse, as the click asks."""
    if mask_iou(new.logits, old.logits) >= ANOTHER or new.violations(clicks):
        return False
    fit = new.fit
    wanted = fit.dense(new.logits) > 0
    changed = wanted != (fit.dense(old.logits) > 0)
    as_asked = np.count_nonzero(changed & (wanted == click.positive))
    return as_asked >= ONE_WAY * changed.sum() and _round(changed, _cell(fit, click), HALFWAY) is not None


def _mend(mask: MaskCandidate, answers: np.ndarray, click: Click, clicks: Sequence[Click]) -> MaskCandidate:
    """The mask with an area added at a positive click, or removed at a negative one.

    `answers` are (levels, n, n) logits. The sign of all logits is reversed for a negative click: above 0
    means as the click asks.
    """
    fit, sign = mask.fit, np.float32(1 if click.positive else -1)
    old, agreed = sign * mask.logits, np.sort(sign * answers, axis=0)
    lacking, cell = fit.dense(old) <= 0, _cell(fit, click)
    depth, finest = float(_depths(lacking)[cell]), FINEST * fit.side / len(old)
    bent = _bent(fit, old, click, max(finest, min(BEND * depth, _room(fit, click, clicks))))
    if depth > finest:
        for wanted, least in ((agreed[(len(agreed) - 1) // 2], DEEP), (agreed[0], HALFWAY)):
            piece = _round(lacking & (fit.dense(wanted) > 0), cell, least)
            if piece is not None:
                cells = _cells(fit, piece & _near(piece.shape, cell, CORRECTION_RADIUS * depth), len(old))
                corrected = replace(mask, logits=sign * np.where(cells, np.maximum(wanted, bent), bent))
                if not corrected.violations(clicks):
                    return corrected
    return replace(mask, logits=sign * bent)


def _bent(fit: SquareInput, logits: np.ndarray, click: Click, radius: float) -> np.ndarray:
    """(n, n) logits plus a Gaussian of `radius` input pixels that is just high enough for the click."""
    centres = (np.arange(len(logits)) + 0.5) * fit.side / len(logits)
    x, y = _place(fit, click)
    across, down = (np.exp(-(((centres - at) / radius) ** 2) / 2) for at in (x, y))
    hill = np.outer(down, across).astype(np.float32)
    lack = LOGIT_MARGIN - fit.at(logits, [click])[0]
    return logits + max(lack, 0) / fit.at(hill, [click])[0] * hill


def _room(fit: SquareInput, click: Click, clicks: Sequence[Click]) -> float:
    """Half the distance in input pixels to the nearest click of the opposite kind, infinite without one."""
    others = [_place(fit, other) for other in clicks if other.positive != click.positive]
    return min((float(np.hypot(*(_place(fit, click) - other))) / 2 for other in others), default=np.inf)


def _round(changed: np.ndarray, cell: tuple[int, int], least: float) -> np.ndarray | None:
    """(height, width) bool: the connected part of `changed` that holds `cell`, (row, column).

    None when `cell` is not changed, or when the part is so much deeper elsewhere that a person would click
    there.
    """
    if not changed[cell]:
        return None
    _, pieces = cv2.connectedComponents(changed.astype(np.uint8), connectivity=4)
    piece = pieces == pieces[cell]
    depths = _depths(piece)
    return piece if depths[cell] >= least * depths.max() else None


def _depths(inside: np.ndarray) -> np.ndarray:
    """(height, width) float32 pixels: the distance to the nearest one not `inside`; none is inside beyond the
    array."""
    framed = cv2.copyMakeBorder(inside.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    return cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1]


def _near(shape: tuple[int, ...], cell: tuple[int, int], reach: float) -> np.ndarray:
    """Bool of `shape`: the pixels at most `reach` from `cell`."""
    down, across = (np.arange(length) - at for length, at in zip(shape, cell, strict=True))
    return down[:, None] ** 2 + across**2 <= reach**2


def _cells(fit: SquareInput, piece: np.ndarray, count: int) -> np.ndarray:
    """(count, count) bool: the logits under a part of the dense ones, (height, width) bool, and their
    neighbours."""
    square = np.zeros((fit.side, fit.side), np.float32)
    square[: len(piece), : piece.shape[1]] = piece
    covered = cv2.resize(square, (count, count), interpolation=cv2.INTER_AREA) > 0
    return cv2.dilate(covered.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def _place(fit: SquareInput, click: Click) -> np.ndarray:
    """(2,) float: x, y of the click's centre in input pixels."""
    return fit.points(np.array([click.x + 0.5, click.y + 0.5]))


def _cell(fit: SquareInput, click: Click) -> tuple[int, int]:
    """(row, column) of the dense logit at a click."""
    x, y = np.minimum(_place(fit, click).astype(int), np.array(fit.inner) - 1)
    return int(y), int(x)
