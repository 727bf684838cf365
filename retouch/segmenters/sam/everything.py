"""All things in a picture: the good masks of a grid of clicks, each thing once.

The choice is that of segment-anything's SamAutomaticMaskGenerator (A. Kirillov and others, Segment Anything,
2023, appendix B, arXiv:2304.02643), but at the decoder's resolution. Only chosen masks are computed at the
picture's resolution, one at a time, and are then tested again with the exact limits.
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
"""Pixels of all masks' boxes together; beyond it the worst masks are left out."""
MOST_COARSE = 512
"""The number of coarse masks, of 128 KiB each, beyond which duplicates are removed at once."""


@dataclass(frozen=True)
class Grid:
    """`side` by `side` clicks, `batch` at once, and the limits for their masks.

    A mask stays if its predicted quality is above `quality`, 0..1, and if its area changes by at most 1 -
    `stability` when the limit of the logits moves by `offset` both ways. Of two masks whose boxes have an
    intersection over union above `apart`, 0..1, the better one stays.
    """

    side: int = 32
    batch: int = 32
    quality: float = 0.88
    stability: float = 0.95
    offset: float = 1.0
    apart: float = 0.7

    def points(self, fit: SquareInput) -> np.ndarray:
        """(side * side, 1, 2) float32: x, y in input pixels, row by row, each in the middle of its cell."""
        steps = (np.arange(self.side) + 0.5) / self.side
        cells = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 1, 2)
        return (cells * np.array(fit.inner)).astype(np.float32)


SLACK_STABLE, SLACK_APART = 0.03, 0.1
"""Slack of the limits for coarse masks, so that no mask is lost that passes at full resolution."""


@dataclass(frozen=True, eq=False)
class Found:
    """Coarse masks.

    `logits` are (n, height, width) float16, `quality` is (n,) float 0..1, and `boxes` are (n, 4) float left,
    top, right, bottom in canvas pixels.
    """

    logits: np.ndarray
    quality: np.ndarray
    boxes: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> Found:
        return Found(self.logits[rows], self.quality[rows], self.boxes[rows])

    def joined(self, other: Found) -> Found:
        """These masks, then those of `other`."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Found(*(np.concatenate(pair) for pair in pairs))


def find_everything(
    fit: SquareInput, decode: Callable[[DecoderInput], DecoderOutput], grid: Grid
) -> tuple[Region, ...]:
    """The regions of all things in the picture, best first. `fit` and `decode` are of the whole picture."""
    points = grid.points(fit)
    masks: Found | None = None
    for start in range(0, len(points), grid.batch):
        batch = points[start : start + grid.batch]
        # segment-anything takes a pixel's number as its left edge, also for the points of its grid.
        ask = DecoderInput(batch + 0.5, np.ones(batch.shape[:2]), levels=(1, 2, 3), least=grid.quality)
        good = _coarse(fit, decode(ask), grid)
        masks = good if masks is None else masks.joined(good)
        if len(masks.quality) > MOST_COARSE:
            masks = masks[drop_duplicates(masks.boxes, masks.quality, grid.apart + SLACK_APART)]
    return () if masks is None else _fine(fit, masks, grid)


def _coarse(fit: SquareInput, answer: DecoderOutput, grid: Grid) -> Found:
    """The coarse masks of an answer that are stable, within the slack."""
    rows, columns = (-(-n * answer.logits.shape[-1] // fit.side) for n in fit.inner[::-1])
    visible = answer.logits[:, :rows, :columns]
    inside, around = (np.count_nonzero(visible > limit, axis=(1, 2)) for limit in (grid.offset, -grid.offset))
    good = np.flatnonzero((inside >= (grid.stability - SLACK_STABLE) * around) & (around > 0))
    logits = answer.logits[good].clip(-64, 64).astype(np.float16)
    boxes = [_corners(fit, one) for one in logits]
    return Found(logits, answer.scores[good], np.array(boxes, float).reshape(-1, 4))


def _corners(fit: SquareInput, logits: np.ndarray) -> np.ndarray:
    """(4,) float left, top, right, bottom in canvas pixels around the positive ones of (h, w) logits; 0 for
    none."""
    rows, columns = np.flatnonzero((logits > 0).any(1)), np.flatnonzero((logits > 0).any(0))
    if not rows.size:
        return np.zeros(4)
    cells = np.array([[columns[0], rows[0]], [columns[-1] + 1, rows[-1] + 1]])
    return fit.canvas(cells * fit.side / logits.shape[0]).ravel()


def drop_duplicates(boxes: np.ndarray, quality: np.ndarray, limit: float) -> np.ndarray:
    """(k,) int: the rows of the boxes that stay, best first. A box that overlaps a better one too much is
    dropped.

    `boxes` are (n, 4) float left, top, right, bottom in any unit, `quality` is (n,) float, and `limit`, 0..1,
    is the largest intersection over union (greedy non-maximum suppression).

    >>> boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [20, 0, 30, 10]], float)
    >>> drop_duplicates(boxes, np.array([0.8, 0.9, 0.7]), 0.7)
    array([1, 2])
    """
    order = np.argsort(-quality, kind="stable")
    rows: list[int] = []
    while order.size:
        best, order = int(order[0]), order[1:]
        rows.append(best)
        order = order[_overlaps(boxes[best], boxes[order]) <= limit]
    return np.array(rows, int)


def _overlaps(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n,) float 0..1: the intersection over union of a (4,) box with (n, 4) others."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    common = np.prod((high - low).clip(0), axis=1)
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    return common / np.maximum(areas - common, 1e-9)


def _fine(fit: SquareInput, found: Found, grid: Grid) -> tuple[Region, ...]:
    """The masks at the picture's resolution that pass the exact limits, best first."""
    regions: list[Region] = []
    boxes = np.zeros((0, 4))
    room = MOST_PIXELS
    for number in np.argsort(-found.quality, kind="stable"):
        region = _stable(fit, found.logits[number].astype(np.float32), float(found.quality[number]), grid)
        if region is None or region.box.area > room:
            continue
        box = np.array(region.box, float) - [0, 0, 1, 1]  # segment-anything's boxes end at the last pixel
        if (_overlaps(box, boxes) <= grid.apart).all():
            regions.append(region)
            boxes = np.vstack([boxes, box])
            room -= region.box.area
    return tuple(regions)


def _stable(fit: SquareInput, logits: np.ndarray, quality: float, grid: Grid) -> Region | None:
    """The region of (n, n) logits; None when it is blank or its area depends too much on the limit."""
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
