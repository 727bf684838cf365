"""Repetition: how much of a picture, or of what was painted, is a copy of another part."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.image.colour_space import gray
from retouch.image.mask import Mask

SHORT, LONGEST = 256, 4096
"""The picture's sides are looked at no larger than this. What is added at its ends does not make it smaller:
a panorama would be a ribbon, and what is smaller resembles itself more, as if it were a copy."""
LOBE = 12
"""Copies nearer than this, at that size, are texture."""
RING = 5
"""A copy is a peak: this far around it, in any direction, correlation is lower. A line's is a ridge."""
CANDIDATES = 256
"""How many of the highest correlations are looked at."""
FAINT = 2.0
"""Contrast in levels that is not worth evening out."""
SMALLEST = 1 / 16
"""A smaller share of the picture resembles some other part by chance."""
PLAIN = 0.1
"""Of the picture's detail per pixel: a part with less, a clear sky, has nothing that could be a copy."""


def repetition_score(
    pixels: np.ndarray, mask: Mask | None = None, of: int = 0, mirrored: bool = True
) -> float | None:
    """The share of detail that one shift or, unless not `mirrored`, one mirroring explains as a copy, 0..1.

    With a mask it is the detail of the masked part that may be a copy of any other, which is the number
    for outpainting; without, that of the whole picture. It is looked at as large as another picture would be
    whose short side has `of` pixels: the smaller, the more alike are things that resemble one another.

    The picture, or that other, is brought to a short side of at most 256 pixels, high-passed and evened out
    in contrast, and correlated with itself, and mirrored left to right and top to bottom, at all shifts at
    once by the Fourier transform (Wiener-Khinchin); correlation is normalised by the energy of what is to be
    explained. The score is the highest peak beyond the central lobe, above its own surroundings, since
    straight lines resemble themselves without being copies.

    Photographs score below 0.1, a part of one below 0.2; more if what they show repeats. None when the
    mask covers less than a sixteenth of the picture, or what it covers has next to no detail.
    """
    sides = pixels.shape[:2]
    shrink = min(SHORT / (of or min(sides)), LONGEST / max(sides), 1)
    detail = _detail(pixels, shrink)
    part = detail
    if mask is not None:
        share = _small(mask.alpha.astype(np.float32), shrink) / 255
        if share.mean() < SMALLEST:
            return None
        part = detail * share
        if (part * part).sum() < PLAIN * (detail * detail).mean() * share.sum():
            return None
    energy = float((part * part).sum())
    return min(_copied_energy(part, detail, mirrored) / energy, 1.0) if energy > 0 else None


def _small(plane: np.ndarray, shrink: float) -> np.ndarray:
    size = tuple(max(round(side * shrink), 1) for side in reversed(plane.shape))
    return cv2.resize(plane, size, interpolation=cv2.INTER_AREA)


def _detail(pixels: np.ndarray, shrink: float) -> np.ndarray:
    """High-passed luma over its own local contrast, so that one strong edge is not all there is."""
    luma = _small(gray(pixels), shrink)
    high = luma - cv2.GaussianBlur(luma, (0, 0), 3)
    return high / (cv2.GaussianBlur(high * high, (0, 0), 8) ** 0.5 + FAINT)


def _copied_energy(part: np.ndarray, whole: np.ndarray, mirrored: bool) -> float:
    """The energy of `part` that is found again, by the best shift of the whole or of its mirror images."""
    size = tuple(cv2.getOptimalDFTSize(2 * side) for side in whole.shape)
    there = _spectrum(part, size)
    shifted = _correlation(there, _spectrum(whole, size))
    # One copy explains another by a shift, and is explained by it by the opposite one.
    both_ways = shifted + np.roll(shifted[::-1, ::-1], (1, 1), (0, 1))
    axes = (0, 1) if mirrored else ()
    images = [_correlation(there, _spectrum(np.flip(whole, axis), size)) for axis in axes]
    return max(_peak(both_ways, LOBE), *(_peak(image, 0) for image in images), 0.0)


def _spectrum(plane: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    padded = np.zeros(size, np.float32)
    padded[: plane.shape[0], : plane.shape[1]] = plane
    return cv2.dft(padded)


def _correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """By shift, which wraps around: the padding leaves room."""
    return cv2.idft(cv2.mulSpectrums(one, other, 0, conjB=True), flags=cv2.DFT_SCALE)


def _peak(correlation: np.ndarray, lobe: int) -> float:
    """The greatest rise above the surroundings, of all shifts of at least `lobe` pixels."""
    rows, columns = correlation.shape
    far = np.minimum(np.arange(rows), rows - np.arange(rows))[:, None] >= lobe
    far = far | (np.minimum(np.arange(columns), columns - np.arange(columns)) >= lobe)
    outside = np.where(far, correlation, -np.inf)
    places = np.argpartition(outside, -CANDIDATES, axis=None)[-CANDIDATES:]
    down, along = np.unravel_index(places, correlation.shape)
    turn = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    by_down, by_along = (np.rint(RING * wave(turn)).astype(int) for wave in (np.sin, np.cos))
    around = correlation[(down[:, None] + by_down) % rows, (along[:, None] + by_along) % columns]
    return float((correlation[down, along] - around.max(1)).max())
