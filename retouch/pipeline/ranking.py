"""Choice: which of several paintings of a region is taken."""

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
"""Levels off what was there that cost as much as all the confidence there is."""
AGREEING = 0.3
"""What a level off what the candidates agree on counts beside that. Both were fitted on spoilt photographs
whose truth is known, painted at strengths from 0.7 up, so that the best score is the best by truth."""
LOW = 0.03
"""Of the side of what was painted: the standard deviation of the low pass under which it is held against
what was there, whose finest detail is what is to be mended."""
FREE = 0.8
"""The denoising strength, that of hands, beyond which ever less of what was there is to be kept."""
CELLS = 2.0


@dataclass(frozen=True)
class Ranker:
    """Who is asked: the detectors that found the region, and a person's own scorer instead of our measures.

    Ours are `merit`, how near it is to what the candidates agree on, and where what was there is to be kept,
    how near to that, in outlines and in colours.

    All candidates are drawn from what the model holds possible, and so is the truth, as it sees it: the one
    nearest to their mean has the least expected error (minimum Bayes risk; Kumar and Byrne, 2004). It is
    also the one without the sixth finger that no other has.
    """

    look: Look | None = None
    scorer: Scorer | None = None

    def rank(self, candidates: Sequence[Candidate], trial: BeforeAfter) -> tuple[Candidate, ...]:
        """The same, each with the score by which it is to be chosen."""
        scores = self._scores(candidates, trial)
        return tuple(replace(c, score=score) for c, score in zip(candidates, scores, strict=True))

    def _scores(self, candidates: Sequence[Candidate], trial: BeforeAfter) -> list[float]:
        if not candidates:
            return []
        if self.scorer is not None and len(candidates) > 1:
            try:
                words = trial.step.prompt
                return [float(self.scorer.score(Picture(trial.with_it(c)), words)) for c in candidates]
            except Exception:  # a model of the person's own must not cost what was painted
                _LOG.exception("the scorer broke: candidates are ranked without it")
        faith, where = fidelity(trial.step.settings), inner_mask(candidates[0], trial.step.box)
        apart = distances(candidates, mean_of(candidates), where)
        moved = distances(candidates, trial.under(candidates[0]), where, LOW)
        return [
            quality_score(one.scores) - (faith * off + AGREEING * far) / ASTRAY
            for one, far, off in zip(candidates, apart, moved, strict=True)
        ]


def fidelity(settings: Settings) -> float:
    """How much of what was there is to be kept, 0..1: all up to a denoising strength of 0.8, nothing at 1.

    Nor is anything where something else was filled in.
    """
    if settings.masked_content != "original":
        return 0.0
    return min((1 - settings.denoising_strength) / (1 - FREE), 1.0)


def quality_score(quality: Quality) -> float:
    """How good a painting is whatever was there before, at most 1. Unknown measures count nothing.

    The detectors' confidence after, 0..1, less a twentieth for every time that it is half as sharp as what
    is around it, and less a tenth for every CIELAB unit per pixel of seam that was not there before.
    """
    return (quality.confidence.after or 0.0) - blur(quality) / 20 - seam_excess(quality) / 10


def blur(quality: Quality) -> float:
    """How many times it would have to be twice as sharp to be so as its surroundings, 0..3."""
    if quality.sharpness is None:
        return 0.0
    return min(max(-math.log2(max(quality.sharpness, 1e-6)), 0.0), 3.0)


def seam_excess(quality: Quality) -> float:
    """CIELAB units per pixel of seam that were not there before, 0 and up."""
    return max((quality.seam or 0.0) - max(quality.seam_before or 0.0, 0.0), 0.0)


def mean_of(candidates: Sequence[Candidate]) -> np.ndarray:
    """Their mean, (height, width, 3) float32 levels."""
    return np.mean([one.over.pixels for one in candidates], axis=0, dtype=np.float32)


def inner_mask(one: Candidate, region: Box) -> np.ndarray:
    """Where a candidate is itself and in the box of its region, (height, width) bool.

    Around that it grew into what was well, and fades. All that it painted, where there is no such place.
    """
    inside, common = np.zeros(one.mask.alpha.shape, bool), region & one.box
    if not common.empty:
        inside[common.relative_to(one.box).slices] = True
    inside &= one.mask.alpha == 255
    return inside if inside.any() else one.mask.alpha > 0


def distances(
    candidates: Sequence[Candidate], to: np.ndarray, where: np.ndarray, low: float = 0.0
) -> list[float]:
    """How far each, put back upon the pixels `to`, is from them there: root mean square in levels.

    `where` is (height, width) bool. With `low`, after a low pass whose standard deviation is that share of
    the side of `where`.
    """
    deviation = low * float(np.count_nonzero(where)) ** 0.5
    return [float((_off(one, to, deviation)[where] ** 2).mean() ** 0.5) for one in candidates]


def _off(one: Candidate, to: np.ndarray, deviation: float) -> np.ndarray:
    off = (one.over.pixels - to.astype(np.float32)) * (one.mask.alpha[..., None] / np.float32(255))
    return _smooth(off, deviation) if deviation > 0 else off


def _smooth(levels: np.ndarray, deviation: float) -> np.ndarray:
    """Low-passed, in cells of which CELLS are one standard deviation: finer ones would only cost time."""
    height, width = levels.shape[:2]
    share = min(CELLS / deviation, 1)
    cells = (max(round(width * share), 1), max(round(height * share), 1))
    coarse = cv2.resize(levels, cells, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(coarse, (0, 0), deviation * share)
    return cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)


@runtime_checkable
class Scorer(Protocol):
    """Says how good a painting is, instead of our own measures: a model of the person's taste, say."""

    def score(self, crop: Picture, prompt: str) -> float:
        """Of a crop of the canvas with a candidate put back. Any scale; higher is better."""
        ...
