"""Textures of ground and objects: gradients, patterns, pieces of photographs, brightness and grain."""

from __future__ import annotations

import functools

import cv2
import numpy as np

from retouch.app.sample_photos import SAMPLES

PHOTOGRAPHED, PLAIN = 0.3, 0.3
"""Shares of grounds that are a piece of a photograph, and of grounds without a pattern."""
APART = 90.0
"""Wanted distance of an object's colour from its surroundings: Euclidean, RGB 0..255."""
CANDIDATES = 12


def ground(rng: np.random.Generator, side: int) -> np.ndarray:
    """A random ground: (side, side, 3) float32 0..255."""
    if rng.random() < PHOTOGRAPHED:
        return _piece(rng, side)
    made = _gradient(rng, side, rng.uniform(20, 235, 3), rng.uniform(5, 45))
    return made if rng.random() < PLAIN else made + _pattern(rng, side)[..., None] * rng.normal(0, 16, 3)


def skin(rng: np.random.Generator, under: np.ndarray, coverage: np.ndarray) -> np.ndarray:
    """Pixels for an object, in a colour unlike the pixels under it and around it: (side, side, 3) float."""
    near = cv2.dilate(coverage, np.ones((25, 25), np.uint8)) > 127
    around = under[near][::16]
    colours = rng.uniform(0, 255, (CANDIDATES, 3))
    apart = np.linalg.norm(colours[:, None] - around[None], axis=2)
    score = np.minimum(np.quantile(apart, 0.1, axis=1), APART)
    side = len(under)
    made = _gradient(rng, side, colours[score.argmax()], rng.uniform(0, 22))
    return made if rng.random() < PLAIN else made + _pattern(rng, side)[..., None] * rng.normal(0, 14, 3)


def laid(under: np.ndarray, over: np.ndarray, coverage: np.ndarray) -> np.ndarray:
    """`over` composited onto `under` with `coverage` (height, width) uint8 0..255."""
    return under + (over - under) * (coverage[..., None] * np.float32(1 / 255))


def relit(rng: np.random.Generator, pixels: np.ndarray) -> np.ndarray:
    """The pixels with random contrast, brightness and tint."""
    tint = rng.uniform(0.75, 1.25) * rng.uniform(0.9, 1.1, 3) * np.ones(3)
    return (pixels * tint + rng.uniform(-20, 20)).astype(np.float32)


def photographed(rng: np.random.Generator, pixels: np.ndarray) -> np.ndarray:
    """The pixels slightly out of focus and with grain: (height, width, 3) uint8."""
    blur = rng.uniform(0, 0.9)
    seen = cv2.GaussianBlur(pixels, (0, 0), blur) if blur > 0.3 else pixels
    grain = rng.standard_normal(pixels.shape, np.float32) * np.float32(rng.uniform(0, 6))
    return np.clip(seen + grain, 0, 255).astype(np.uint8)


def _gradient(rng: np.random.Generator, side: int, colour: np.ndarray, spread: float) -> np.ndarray:
    """A gradient around the colour that varies by about `spread` levels."""
    corners = colour + rng.normal(0, spread, (int(rng.integers(2, 5)), int(rng.integers(2, 5)), 3))
    return cv2.resize(corners.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)


def _pattern(rng: np.random.Generator, side: int) -> np.ndarray:
    """Stripes, checks, dots or clouds: (side, side) float32 about -1..1."""
    turn, period = rng.uniform(0, np.pi), rng.uniform(6, 32)
    y, x = np.mgrid[:side, :side].astype(np.float32) * np.float32(2 * np.pi / period)
    along = x * np.float32(np.cos(turn)) + y * np.float32(np.sin(turn)) + np.float32(rng.uniform(0, 6))
    across = y * np.float32(np.cos(turn)) - x * np.float32(np.sin(turn))
    kind = rng.integers(4)
    if kind == 0:
        return np.tanh(2 * np.sin(along))
    if kind == 1:
        return np.tanh(2 * np.sin(along) * np.sin(across))
    if kind == 2:
        return np.where(np.sin(along) + np.sin(across) > 1, np.float32(1), np.float32(-0.3))
    cells = int(rng.integers(6, 48))
    clouds = rng.standard_normal((cells, cells), np.float32)
    return cv2.resize(clouds, (side, side), interpolation=cv2.INTER_CUBIC)


@functools.cache
def _photographs() -> tuple[np.ndarray, ...]:
    from skimage import data

    grey = [data.brick(), data.grass(), data.gravel()]
    coloured = [one.scaled(420).pixels for one in SAMPLES]
    return (*(cv2.cvtColor(one, cv2.COLOR_GRAY2RGB) for one in grey), *coloured)


def _piece(rng: np.random.Generator, side: int) -> np.ndarray:
    """A square of a photograph, blurred and with low contrast, so that it looks like ground."""
    whole = _photographs()[rng.integers(len(_photographs()))]
    length = int(rng.integers(side // 2, min(whole.shape[:2])))
    top, left = (int(rng.integers(0, limit - length + 1)) for limit in whole.shape[:2])
    piece = cv2.resize(whole[top : top + length, left : left + length], (side, side)).astype(np.float32)
    piece = cv2.GaussianBlur(piece, (0, 0), float(rng.uniform(0.5, 4)))
    mean = piece.mean((0, 1))
    return mean + (piece - mean) * np.float32(rng.uniform(0.3, 0.8))
