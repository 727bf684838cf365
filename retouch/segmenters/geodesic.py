"""Geodesic distances along paths that avoid edges, and the levels at which a region grown along them stops.

Two points of one thing are connected by a path without an edge; a path out of the thing crosses an edge (A.
Criminisi, T. Sharp and A. Blake, GeoS: Geodesic Image Segmentation, 2008, doi:10.1007/978-3-540-88682-2_9).
Distances are found by sweeping rows down and up (P. Toivanen, New geodesic distance transforms for gray-scale
images, 1996), each row in one vector operation.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

ROUNDS = 6
"""Sweeps down and up; distances along paths with more turns are slightly too long."""


def distances(cost: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """(height, width) float32: the cost of the cheapest path from any seed, infinite without a seed.

    `cost`, (height, width) float32, 0 or more, is the cost of a step of one pixel; a step between two pixels
    costs their mean. `seeds` is (height, width) bool. After P. Toivanen (see the module).

    >>> distances(np.ones((2, 3), np.float32), np.array([[True, False, False], [False, False, False]]))
    array([[0., 1., 2.],
           [1., 2., 3.]], dtype=float32)
    """
    distance = np.where(seeds, np.float32(0), np.float32(np.inf))
    if not seeds.any():
        return distance
    along = np.cumsum((cost[:, 1:] + cost[:, :-1]) / 2, axis=1, dtype=np.float64)
    along = np.pad(along, ((0, 0), (1, 0))).astype(np.float32)
    down = (cost[1:] + cost[:-1]) / 2
    height = len(cost)
    for _ in range(ROUNDS):
        before = distance.copy()
        _sweep(distance, along, [(y, y - 1, down[y - 1]) for y in range(1, height)])
        _sweep(distance, along, [(y, y + 1, down[y]) for y in range(height - 2, -1, -1)])
        if np.array_equal(before, distance):
            break
    return distance


def _sweep(found: np.ndarray, along: np.ndarray, rows: Sequence[tuple[int, int, np.ndarray]]) -> None:
    """Update each row from the one before it, then along itself both ways. `along` are prefix sums of
    costs."""
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
    """(height, width) float32: the strength of edges, 0 and up; 1 is the strength from which they count.

    `lab` is (height, width, 3) float32 CIELAB. The unit is twice the median gradient of the picture, so that
    fog has edges as well as a chequered floor.

    >>> step = np.zeros((8, 8, 3), np.float32)
    >>> step[:, 4:, 0] = 50
    >>> edges(step)[4].round()
    array([ 0.,  0.,  0., 50., 50.,  0.,  0.,  0.], dtype=float32)
    """
    squares = np.zeros(lab.shape[:2], np.float32)
    for channel in cv2.split(lab):
        across, down = (cv2.Sobel(channel, cv2.CV_32F, dx, 1 - dx, ksize=3, scale=1 / 8) for dx in (1, 0))
        squares += across * across + down * down
    strength = np.sqrt(squares)
    return strength / max(float(np.median(strength)) * 2, 0.5)


def levels(reach: np.ndarray, most: float = 0.7, count: int = 3) -> list[np.ndarray]:
    """Up to `count` regions {reach <= t}, smallest first, at which growth meets the most resistance.

    Each region is (height, width) bool. `reach`, (height, width) float32, 0 and up or infinite, are the
    distances from the seeds. The resistance at t is the relative increase of t for a tenth more area, after
    the stable regions of J. Matas, O. Chum, M. Urban and T. Pajdla, Robust wide-baseline stereo from
    maximally stable extremal regions, 2002. `most`, 0..1, is the largest share of the picture's area that a
    region may have.

    >>> reach = np.full((20, 20), 100, np.float32)
    >>> reach[5:15, 5:15] = np.linspace(0, 1, 100).reshape(10, 10)
    >>> [int(region.sum()) for region in levels(reach, count=1)]
    [96]
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
    """Indices of the `count` largest values that are at least `gap` places apart."""
    picked: list[int] = []
    for index in np.argsort(-values, kind="stable"):
        if len(picked) < count and all(abs(int(index) - other) >= gap for other in picked):
            picked.append(int(index))
    return picked
