"""Unions, for bench `masks`: the area of one mask of several objects relative to separate masks."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from retouch.image.geometry import Size
from retouch.image.mask import Mask
from tools.bench.figures import Figure
from tools.bench.masks_cost import Inverting, cost_of
from tools.bench.masks_rules import plan_of_door
from tools.bench.masks_zoo import CORNERS, Paper, dots, marks, parts

PAIRS = Size(1200, 800)
"""The picture in which pairs are far apart."""
PARTED = ("two specks far apart", "a hundred dust dots", "film scratches", "fibres", "text 48 high")
PARTED_SIDES = (512, 2048)
"""Shapes of many parts, and the picture widths in pixels at which each part is planned on its own."""
GAPS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5, 0.8)
"""Shares of the width between two specks."""
A_LITTLE = 1.05


def unions() -> list[Figure]:
    """Planned area of objects in one mask relative to the sum of their separate plans: the worst ratio."""
    promise = f"<= {A_LITTLE:g}"
    made = {f"pairs far apart, {intent}": _pairs(intent) for intent in ("remove", "fill")}
    made |= {f"two specks at {len(GAPS)} distances, {intent}": _gaps(intent) for intent in ("remove", "fill")}
    made |= {f"parts of {name}, {side} px": _parted(name, side) for name in PARTED for side in PARTED_SIDES}
    return [
        Figure.at_most(f"union: {name}", ratio, "of the parts' sum", A_LITTLE, promise)
        for name, ratio in made.items()
    ]


def union_ratio(things: Sequence[Mask], intent: str) -> float:
    """Planned soft area of all objects in one mask, divided by the sum of their separate plans."""
    whole = Mask(np.maximum.reduce([thing.alpha for thing in things]))
    alone = sum(_soft(thing, intent) for thing in things)
    return _soft(whole, intent) / alone


def _soft(mask: Mask, intent: str) -> int:
    return cost_of(mask, plan_of_door(mask, intent, Inverting())).soft


def _pairs(intent: str) -> float:
    """The worst ratio of all pairs: one object near the upper left corner, one near the lower right."""
    paper = Paper(PAIRS, 1.0)
    both = [(Mask(first(paper)), Mask(second(paper))) for first, second in CORNERS.values()]
    alone = [tuple(_soft(mask, intent) for mask in pair) for pair in both]
    ratios = []
    for one, other in itertools.product(range(len(both)), repeat=2):
        whole = both[one][0] | both[other][1]
        ratios.append(_soft(whole, intent) / (alone[one][0] + alone[other][1]))
    return max(ratios)


def _gaps(intent: str) -> float:
    """The worst ratio of two equal specks, from a small to a large distance."""
    paper = Paper(PAIRS, 1.0)
    first = Mask(dots([(0.1, 0.5)], 8)(paper))
    return max(union_ratio([first, Mask(dots([(0.1 + gap, 0.5)], 8)(paper))], intent) for gap in GAPS)


def _parted(name: str, side: int) -> float:
    """The ratio of a shape with many parts. Each part is cut out and planned separately."""
    (mark,) = marks(side, (False,), [name])
    return union_ratio(parts(mark.mask), "remove")
