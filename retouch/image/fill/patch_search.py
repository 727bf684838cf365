"""Patches of a picture with a hole: for each that the hole touches, the most alike of those it does not.

What is known counts fully in a comparison, what lies in the hole the less the deeper it does: so that
whatever ends at the rim is led on, rather than what was guessed before.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

RADIUS = 3
"""Patches are 7 pixels a side: large enough for the direction of an edge."""
SIDE = 2 * RADIUS + 1
TRUST = 1.3
"""What a pixel nearer to the rim by one counts more (the figure of Wexler, Shechtman and Irani, 2007)."""
LEAST = 0.15
"""What the deepest pixel still counts in a comparison."""
CHUNK = 8192
AT_ONCE = 4_000_000
"""Comparisons of `exact` held in memory: 16 MB."""
NEIGHBOURS = ((0, 1), (1, 0), (0, -1), (-1, 0))


class Patches:
    """Matches every `stride`-th patch of `planes`, (height, width, n) float32, that touches the bool `hole`.

    `sources` are the (row, column) centres of patches that touch neither the hole nor the border.
    """

    def __init__(self, planes: np.ndarray, hole: np.ndarray, stride: int = 1) -> None:
        self.planes, self.hole, self._stride = planes, hole, stride
        square = np.ones((SIDE, SIDE), np.uint8)
        whole = cv2.copyMakeBorder(hole.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(1,))
        self._usable = cv2.dilate(whole, square)[1:-1, 1:-1] == 0
        self.sources = np.argwhere(self._usable)
        touched = cv2.dilate(hole.astype(np.uint8), square)[::stride, ::stride]
        self._rows, self._columns = (stride * found for found in np.nonzero(touched))
        self.matches = np.zeros((*hole.shape, 2), np.intp)
        self._cost = np.full(len(self._rows), np.inf, np.float32)
        depth = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
        trust = (TRUST**-depth).astype(np.float32)
        self._trust = trust[self._rows, self._columns]
        self._weight = _shares(np.maximum(trust, LEAST))[self._rows, self._columns]
        self._weight = (self._weight / self._weight.sum(1, keepdims=True)).astype(np.float32)

    @property
    def comparisons(self) -> int:
        """Of `exact`."""
        return len(self.sources) * len(self._rows)

    def peel(self) -> None:
        """Fill the hole ring by ring, each pixel as in the patch that is most alike where ours is known."""
        left, known = self.hole.copy(), self._of_sources()
        while left.any():
            rim = left & (cv2.dilate((~left).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
            rows, columns = np.nonzero(rim)
            weight = _shares((~left).astype(np.float32))[rows, columns]
            best = self._nearest(self._patches()[rows, columns].reshape(len(rows), -1), weight, known)[0]
            self.planes[rows, columns] = self.planes[tuple(self.sources[best].T)]
            left &= ~rim

    def exact(self) -> None:
        """The best match of all, by looking at all."""
        self._see()
        known = self._of_sources()
        step = max(AT_ONCE // len(self.sources), 1)
        for start in range(0, len(self._rows), step):
            part = slice(start, start + step)
            best, self._cost[part] = self._nearest(self._mine[part], self._weight[part], known)
            self.matches[self._rows[part], self._columns[part]] = self.sources[best]

    def begin(self, coarser: np.ndarray | None, rng: np.random.Generator) -> None:
        """At the places that a level of half the size found, where they are usable here, else anywhere."""
        picked = self.sources[rng.integers(len(self.sources), size=len(self._rows))]
        self.matches[self._rows, self._columns] = picked
        self._see()
        if coarser is not None:
            height, width = coarser.shape[:2]
            half = coarser[(self._rows // 2).clip(max=height - 1), (self._columns // 2).clip(max=width - 1)]
            self._try(2 * half + np.stack([self._rows % 2, self._columns % 2], 1))

    def improve(self, rng: np.random.Generator | None) -> None:
        """One round of PatchMatch: what the neighbours found, then random places ever nearer to the best.

        Without `rng` only the neighbours are asked.
        """
        self._see()
        limits = np.array(self.hole.shape)
        here, stride = np.stack([self._rows, self._columns], 1), self._stride
        for away in NEIGHBOURS:
            there = here + stride * np.array(away)
            within = ((there >= 0) & (there < limits)).all(1)
            found = self.matches[tuple(there.clip(0, limits - 1).T)]
            self._try(found - stride * np.array(away), within & found.any(1))
        reach = max(self.hole.shape) if rng is not None else 0
        while rng is not None and reach >= 1:
            away = rng.integers(-reach, reach + 1, here.shape)
            self._try(self.matches[self._rows, self._columns] + away)
            reach //= 3

    def vote(self, sharpness: float) -> np.ndarray:
        """Every pixel of the hole becomes the weighted mean of what the patches over it propose.

        The higher the `sharpness`, the more the best match alone decides: a mean is smooth, a choice has the
        contrast of what it was taken from. The answer is what they propose for every pixel, NaN where none.
        """
        weight = self._votes(sharpness)[:, None]
        said = np.concatenate([self.planes, np.ones((*self.hole.shape, 1), np.float32)], 2)
        width, wide = self.hole.shape[1], self.hole.shape[1] + 2 * RADIUS
        total = np.zeros(((self.hole.shape[0] + 2 * RADIUS) * wide, said.shape[2]), np.float32)
        found = self.matches[self._rows, self._columns]
        source, target = found[:, 0] * width + found[:, 1], self._rows * wide + self._columns
        said = said.reshape(-1, said.shape[2])
        for down in range(-RADIUS, RADIUS + 1):
            for along in range(-RADIUS, RADIUS + 1):
                place = target + (down + RADIUS) * wide + along + RADIUS
                total[place] += said[source + down * width + along] * weight
        inner = total.reshape(-1, wide, total.shape[1])[RADIUS:-RADIUS, RADIUS:-RADIUS]
        with np.errstate(invalid="ignore"):
            mean = inner[..., :-1] / inner[..., -1:]
        self.planes = np.where(self.hole[..., None], mean, self.planes)
        return mean

    def every_match(self) -> np.ndarray:
        """`matches` also of the patches in between: each moved along with the one above and left of it."""
        rows, columns = np.mgrid[: self.hole.shape[0], : self.hole.shape[1]]
        inside = np.stack([rows % self._stride, columns % self._stride], 2)
        found = self.matches[rows - inside[..., 0], columns - inside[..., 1]]
        return np.where(found.any(2, keepdims=True), found + inside, 0)

    def _votes(self, sharpness: float) -> np.ndarray:
        typical = max(float(np.percentile(self._cost, 75)), 1e-2)
        return np.exp(-sharpness * self._cost / (2 * typical)).astype(np.float32) * self._trust + 1e-9

    def _patches(self) -> np.ndarray:
        """Of every pixel; beyond the border the picture is mirrored. (height, width, 7, 7 * n)"""
        padded = cv2.copyMakeBorder(self.planes, RADIUS, RADIUS, RADIUS, RADIUS, cv2.BORDER_REFLECT_101)
        count = self.planes.shape[2]
        flat = padded.reshape(len(padded), -1)
        return np.lib.stride_tricks.sliding_window_view(flat, (SIDE, SIDE * count))[:, ::count]

    def _of_sources(self) -> np.ndarray:
        return self._patches()[tuple(self.sources.T)].reshape(len(self.sources), -1)

    def _see(self) -> None:
        """The patches as they are now, and what the matches so far are worth."""
        self._now = self._patches()
        self._mine = self._now[self._rows, self._columns].reshape(len(self._rows), -1)
        self._cost = self._costs(self.matches[self._rows, self._columns], np.arange(len(self._rows)))

    def _nearest(self, mine: np.ndarray, weight: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, ...]:
        """(index, cost) in `known` of the patch most like each of `mine`: the square written out."""
        each = np.repeat(weight, self.planes.shape[2], axis=1)
        weighted = each * mine
        costs = each @ (known * known).T - 2 * (weighted @ known.T)
        best = costs.argmin(1)
        own = (weighted * mine).sum(1)
        return best, np.maximum(costs[np.arange(len(best)), best] + own, 0)

    def _costs(self, places: np.ndarray, which: np.ndarray) -> np.ndarray:
        """The weighted squared difference of the patches there from these of ours."""
        return np.concatenate([np.zeros(0, np.float32), *self._cost_chunks(places, which)])

    def _cost_chunks(self, places: np.ndarray, which: np.ndarray) -> Iterator[np.ndarray]:
        for start in range(0, len(places), CHUNK):
            there, ours = places[start : start + CHUNK], which[start : start + CHUNK]
            differs = self._now[tuple(there.T)].reshape(len(there), -1) - self._mine[ours]
            differs *= differs
            by_pixel = differs.reshape(len(there), SIDE * SIDE, -1)
            yield np.einsum("ijk,ij->i", by_pixel, self._weight[ours])

    def _try(self, places: np.ndarray, asked: np.ndarray | None = None) -> None:
        """Take each of these places where it is usable and more alike than the best so far."""
        inside = (places >= 0).all(1) & (places < self.hole.shape).all(1)
        if asked is not None:
            inside &= asked
        inside[inside] = self._usable[tuple(places[inside].T)]
        which = np.flatnonzero(inside)
        cost = self._costs(places[which], which)
        better = cost < self._cost[which]
        which, cost = which[better], cost[better]
        self._cost[which] = cost
        self.matches[self._rows[which], self._columns[which]] = places[which]


def _shares(plane: np.ndarray) -> np.ndarray:
    """The patch of a weight round every pixel, (height, width, 49); beyond the border nothing counts."""
    padded = cv2.copyMakeBorder(plane, RADIUS, RADIUS, RADIUS, RADIUS, cv2.BORDER_CONSTANT, value=(0,))
    return np.lib.stride_tricks.sliding_window_view(padded, (SIDE, SIDE)).reshape(*plane.shape, -1)
