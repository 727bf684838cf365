"""The windows that a network of MTCNN accepts, and non-maximum suppression.

Windows and boxes are left, top, right, bottom in pixels of the picture and may reach beyond it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Candidates:
    """The windows that a network accepts.

    `windows` is (n, 4) float, what the network sees; `boxes` is (n, 4) float, where it places the face;
    `scores` is (n,) float32, 0..1. `points` is (n, 5, 2) float x, y in pixels of the output network: eye,
    eye, nose, mouth corner, mouth corner, each pair from left to right in an upright face. It is (n, 0, 2) of
    the other networks.
    """

    windows: np.ndarray
    scores: np.ndarray
    boxes: np.ndarray
    points: np.ndarray

    @classmethod
    def none(cls) -> Candidates:
        """No candidate."""
        return cls(*(np.zeros(shape, np.float32) for shape in ((0, 4), 0, (0, 4), (0, 0, 2))))

    @classmethod
    def of(cls, windows: np.ndarray, outputs: dict[str, np.ndarray]) -> Candidates:
        """The candidates of (n, 4) windows from (n,) "face", (n, 4) "box" and (n, 10) "points".

        `Networks.run` tells what these are. "points" may be missing.
        """
        corner, side = windows[:, :2], windows[:, 2:] - windows[:, :2]
        boxes = windows + outputs["box"] * np.tile(side, 2)
        marks = outputs.get("points", np.zeros((len(windows), 0), np.float32))
        offsets = marks.reshape(len(windows), 2, marks.shape[1] // 2).transpose(0, 2, 1)
        return cls(windows, outputs["face"], boxes, corner[:, None] + offsets * side[:, None])

    @classmethod
    def joined(cls, parts: Sequence[Candidates]) -> Candidates:
        """All candidates of `parts`, at least one, that have as many points."""
        arrays = zip(*((p.windows, p.scores, p.boxes, p.points) for p in parts), strict=True)
        return cls(*(np.concatenate(array) for array in arrays))

    def chosen(self, which: np.ndarray | slice) -> Candidates:
        """The candidates of these numbers, in this order."""
        return Candidates(self.windows[which], self.scores[which], self.boxes[which], self.points[which])

    def distinct(self, limit: float) -> Candidates:
        """Of windows with an intersection over union above `limit` the best one, best first."""
        return self.chosen(suppress(self.windows, self.scores, limit))

    def voted(self, limit: float) -> Candidates:
        """Each face once, best first: the mean of the boxes and of the points of one face.

        Boxes with an intersection over union of at least `limit` with the best one are of its face. They
        count by their scores. Box voting: S. Gidaris and N. Komodakis, Object detection via a multi-region
        and semantic segmentation-aware CNN model, 2015, doi:10.1109/ICCV.2015.135.
        """
        best = suppress(self.boxes, self.scores, limit)
        votes = (ious(self.boxes[best], self.boxes) >= limit) * self.scores
        shares = votes / votes.sum(1, keepdims=True)
        means = (np.tensordot(shares, values, 1) for values in (self.boxes, self.points))
        return Candidates(self.windows[best], self.scores[best], *means)


def suppress(boxes: np.ndarray, scores: np.ndarray, limit: float) -> np.ndarray:
    """Non-maximum suppression: the numbers of the boxes that stay, best first; of equal scores the first
    stays.

    `boxes` is (n, 4), `scores` is (n,). A box goes if its intersection over union with a better one that
    stays is above `limit`.

    >>> suppress(np.array([[0, 0, 9, 9], [0, 0, 9, 10], [20, 0, 29, 9]]), np.array([0.8, 0.9, 0.7]), 0.5)
    array([1, 2])
    """
    left, best = np.argsort(-scores, kind="stable"), []
    while len(left):
        best.append(left[0])
        left = left[1:][ious(boxes[left[:1]], boxes[left[1:]])[0] <= limit]
    return np.array(best, int)


def ious(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(n, m): the intersection over union, 0..1, of each of (n, 4) and each of (m, 4) boxes.

    >>> ious(np.array([[0, 0, 4, 4]]), np.array([[0, 0, 4, 4], [2, 0, 6, 4], [9, 9, 9, 9]])).round(3)
    array([[1.   , 0.333, 0.   ]])
    """
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    common = np.maximum(0, high - low).prod(2)
    areas = [np.maximum(0, boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (a, b)]
    return common / np.maximum(areas[0][:, None] + areas[1] - common, 1e-9)
