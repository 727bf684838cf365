"""Evaluation of a Sam on unseen scenes: a box, a click and a corrective click for each object."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import cv2
import numpy as np

from tools.tiny_sam.prompts import bounds, correction, inner_point
from tools.tiny_sam.scenes import scene

UNSEEN = 1
"""The stream of scenes that is not used for training."""


@dataclass(frozen=True)
class Answer:
    """A mask (256, 256) bool, its overlap with the truth as predicted by the model (0..1), and its logits."""

    mask: np.ndarray
    score: float
    logits: np.ndarray


@dataclass(frozen=True)
class Figures:
    """Intersection over union (0..1) with the truth of one object, or the mean of many.

    `click` and `box` are the mask with the best predicted score of three, `box_alone` is the single mask of
    the box. `second` is the single mask for both clicks. `scored` is the mask of `click` and `second` with
    the better predicted score. `local` is `click`, changed only in one connected component: the one at the
    second click.
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
    """The figures of each object in each unseen scene.

    First clicks are random points inside, with a fixed seed.
    """
    from segment_anything import SamPredictor

    predictor, made = SamPredictor(sam), []
    for seed in range(scenes):
        one, rng = scene(seed, UNSEEN), np.random.default_rng((seed, 11))
        predictor.set_image(one.pixels)
        made.append([_thing(predictor, truth, inner_point(truth, rng)) for truth in one.masks])
    return made


def overlap(mask: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union, 0..1, of two masks (height, width) bool."""
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
    """The masks `second`, `scored` and `local`. All three are the first mask if it has no error."""
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
    """`before`, replaced by `after` in the component of their difference that contains `point` (x, y).

    Both are (height, width) bool.
    """
    _, piece = cv2.connectedComponents((before != after).astype(np.uint8), connectivity=4)
    here = piece[point[1], point[0]]
    return np.where(piece == here, after, before) if here else before


def best(predictor: Any, **prompt: Any) -> Answer:
    """The mask of `SamPredictor.predict` with the best predicted score."""
    masks, scores, logits = predictor.predict(**prompt)
    chosen = int(scores.argmax())
    return Answer(masks[chosen], float(scores[chosen]), logits[chosen])
