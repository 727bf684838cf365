"""Quality of clicks: how well objects with a known truth are found by a box, a click and corrections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.segmenters.base import Click, Prompt, Segmentation, Segmenter
from tools.bench.figures import Figure

SCENES = 100
LESS = 0.001
"""A thousandth less overlap is a pixel or so of a thing's outline."""


@dataclass(frozen=True)
class Pointed:
    """Intersection over union with the truth of one thing: by a box, by one click, by a second and third one,
    each in the middle of the largest error that was left. `obeyed`: each corrective click had its way."""

    box: float
    click: float
    second: float
    third: float
    obeyed: bool


def pointed(segmenter: Segmenter, scenes: int = SCENES) -> list[Pointed]:
    """The scores of each object in `scenes` scenes that no training used.

    First clicks are random points inside.
    """
    from tools.tiny_sam.figures import UNSEEN
    from tools.tiny_sam.scenes import scene

    found = []
    for seed in range(scenes):
        one, rng = scene(seed, UNSEEN), np.random.default_rng((seed, 11))
        found += [_thing(segmenter, Picture(one.pixels), truth, rng) for truth in one.masks]
    return found


def quality(tiny: Segmenter) -> list[Figure]:
    """The three figures of the issue, and the gain of the corrections."""
    things = pointed(tiny)
    box, click, second, third = means(things)
    return [
        Figure.at_least("mean IoU of a box, tiny", box, "IoU", 0.9),
        Figure.at_least("mean IoU of a click, tiny", click, "IoU", 0.85),
        Figure.at_least("mean IoU of a corrective click over the first", second - click, "IoU", 0.0),
        Figure.at_least("mean IoU of another one over that", third - second, "IoU", 0.0),
        Figure.at_most("things that a corrective click makes less", lost(things), "share", 0.0, "never"),
        Figure.at_least("things compared", len(things), "things", 300),
    ]


def means(things: Sequence[Pointed]) -> tuple[float, float, float, float]:
    """Mean intersection over union of (box, first, second, third click)."""
    rows = np.array([(one.box, one.click, one.second, one.third) for one in things])
    box, click, second, third = rows.mean(0).tolist()
    return box, click, second, third


def lost(things: Sequence[Pointed]) -> float:
    """Share of the objects whose overlap is lower after the corrective click than after the first click."""
    return float(np.mean([one.second < one.click - LESS for one in things]))


def _thing(segmenter: Segmenter, picture: Picture, truth: np.ndarray, rng: np.random.Generator) -> Pointed:
    from tools.tiny_sam.prompts import bounds, correction, inner_point

    boxed = solid(segmenter.segment(picture, Prompt(box=Box(*bounds(truth)))), picture)
    clicks = [Click(*inner_point(truth, rng))]
    seen = segmenter.segment(picture, Prompt(tuple(clicks)))
    masks, obeyed = [solid(seen, picture)], True
    for _ in range(2):
        if found := correction(masks[-1], truth):
            clicks.append(Click(*found))
            seen = segmenter.segment(picture, Prompt(tuple(clicks)), seen.memory)
        masks.append(solid(seen, picture))
        obeyed &= found is None or bool(masks[-1][clicks[-1].y, clicks[-1].x]) == clicks[-1].positive
    click, second, third = (overlap(mask, truth) for mask in masks)
    return Pointed(overlap(boxed, truth), click, second, third, obeyed)


def solid(seen: Segmentation, picture: Picture) -> np.ndarray:
    """(height, width) bool: the default mask of an answer, all False without one."""
    mask = seen.best.mask(picture.size) if seen.best else Mask.blank(picture.size)
    return mask.solid


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union, 0..1, of two masks (height, width) bool."""
    return float((a & b).sum() / max((a | b).sum(), 1))
