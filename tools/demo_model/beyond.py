"""Made-up continuations of a photograph beyond its border, as training data; each one is different.

A model trained only on the inside of its photographs repeats that inside when it paints beyond them.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from retouch.outpaint.join_cut import least_path

PATCH, SHARED = 64, 24
"""Side of a patch in pixels, and the width of its overlap with the existing pixels."""
SOURCE = 0.22
"""Share of the photograph's width, at its border, from which patches are taken."""
VIEWS, SEEN = 24, 5
"""Number of scaled and rotated copies of that part, and how many of them are searched for one patch. A
repeated piece is therefore not an exact copy."""
NEARER, ASLANT = 0.35, 14
"""Largest change of scale, as a logarithm, and largest rotation in degrees."""
FOCUS, BLURS = 128, (0.0, 1.5, 3.0, 4.5)
"""Pixels beyond the border for each of the blurs, and the blurs: standard deviations in pixels."""
ASTRAY = 24
"""Largest vertical shift of a patch in rows. With it, the sky stays above the ground."""
GOOD = 1.3
"""A patch may be chosen if its difference is at most this many times the smallest one."""


def continued(pixels: np.ndarray, more: int, rng: np.random.Generator) -> np.ndarray:
    """(height, width, 3) uint8 -> the same with `more` columns added on the right.

    The last SHARED columns change, too. By image quilting (Efros and Freeman, 2001): each patch is one of the
    best few that fit the existing pixels, and is cut along the line of least difference.
    """
    height, width = pixels.shape[:2]
    sources = _sources(pixels, rng)
    made = np.pad(pixels, ((0, 0), (0, more + PATCH), (0, 0)))
    step = PATCH - SHARED
    rows = [*range(0, height - PATCH, step), height - PATCH]
    for x in range(width - SHARED, width + more, step):
        for y in rows:
            top = SHARED if y else 0
            there = made[y : y + PATCH, x : x + PATCH]
            there[:] = _laid(there, _fitting(there, y, top, sources, rng), top)
    return _unfocused(made[:, : width + more], width)


def _unfocused(pixels: np.ndarray, begin: int) -> np.ndarray:
    """Increasing blur from column `begin` on, as of a background."""
    away = np.maximum(np.arange(pixels.shape[1]) - begin, 0) / FOCUS
    shares = np.clip(away[None, :, None], 0, len(BLURS) - 1)
    levels = [pixels.astype(np.float32)] + [
        cv2.GaussianBlur(pixels, (0, 0), s).astype(np.float32) for s in BLURS[1:]
    ]
    made = sum(level * np.maximum(1 - np.abs(shares - i), 0) for i, level in enumerate(levels))
    return np.rint(made).astype(np.uint8)


def _sources(pixels: np.ndarray, rng: np.random.Generator) -> list[tuple[float, np.ndarray]]:
    """(scale, pixels (height, width, 3) uint8) of the copies from which patches are taken."""
    outer = pixels[:, -max(round(pixels.shape[1] * SOURCE), round(1.5 * PATCH)) :]
    return [_view(outer, rng) for _ in range(VIEWS)]


def _view(outer: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
    scale = float(np.exp(rng.uniform(-NEARER, NEARER)))
    height, width = outer.shape[:2]
    size = (round(width * scale), round(height * scale))
    onto = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-ASLANT, ASLANT), scale)
    onto[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    seen = cv2.warpAffine(outer, onto, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT_101)
    return scale, seen


def _fitting(
    there: np.ndarray, y: int, top: int, sources: Sequence[tuple[float, np.ndarray]], rng: np.random.Generator
) -> np.ndarray:
    """A random one of the patches that differ least from the known pixels: left columns and `top` rows."""
    known = np.zeros((PATCH, PATCH), np.float32)
    known[:, :SHARED], known[:top] = 1, 1
    found: list[tuple[float, np.ndarray]] = []
    for scale, source in (sources[i] for i in rng.choice(len(sources), SEEN, replace=False)):
        low = int(np.clip(y * scale - ASTRAY, 0, source.shape[0] - PATCH))
        band = source[low : round(y * scale + ASTRAY) + PATCH]
        cost = cv2.matchTemplate(band, there, cv2.TM_SQDIFF, mask=known)
        for place in np.argpartition(cost, min(8, cost.size - 1), axis=None)[:8]:
            row, column = np.unravel_index(place, cost.shape)
            found.append((float(cost[row, column]), band[row:, column:][:PATCH, :PATCH]))
    least = min(cost for cost, _ in found)
    good = [patch for cost, patch in found if cost <= GOOD * max(least, 1.0)]
    return good[int(rng.integers(len(good)))]


def _laid(there: np.ndarray, patch: np.ndarray, top: int) -> np.ndarray:
    """The patch over the existing pixels, cut along the line of least difference at its left and its top."""
    differs = ((patch.astype(np.float32) - there) ** 2).sum(2)
    share = np.arange(PATCH) >= least_path(differs[:, :SHARED])[:, None]
    if top:
        share = share & (np.arange(PATCH)[:, None] >= least_path(differs[:top].T)[None, :])
    soft = cv2.GaussianBlur(share.astype(np.float32), (0, 0), 1)[..., None]
    soft[:, SHARED:][top:] = 1
    return np.rint(there + (patch - there.astype(np.float32)) * soft).astype(np.uint8)
