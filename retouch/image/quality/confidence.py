"""The confidence of a detector in a region before and after painting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from retouch.image.geometry import Box, iou

SAME_OBJECT_IOU = 0.3
"""Least intersection over union of two boxes of one object."""


@dataclass(frozen=True)
class Confidence:
    """Scores 0..1 of one region. None = no detector ran; 0 = not detected."""

    before: float | None = None
    after: float | None = None

    @property
    def change(self) -> float | None:
        """After minus before, -1..1: above 0 = the confidence increased. None unless both are known."""
        return None if self.before is None or self.after is None else self.after - self.before

    @classmethod
    def of(
        cls, box: Box, before: Iterable[tuple[Box, float]], after: Iterable[tuple[Box, float]]
    ) -> Confidence:
        """The confidence in the object at `box`, from one detector's (box, score) pairs in both pictures."""
        return cls(score_at(box, before), score_at(box, after))


def score_at(box: Box, found: Iterable[tuple[Box, float]]) -> float:
    """The best score 0..1 of a detection at `box`, 0 when there is none.

    >>> score_at(Box(0, 0, 10, 10), [(Box(1, 0, 11, 10), 0.8), (Box(50, 50, 60, 60), 0.9)])
    0.8
    """
    return max((score for other, score in found if iou(box, other) >= SAME_OBJECT_IOU), default=0.0)
