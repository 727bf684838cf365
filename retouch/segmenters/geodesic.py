"""Distances along paths that shun edges, and where a region grown along them stops by itself.

Two points of one thing are joined by a path without an edge; leaving the thing costs an edge (Criminisi,
Sharp and Blake, GeoS: Geodesic Image Segmentation, 2008). Distances are found by sweeping rows down and up
(Toivanen, New geodesic distance transforms for gray-scale images, 1996), each row in one go.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

ROUNDS = 6
"""Sweeps down and up; paths that wind more often than this are found a little too long."""


def distances(cost: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """(height, width) float32: the cheapest path from any of `seeds` (bool); `cost` is that of a step.

    Infinite everywhere without a seed.
    """
    found = np.where(seeds, np.float32(0), np.float32(np.inf))
    if not seeds.any():
        return found
    along = np.cumsum((cost[:, 1:] + cost[:, :-1]) / 2, axis=1, dtype=np.float64)
    along = np.pad(along, ((0, 0), (1, 0))).astype(np.float32)
    down = (cost[1:] + cost[:-1]) / 2
    height = len(cost)
    for _ in range(ROUNDS):
        before = found.copy()
        _sweep(found, along, [(y, y - 1, down[y - 1]) for y in range(1, height)])
        _sweep(found, along, [(y, y + 1, down[y]) for y in range(height - 2, -1, -1)])
        if np.array_equal(before, found):
            break
    return found


def _sweep(found: np.ndarray, along: np.ndarray, rows: Sequence[tuple[int, int, np.ndarray]]) -> None:
    """Each row from the one before it, then along itself both ways. `along`: prefix sums of its costs."""
    _spread(found, along, rows[0][1] if rows else 0)
    for row, before, step in rows:
        np.minimum(found[row], found[before] + step, out=found[row])
        _spread(found, along, row)


def _spread(found: np.ndarray, along: np.ndarray, row: int) -> None:
    line, sums = found[row], along[row]
    right = np.minimum.accumulate(line - sums) + sums
    left = np.minimum.accumulate((line + sums)[::-1])[::-1] - sums
    np.minimum(np.minimum(right, left), line, out=line)


def edges(lab: np.ndarray) -> np.ndarray:
    """(height, width) float32: how much a pixel differs from its neighbours, 1 where edges begin to matter.

    `lab` is (height, width, 3) float32. The unit is the picture's own: twice its median difference, so that
    fog has edges as well as a chequered floor.
    """
    squares = np.zeros(lab.shape[:2], np.float32)
    for channel in cv2.split(lab):
        across, down = (cv2.Sobel(channel, cv2.CV_32F, dx, 1 - dx, ksize=3, scale=1 / 8) for dx in (1, 0))
        squares += across * across + down * down
    strength = np.sqrt(squares)
    return strength / max(float(np.median(strength)) * 2, 0.5)


def levels(reach: np.ndarray, most: float = 0.7, count: int = 3) -> list[np.ndarray]:
    """Up to `count` regions {reach <= t}, smallest first, at which growing meets the most resistance.

    Resistance at t is how much further one must reach for a tenth more area (after the stable regions of
    Matas et al., Robust wide-baseline stereo from maximally stable extremal regions, 2002). `most`: of the
    area, the largest region that counts.
    """
    order = np.sort(reach[np.isfinite(reach)].ravel())
    areas = np.unique(np.geomspace(max(12, reach.size // 400), reach.size * most, 48).astype(int))
    areas = areas[areas * 1.1 < len(order)]
    if not len(areas):
        return []
    low, high = order[areas], order[(areas * 1.1).astype(int)]
    resistance = (high - low) / np.maximum(low, 1e-3)
    peaks = _apart(resistance, count)
    return [reach <= low[peak] for peak in sorted(peaks)]


def _apart(values: np.ndarray, count: int, gap: int = 6) -> list[int]:
    """Indices of the `count` largest values that are at least `gap` from one another."""
    picked: list[int] = []
    for index in np.argsort(-values, kind="stable"):
        if len(picked) < count and all(abs(int(index) - other) >= gap for other in picked):
            picked.append(int(index))
    return picked
