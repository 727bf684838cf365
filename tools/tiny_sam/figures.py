"""What a Sam makes of scenes it has never seen: for each thing a box, a click, and a corrective click."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import cv2
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

    `click` and `box` are the best-scored of three masks, `second` and `box_alone` the single mask. `second`
    is the answer to both clicks, `scored` the one of `click` and `second` that scores better, and `local`
    is `click` changed only where the second click lies: in one connected piece.
    """

    box: float
    box_alone: float
    click: float
    second: float
    scored: float
    local: float

    @staticmethod
    def mean(many: list[Figures]) -> Figures:
        names = [field.name for field in fields(Figures)]
        return Figures(*(float(np.mean([getattr(one, name) for one in many])) for name in names))


def figures(sam: Any, scenes: int = 100) -> list[list[Figures]]:
    """Of each unseen scene, each thing's. First clicks fall anywhere inside, by a seed of their own."""
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
    masks = (
        best(predictor, box=box).mask,
        best(predictor, box=box, multimask_output=False).mask,
        first.mask,
        *_corrected(predictor, truth, point, first),
    )
    return Figures(*(overlap(mask, truth) for mask in masks))


def _corrected(
    predictor: Any, truth: np.ndarray, point: tuple[int, int], first: Answer
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The masks `second`, `scored` and `local`; the first one thrice where it is right."""
    found = correction(first.mask, truth)
    if found is None:
        return first.mask, first.mask, first.mask
    x, y, inside = found
    second = best(
        predictor,
        point_coords=np.array([point, (x, y)]),
        point_labels=np.array([1, int(inside)]),
        mask_input=first.logits[None],
        multimask_output=False,
    )
    scored = max(second, first, key=lambda answer: answer.score)
    return second.mask, scored.mask, changed_at((x, y), first.mask, second.mask)


def changed_at(point: tuple[int, int], before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """`before`, but as `after` in that connected piece of where they differ which holds the point (x, y)."""
    _, piece = cv2.connectedComponents((before != after).astype(np.uint8), connectivity=4)
    here = piece[point[1], point[0]]
    return np.where(piece == here, after, before) if here else before


def best(predictor: Any, **prompt: Any) -> Answer:
    """The best by score of what `SamPredictor.predict` answers."""
    masks, scores, logits = predictor.predict(**prompt)
    chosen = int(scores.argmax())
    return Answer(masks[chosen], float(scores[chosen]), logits[chosen])
