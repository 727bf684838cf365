"""Outlines without a model file: what is enclosed by edges round the clicks, then told apart by colour.

Grown along paths without edges (`geodesic`), then cut by GrabCut (Rother, Kolmogorov and Blake, GrabCut:
Interactive foreground extraction using iterated graph cuts, 2004), on a small copy, so that a click takes
the same time on any picture. What the detectors know, people and faces, is offered as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region, distinct, overlap
from retouch.segmenters import geodesic
from retouch.segmenters.base import Click, Prompt, Segmentation
from retouch.segmenters.compute_once import ComputeOnce
from retouch.segmenters.prompt_checks import check_prompt, rank_regions, violations

SIDE = 288
"""Longest side of the small copy, in pixels."""
ROUNDS = 3
OWN = 0.8
"""The best score of an outline by edges alone: what a detector knows for sure comes before it."""
EASY = 1.2
"""How much harder to reach than its middle the rest of what is wrong may be."""
MARGIN = 0.35
"""Of a box's longer side, seen around it: what is certainly not the thing."""
LEAST = 0.05
"""Of a box's area: nobody draws a box round something smaller."""
_KEEP, _TAKE, _MAYBE_KEEP, _MAYBE_TAKE = cv2.GC_BGD, cv2.GC_FGD, cv2.GC_PR_BGD, cv2.GC_PR_FGD


@dataclass(frozen=True, eq=False)
class WorkingView:
    """A part of a picture made small: `crop` in canvas pixels, `pixels` RGB uint8, `cost` of a step at each
    of them, `parts` known in the picture."""

    crop: Box
    pixels: np.ndarray
    cost: np.ndarray
    parts: tuple[Region, ...]

    @classmethod
    def of(cls, picture: Picture, crop: Box, parts: tuple[Region, ...] = ()) -> WorkingView:
        scale = min(1.0, SIDE / max(crop.size))
        small = Size(*(max(8, round(length * scale)) for length in crop.size))
        pixels = cv2.resize(picture.pixels[crop.slices], small, interpolation=cv2.INTER_AREA)
        smooth = cv2.GaussianBlur(pixels, (0, 0), 1.0)
        lab = cv2.cvtColor(smooth.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        edge = geodesic.edges(lab)
        return cls(crop, pixels, (0.05 + edge * edge).astype(np.float32), parts)

    @property
    def scale(self) -> np.ndarray:
        """Small pixels per canvas pixel, across and down."""
        return np.array(self.pixels.shape[1::-1]) / np.array(self.crop.size)

    def discs(self, clicks: Sequence[Click], radius: int = 2) -> np.ndarray:
        """(height, width) bool: a small disc round each click."""
        drawn = np.zeros(self.pixels.shape[:2], np.uint8)
        for click in clicks:
            x, y = (np.array([click.x - self.crop.left, click.y - self.crop.top]) + 0.5) * self.scale
            cv2.circle(drawn, (int(x), int(y)), radius, (1,), -1)
        return drawn > 0

    def region(self, solid: np.ndarray, score: float) -> Region | None:
        """(height, width) bool of the small copy -> a region of the picture, smooth at its size."""
        soft = cv2.GaussianBlur(solid.astype(np.float32), (0, 0), 0.8)
        full = cv2.resize(soft, self.crop.size, interpolation=cv2.INTER_CUBIC)
        found = Region.of_mask(Mask.where(full >= 0.5), "", score)
        return found and found.moved(self.crop.left, self.crop.top)


@dataclass(frozen=True, eq=False)
class Memory:
    """The last answer on the picture of that digest."""

    digest: str
    region: Region


class Classical:
    """A Segmenter. `parts` finds what is known by heart in a picture; it is asked once per picture."""

    name = "classical"

    def __init__(self, parts: Callable[[Picture], tuple[Region, ...]] = lambda picture: ()) -> None:
        self._parts = parts
        self._views: ComputeOnce[WorkingView] = ComputeOnce(8)

    def prepare(self, picture: Picture) -> None:
        self._view(picture)

    def segment(self, picture: Picture, prompt: Prompt, memory: Any = None) -> Segmentation:
        asked = check_prompt(prompt, picture.size)
        before = memory.region if isinstance(memory, Memory) and memory.digest == picture.digest else None
        regions = self._answers(picture, asked, before)
        return Segmentation(regions, Memory(picture.digest, regions[0]) if regions else None)

    def _answers(self, picture: Picture, asked: Prompt, before: Region | None) -> tuple[Region, ...]:
        view = self._view(picture)
        if before is not None:
            mended = correct_clicks(view, before, asked.clicks)
            if not violations(mended, asked.clicks):
                return (mended,)
        if asked.box is not None:
            return (in_box(picture, asked.box, asked.clicks),)
        regions = [region for region in around(view, asked.clicks) if region]
        regions += [part for part in view.parts if not violations(part, asked.clicks)]
        return rank_regions(_apart(rank_regions(regions, asked.clicks)), asked.clicks)

    def everything(self, picture: Picture) -> tuple[Region, ...]:
        view = self._view(picture)
        return distinct([*view.parts, *patches(view)])

    def _view(self, picture: Picture) -> WorkingView:
        return self._views.get(
            picture.digest, lambda: WorkingView.of(picture, picture.size.box, self._parts(picture))
        )


def _apart(regions: Sequence[Region]) -> list[Region]:
    """Of regions that are nearly the same the first; a part and its whole are two."""
    kept: list[Region] = []
    for region in regions:
        if all(_likeness(region, other) < 0.9 for other in kept):
            kept.append(region)
    return kept


def _likeness(a: Region, b: Region) -> float:
    """Intersection over union of the solid pixels, 0..1."""
    common = overlap(a, b) * min(a.shape.area, b.shape.area)
    return common / max(a.shape.area + b.shape.area - common, 1)


def around(view: WorkingView, clicks: Sequence[Click]) -> list[Region | None]:
    """What may be meant by clicks: regions at several sizes that hold the positive ones."""
    take, keep = (
        view.discs([c for c in clicks if c.positive]),
        view.discs([c for c in clicks if not c.positive]),
    )
    reach = geodesic.distances(view.cost, take)
    if keep.any():
        reach = np.where(geodesic.distances(view.cost, keep) < reach, np.inf, reach)
    return [_cut(view, level, take, keep) for level in geodesic.levels(reach)]


def correct_clicks(view: WorkingView, before: Region, clicks: Sequence[Click]) -> Region:
    """`before` with what each click that it disobeys lies on put in or taken out, and nothing else."""
    for click in clicks:
        if violations(before, [click]):
            others = [replace(c, positive=False) for c in clicks if c.positive != click.positive]
            part = _patch(view, before, [replace(click, positive=True), *others])
            mask = before.within(view.crop)
            mask = mask | part if click.positive else mask - part
            found = Region.of_mask(mask, before.label, before.score)
            before = found.moved(view.crop.left, view.crop.top) if found else before
    return before


def _patch(view: WorkingView, before: Region, clicks: Sequence[Click]) -> Mask:
    """What is wrong round the first click, as far as it can be told.

    A click is put into the middle of what is wrong. So that reaches half as far again as the outline is
    away, and to no pixel that is much harder to get to than those between.
    """
    seed = view.discs(clicks[:1], 1)
    small = before.within(view.crop).resized(Size(*view.pixels.shape[1::-1])).solid
    side = small == bool(small[seed].mean() >= 0.5)
    depth = float(cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, 5)[seed].max())
    away = cv2.distanceTransform((~seed).astype(np.uint8), cv2.DIST_L2, 5)
    reach = geodesic.distances(view.cost, seed)
    close = side & (away <= max(depth, 1))
    easy = reach <= EASY * float(reach[close].max(initial=0))
    rivals = geodesic.distances(view.cost, view.discs(clicks[1:]))
    chosen = _holding(side & easy & (away <= 1.5 * depth) & (reach < rivals) | seed, seed)
    found = view.region(chosen, 1.0)
    return found.within(view.crop) if found else Mask.blank(view.crop.size)


def in_box(picture: Picture, box: Box, clicks: Sequence[Click]) -> Region:
    """The one thing in a box, seen at a scale of its own; the box itself where nothing stands out in it."""
    margin = max(4, round(MARGIN * max(box.size)))
    view = WorkingView.of(picture, box.grown(margin) & picture.size.box)
    corners = np.array(box.relative_to(view.crop)).reshape(2, 2) * view.scale
    inner = np.zeros(view.pixels.shape[:2], bool)
    inner[(Box.covering(*corners.ravel()) & Size(*view.pixels.shape[1::-1]).box).slices] = True
    take, keep = (view.discs([c for c in clicks if c.positive == kind]) for kind in (True, False))
    found = _cut(view, inner & ~keep, take & inner, keep | ~inner)
    return found if found and found.shape.area > LEAST * box.area else Region.of_box(box, score=0.1)


def _cut(view: WorkingView, guess: np.ndarray, take: np.ndarray, keep: np.ndarray) -> Region | None:
    """GrabCut from a guess; what is far from it stays out."""
    labels = np.where(guess, _MAYBE_TAKE, _MAYBE_KEEP).astype(np.uint8)
    radius = max(3, round(0.5 * np.sqrt(guess.sum())))
    near = cv2.dilate(guess.astype(np.uint8), np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)) > 0
    labels[~near | keep] = _KEEP
    labels[take] = _TAKE
    solid = _grabcut(view.pixels, labels)
    return view.region(_holding(solid, take) if take.any() else solid, _clearness(view, solid))


def _grabcut(pixels: np.ndarray, labels: np.ndarray) -> np.ndarray:
    sure = np.isin(labels, (_KEEP, _MAYBE_KEEP))
    if sure.all() or not sure.any():
        return ~sure  # one colour model would have nothing to learn from
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cut, *_ = cv2.grabCut(pixels, labels.copy(), (0, 0, 1, 1), *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.isin(cut, (_TAKE, _MAYBE_TAKE))


def _holding(solid: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The connected parts that hold a seed."""
    count, found = cv2.connectedComponents(solid.astype(np.uint8), connectivity=4)
    labels = np.asarray(found, np.int32)
    wanted = np.zeros(count, bool)
    wanted[np.unique(labels[seeds & solid])] = True
    wanted[0] = False
    return wanted[labels]


def _clearness(view: WorkingView, solid: np.ndarray) -> float:
    """0..OWN: how much of an edge the outline follows."""
    rim = cv2.morphologyEx(solid.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    if not rim.any():
        return 0.0
    return OWN * float(np.mean(1 - np.exp(-view.cost[rim])))


def patches(view: WorkingView) -> list[Region]:
    """Connected areas of even colour (Comaniciu and Meer, Mean shift, 2002) from 1/400 of the picture on."""
    even = cv2.pyrMeanShiftFiltering(view.pixels, 8, 18)
    steps = (even // 24).astype(np.int32) @ np.array([1, 16, 256])
    found = []
    for colour in np.unique(steps):
        _, labels, stats, _ = cv2.connectedComponentsWithStats((steps == colour).astype(np.uint8))
        for number in np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] * 400 >= steps.size) + 1:
            found.append(view.region(labels == number, _clearness(view, labels == number)))
    return [region for region in found if region]
