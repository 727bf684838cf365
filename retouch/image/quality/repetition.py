"""Repetition: the share of a picture, or of its painted part, that is a copy of another part."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.image.colour_space import gray
from retouch.image.mask import Mask

SHORT, LONGEST = 256, 4096
"""Pixels: the short side to which the picture is scaled down, and the limit of its long side. The long side
does not shrink the picture before that limit: a panorama would be a ribbon, and small pictures resemble
themselves more, which looks like a copy."""
LOBE = 12
"""Pixels at that size: copies at a smaller distance are texture."""
RING = 5
"""Pixels: the correlation of a copy is a peak, lower at this distance in any direction. That of a line is a
ridge."""
CANDIDATES = 256
"""The number of highest correlations that are tested."""
FAINT = 2.0
"""Levels: contrast well below this is not equalised."""
SMALLEST = 1 / 16
"""Share of the picture: a smaller part resembles some other part by chance."""
PLAIN = 0.1
"""Share of the picture's detail per pixel: a part with less, such as a clear sky, has no detail to copy."""


def repetition_score(
    pixels: np.ndarray, mask: Mask | None = None, of: int = 0, mirrored: bool = True
) -> float | None:
    """The share of detail that one shift or one mirroring explains as a copy.

    The picture is scaled to a short side of at most 256 pixels, high-passed and equalised in contrast. It is
    correlated with itself and with its mirror images, at all shifts at once by the Fourier transform
    (Wiener-Khinchin theorem), and normalised by the energy of the detail to explain. The score is the height
    of the highest peak outside the central lobe above its own surroundings, because straight lines resemble
    themselves without being copies.

    Parameters
    ----------
    pixels : (height, width, 3) uint8 or float32
        RGB levels 0..255.
    mask : Mask, optional
        (height, width) uint8, 0..255. The detail of the masked part is compared with the whole picture, as
        for outpainting. Without a mask all detail is.
    of : int
        Pixels, the short side of the picture that sets the scale, 0 = this picture. At a smaller scale
        similar things look more alike.
    mirrored : bool
        Whether mirror images left to right and top to bottom count.

    Returns
    -------
    float or None
        0..1. Photographs score below 0.1, a part of one below 0.2, and more if their content repeats. None
        when the mask covers less than a sixteenth of the picture or has almost no detail.

    Examples
    --------
    >>> noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    >>> repetition_score(noise) < 0.1, repetition_score(np.hstack([noise, noise])) > 0.9
    (True, True)
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
    """(rows, columns) float32: high-passed luma divided by local contrast, so that no single edge
    dominates."""
    luma = _small(gray(pixels), shrink)
    high = luma - cv2.GaussianBlur(luma, (0, 0), 3)
    return high / (cv2.GaussianBlur(high * high, (0, 0), 8) ** 0.5 + FAINT)


def _copied_energy(part: np.ndarray, whole: np.ndarray, mirrored: bool) -> float:
    """The energy of `part` that the best shift of the whole, or of a mirror image of it, explains."""
    size = tuple(cv2.getOptimalDFTSize(2 * side) for side in whole.shape)
    spectrum = _spectrum(part, size)
    shifted = _correlation(spectrum, _spectrum(whole, size))
    # One copy explains another by a shift, and is explained by it by the opposite one.
    both_ways = shifted + np.roll(shifted[::-1, ::-1], (1, 1), (0, 1))
    axes = (0, 1) if mirrored else ()
    images = [_correlation(spectrum, _spectrum(np.flip(whole, axis), size)) for axis in axes]
    return max(_peak(both_ways, LOBE), *(_peak(image, 0) for image in images), 0.0)


def _spectrum(plane: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    padded = np.zeros(size, np.float32)
    padded[: plane.shape[0], : plane.shape[1]] = plane
    return cv2.dft(padded)


def _correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The correlation by shift, which wraps around: the planes are padded."""
    return cv2.idft(cv2.mulSpectrums(one, other, 0, conjB=True), flags=cv2.DFT_SCALE)


def _peak(correlation: np.ndarray, lobe: int) -> float:
    """The height of the highest peak above its surroundings, of all shifts of at least `lobe` pixels."""
    rows, columns = correlation.shape
    far = np.minimum(np.arange(rows), rows - np.arange(rows))[:, None] >= lobe
    far = far | (np.minimum(np.arange(columns), columns - np.arange(columns)) >= lobe)
    outside = np.where(far, correlation, -np.inf)
    count = min(CANDIDATES, outside.size)
    places = np.argpartition(outside, -count, axis=None)[-count:]
    down, along = np.unravel_index(places, correlation.shape)
    angles = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    by_down, by_along = (np.rint(RING * wave(angles)).astype(int) for wave in (np.sin, np.cos))
    around = correlation[(down[:, None] + by_down) % rows, (along[:, None] + by_along) % columns]
    return float((correlation[down, along] - around.max(1)).max())
