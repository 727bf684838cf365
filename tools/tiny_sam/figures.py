"""What a Sam makes of scenes it has never seen: for each thing a box, a click, and a corrective click."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from tools.tiny_sam.prompts import bounds, correction, inner_point
from tools.tiny_sam.scenes import scene

UNSEEN = 1
"""The stream of scenes that no training draws from."""


@dataclass(frozen=True)
class Answer:
    """A mask (256, 256) bool, what the model thinks its overlap with the truth is, and its logits."""

    mask: np.ndarray
    score: float
    logits: np.ndarray


@dataclass(frozen=True)
class Figures:
    """Intersection over union with the truth of one thing, or the mean of many.

    `second` is the answer to both clicks, `kept` the one of `click` and `second` that scores better;
    `click` and `box` are the best-scored of three masks, `second` and `box_alone` the single mask.
    """

    box: float
    box_alone: float
    click: float
    second: float
    kept: float

    @staticmethod
    def mean(many: list[Figures]) -> Figures:
        names = [field.name for field in fields(Figures)]
        return Figures(*(float(np.mean([getattr(one, name) for one in many])) for name in names))


def figures(sam: Any, scenes: int = 100) -> list[list[Figures]]:
    """Per scene and thing. Clicks fall anywhere inside, by a seed of their own."""
    from segment_anything import SamPredictor

    predictor, made = SamPredictor(sam), []
    for seed in range(scenes):
        one, rng = scene(seed, UNSEEN), np.random.default_rng((seed, 11))
        predictor.set_image(one.pixels)
        made.append([_thing(predictor, truth, inner_point(truth, rng)) for truth in one.masks])
    return made


def overlap(mask: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union."""
    return float((mask & truth).sum() / max((mask | truth).sum(), 1))


def _thing(predictor: Any, truth: np.ndarray, point: tuple[int, int]) -> Figures:
    box = np.array(bounds(truth))
    first = best(predictor, point_coords=np.array([point]), point_labels=np.array([1]))
    second = _corrected(predictor, truth, point, first)
    kept = max(second, first, key=lambda answer: answer.score)
    answers = (
        best(predictor, box=box),
        best(predictor, box=box, multimask_output=False),
        first,
        second,
        kept,
    )
    return Figures(*(overlap(answer.mask, truth) for answer in answers))


def _corrected(predictor: Any, truth: np.ndarray, point: tuple[int, int], first: Answer) -> Answer:
    found = correction(first.mask, truth)
    if found is None:
        return first
    x, y, inside = found
    return best(
        predictor,
        point_coords=np.array([point, (x, y)]),
        point_labels=np.array([1, int(inside)]),
        mask_input=first.logits[None],
        multimask_output=False,
    )


def best(predictor: Any, **prompt: Any) -> Answer:
    """The best by score of what `SamPredictor.predict` answers."""
    masks, scores, logits = predictor.predict(**prompt)
    chosen = int(scores.argmax())
    return Answer(masks[chosen], float(scores[chosen]), logits[chosen])
