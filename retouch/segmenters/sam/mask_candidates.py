"""The masks of a model at its own resolution: requested, compared and chosen there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retouch.image.geometry import Box
from retouch.image.region import Region
from retouch.segmenters.base import Click, Prompt
from retouch.segmenters.sam.decoder import DecoderInput, DecoderOutput
from retouch.segmenters.sam.square_input import SquareInput

SAME_MASK_IOU = 0.9
"""Intersection over union above which two masks are one candidate."""
CLEAR, AMBIGUOUS = (0,), (1, 2, 3)
"""Levels of the decoder: one mask for a clear prompt; part, object and group for a single click."""


@dataclass(frozen=True, eq=False)
class MaskCandidate:
    """One mask: (n, n) float32 logits over the square of `fit`, and the model's predicted quality, about
    0..1."""

    fit: SquareInput
    logits: np.ndarray
    score: float

    @property
    def region(self) -> Region | None:
        return self.fit.region(self.logits, min(max(self.score, 0.0), 1.0))

    @property
    def box(self) -> Box | None:
        return self.fit.solid(self.logits)

    def violations(self, clicks: Sequence[Click]) -> int:
        """The number of clicks in the crop that disagree with the mask."""
        visible = [click for click in clicks if _holds(self.fit.crop, click)]
        inside = self.fit.at(self.logits, visible) > 0
        return sum(bool(a) != click.positive for a, click in zip(inside, visible, strict=True))

    def within(self, fit: SquareInput) -> MaskCandidate:
        """The same mask resampled to `fit`."""
        return (
            self if fit == self.fit else replace(self, fit=fit, logits=self.fit.resampled(self.logits, fit))
        )


def mask_iou(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union, 0..1, of the positive places of two arrays of logits of one shape; 1 without
    any.

    >>> mask_iou(np.array([[1.0, 1.0, -1.0]]), np.array([[-1.0, 1.0, -1.0]]))
    0.5
    """
    union = np.count_nonzero((a > 0) | (b > 0))
    return np.count_nonzero((a > 0) & (b > 0)) / union if union else 1.0


def decoder_input(fit: SquareInput, prompt: Prompt, before: MaskCandidate | None = None) -> DecoderInput:
    """The decoder's input for a prompt, with the logits of the mask `before`."""
    clicks = [click for click in prompt.clicks if _holds(fit.crop, click)]
    centres = np.array([(click.x + 0.5, click.y + 0.5) for click in clicks], np.float32).reshape(-1, 2)
    corners = None if prompt.box is None else fit.points(np.array(prompt.box, np.float32).reshape(2, 2))
    return DecoderInput(
        points=fit.points(centres)[None] if clicks else None,
        labels=np.array([[float(click.positive) for click in clicks]]) if clicks else None,
        boxes=None if corners is None else corners.reshape(1, 4),
        masks=None if before is None else before.within(fit).logits[None],
    )


def guesses(fit: SquareInput, answer: DecoderOutput, prompt: Prompt) -> list[MaskCandidate]:
    """The masks of an answer: one for a clear prompt, three for a single click.

    The mask for a clear prompt is replaced by one of the others if that violates fewer clicks.
    """
    single = prompt.box is None and len(prompt.clicks) == 1
    candidates = [
        MaskCandidate(fit, logits, float(score))
        for logits, score in zip(answer.logits, answer.scores, strict=True)
    ]
    by_kind = {
        kind: [g for g, n in zip(candidates, answer.levels, strict=True) if n in kind]
        for kind in (CLEAR, AMBIGUOUS)
    }
    if single:
        return by_kind[AMBIGUOUS]
    best = best_first([*by_kind[CLEAR], *by_kind[AMBIGUOUS]], prompt.clicks, by_score=False)[0]
    return [best]


def best_first(
    found: Sequence[MaskCandidate], clicks: Sequence[Click], by_score: bool = True
) -> list[MaskCandidate]:
    """The candidates without duplicates, by violated clicks, then by score or, without `by_score`, in
    order."""
    order = sorted(found, key=lambda g: (g.violations(clicks), -g.score if by_score else 0.0))
    unique: list[MaskCandidate] = []
    for guess in order:
        if (guess.logits > 0).any() and not any(_same(guess, other) for other in unique):
            unique.append(guess)
    return unique or order[:1]


def _same(a: MaskCandidate, b: MaskCandidate) -> bool:
    return mask_iou(a.logits, b.within(a.fit).logits) > SAME_MASK_IOU


def _holds(crop: Box, click: Click) -> bool:
    return crop.left <= click.x < crop.right and crop.top <= click.y < crop.bottom
