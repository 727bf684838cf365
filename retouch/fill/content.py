"""Content-aware: the hole is pieced together from patches of the rest, coarse to fine.

Each pixel of the hole belongs to several patches; for each of them the most alike patch that lies wholly
in the kept part is looked for, and the pixel becomes the mean of what they propose (Wexler, Shechtman and
Irani, Space-Time Completion of Video, 2007). The search tries what suits the neighbours, shifted, and
random places ever nearer to the best so far (Barnes et al., PatchMatch, 2009), for all patches at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.fill.spread import spread
from retouch.mask import Mask

RADIUS = 3
"""Patches are 7 pixels a side: large enough for the direction of an edge."""
COARSEST = 24
"""Pixels of the short side at which the work begins: a patch then spans most of what is around."""
SEARCHED = 256 * 256
"""Pixels of a level up to which matches are searched for anew; a larger one refines those of its half."""
ROUNDS = 8
TRUST = 1.3
"""What a patch nearer to the rim by a pixel counts more: it has seen more that is true (Wexler's figure)."""
NEIGHBOURS = ((0, 1), (1, 0), (0, -1), (-1, 0))


def content(pixels: np.ndarray, mask: Mask) -> np.ndarray:
    """(height, width, 3) uint8 with the solid part of `mask` synthesised from the rest; the same each time.

    Where the kept part has no room for a whole patch, its colours are carried inward instead.
    """
    rng = np.random.default_rng(0)
    filled: np.ndarray | None = None
    matches: np.ndarray | None = None
    for level in reversed(list(_pyramid(spread(pixels, mask), mask.solid))):
        sources = _sources(level.hole)
        if not sources.size:
            continue
        canvas = _peeled(level, sources) if filled is None else _finer(filled, level)
        work = _Search(canvas, level.hole, sources, rng)
        work.begin(matches)
        rounds = ROUNDS if level.hole.size <= SEARCHED else 1
        for _ in range(rounds):
            work.improve(random=rounds > 1)
            work.vote()
        filled, matches = work.pixels, work.matches
    return pixels if filled is None else _kept(pixels, filled, mask)


@dataclass(frozen=True)
class _Level:
    """`pixels` float32, with something smooth in the hole; `hole` bool."""

    pixels: np.ndarray
    hole: np.ndarray


def _pyramid(pixels: np.ndarray, hole: np.ndarray) -> Iterator[_Level]:
    """Halved until the short side is about COARSEST. A pixel is of the hole if any part of it is."""
    level = _Level(pixels.astype(np.float32), hole)
    yield level
    while min(level.hole.shape) >= 2 * COARSEST:
        size = (level.hole.shape[1] // 2, level.hole.shape[0] // 2)
        share = cv2.resize(level.hole.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        level = _Level(cv2.resize(level.pixels, size, interpolation=cv2.INTER_AREA), share > 0)
        yield level


def _sources(hole: np.ndarray) -> np.ndarray:
    """(n, 2) centres, row and column, of the patches that touch neither the hole nor the border."""
    side = 2 * RADIUS + 1
    kept = cv2.erode((~hole).astype(np.uint8), np.ones((side, side), np.uint8), borderValue=0)
    return np.argwhere(kept)


def _peeled(level: _Level, sources: np.ndarray) -> np.ndarray:
    """The coarsest level filled ring by ring from its rim, each pixel as in the patch most alike so far.

    So what ends at the rim is led on into the hole, where an average of all sides would be alike to nothing.
    """
    side = 2 * RADIUS + 1
    pixels, hole = level.pixels.copy(), level.hole.copy()
    patches = np.lib.stride_tricks.sliding_window_view(pixels, (side, side), axis=(0, 1))
    known = patches[sources[:, 0] - RADIUS, sources[:, 1] - RADIUS].reshape(len(sources), 3, -1)
    while hole.any():
        rim = hole & (cv2.dilate((~hole).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
        places = np.argwhere(rim)
        pixels[rim] = [_most_alike(pixels, ~hole, place, known) for place in places]
        hole &= ~rim
    return pixels


def _most_alike(pixels: np.ndarray, seen: np.ndarray, place: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The middle pixel of the patch of `known`, (n, 3, 49), that differs least where ours is seen."""
    (row, column), side = place, 2 * RADIUS + 1
    ours = _window(pixels, row, column).transpose(2, 0, 1).reshape(1, 3, -1)
    weight = _window(seen.astype(np.float32), row, column).reshape(1, 1, -1)
    costs = (((known - ours) ** 2) * weight).sum((1, 2))
    return known[costs.argmin(), :, side * side // 2]


def _window(plane: np.ndarray, row: int, column: int) -> np.ndarray:
    """The patch round a place; beyond the border nothing is seen."""
    padded = np.zeros((2 * RADIUS + 1, 2 * RADIUS + 1, *plane.shape[2:]), np.float32)
    top, left = max(row - RADIUS, 0), max(column - RADIUS, 0)
    part = plane[top : row + RADIUS + 1, left : column + RADIUS + 1]
    down, along = top - row + RADIUS, left - column + RADIUS
    padded[down : down + part.shape[0], along : along + part.shape[1]] = part
    return padded


def _finer(coarse: np.ndarray, level: _Level) -> np.ndarray:
    """The level with its hole as the coarser one has it."""
    grown = cv2.resize(coarse, level.hole.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.where(level.hole[..., None], grown, level.pixels)


def _kept(pixels: np.ndarray, filled: np.ndarray, mask: Mask) -> np.ndarray:
    if filled.shape != pixels.shape:
        filled = cv2.resize(filled, mask.alpha.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.where(mask.solid[..., None], np.rint(filled).clip(0, 255).astype(np.uint8), pixels)


class _Search:
    """One level. `matches` is (height, width, 2): for each patch of the hole the centre most like it."""

    def __init__(
        self, pixels: np.ndarray, hole: np.ndarray, sources: np.ndarray, rng: np.random.Generator
    ) -> None:
        self.pixels, self._hole, self._sources, self._rng = pixels, hole, sources, rng
        self._height, self._width = hole.shape
        self._usable = np.zeros(hole.shape, bool)
        self._usable[tuple(sources.T)] = True
        side = 2 * RADIUS + 1
        touched = cv2.dilate(hole.astype(np.uint8), np.ones((side, side), np.uint8))
        self._rows, self._columns = np.nonzero(touched)
        deep = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        self._trust = (TRUST ** -deep[self._rows, self._columns]).astype(np.float32)
        self.matches = np.zeros((*hole.shape, 2), np.intp)
        self._cost = np.full(len(self._rows), np.inf, np.float32)

    def begin(self, coarser: np.ndarray | None) -> None:
        """At the places the coarser level found, where they are usable here, else anywhere."""
        picked = self._sources[self._rng.integers(len(self._sources), size=len(self._rows))]
        self.matches[self._rows, self._columns] = picked
        self._see()
        self._cost = self._costs(picked)
        if coarser is not None:
            half = coarser[
                (self._rows // 2).clip(max=coarser.shape[0] - 1),
                (self._columns // 2).clip(max=coarser.shape[1] - 1),
            ]
            self._try(2 * half + np.stack([self._rows % 2, self._columns % 2], 1))

    def improve(self, random: bool) -> None:
        """One round: what the neighbours found, then random places near the best."""
        self._see()
        self._cost = self._costs(self.matches[self._rows, self._columns])
        for down, along in NEIGHBOURS:
            rows = (self._rows + down).clip(0, self._height - 1)
            columns = (self._columns + along).clip(0, self._width - 1)
            self._try(self.matches[rows, columns] - (down, along))
        reach = max(self._height, self._width) if random else 2
        while reach >= 1:
            away = self._rng.integers(-reach, reach + 1, (len(self._rows), 2))
            self._try(self.matches[self._rows, self._columns] + away)
            reach //= 3

    def vote(self) -> None:
        """Every pixel of the hole becomes the weighted mean of what the patches over it propose."""
        found = self.matches[self._rows, self._columns]
        weight = (
            np.exp(-self._cost / max(2 * float(np.percentile(self._cost, 75)), 1e-3)) * self._trust + 1e-9
        )
        total = np.zeros((self._height + 2 * RADIUS, self._width + 2 * RADIUS, 4), np.float32)
        for down in range(-RADIUS, RADIUS + 1):
            for along in range(-RADIUS, RADIUS + 1):
                said = self.pixels[found[:, 0] + down, found[:, 1] + along]
                spot = total[self._rows + down + RADIUS, self._columns + along + RADIUS]
                spot[:, :3] += said * weight[:, None]
                spot[:, 3] += weight
                total[self._rows + down + RADIUS, self._columns + along + RADIUS] = spot
        inner = total[RADIUS:-RADIUS, RADIUS:-RADIUS]
        mean = inner[..., :3] / np.maximum(inner[..., 3:], 1e-9)
        self.pixels = np.where(self._hole[..., None], mean, self.pixels)

    def _see(self) -> None:
        """The patches as they are now, of every pixel; beyond the border the picture is mirrored."""
        side = 2 * RADIUS + 1
        padded = cv2.copyMakeBorder(self.pixels, RADIUS, RADIUS, RADIUS, RADIUS, cv2.BORDER_REFLECT_101)
        eight = np.rint(padded).clip(0, 255).astype(np.uint8)
        self._patches = np.lib.stride_tricks.sliding_window_view(eight, (side, side), axis=(0, 1))
        self._mine = self._patches[self._rows, self._columns].reshape(len(self._rows), -1).astype(np.int16)

    def _costs(self, places: np.ndarray, which: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Mean squared difference of the patches there from ours, levels squared."""
        theirs = self._patches[places[:, 0], places[:, 1]].reshape(len(places), -1)
        differs = (theirs - self._mine[which]).astype(np.float32)
        return np.einsum("ij,ij->i", differs, differs) / differs.shape[1]

    def _try(self, places: np.ndarray) -> None:
        """Take each of these places where it is usable and more alike than the best so far."""
        inside = (places >= 0).all(1) & (places < (self._height, self._width)).all(1)
        inside[inside] = self._usable[tuple(places[inside].T)]
        which = np.flatnonzero(inside)
        cost = self._costs(places[which], which)
        better = cost < self._cost[which]
        which, cost = which[better], cost[better]
        self._cost[which] = cost
        self.matches[self._rows[which], self._columns[which]] = places[which]
