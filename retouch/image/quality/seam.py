"""Seam visibility: how much more the colours change across a mask's edge than beside it."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from retouch.image.colour_space import lab
from retouch.image.mask import Mask
from retouch.image.quality.edge_profile import REACH, EdgeProfile, outlines

STRETCH = 64
"""Pixels of the edge that are looked at together: short enough to follow a shift that varies along it."""
STRETCHES, NEAREST, FARTHEST = 64, 4, 32
"""How many stretches to look at, and how many pixels from one to the next then are at least and at most:
where they overlap, it matters less where the first begins."""
BESIDE = (-14, -10, -6, 6, 10, 14)
"""How far from the edge the gradient is that it is compared with: in pixels, inwards."""
TRIM = 0.1
"""The share of stretches that is left out at either end: the edge may happen to follow an outline."""
KNOWN = 1 / 3
"""The share of a stretch that must be seen: the rest is beyond the border, or the mask is thin there."""


def seam_score(pixels: np.ndarray, mask: Mask) -> float | None:
    """The gradient across the mask's edge in excess of that beside it, in CIELAB units per pixel.

    The edge, where the mask passes one half, is looked at in stretches of 64 pixels. In each, at some
    distance from the edge, the gradient is the median difference between neighbouring pixels along the
    normals, per channel with its sign, and as a distance in CIELAB (Delta E, CIE76): texture, whose
    differences have either sign, cancels; a step, which has one, does not. The excess is what the
    steepest of the three lines at the edge has more than such threes beside it: on each side the median
    of those at 6, 10 and 14 pixels, and of both sides the mean. The score is the trimmed mean of the
    excess over all stretches.

    A sharp step of 3 units on a smooth ground scores 3, one feathered over 6 pixels 0.5. An untouched
    photograph scores about 0 wherever the mask is, as often below as above, unless its edge follows an
    outline of the scene: compare with the score of the picture before. Texture hides a seam from the
    eye, and lowers the score too. None when the mask has no edge, or too short a one.

    Gradients against their own surroundings are how blocking is measured (Wu and Yuen, A generalized
    block-edge impairment metric for video coding, 1997); here along an edge of any shape.
    """
    return excess(pixels, tuple(outlines(mask)))


def join(pixels: np.ndarray, x: int | None = None, y: int | None = None) -> float | None:
    """`seam` along the straight line between columns x - 1 and x, or between rows y - 1 and y.

    The number to ask for after outpainting, at the old border of the picture.
    """
    if (x is None) == (y is None):
        raise ValueError(f"a join is either at x or at y, not x={x}, y={y}")
    height, width = pixels.shape[:2]
    place, length = (x, width) if x is not None else (y, height)
    assert place is not None
    if not 0 < place < length:
        raise ValueError(f"a join at {place} does not lie within a picture, 1..{length - 1}")
    before = np.zeros((height, width), bool)
    before[: y if y is not None else height, : x if x is not None else width] = True
    return seam_score(pixels, Mask.where(before))


def seam_floor(pixels: np.ndarray, mask: Mask, seed: int = 0, tries: int = 8) -> float | None:
    """What `seam` says of the photograph itself: its mean absolute value along the same edge elsewhere.

    The mask is moved to `tries` random places of `pixels`, a picture without a seam; where it touches a
    border of the picture it still does after. In CIELAB units per pixel, 0 and up. A score within twice
    of this is no evidence of a seam. None when `seam` is.
    """
    scores = seams_elsewhere(pixels, mask, seed, tries)
    return float(np.mean(scores)) if scores else None


def seams_elsewhere(pixels: np.ndarray, mask: Mask, seed: int = 0, tries: int = 8) -> list[float]:
    """The absolute values that `seam_floor` is the mean of: where one line follows an outline, not alike."""
    rng = np.random.default_rng(seed)
    found = [seam_score(pixels, _move_mask(mask, rng)) for _ in range(tries)]
    return [abs(score) for score in found if score is not None]


def _move_mask(mask: Mask, rng: np.random.Generator) -> Mask:
    """The mask somewhere else. What comes in from beyond a border is as the border was."""
    box = mask.bounds
    if box is None:
        return mask
    width, height = mask.size
    across = rng.integers(-_room(box.left, box.width), _room(width - box.right, box.width) + 1)
    down = rng.integers(-_room(box.top, box.height), _room(height - box.bottom, box.height) + 1)
    shift = np.array([[1, 0, across], [0, 1, down]], np.float32)
    moved = cv2.warpAffine(
        mask.alpha, shift, mask.size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    )
    return Mask(moved)


def _room(gap: int, length: int) -> int:
    """How far a mask of this length can go where there is a gap to the border; half itself if it touches."""
    return gap or length // 2


def excess(pixels: np.ndarray, edge: Iterable[EdgeProfile]) -> float | None:
    """`seam` along these outlines of a picture, (height, width, 3) levels 0..255."""
    edge = tuple(edge)
    stride = min(max(sum(len(outline.valid) for outline in edge) // STRETCHES, NEAREST), FARTHEST)
    found = [_of_stretches(lab(outline.of(pixels)), outline.valid, stride) for outline in edge]
    return _trimmed_mean(np.concatenate([np.zeros(0), *found]))


def _of_stretches(colours: np.ndarray, valid: np.ndarray, stride: int) -> np.ndarray:
    """The excess of each stretch of an unrolled edge, (length, 2 * REACH, 3)."""
    gradients = _gradients(colours, valid, stride)
    edge, *others = (_steepest(gradients, REACH + away) for away in (0, *BESIDE))
    sides = [_medians(np.stack(side, axis=1))[0] for side in (others[:3], others[3:])]
    beside = _mean_known(*sides)
    usable = np.isfinite(edge) & np.isfinite(beside)
    return edge[usable] - beside[usable]


def _gradients(colours: np.ndarray, valid: np.ndarray, stride: int) -> np.ndarray:
    """Median gradient of each stretch at each line, (stretches, lines), inf where too little is known.

    Line i is between columns i - 1 and i; the first and the last are beyond the ends, and not known.
    """
    length = len(valid)
    rows = (np.arange(0, length, stride)[:, None] + np.arange(min(STRETCH, length))) % length
    steps = np.full((length, 2 * REACH + 1, 3), np.inf, np.float32)
    both = valid[:, 1:] & valid[:, :-1]
    steps[:, 1:-1][both] = np.diff(colours, axis=1)[both]
    medians, count = _medians(steps[rows].transpose(0, 2, 3, 1))
    enough = count.min(2) >= KNOWN * rows.shape[1]
    return np.where(enough, np.linalg.norm(np.where(enough[..., None], medians, 0), axis=2), np.inf)


def _medians(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Along the last axis, of what is finite: the median, inf where nothing is, and their number."""
    count = np.isfinite(values).sum(-1)
    ordered = np.sort(values, axis=-1)
    middle = (np.maximum(count - 1, 0) // 2, np.minimum(count // 2, np.maximum(count - 1, 0)))
    low, high = (np.take_along_axis(ordered, at[..., None], -1)[..., 0] for at in middle)
    return (low + high) / 2, count


def _steepest(gradients: np.ndarray, line: int) -> np.ndarray:
    """Of a line and its two neighbours, per stretch; inf unless all are known."""
    return gradients[:, line - 1 : line + 2].max(1)


def _mean_known(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Of two numbers the mean, of one that one, of none inf."""
    both = np.isfinite(outer) & np.isfinite(inner)
    return np.where(both, (np.where(both, outer, 0) + np.where(both, inner, 0)) / 2, np.minimum(outer, inner))


def _trimmed_mean(values: np.ndarray) -> float | None:
    if not values.size:
        return None
    cut = int(values.size * TRIM)
    return float(np.sort(values)[cut : values.size - cut].mean())
