"""Masks as a model answers them, still at its own resolution: asked for, compared and chosen there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retouch.image.geometry import Box
from retouch.image.region import Region
from retouch.segmenters.base import Click, Prompt
from retouch.segmenters.sam.decoder import DecoderInput, DecoderOutput
from retouch.segmenters.sam.square_input import SquareInput

SAME = 0.9
"""Masks that overlap by more (intersection over union) are one candidate."""
CLEAR, AMBIGUOUS = (0,), (1, 2, 3)
"""Levels of the decoder: its one mask for a clear prompt, its part, object and group for a single click."""


@dataclass(frozen=True, eq=False)
class MaskCandidate:
    """One mask: (h, w) logits over the square of `fit`, and the quality the model expects of it."""

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
        """Clicks in view that the mask says otherwise about."""
        seen = [click for click in clicks if _holds(self.fit.crop, click)]
        inside = self.fit.at(self.logits, seen) > 0
        return sum(bool(a) != click.positive for a, click in zip(inside, seen, strict=True))

    def within(self, fit: SquareInput) -> MaskCandidate:
        """The same mask as `fit` sees it."""
        return (
            self if fit == self.fit else replace(self, fit=fit, logits=self.fit.resampled(self.logits, fit))
        )


def mask_iou(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of where two arrays of logits are positive."""
    union = np.count_nonzero((a > 0) | (b > 0))
    return np.count_nonzero((a > 0) & (b > 0)) / union if union else 1.0


def decoder_input(fit: SquareInput, prompt: Prompt, before: MaskCandidate | None = None) -> DecoderInput:
    """The prompt as the decoder takes it; what was answered `before` comes with it."""
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
    """What was answered, as masks: the clear prompt's one, a single click's three.

    The one for a clear prompt gives way to the others where it disobeys a click that one of them obeys.
    """
    single = prompt.box is None and len(prompt.clicks) == 1
    every = [
        MaskCandidate(fit, logits, float(score))
        for logits, score in zip(answer.logits, answer.scores, strict=True)
    ]
    some = {
        kind: [g for g, n in zip(every, answer.levels, strict=True) if n in kind]
        for kind in (CLEAR, AMBIGUOUS)
    }
    if single:
        return some[AMBIGUOUS]
    best = best_first([*some[CLEAR], *some[AMBIGUOUS]], prompt.clicks, by_score=False)[0]
    return [best]


def best_first(
    found: Sequence[MaskCandidate], clicks: Sequence[Click], by_score: bool = True
) -> list[MaskCandidate]:
    """First those that obey the most clicks, then those of the best score, or as they came; each but once."""
    order = sorted(found, key=lambda g: (g.violations(clicks), -g.score if by_score else 0.0))
    kept: list[MaskCandidate] = []
    for guess in order:
        if (guess.logits > 0).any() and not any(_same(guess, other) for other in kept):
            kept.append(guess)
    return kept or order[:1]


def _same(a: MaskCandidate, b: MaskCandidate) -> bool:
    return mask_iou(a.logits, b.within(a.fit).logits) > SAME


def _holds(crop: Box, click: Click) -> bool:
    return crop.left <= click.x < crop.right and crop.top <= click.y < crop.bottom
