"""Quality of clicks: how well objects with a known truth are found by a box, a click and corrections.

`bench clicks` measures the segmenter without a model file; `bench segment` uses this module for a SAM.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.segmenters.base import Click, Prompt, Segmentation, Segmenter
from retouch.segmenters.classical import Classical
from retouch.segmenters.registry import CLASSICAL, SegmenterRegistry
from tools.bench.figures import Figure
from tools.bench.photo_outlines import OUTLINES

SCENES = 100
ROUNDS = 5
"""First clicks on each outline drawn by hand."""
BEFORE_SYNTHETIC = (0.974, 0.894, 0.906, 0.917)
BEFORE_PHOTOGRAPHS = (0.781, 0.286, 0.394, 0.458)
"""Mean IoU by a box, one, two and three clicks at commit 12d6fe3, which were measured in the same run as the
figures in docs/measured.md."""
ROUNDING = 0.0005
LESS = 0.001
"""A thousandth less overlap is a pixel or so of a thing's outline."""


@dataclass(frozen=True)
class Pointed:
    """Intersection over union with the truth of one thing: by a box, by one click, by a second and third one,
    each in the middle of the largest error that was left. `click` is that of the default candidate, `offered`
    that of the best one for the same click. `obeyed`: each corrective click had its way."""

    box: float
    click: float
    second: float
    third: float
    obeyed: bool
    offered: float


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


def measure(args: argparse.Namespace) -> list[Figure]:
    """The figures of the segmenter without a model file, for `bench clicks`.

    The targets are the figures before candidates were scored by clear edges and the picture's border.
    """
    with_detectors = SegmenterRegistry().get(CLASSICAL)
    return [
        *_classical("synthetic", pointed(Classical()), BEFORE_SYNTHETIC),
        *_classical("photographs", on_photographs(with_detectors), BEFORE_PHOTOGRAPHS),
    ]


def _classical(kind: str, things: Sequence[Pointed], before: tuple[float, ...]) -> list[Figure]:
    """A figure of each prompt, and the best candidate of the first click."""
    names = ("box", "one click", "two clicks", "three clicks")
    figures = [
        Figure.at_least(f"{kind}: mean IoU, {name}", value, "IoU", least - ROUNDING)
        for name, value, least in zip(names, means(things), before, strict=True)
    ]
    offered = float(np.mean([one.offered for one in things]))
    figures.append(Figure.at_least(f"{kind}: best candidate of one click", offered, "IoU", 0.0))
    return [*figures, Figure.at_least(f"{kind}: things and clicks", len(things), "things", 100)]


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


def on_photographs(segmenter: Segmenter, rounds: int = ROUNDS) -> list[Pointed]:
    """The scores of each outline drawn by hand, `rounds` times with other first clicks."""
    found = []
    for number, outline in enumerate(OUTLINES):
        picture, truth = outline.picture, outline.mask
        for turn in range(rounds):
            found.append(_thing(segmenter, picture, truth, np.random.default_rng((number, turn, 12))))
    return found


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
    offered = max((overlap(region.mask(picture.size).solid, truth) for region in seen.regions), default=0.0)
    for _ in range(2):
        if found := correction(masks[-1], truth):
            clicks.append(Click(*found))
            seen = segmenter.segment(picture, Prompt(tuple(clicks)), seen.memory)
        masks.append(solid(seen, picture))
        obeyed &= found is None or bool(masks[-1][clicks[-1].y, clicks[-1].x]) == clicks[-1].positive
    click, second, third = (overlap(mask, truth) for mask in masks)
    return Pointed(overlap(boxed, truth), click, second, third, obeyed, offered)


def solid(seen: Segmentation, picture: Picture) -> np.ndarray:
    """(height, width) bool: the default mask of an answer, all False without one."""
    mask = seen.best.mask(picture.size) if seen.best else Mask.blank(picture.size)
    return mask.solid


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union, 0..1, of two masks (height, width) bool."""
    return float((a & b).sum() / max((a | b).sum(), 1))
