"""Seam visibility: the colour gradient across a mask's edge in excess of the gradient next to it."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from retouch.image.colour_space import lab
from retouch.image.mask import Mask
from retouch.image.quality.edge_profile import PROFILE_REACH, EdgeProfile, outlines

STRETCH = 64
"""Pixels of edge per stretch: short enough to follow a shift that varies along the edge."""
STRETCHES, NEAREST, FARTHEST = 64, 4, 32
"""Number of stretches to aim for, and the least and greatest distance in pixels between their beginnings.
They overlap, so that the place of the first matters less."""
REFERENCE_OFFSETS = (-14, -10, -6, 6, 10, 14)
"""Pixels from the edge, inwards, of the lines whose gradients are the reference."""
TRIM = 0.1
"""Share of stretches that the trimmed mean leaves out at either end: the edge may follow an outline by
chance."""
KNOWN = 1 / 3
"""Share of a stretch that must be valid: the rest is outside the picture, or the mask is thin there."""


def seam_score(pixels: np.ndarray, mask: Mask) -> float | None:
    """The gradient across the mask's edge in excess of that next to it, in CIELAB units per pixel.

    The edge, where the mask passes one half, is measured in stretches of 64 pixels. The gradient of a stretch
    on a line is the median difference between neighbouring pixels along the normals, by channel and signed,
    as a distance in CIELAB (Delta E, CIE76). Differences of texture have either sign and cancel; those of a
    step have one sign. The excess of a stretch is the steepest of the three lines at the edge minus a
    reference: on each side the median of such maxima at 6, 10 and 14 pixels, and of both sides the mean. The
    score is the trimmed mean of the excess over all stretches.

    A sharp step of 3 units on a smooth ground scores 3, one feathered over 6 pixels 0.5. An untouched
    photograph scores about 0 for any mask, with either sign, unless the edge follows an outline of the scene:
    compare with the score of the picture before. Texture hides a seam from the eye and lowers the score too.

    Gradients relative to their surroundings measure blocking (H. Wu and M. Yuen, A generalized block-edge
    impairment metric for video coding, 1997, doi:10.1109/97.641398); here the edge may have any shape.

    `pixels` are (height, width, 3) RGB levels 0..255, uint8 or float32, of the mask's size. None when the
    mask has no edge, or only outlines of fewer than 24 pixels.

    >>> picture, hole = np.full((64, 64, 3), 128, np.uint8), np.zeros((64, 64), np.uint8)
    >>> hole[16:48, 16:48] = 255
    >>> before = seam_score(picture, Mask(hole))
    >>> picture[16:48, 16:48] += 10
    >>> before, round(seam_score(picture, Mask(hole)), 1)
    (0.0, 3.9)
    """
    return excess(pixels, tuple(outlines(mask)))


def join(pixels: np.ndarray, x: int | None = None, y: int | None = None) -> float | None:
    """`seam_score` along the straight line between columns x - 1 and x, or between rows y - 1 and y.

    It measures the join of an extension at the old border of the picture. `pixels` are (height, width, 3) RGB
    levels 0..255, uint8 or float32. Exactly one of `x`, 1..width - 1, and `y`, 1..height - 1, is given, in
    pixels; anything else raises ValueError.
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
    """The mean absolute `seam_score` of a picture without a seam: 0 and up, in CIELAB units per pixel.

    The mask is moved to `tries` random places, at least 1, of `pixels`, (height, width, 3) RGB levels 0..255.
    A border of the picture that it touches it still touches after. A score of up to twice this floor is no
    evidence of a seam. None when no place has an edge to measure.
    """
    scores = seams_elsewhere(pixels, mask, seed, tries)
    return float(np.mean(scores)) if scores else None


def seams_elsewhere(pixels: np.ndarray, mask: Mask, seed: int = 0, tries: int = 8) -> list[float]:
    """The absolute seam scores whose mean is `seam_floor`, in CIELAB units per pixel.

    `pixels` are (height, width, 3) RGB levels 0..255 of the mask's size. The list has at most `tries` values;
    they differ where a moved edge follows an outline of the scene. The same `seed` gives the same places.
    """
    rng = np.random.default_rng(seed)
    scores = [seam_score(pixels, _move_mask(mask, rng)) for _ in range(tries)]
    return [abs(score) for score in scores if score is not None]


def _move_mask(mask: Mask, rng: np.random.Generator) -> Mask:
    """The mask at a random place. Pixels from outside the picture repeat its border."""
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
    """Pixels by which a mask of this length can move towards a border: the gap, or half its length if it
    touches."""
    return gap or length // 2


def excess(pixels: np.ndarray, edge: Iterable[EdgeProfile]) -> float | None:
    """`seam_score` along these outlines of a picture, (height, width, 3) RGB levels 0..255.

    None when there is no outline, or no stretch of it is valid.
    """
    edge = tuple(edge)
    stride = min(max(sum(len(outline.valid) for outline in edge) // STRETCHES, NEAREST), FARTHEST)
    stretches = [_of_stretches(lab(outline.of(pixels)), outline.valid, stride) for outline in edge]
    return _trimmed_mean(np.concatenate([np.zeros(0), *stretches]))


def _of_stretches(colours: np.ndarray, valid: np.ndarray, stride: int) -> np.ndarray:
    """(stretches,): the excess of each valid stretch of an edge, (length, 2 * PROFILE_REACH, 3) CIELAB."""
    gradients = _gradients(colours, valid, stride)
    edge, *others = (_steepest(gradients, PROFILE_REACH + away) for away in (0, *REFERENCE_OFFSETS))
    sides = [_medians(np.stack(side, axis=1))[0] for side in (others[:3], others[3:])]
    reference = _mean_known(*sides)
    usable = np.isfinite(edge) & np.isfinite(reference)
    return edge[usable] - reference[usable]


def _gradients(colours: np.ndarray, valid: np.ndarray, stride: int) -> np.ndarray:
    """(stretches, lines): the median gradient of each stretch at each line, inf where too few pixels are
    valid.

    Line i is between columns i - 1 and i. The first and the last line lie outside the profile and are never
    valid.
    """
    length = len(valid)
    rows = (np.arange(0, length, stride)[:, None] + np.arange(min(STRETCH, length))) % length
    steps = np.full((length, 2 * PROFILE_REACH + 1, 3), np.inf, np.float32)
    both = valid[:, 1:] & valid[:, :-1]
    steps[:, 1:-1][both] = np.diff(colours, axis=1)[both]
    medians, count = _medians(steps[rows].transpose(0, 2, 3, 1))
    enough = count.min(2) >= KNOWN * rows.shape[1]
    return np.where(enough, np.linalg.norm(np.where(enough[..., None], medians, 0), axis=2), np.inf)


def _medians(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(medians, counts) of the finite values along the last axis; the median of none is inf."""
    count = np.isfinite(values).sum(-1)
    ordered = np.sort(values, axis=-1)
    middle = (np.maximum(count - 1, 0) // 2, np.minimum(count // 2, np.maximum(count - 1, 0)))
    low, high = (np.take_along_axis(ordered, at[..., None], -1)[..., 0] for at in middle)
    return (low + high) / 2, count


def _steepest(gradients: np.ndarray, line: int) -> np.ndarray:
    """(stretches,): the largest gradient of a line and its two neighbours; inf unless all are valid."""
    return gradients[:, line - 1 : line + 2].max(1)


def _mean_known(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """The mean of the finite ones of two arrays, inf where neither is finite."""
    both = np.isfinite(outer) & np.isfinite(inner)
    return np.where(both, (np.where(both, outer, 0) + np.where(both, inner, 0)) / 2, np.minimum(outer, inner))


def _trimmed_mean(values: np.ndarray) -> float | None:
    if not values.size:
        return None
    cut = int(values.size * TRIM)
    return float(np.sort(values)[cut : values.size - cut].mean())
