"""Every thing in a picture: a grid of clicks, and of their masks the good ones, each thing once.

As segment-anything's SamAutomaticMaskGenerator chooses them (Kirillov et al., Segment Anything, 2023,
appendix B), but chosen at the decoder's resolution: only masks that stay are ever made as large as they are
in the picture, one at a time, and then looked at once more with the limits themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.region import Region
from retouch.segmenters.sam.decoder import DecoderInput, DecoderOutput
from retouch.segmenters.sam.square_input import ROWS, SquareInput

MOST_PIXELS = 1 << 29
"""Of all masks' boxes together; beyond it the worst are left out."""
MOST_COARSE = 512
"""Coarse masks, of 128 KiB each, beyond which doubles go at once: better ones may still come."""


@dataclass(frozen=True)
class Grid:
    """`side` by `side` clicks, `batch` at once, and which of their masks stay.

    Those that the model expects to be better than `quality`, and whose area changes by no more than
    1 - `stability` when the logits' limit moves by `offset` both ways; of two whose boxes overlap by more
    than `apart` (intersection over union) the better.
    """

    side: int = 32
    batch: int = 32
    quality: float = 0.88
    stability: float = 0.95
    offset: float = 1.0
    apart: float = 0.7

    def points(self, fit: SquareInput) -> np.ndarray:
        """(n, 1, 2) input coordinates, row by row, each in the middle of its cell."""
        steps = (np.arange(self.side) + 0.5) / self.side
        cells = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 1, 2)
        return (cells * np.array(fit.inner)).astype(np.float32)


SLACK_STABLE, SLACK_APART = 0.03, 0.1
"""How much looser the limits are on coarse masks, so that nothing is lost that the fine ones would keep."""


@dataclass(frozen=True, eq=False)
class Found:
    """Coarse masks: logits (n, h, w) float16, quality (n,), boxes (n, 4) in canvas pixels."""

    logits: np.ndarray
    quality: np.ndarray
    boxes: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> Found:
        return Found(self.logits[rows], self.quality[rows], self.boxes[rows])

    def joined(self, other: Found) -> Found:
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Found(*(np.concatenate(pair) for pair in pairs))


def find_everything(
    fit: SquareInput, decode: Callable[[DecoderInput], DecoderOutput], grid: Grid
) -> tuple[Region, ...]:
    """Regions of the whole picture, best first. `fit` and `decode` are of the whole picture."""
    points = grid.points(fit)
    found: Found | None = None
    for start in range(0, len(points), grid.batch):
        some = points[start : start + grid.batch]
        # The package counts a pixel's number as its left edge; so do the points of its grid.
        ask = DecoderInput(some + 0.5, np.ones(some.shape[:2]), levels=(1, 2, 3), least=grid.quality)
        good = _coarse(fit, decode(ask), grid)
        found = good if found is None else found.joined(good)
        if len(found.quality) > MOST_COARSE:
            found = found[drop_duplicates(found.boxes, found.quality, grid.apart + SLACK_APART)]
    return () if found is None else _fine(fit, found, grid)


def _coarse(fit: SquareInput, answer: DecoderOutput, grid: Grid) -> Found:
    """The answers that are stable, or nearly."""
    rows, columns = (-(-n * answer.logits.shape[-1] // fit.side) for n in fit.inner[::-1])
    seen = answer.logits[:, :rows, :columns]
    inside, around = (np.count_nonzero(seen > limit, axis=(1, 2)) for limit in (grid.offset, -grid.offset))
    good = np.flatnonzero((inside >= (grid.stability - SLACK_STABLE) * around) & (around > 0))
    logits = answer.logits[good].clip(-64, 64).astype(np.float16)
    boxes = [_corners(fit, one) for one in logits]
    return Found(logits, answer.scores[good], np.array(boxes, float).reshape(-1, 4))


def _corners(fit: SquareInput, logits: np.ndarray) -> np.ndarray:
    """(4,) canvas coordinates round the positive logits."""
    rows, columns = np.flatnonzero((logits > 0).any(1)), np.flatnonzero((logits > 0).any(0))
    if not rows.size:
        return np.zeros(4)
    cells = np.array([[columns[0], rows[0]], [columns[-1] + 1, rows[-1] + 1]])
    return fit.canvas(cells * fit.side / logits.shape[0]).ravel()


def drop_duplicates(boxes: np.ndarray, quality: np.ndarray, limit: float) -> np.ndarray:
    """Rows of (n, 4) boxes that stay, best first: what overlaps a better one by more than `limit` goes."""
    order = np.argsort(-quality, kind="stable")
    kept: list[int] = []
    while order.size:
        best, order = int(order[0]), order[1:]
        kept.append(best)
        order = order[_overlaps(boxes[best], boxes[order]) <= limit]
    return np.array(kept, int)


def _overlaps(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n,) intersection over union of one (4,) box and (n, 4) others."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    common = np.prod((high - low).clip(0), axis=1)
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    return common / np.maximum(areas - common, 1e-9)


def _fine(fit: SquareInput, found: Found, grid: Grid) -> tuple[Region, ...]:
    """The coarse masks at the picture's resolution, best first, by the limits themselves."""
    kept: list[Region] = []
    boxes = np.zeros((0, 4))
    room = MOST_PIXELS
    for number in np.argsort(-found.quality, kind="stable"):
        region = _stable(fit, found.logits[number].astype(np.float32), float(found.quality[number]), grid)
        if region is None or region.box.area > room:
            continue
        box = np.array(region.box, float) - [0, 0, 1, 1]  # as the package measures: to the last pixel
        if (_overlaps(box, boxes) <= grid.apart).all():
            kept.append(region)
            boxes = np.vstack([boxes, box])
            room -= region.box.area
    return tuple(kept)


def _stable(fit: SquareInput, logits: np.ndarray, quality: float, grid: Grid) -> Region | None:
    """The region of logits, None when it is blank or its area hangs on the limit."""
    near = fit.solid(logits + grid.offset)
    if near is None:
        return None
    alpha = np.zeros((near.height, near.width), np.uint8)
    inside, around, dense = 0, 0, fit.dense(logits)
    for top in range(near.top, near.bottom, ROWS):
        band = Box(near.left, top, near.right, min(top + ROWS, near.bottom))
        values = fit.values(dense, band)
        inside += np.count_nonzero(values > grid.offset)
        around += np.count_nonzero(values > -grid.offset)
        alpha[band.relative_to(near).slices] = (values > 0) * np.uint8(255)
    if inside < grid.stability * around:
        return None
    alpha.flags.writeable = False
    region = Region.of_mask(Mask(alpha), "", min(max(quality, 0.0), 1.0))
    return region and region.moved(near.left, near.top)
