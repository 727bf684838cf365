"""Rank the candidates of a region."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import cv2
import numpy as np

from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.image.quality.measure import Quality
from retouch.pipeline.before_after import BeforeAfter, Look
from retouch.pipeline.candidate import Candidate
from retouch.recipes.recipe import Settings

_LOG = logging.getLogger(__name__)

ASTRAY = 15.0
"""Distance in levels that costs as much as full confidence earns."""
AGREEMENT_WEIGHT = 0.3
"""Weight of the distance from the candidates' mean, beside the distance from the original. Both were fitted
so that the best score is the best by truth, on degraded photographs painted at strengths from 0.7 up."""
LOW_PASS_SHARE = 0.03
"""Standard deviation of a low pass, as a share of the region's side. Candidate and original are compared
after it, because the fine detail of the original is to be replaced."""
FREE_STRENGTH = 0.8
"""Denoising strength, that of hands, above which less and less of the original is to be kept."""
CELLS_PER_SIGMA = 2.0
"""Cells of the low pass in one standard deviation."""


@dataclass(frozen=True)
class Ranker:
    """Ranks candidates by the detectors that found the region, or by a person's own scorer.

    The score is `quality_score` less the distance from the candidates' mean and, if the original is to be
    kept, the distance from the original in outlines and colours.

    The candidates and the truth are drawn from the model's distribution. So the candidate nearest to their
    mean has the least expected error (minimum Bayes risk; Kumar and Byrne, 2004). It is also the candidate
    without the sixth finger that no other has.
    """

    look: Look | None = None
    scorer: Scorer | None = None

    def rank(self, candidates: Sequence[Candidate], trial: BeforeAfter) -> tuple[Candidate, ...]:
        """The candidates in the same order, each with its score. Higher is better."""
        scores = self._scores(candidates, trial)
        return tuple(replace(c, score=score) for c, score in zip(candidates, scores, strict=True))

    def _scores(self, candidates: Sequence[Candidate], trial: BeforeAfter) -> list[float]:
        if not candidates:
            return []
        if self.scorer is not None and len(candidates) > 1:
            try:
                prompt = trial.step.prompt
                return [float(self.scorer.score(Picture(trial.apply(c)), prompt)) for c in candidates]
            except Exception:  # a person's own model must not discard the candidates
                _LOG.exception("the scorer failed: candidates are ranked without it")
        kept_share, where = fidelity(trial.step.settings), inner_mask(candidates[0], trial.step.box)
        spread = distances(candidates, mean_of(candidates), where)
        change = distances(candidates, trial.original(candidates[0]), where, LOW_PASS_SHARE)
        return [
            quality_score(candidate.scores)
            - (kept_share * from_original + AGREEMENT_WEIGHT * from_mean) / ASTRAY
            for candidate, from_mean, from_original in zip(candidates, spread, change, strict=True)
        ]


def fidelity(settings: Settings) -> float:
    """How much of the original is to be kept, 0..1: 1 up to a denoising strength of 0.8, 0 at 1.

    It is 0 if the masked content is not the original.
    """
    if settings.masked_content != "original":
        return 0.0
    return min((1 - settings.denoising_strength) / (1 - FREE_STRENGTH), 1.0)


def quality_score(quality: Quality) -> float:
    """Quality of a candidate without regard to the original, at most 1. Unknown measures do not count.

    The detectors' confidence, 0..1, less 1/20 for each halving of sharpness against its surroundings, less
    1/10 for each CIELAB unit per pixel of seam excess.
    """
    return (quality.confidence.after or 0.0) - blur(quality) / 20 - seam_excess(quality) / 10


def blur(quality: Quality) -> float:
    """Number of halvings of sharpness against the surroundings, 0..3."""
    if quality.sharpness is None:
        return 0.0
    return min(max(-math.log2(max(quality.sharpness, 1e-6)), 0.0), 3.0)


def seam_excess(quality: Quality) -> float:
    """Seam score after painting less the score before, in CIELAB units per pixel, at least 0."""
    return max((quality.seam or 0.0) - max(quality.seam_before or 0.0, 0.0), 0.0)


def mean_of(candidates: Sequence[Candidate]) -> np.ndarray:
    """The mean of the candidates' pixels, (height, width, 3) float32 levels."""
    return np.mean([candidate.over.pixels for candidate in candidates], axis=0, dtype=np.float32)


def inner_mask(candidate: Candidate, region: Box) -> np.ndarray:
    """Pixels inside the region's box at which the mask is 255, (height, width) bool of the candidate's size.

    Outside the box the mask has grown into unmarked pixels and fades. If no pixel is left, all pixels with a
    mask above 0. `region` is in canvas pixels.
    """
    inside, common = np.zeros(candidate.mask.alpha.shape, bool), region & candidate.box
    if not common.empty:
        inside[common.relative_to(candidate.box).slices] = True
    inside &= candidate.mask.alpha == 255
    return inside if inside.any() else candidate.mask.alpha > 0


def distances(
    candidates: Sequence[Candidate], to: np.ndarray, where: np.ndarray, low: float = 0.0
) -> list[float]:
    """Root mean square difference, in levels, between each composited candidate and the pixels `to`.

    `to` is (height, width, 3), `where` (height, width) bool. With `low` above 0 the difference is low-passed;
    the standard deviation is that share of the side of `where`.
    """
    deviation = low * float(np.count_nonzero(where)) ** 0.5
    return [float((_off(candidate, to, deviation)[where] ** 2).mean() ** 0.5) for candidate in candidates]


def _off(candidate: Candidate, to: np.ndarray, deviation: float) -> np.ndarray:
    difference = (candidate.over.pixels - to.astype(np.float32)) * (
        candidate.mask.alpha[..., None] / np.float32(255)
    )
    return _smooth(difference, deviation) if deviation > 0 else difference


def _smooth(levels: np.ndarray, deviation: float) -> np.ndarray:
    """Low-passed levels, computed at CELLS_PER_SIGMA cells per standard deviation to save time."""
    height, width = levels.shape[:2]
    share = min(CELLS_PER_SIGMA / deviation, 1)
    cells = (max(round(width * share), 1), max(round(height * share), 1))
    coarse = cv2.resize(levels, cells, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(coarse, (0, 0), deviation * share)
    return cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)


@runtime_checkable
class Scorer(Protocol):
    """A person's own score of a candidate, for example a model of their taste. It replaces Retouch's
    measures.
    """

    def score(self, crop: Picture, prompt: str) -> float:
        """Score of a crop of the canvas with a candidate composited. Any scale; higher is better."""
        ...
