"""Outlines without a model file: areas enclosed by edges around the clicks, then separated by colour.

Regions grow along paths without edges (`geodesic`) and are cut by GrabCut (C. Rother, V. Kolmogorov and A.
Blake, GrabCut: Interactive foreground extraction using iterated graph cuts, 2004,
doi:10.1145/1015706.1015720). Both work on a small copy, so that a click takes the same time on any picture.
Detected people and faces are offered as well.
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
from retouch.image.region import Region, distinct
from retouch.segmenters import geodesic
from retouch.segmenters.base import Click, Prompt, Segmentation
from retouch.segmenters.candidates import order_candidates
from retouch.segmenters.compute_once import ComputeOnce
from retouch.segmenters.prompt_checks import check_prompt, violations

SIDE = 288
"""Longest side of the small copy, in pixels."""
ROUNDS = 3
OWN = 0.8
"""The best score of an outline, so that detected things come before patches."""
CLEAR_COST = 3.0
"""The geodesic cost of a clear edge. Much smaller values make every outline on an edge equally good."""
BORDER_WEIGHT = 0.5
"""Weight of the share of the picture's border in a region: what holds most of it is background. Both were
fitted on hand-drawn outlines and synthetic scenes (`tools/bench/clicks.py`); half or twice as much differs
little."""
EASY = 1.2
"""Largest distance of a wrong pixel from the click, as a ratio to the largest within the click's depth."""
BACKGROUND_MARGIN_SHARE = 0.35
"""Share of a box's longer side around it that is background for certain."""
LEAST_AREA_SHARE = 0.05
"""Share of a box's area: a smaller thing is not what the box was drawn around."""
_KEEP, _TAKE, _MAYBE_KEEP, _MAYBE_TAKE = cv2.GC_BGD, cv2.GC_FGD, cv2.GC_PR_BGD, cv2.GC_PR_FGD


@dataclass(frozen=True, eq=False)
class WorkingView:
    """A small copy of a part of a picture.

    `crop` is the part in canvas pixels, `pixels` are (height, width, 3) uint8 RGB, `cost`, (height, width)
    float32, is that of a geodesic step, and `parts` are regions detected in the picture.
    """

    crop: Box
    pixels: np.ndarray
    cost: np.ndarray
    parts: tuple[Region, ...]

    @classmethod
    def of(cls, picture: Picture, crop: Box, parts: tuple[Region, ...] = ()) -> WorkingView:
        """The copy of `crop`, at most SIDE pixels a side."""
        scale = min(1.0, SIDE / max(crop.size))
        small = Size(*(max(8, round(length * scale)) for length in crop.size))
        pixels = cv2.resize(picture.pixels[crop.slices], small, interpolation=cv2.INTER_AREA)
        smooth = cv2.GaussianBlur(pixels, (0, 0), 1.0)
        lab = cv2.cvtColor(smooth.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        edge = geodesic.edges(lab)
        return cls(crop, pixels, (0.05 + edge * edge).astype(np.float32), parts)

    @property
    def scale(self) -> np.ndarray:
        """(2,) float: pixels of the copy per canvas pixel, across and down."""
        return np.array(self.pixels.shape[1::-1]) / np.array(self.crop.size)

    def discs(self, clicks: Sequence[Click], radius: int = 2) -> np.ndarray:
        """(height, width) bool of the copy: a disc of `radius` pixels around each click."""
        discs = np.zeros(self.pixels.shape[:2], np.uint8)
        for click in clicks:
            x, y = (np.array([click.x - self.crop.left, click.y - self.crop.top]) + 0.5) * self.scale
            cv2.circle(discs, (int(x), int(y)), radius, (1,), -1)
        return discs > 0

    def solid(self, region: Region) -> np.ndarray:
        """(height, width) bool of the copy: the solid pixels of a region of the picture."""
        return region.within(self.crop).resized(Size(*self.pixels.shape[1::-1])).solid

    def score_outline(self, region: Region) -> Region:
        """A detected region with the score of its outline, which is comparable with those of others."""
        return replace(region, score=_clearness(self, self.solid(region)))

    def region(self, solid: np.ndarray, score: float) -> Region | None:
        """The region of the picture for `solid`, (height, width) bool of the copy, with a smooth outline.

        None when `solid` is False everywhere.
        """
        soft = cv2.GaussianBlur(solid.astype(np.float32), (0, 0), 0.8)
        full = cv2.resize(soft, self.crop.size, interpolation=cv2.INTER_CUBIC)
        region = Region.of_mask(Mask.where(full >= 0.5), "", score)
        return region and region.moved(self.crop.left, self.crop.top)


@dataclass(frozen=True, eq=False)
class RegionMemory:
    """The last region on the picture of this digest."""

    digest: str
    region: Region


class Classical:
    """A Segmenter. `parts` detects known things in a picture; it is called once for each picture."""

    name = "classical"

    def __init__(self, parts: Callable[[Picture], tuple[Region, ...]] = lambda picture: ()) -> None:
        self._parts = parts
        self._views: ComputeOnce[WorkingView] = ComputeOnce(8)

    def prepare(self, picture: Picture) -> None:
        self._view(picture)

    def segment(self, picture: Picture, prompt: Prompt, memory: Any = None) -> Segmentation:
        checked = check_prompt(prompt, picture.size)
        is_known = isinstance(memory, RegionMemory) and memory.digest == picture.digest
        before = memory.region if is_known else None
        found = order_candidates(self._answers(picture, checked, before), checked.clicks)
        return replace(found, memory=RegionMemory(picture.digest, found.best) if found.best else None)

    def _answers(self, picture: Picture, asked: Prompt, before: Region | None) -> tuple[Region, ...]:
        view = self._view(picture)
        if before is not None:
            corrected = correct_clicks(view, before, asked.clicks)
            if not violations(corrected, asked.clicks):
                return (corrected,)
        if asked.box is not None:
            return (in_box(picture, asked.box, asked.clicks),)
        regions = [region for region in around(view, asked.clicks) if region]
        regions += [view.score_outline(part) for part in view.parts if not violations(part, asked.clicks)]
        return tuple(regions)

    def everything(self, picture: Picture) -> tuple[Region, ...]:
        view = self._view(picture)
        return distinct([*view.parts, *patches(view)])

    def _view(self, picture: Picture) -> WorkingView:
        return self._views.get(
            picture.digest, lambda: WorkingView.of(picture, picture.size.box, self._parts(picture))
        )


def around(view: WorkingView, clicks: Sequence[Click]) -> list[Region | None]:
    """Candidates for the thing at the clicks: regions of several sizes that hold the positive clicks."""
    take, keep = (
        view.discs([c for c in clicks if c.positive]),
        view.discs([c for c in clicks if not c.positive]),
    )
    reach = geodesic.distances(view.cost, take)
    if keep.any():
        reach = np.where(geodesic.distances(view.cost, keep) < reach, np.inf, reach)
    return [_cut(view, level, take, keep) for level in geodesic.levels(reach)]


def correct_clicks(view: WorkingView, before: Region, clicks: Sequence[Click]) -> Region:
    """`before` with the patch at each violated click added or removed, and nothing else changed."""
    for click in clicks:
        if violations(before, [click]):
            others = [replace(c, positive=False) for c in clicks if c.positive != click.positive]
            part = _patch(view, before, [replace(click, positive=True), *others])
            mask = before.within(view.crop)
            mask = mask | part if click.positive else mask - part
            region = Region.of_mask(mask, before.label, before.score)
            before = region.moved(view.crop.left, view.crop.top) if region else before
    return before


def _patch(view: WorkingView, before: Region, clicks: Sequence[Click]) -> Mask:
    """The wrong area around the first click.

    People click into the middle of a wrong area. So the area extends to at most 1.5 times the distance of the
    outline, and to no pixel with a much greater geodesic distance than those between.
    """
    seed = view.discs(clicks[:1], 1)
    small = view.solid(before)
    side = small == bool(small[seed].mean() >= 0.5)
    depth = float(cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, 5)[seed].max())
    distance = cv2.distanceTransform((~seed).astype(np.uint8), cv2.DIST_L2, 5)
    reach = geodesic.distances(view.cost, seed)
    close = side & (distance <= max(depth, 1))
    easy = reach <= EASY * float(reach[close].max(initial=0))
    rivals = geodesic.distances(view.cost, view.discs(clicks[1:]))
    chosen = _holding(side & easy & (distance <= 1.5 * depth) & (reach < rivals) | seed, seed)
    region = view.region(chosen, 1.0)
    return region.within(view.crop) if region else Mask.blank(view.crop.size)


def in_box(picture: Picture, box: Box, clicks: Sequence[Click]) -> Region:
    """The thing in a box, segmented at its own scale; the box itself when GrabCut finds nothing in it."""
    margin = max(4, round(BACKGROUND_MARGIN_SHARE * max(box.size)))
    view = WorkingView.of(picture, box.grown(margin) & picture.size.box)
    corners = np.array(box.relative_to(view.crop)).reshape(2, 2) * view.scale
    inner = np.zeros(view.pixels.shape[:2], bool)
    inner[(Box.covering(*corners.ravel()) & Size(*view.pixels.shape[1::-1]).box).slices] = True
    take, keep = (view.discs([c for c in clicks if c.positive == kind]) for kind in (True, False))
    region = _cut(view, inner & ~keep, take & inner, keep | ~inner)
    return (
        region
        if region and region.shape.area > LEAST_AREA_SHARE * box.area
        else Region.of_box(box, score=0.1)
    )


def _cut(view: WorkingView, guess: np.ndarray, take: np.ndarray, keep: np.ndarray) -> Region | None:
    """GrabCut from a guess; pixels far from it are background. All arrays are (height, width) bool of the
    copy."""
    labels = np.where(guess, _MAYBE_TAKE, _MAYBE_KEEP).astype(np.uint8)
    radius = max(3, round(0.5 * np.sqrt(guess.sum())))
    near = cv2.dilate(guess.astype(np.uint8), np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)) > 0
    labels[~near | keep] = _KEEP
    labels[take] = _TAKE
    solid = _grabcut(view.pixels, labels)
    solid = _holding(solid, take) if take.any() else solid
    has_grown = solid.sum() > 2 * take.sum()
    return view.region(solid, _clearness(view, solid) if has_grown else 0.0)


def _grabcut(pixels: np.ndarray, labels: np.ndarray) -> np.ndarray:
    outside = np.isin(labels, (_KEEP, _MAYBE_KEEP))
    if outside.all() or not outside.any():
        return ~outside  # one colour model would have no samples
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cut, *_ = cv2.grabCut(pixels, labels.copy(), (0, 0, 1, 1), *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.isin(cut, (_TAKE, _MAYBE_TAKE))


def _holding(solid: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """(height, width) bool: the connected parts of `solid` that hold a seed."""
    count, components = cv2.connectedComponents(solid.astype(np.uint8), connectivity=4)
    labels = np.asarray(components, np.int32)
    wanted = np.zeros(count, bool)
    wanted[np.unique(labels[seeds & solid])] = True
    wanted[0] = False
    return wanted[labels]


def _clearness(view: WorkingView, solid: np.ndarray) -> float:
    """A score 0..OWN: the mean strength of the edge under the outline, less for the share of the border."""
    rim = cv2.morphologyEx(solid.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    if not rim.any():
        return 0.0
    strength = float(np.mean(1 - np.exp(-view.cost[rim] / CLEAR_COST)))
    return OWN * max(strength - BORDER_WEIGHT * _border_share(solid), 0.0)


def _border_share(solid: np.ndarray) -> float:
    """The share, 0..1, of the outermost two rows and columns that is solid."""
    border = np.ones(solid.shape, bool)
    border[2:-2, 2:-2] = False
    return float(solid[border].mean())


def patches(view: WorkingView) -> list[Region]:
    """Connected areas of uniform colour, of at least 1/400 of the picture.

    D. Comaniciu and P. Meer, Mean shift: a robust approach toward feature space analysis, 2002,
    doi:10.1109/34.1000236.
    """
    even = cv2.pyrMeanShiftFiltering(view.pixels, 8, 18)
    steps = (even // 24).astype(np.int32) @ np.array([1, 16, 256])
    regions = []
    for colour in np.unique(steps):
        _, labels, stats, _ = cv2.connectedComponentsWithStats((steps == colour).astype(np.uint8))
        for number in np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] * 400 >= steps.size) + 1:
            regions.append(view.region(labels == number, _clearness(view, labels == number)))
    return [region for region in regions if region]
