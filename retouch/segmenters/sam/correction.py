"""A click that corrects a mask: what is wrong round it is mended, what nobody complained about stays.

A click lies in what is wrong, about where that is deepest: so people click, and so a machine does in their
stead (Sofiiuk, Petrov and Konushin, Reviving Iterative Training with Mask Guidance, 2021). What is wrong is
therefore nowhere much deeper than where the click lies, and that tells the answers to trust from the others.
Where none is to be trusted the outline bends to hold the click and no more: that is hardly ever wrong.
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
"""Masks that overlap by less (intersection over union) are of different things."""
DEEP, HALFWAY = 0.8, 0.7
"""How deep in what would change a click must lie, as a share of the greatest depth there: where most of the
answers would change it, and where all of them would or it is a mask of another thing."""
ONE_WAY = 0.85
"""Of what changes from a part to its whole, or back, so much is added, or so much is taken away."""
REACH = 4
"""Depths of a click from it: what is wrong further away is not known from it."""
FINEST = 0.5
"""Cells of the logits: nearer to an outline a model knows nothing, and narrower no outline bends."""
BEND = 1.25
"""Deviation of the Gaussian by which an outline bends, in depths of the click."""
MARGIN = 0.02
"""The logit at a click that just has its way."""


def correct_mask(
    new: MaskCandidate, answers: np.ndarray, before: MaskCandidate, clicks: Sequence[Click]
) -> MaskCandidate:
    """`before`, mended at each click that it disobeys, with the score of `new`.

    `answers` (levels, h, w): all logits that the decoder gave, seen as `new` is. Where nobody complained, or
    the click asks for another thing altogether, which `new` is of, it is `new` as it is.
    """
    mended = replace(before.within(new.fit), score=new.score)
    wrong = [click for click in clicks if mended.violations([click])]
    if not wrong or _another(new, mended, wrong[-1], clicks):
        return new
    for click in wrong:
        if mended.violations([click]):
            mended = _mend(mended, answers, click, clicks)
    return mended


def _another(new: MaskCandidate, old: MaskCandidate, click: Click, clicks: Sequence[Click]) -> bool:
    """Whether the click asks for the whole of which `old` was a part, or the other way round, as `new` is."""
    if mask_iou(new.logits, old.logits) >= ANOTHER or new.violations(clicks):
        return False
    fit = new.fit
    wanted = fit.dense(new.logits) > 0
    changed = wanted != (fit.dense(old.logits) > 0)
    asked = np.count_nonzero(changed & (wanted == click.positive))
    return asked >= ONE_WAY * changed.sum() and _round(changed, _cell(fit, click), HALFWAY) is not None


def _mend(mask: MaskCandidate, answers: np.ndarray, click: Click, clicks: Sequence[Click]) -> MaskCandidate:
    """The mask with more where a positive click lies, with less where a negative one does, never both.

    Logits are turned round for a negative click: above 0 is as the click would have it.
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
                taken = _cells(fit, piece & _near(piece.shape, cell, REACH * depth), len(old))
                found = replace(mask, logits=sign * np.where(taken, np.maximum(wanted, bent), bent))
                if not found.violations(clicks):
                    return found
    return replace(mask, logits=sign * bent)


def _bent(fit: SquareInput, logits: np.ndarray, click: Click, radius: float) -> np.ndarray:
    """(h, w) logits raised by a Gaussian of `radius` input pixels, just as high as the click needs."""
    centres = (np.arange(len(logits)) + 0.5) * fit.side / len(logits)
    x, y = _place(fit, click)
    across, down = (np.exp(-(((centres - at) / radius) ** 2) / 2) for at in (x, y))
    hill = np.outer(down, across).astype(np.float32)
    lack = MARGIN - fit.at(logits, [click])[0]
    return logits + max(lack, 0) / fit.at(hill, [click])[0] * hill


def _room(fit: SquareInput, click: Click, clicks: Sequence[Click]) -> float:
    """Half the way, in input pixels, to the nearest click that says the opposite."""
    others = [_place(fit, other) for other in clicks if other.positive != click.positive]
    return min((float(np.hypot(*(_place(fit, click) - other))) / 2 for other in others), default=np.inf)


def _round(changed: np.ndarray, cell: tuple[int, int], least: float) -> np.ndarray | None:
    """The connected piece of (height, width) bool that holds `cell`.

    None where it holds none, or is so much deeper elsewhere that nobody would have clicked here.
    """
    if not changed[cell]:
        return None
    _, pieces = cv2.connectedComponents(changed.astype(np.uint8), connectivity=4)
    piece = pieces == pieces[cell]
    depths = _depths(piece)
    return piece if depths[cell] >= least * depths.max() else None


def _depths(inside: np.ndarray) -> np.ndarray:
    """(height, width) pixels to the nearest one that is not `inside`; beyond the picture none is."""
    framed = cv2.copyMakeBorder(inside.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    return cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1]


def _near(shape: tuple[int, ...], cell: tuple[int, int], reach: float) -> np.ndarray:
    """Bool of `shape`: at most `reach` pixels from `cell`."""
    down, across = (np.arange(length) - at for length, at in zip(shape, cell, strict=True))
    return down[:, None] ** 2 + across**2 <= reach**2


def _cells(fit: SquareInput, piece: np.ndarray, count: int) -> np.ndarray:
    """(count, count) bool: the logits that make a piece of the dense ones, and those next to them."""
    square = np.zeros((fit.side, fit.side), np.float32)
    square[: len(piece), : piece.shape[1]] = piece
    held = cv2.resize(square, (count, count), interpolation=cv2.INTER_AREA) > 0
    return cv2.dilate(held.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def _place(fit: SquareInput, click: Click) -> np.ndarray:
    """(2,) the click's centre in input pixels, across and down."""
    return fit.points(np.array([click.x + 0.5, click.y + 0.5]))


def _cell(fit: SquareInput, click: Click) -> tuple[int, int]:
    """The dense logit, row and column, in which a click lies."""
    x, y = np.minimum(_place(fit, click).astype(int), np.array(fit.inner) - 1)
    return int(y), int(x)
