"""Pictures with known objects: generated shapes and cut-outs of photographs on a textured ground.

`scene(seed)` is the same picture on every machine with the same libraries.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from tools.tiny_sam import outlines, surfaces
from tools.tiny_sam.cutouts import cutouts

SIDE = 256
SMALLEST = 24
"""Smallest width and height of an object in pixels."""
MOST = 5
TRIES = 10
CUTOUT = 0.18
"""Share of objects that are cut out of photographs."""
OVERLAP = 0.2
"""Largest share of an object that a later one may hide. In three of four scenes nothing is hidden."""


@dataclass(frozen=True)
class Scene:
    """`pixels` (256, 256, 3) uint8 RGB. `owner` (256, 256) uint8: 0 is ground, i is visible object i."""

    pixels: np.ndarray
    owner: np.ndarray

    @property
    def masks(self) -> np.ndarray:
        """(things, 256, 256) bool."""
        return self.owner == np.arange(1, self.owner.max() + 1)[:, None, None]


def scene(seed: int, stream: int = 0) -> Scene:
    """Scene number `seed` of a stream, with 1 to 5 objects (2 to 5 are drawn). Streams share no scene."""
    rng = np.random.default_rng((seed, stream, 5))
    pixels, owner = surfaces.ground(rng, SIDE), np.zeros((SIDE, SIDE), np.uint8)
    hidden = OVERLAP if rng.random() < 0.25 else 0.0
    for wanted in range(int(rng.integers(2, MOST + 1))):
        for _ in range(TRIES if wanted else 10 * TRIES):
            coverage, photograph = _thing(rng)
            if _fits(coverage, owner, hidden):
                paint = surfaces.skin(rng, pixels, coverage) if photograph is None else photograph
                pixels = surfaces.laid(pixels, paint, coverage)
                owner[coverage > 127] = owner.max() + 1
                break
    return Scene(surfaces.photographed(rng, pixels), owner)


def _thing(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray | None]:
    """Coverage (256, 256) uint8 0..255 of a random object, and its pixels if it is a cut-out, else None."""
    radius = float(np.exp(rng.uniform(np.log(17), np.log(72))))
    centre = rng.uniform(min(radius, 60) * 0.8, SIDE - min(radius, 60) * 0.8, 2)
    if rng.random() < CUTOUT:
        return _placed_cutout(rng, max(radius, 22), centre)
    return outlines.drawn(rng, radius, centre, SIDE), None


def _placed_cutout(
    rng: np.random.Generator, radius: float, centre: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A random cut-out, perhaps mirrored, slightly rotated and with another brightness."""
    ones = cutouts()
    kind = int(rng.integers(4))
    one = ones[-kind] if kind else ones[int(rng.integers(len(ones)))]
    height, width = one.coverage.shape
    factor = 2 * radius / max(height, width)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.uniform(-30, 30)), factor)
    if rng.random() < 0.5:
        matrix[:, 0], matrix[:, 2] = -matrix[:, 0], matrix[:, 2] + matrix[:, 0] * width
    matrix[:, 2] += centre - (width / 2, height / 2)
    blur = max(0.3, 0.4 / factor)
    pixels = cv2.GaussianBlur(one.pixels, (0, 0), blur)
    placed = cv2.warpAffine(pixels, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    coverage = cv2.warpAffine(one.coverage, matrix, (SIDE, SIDE))
    return coverage, surfaces.relit(rng, placed)


def _fits(coverage: np.ndarray, owner: np.ndarray, hidden: float) -> bool:
    """True if it is large enough and its overlap with any earlier one is at most `hidden` of either area."""
    inside = coverage > 127
    if min(cv2.boundingRect(inside.astype(np.uint8))[2:]) < SMALLEST:
        return False
    covered = np.bincount(owner[inside], minlength=owner.max() + 1)[1:]
    before = np.bincount(owner.ravel(), minlength=owner.max() + 1)[1:]
    return bool((covered <= hidden * np.minimum(before, inside.sum())).all())
