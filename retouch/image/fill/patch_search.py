"""Patches of a picture with a hole: for each patch that touches the hole, the most similar patch that does
not.

Known pixels have full weight in a comparison; pixels in the hole have less the deeper they lie. So structures
that end at the rim are continued, and earlier estimates count little.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

RADIUS = 3
"""Patches are 7 pixels a side: large enough for the direction of an edge."""
SIDE = 2 * RADIUS + 1
RIM_FACTOR = 1.3
"""Factor of the weight for each pixel nearer to the rim (the value of Y. Wexler, E. Shechtman and M. Irani,
Space-Time Completion of Video, 2007, doi:10.1109/TPAMI.2007.60)."""
LEAST_WEIGHT = 0.15
"""The least weight of a pixel in a comparison."""
CHUNK = 8192
AT_ONCE = 4_000_000
"""Comparisons of `exact` held in memory: 16 MB."""
NEIGHBOURS = ((0, 1), (1, 0), (0, -1), (-1, 0))


class Patches:
    """Matches for every `stride`-th patch that touches the hole.

    Attributes
    ----------
    planes : (height, width, n) float32
        The picture, of any range; the hole holds the current estimate.
    hole : (height, width) bool
        The pixels to fill.
    sources : (m, 2) int
        Row and column of the centres of patches that touch neither the hole nor the border.
    matches : (height, width, 2) intp
        Row and column of the source that matches each patch, 0 for patches that do not touch the hole.
    """

    def __init__(self, planes: np.ndarray, hole: np.ndarray, stride: int = 1) -> None:
        self.planes, self.hole, self._stride = planes, hole, stride
        square = np.ones((SIDE, SIDE), np.uint8)
        whole = cv2.copyMakeBorder(hole.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(1,))
        self._usable = cv2.dilate(whole, square)[1:-1, 1:-1] == 0
        self.sources = np.argwhere(self._usable)
        touched = cv2.dilate(hole.astype(np.uint8), square)[::stride, ::stride]
        self._rows, self._columns = (stride * places for places in np.nonzero(touched))
        self.matches = np.zeros((*hole.shape, 2), np.intp)
        self._cost = np.full(len(self._rows), np.inf, np.float32)
        depth = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
        trust = (RIM_FACTOR**-depth).astype(np.float32)
        self._trust = trust[self._rows, self._columns]
        self._weight = _shares(np.maximum(trust, LEAST_WEIGHT))[self._rows, self._columns]
        self._weight = (self._weight / self._weight.sum(1, keepdims=True)).astype(np.float32)

    @property
    def comparisons(self) -> int:
        """The number of comparisons that `exact` makes."""
        return len(self.sources) * len(self._rows)

    def peel(self) -> None:
        """Fill the hole ring by ring: each pixel takes the centre of the source most similar in its known
        part."""
        unknown, sources = self.hole.copy(), self._of_sources()
        while unknown.any():
            rim = unknown & (cv2.dilate((~unknown).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
            rows, columns = np.nonzero(rim)
            weight = _shares((~unknown).astype(np.float32))[rows, columns]
            best = self._nearest(self._patches()[rows, columns].reshape(len(rows), -1), weight, sources)[0]
            self.planes[rows, columns] = self.planes[tuple(self.sources[best].T)]
            unknown &= ~rim

    def exact(self) -> None:
        """Find the best match of each patch by comparing it with all sources."""
        self._see()
        sources = self._of_sources()
        step = max(AT_ONCE // len(self.sources), 1)
        for start in range(0, len(self._rows), step):
            part = slice(start, start + step)
            best, self._cost[part] = self._nearest(self._mine[part], self._weight[part], sources)
            self.matches[self._rows[part], self._columns[part]] = self.sources[best]

    def begin(self, coarser: np.ndarray | None, rng: np.random.Generator) -> None:
        """Start from the `matches` of a level of half the size where they are valid here, else at random.

        `coarser` is (height / 2, width / 2, 2) intp, or None for random places only.
        """
        picked = self.sources[rng.integers(len(self.sources), size=len(self._rows))]
        self.matches[self._rows, self._columns] = picked
        self._see()
        if coarser is not None:
            height, width = coarser.shape[:2]
            half = coarser[(self._rows // 2).clip(max=height - 1), (self._columns // 2).clip(max=width - 1)]
            self._try(2 * half + np.stack([self._rows % 2, self._columns % 2], 1))

    def improve(self, rng: np.random.Generator | None) -> None:
        """One round of PatchMatch: propagate the matches of neighbours, then search at random places.

        The random places lie ever nearer to the best match. Without `rng` there is no random search. After C.
        Barnes and others, PatchMatch, 2009, doi:10.1145/1531326.1531330.
        """
        self._see()
        limits = np.array(self.hole.shape)
        here, stride = np.stack([self._rows, self._columns], 1), self._stride
        for offset in NEIGHBOURS:
            there = here + stride * np.array(offset)
            within = ((there >= 0) & (there < limits)).all(1)
            neighbours = self.matches[tuple(there.clip(0, limits - 1).T)]
            self._try(neighbours - stride * np.array(offset), within & neighbours.any(1))
        reach = max(self.hole.shape) if rng is not None else 0
        while rng is not None and reach >= 1:
            offset = rng.integers(-reach, reach + 1, here.shape)
            self._try(self.matches[self._rows, self._columns] + offset)
            reach //= 3

    def vote(self, sharpness: float) -> np.ndarray:
        """Set each pixel of the hole to the weighted mean of the pixels that its patches propose.

        With a higher `sharpness`, above 0, the best match has more weight: a mean is smooth, a single match
        keeps its contrast. Returns the proposals for all pixels, (height, width, n) float32, NaN where there
        are none.
        """
        weight = self._votes(sharpness)[:, None]
        proposals = np.concatenate([self.planes, np.ones((*self.hole.shape, 1), np.float32)], 2)
        width, wide = self.hole.shape[1], self.hole.shape[1] + 2 * RADIUS
        total = np.zeros(((self.hole.shape[0] + 2 * RADIUS) * wide, proposals.shape[2]), np.float32)
        matches = self.matches[self._rows, self._columns]
        source, target = matches[:, 0] * width + matches[:, 1], self._rows * wide + self._columns
        proposals = proposals.reshape(-1, proposals.shape[2])
        for down in range(-RADIUS, RADIUS + 1):
            for along in range(-RADIUS, RADIUS + 1):
                place = target + (down + RADIUS) * wide + along + RADIUS
                total[place] += proposals[source + down * width + along] * weight
        inner = total.reshape(-1, wide, total.shape[1])[RADIUS:-RADIUS, RADIUS:-RADIUS]
        with np.errstate(invalid="ignore"):
            mean = inner[..., :-1] / inner[..., -1:]
        self.planes = np.where(self.hole[..., None], mean, self.planes)
        return mean

    def every_match(self) -> np.ndarray:
        """(height, width, 2) intp: `matches`, also for patches between the strides.

        A patch between takes the match above and left of it, moved by the same offset.
        """
        rows, columns = np.mgrid[: self.hole.shape[0], : self.hole.shape[1]]
        inside = np.stack([rows % self._stride, columns % self._stride], 2)
        matches = self.matches[rows - inside[..., 0], columns - inside[..., 1]]
        return np.where(matches.any(2, keepdims=True), matches + inside, 0)

    def _votes(self, sharpness: float) -> np.ndarray:
        typical = max(float(np.percentile(self._cost, 75)), 1e-2)
        return np.exp(-sharpness * self._cost / (2 * typical)).astype(np.float32) * self._trust + 1e-9

    def _patches(self) -> np.ndarray:
        """(height, width, 7, 7 * n) float32: the patch around every pixel, mirrored at the border."""
        padded = cv2.copyMakeBorder(self.planes, RADIUS, RADIUS, RADIUS, RADIUS, cv2.BORDER_REFLECT_101)
        count = self.planes.shape[2]
        flat = padded.reshape(len(padded), -1)
        return np.lib.stride_tricks.sliding_window_view(flat, (SIDE, SIDE * count))[:, ::count]

    def _of_sources(self) -> np.ndarray:
        return self._patches()[tuple(self.sources.T)].reshape(len(self.sources), -1)

    def _see(self) -> None:
        """Update the patches, and the costs of the current matches."""
        self._now = self._patches()
        self._mine = self._now[self._rows, self._columns].reshape(len(self._rows), -1)
        self._cost = self._costs(self.matches[self._rows, self._columns], np.arange(len(self._rows)))

    def _nearest(self, mine: np.ndarray, weight: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, ...]:
        """(index, cost), both (k,): the row of `known` most similar to each of `mine`, by the expanded
        square.

        `mine` is (k, 49 * n), `weight` is (k, 49), and `known` is (m, 49 * n).
        """
        weights = np.repeat(weight, self.planes.shape[2], axis=1)
        weighted = weights * mine
        costs = weights @ (known * known).T - 2 * (weighted @ known.T)
        best = costs.argmin(1)
        constant = (weighted * mine).sum(1)
        return best, np.maximum(costs[np.arange(len(best)), best] + constant, 0)

    def _costs(self, places: np.ndarray, which: np.ndarray) -> np.ndarray:
        """(k,) float32: the weighted squared difference of the patches at `places`, (k, 2), from ours."""
        return np.concatenate([np.zeros(0, np.float32), *self._cost_chunks(places, which)])

    def _cost_chunks(self, places: np.ndarray, which: np.ndarray) -> Iterator[np.ndarray]:
        for start in range(0, len(places), CHUNK):
            places_of_chunk, patches_of_chunk = places[start : start + CHUNK], which[start : start + CHUNK]
            difference = (
                self._now[tuple(places_of_chunk.T)].reshape(len(places_of_chunk), -1)
                - self._mine[patches_of_chunk]
            )
            difference *= difference
            by_pixel = difference.reshape(len(places_of_chunk), SIDE * SIDE, -1)
            yield np.einsum("ijk,ij->i", by_pixel, self._weight[patches_of_chunk])

    def _try(self, places: np.ndarray, asked: np.ndarray | None = None) -> None:
        """Take each of these places as a match if it is a source and has a lower cost than the best so
        far."""
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
    """(height, width, 49) float32: the patch of weights around every pixel, 0 outside the picture."""
    padded = cv2.copyMakeBorder(plane, RADIUS, RADIUS, RADIUS, RADIUS, cv2.BORDER_CONSTANT, value=(0,))
    return np.lib.stride_tricks.sliding_window_view(padded, (SIDE, SIDE)).reshape(*plane.shape, -1)
