"""The candidates for a click or a box: their order, and the one that is taken by default.

Every segmenter returns the candidates of one thing by `order_candidates`, so REST, command line, recipes,
ComfyUI and the page show the same list and take the same default:

- A candidate that violates more clicks than another one is left out.
- Of two near duplicates the one with the higher score stays.
- The list is ordered by area, the smallest first: part, object, group.
- The default is the candidate with the highest score. Scores are compared with SCORE_DIGITS decimals, as the
  answer of `POST segment` has them.
- Of equal scores the one that the segmenter gives first counts as the higher: SAM gives a mask that it
  corrected at the last click only before the new mask of the same score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from retouch.image.region import Region, overlap
from retouch.segmenters.base import Click, Segmentation
from retouch.segmenters.prompt_checks import violations

SAME_IOU = 0.9
"""Intersection over union from which two candidates are one."""
SCORE_DIGITS = 4


def order_candidates(regions: Iterable[Region], clicks: Sequence[Click], memory: Any = None) -> Segmentation:
    """The candidates of one thing by the rule of this module. `regions` are in the segmenter's order."""
    kept = _drop_duplicates(_most_obedient(list(regions), clicks))
    ordered = sorted(range(len(kept)), key=lambda index: _by_size(kept[index]))
    default = ordered.index(0) if kept else 0
    return Segmentation(tuple(kept[index] for index in ordered), memory, default, nested=True)


def change_candidates(found: Segmentation, change: Callable[[Region], Region]) -> Segmentation:
    """The segmentation with each region changed. Candidates of one thing stay ordered by size."""
    changed = [(change(region), index == found.default) for index, region in enumerate(found.regions)]
    if found.nested:
        changed.sort(key=lambda pair: _by_size(pair[0]))
    default = next((index for index, (_, is_default) in enumerate(changed) if is_default), 0)
    return replace(found, regions=tuple(region for region, _ in changed), default=default)


def _by_size(region: Region) -> tuple[Any, ...]:
    return region.shape.area, -region.score, region.box


def _score(region: Region) -> float:
    return round(float(region.score), SCORE_DIGITS)


def _most_obedient(regions: Sequence[Region], clicks: Sequence[Click]) -> list[Region]:
    """The regions that violate the fewest clicks."""
    counts = [violations(region, clicks) for region in regions]
    return [region for region, count in zip(regions, counts, strict=True) if count == min(counts)]


def _drop_duplicates(regions: Sequence[Region]) -> list[Region]:
    """The regions without near duplicates, the highest score first."""
    different: list[Region] = []
    for region in sorted(regions, key=_score, reverse=True):
        if all(iou(region, other) < SAME_IOU for other in different):
            different.append(region)
    return different


def iou(a: Region, b: Region) -> float:
    """Intersection over union of the cores of two regions, 0..1."""
    common = overlap(a, b) * min(a.shape.area, b.shape.area)
    return common / max(a.shape.area + b.shape.area - common, 1)
