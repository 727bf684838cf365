"""What may lie beyond a photograph's border, for the demo model to learn: pieced together, never twice alike.

A model that has only seen what is inside its photographs paints that once more when it is led beyond them.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from retouch.outpaint.join_cut import least_path

PATCH, SHARED = 64, 24
"""Pixels of a patch, and of it those that lie over what is there."""
SOURCE = 0.22
"""Of the photograph's width: the outer part, which patches are taken from."""
VIEWS, SEEN = 24, 5
"""Of that part, each nearer or farther and aslant, and how many are looked at for one patch: what is
seen twice is then no copy."""
NEARER, ASLANT = 0.35, 14
"""Largest change of size, as a logarithm, and largest angle in degrees."""
FOCUS, BLURS = 128, (0.0, 1.5, 3.0, 4.5)
"""Pixels beyond the border from one blur, a standard deviation in pixels, to the next."""
ASTRAY = 24
"""Rows that a patch may be away from where it was: the sky stays above the ground."""
GOOD = 1.3
"""Times the least difference up to which a patch may be taken."""


def continued(pixels: np.ndarray, more: int, rng: np.random.Generator) -> np.ndarray:
    """(height, width, 3) uint8 -> the same, but for its last SHARED columns, with `more` on the right.

    By image quilting (Efros and Freeman, 2001): patches that fit what is there, each one of the best few, put
    down along the line of least difference.
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
    """Ever less sharp from that column on: a background."""
    away = np.maximum(np.arange(pixels.shape[1]) - begin, 0) / FOCUS
    shares = np.clip(away[None, :, None], 0, len(BLURS) - 1)
    levels = [pixels.astype(np.float32)] + [
        cv2.GaussianBlur(pixels, (0, 0), s).astype(np.float32) for s in BLURS[1:]
    ]
    made = sum(level * np.maximum(1 - np.abs(shares - i), 0) for i, level in enumerate(levels))
    return np.rint(made).astype(np.uint8)


def _sources(pixels: np.ndarray, rng: np.random.Generator) -> list[tuple[float, np.ndarray]]:
    """(scale, pixels) of what patches are taken from."""
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
    """One of the patches that differ least from what is known: the left columns, and the upper `top` rows."""
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
    """The patch over what is there, cut along the line of least difference at its left and at its top."""
    differs = ((patch.astype(np.float32) - there) ** 2).sum(2)
    share = np.arange(PATCH) >= least_path(differs[:, :SHARED])[:, None]
    if top:
        share = share & (np.arange(PATCH)[:, None] >= least_path(differs[:top].T)[None, :])
    soft = cv2.GaussianBlur(share.astype(np.float32), (0, 0), 1)[..., None]
    soft[:, SHARED:][top:] = 1
    return np.rint(there + (patch - there.astype(np.float32)) * soft).astype(np.uint8)
