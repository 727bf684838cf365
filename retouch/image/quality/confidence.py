"""What a detector thinks of a region before and after it was painted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from retouch.image.geometry import Box, iou

SAME = 0.3
"""Boxes that overlap by at least this, as intersection over union, are of one and the same thing."""


@dataclass(frozen=True)
class Confidence:
    """Scores 0..1 of one region. None = nobody looked; 0 = looked, and not found."""

    before: float | None = None
    after: float | None = None

    @property
    def change(self) -> float | None:
        """-1..1, above 0 = the detector is surer of it than it was. None unless both are known."""
        return None if self.before is None or self.after is None else self.after - self.before

    @classmethod
    def of(
        cls, box: Box, before: Iterable[tuple[Box, float]], after: Iterable[tuple[Box, float]]
    ) -> Confidence:
        """Of the thing at `box`, by what the same detector found in both pictures: boxes and scores."""
        return cls(score_at(box, before), score_at(box, after))


def score_at(box: Box, found: Iterable[tuple[Box, float]]) -> float:
    """The best score among the boxes that are of the thing at `box`, 0 when none is."""
    return max((score for other, score in found if iou(box, other) >= SAME), default=0.0)
