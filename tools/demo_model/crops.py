"""The training data of the demo model: crops of the sample photographs at many magnifications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from retouch.app.sample_photos import FACE, FACE_WORDS, SAMPLES, Sample, resize, sample
from retouch.image.geometry import Box, Size
from tools.demo_model.beyond import continued

SHORT_SIDE = 256
"""Short side of a photograph at magnification 1, in pixels: the native side of the model."""
MAGNIFIED = 1.25
"""Magnification above a photograph's own size. There is only smoothness to learn, but some of it is
needed."""
MENDED = (2.04, 2.08, 2.12, 2.17, 2.24)
"""Magnifications at which a fix crops the astronaut's face by default."""
MENDED_AREA = Box(120, 0, 332, 240)
LEAN, VIEWS = 18.0, 16
"""Largest rotation of a face in degrees, and the number of rotated faces and of continued borders."""
BEYOND, BESIDE = 384, 192
"""Columns that are made up beyond a border, and existing columns beside it that a crop may show, in
pixels."""
FACE_MAGNIFIED = 3.4
"""Magnification at which the face alone fills the crop of a fix."""


@dataclass(frozen=True)
class Crop:
    """Pixels (height, width, 3) uint8, the name of the photograph, and the words for the visible content."""

    pixels: np.ndarray
    sample: Sample
    words: tuple[str, ...]


@dataclass(frozen=True)
class Level:
    """A photograph at one magnification, and the area from which crops are taken."""

    sample: Sample
    pixels: np.ndarray
    area: Box
    words: tuple[str, ...]

    def holds(self, size: Size) -> bool:
        return self.pixels.shape[1] >= size.width and self.pixels.shape[0] >= size.height

    def crop(self, size: Size, rng: np.random.Generator, grid: int = 1) -> Crop:
        """A crop of this size at a random position that fits, at multiples of `grid` pixels."""
        x = _start(self.area.left, self.area.right, self.pixels.shape[1], size.width, rng) // grid * grid
        y = _start(self.area.top, self.area.bottom, self.pixels.shape[0], size.height, rng) // grid * grid
        return Crop(self.pixels[y : y + size.height, x : x + size.width], self.sample, self.words)


def _start(low: int, high: int, length: int, side: int, rng: np.random.Generator) -> int:
    """A random start so that the piece lies within low..high, or contains it if it is shorter than `side`."""
    first, last = sorted((low, high - side))
    return int(np.clip(rng.integers(first, last + 1), 0, length - side))


@dataclass(frozen=True)
class Album:
    """All levels, and the share of crops from each."""

    levels: tuple[Level, ...]
    weights: tuple[float, ...]

    @classmethod
    def wholes(cls) -> Album:
        """The whole photographs at magnification 1."""
        levels = tuple(_level(sample, 1) for sample in SAMPLES)
        return cls(levels, (1 / len(levels),) * len(levels))

    @classmethod
    def mended_faces(cls) -> Album:
        """The astronaut's face at the magnifications of a fix."""
        levels = tuple(_face(factor, MENDED_AREA) for factor in MENDED)
        return cls(levels, (1 / len(levels),) * len(levels))

    @classmethod
    def leaning_faces(cls, rng: np.random.Generator) -> Album:
        """The astronaut's face at these magnifications, rotated: heads in photographs are seldom upright."""
        angles = rng.uniform(-LEAN, LEAN, (len(MENDED), VIEWS))
        levels = tuple(
            _leaning(_face(factor, MENDED_AREA), float(angle))
            for factor, row in zip(MENDED, angles, strict=True)
            for angle in row
        )
        return cls(levels, (1 / len(levels),) * len(levels))

    @classmethod
    def beyond(cls, rng: np.random.Generator) -> Album:
        """Continuations to the left and right of each photograph, with a part of the existing pixels."""
        levels = tuple(
            _beyond(_level(s, 1), mirrored, rng)
            for s in SAMPLES
            for mirrored in (False, True)
            for _ in range(VIEWS)
        )
        return cls(levels, (1 / len(levels),) * len(levels))

    @classmethod
    def open(cls, whole: float, near: Sequence[float] = (1, 1.03)) -> Album:
        """Levels for broad training. `whole` is the share of crops at the magnifications `near` 1.

        At these magnifications a crop shows most of a photograph.
        """
        near_levels = [_level(s, f) for s in SAMPLES for f in near]
        far = [_level(s, f) for s in SAMPLES for f in _factors(1.1, _most(s))]
        face = [_face(f) for f in _factors(1.8, FACE_MAGNIFIED)]
        shares = ((near_levels, whole), (far, (1 - whole) * 0.6), (face, (1 - whole) * 0.4))
        weights = [share / len(levels) for levels, share in shares for _ in levels]
        return cls((*near_levels, *far, *face), tuple(weights))

    def draw(self, count: int, size: Size, rng: np.random.Generator, grid: int = 1) -> list[Crop]:
        """`count` crops of this size at multiples of `grid` pixels, from the levels that are large enough."""
        weights = np.array(self.weights) * [level.holds(size) for level in self.levels]
        chosen = rng.choice(len(self.levels), count, p=weights / weights.sum())
        return [self.levels[i].crop(size, rng, grid) for i in chosen]


def _most(one: Sample) -> float:
    return max(1.3, min(one.picture.size) / SHORT_SIDE * MAGNIFIED)


def _factors(low: float, high: float) -> Sequence[float]:
    return [float(f) for f in np.geomspace(low, high, 6)]


def _level(one: Sample, factor: float) -> Level:
    picture = resize(one.picture, factor * SHORT_SIDE / min(one.picture.size))
    return Level(one, picture.pixels, picture.size.box, one.words)


def _face(factor: float, area: Box = FACE) -> Level:
    """The astronaut at this magnification. A crop contains `area` of her picture or lies within it."""
    whole = _level(sample("astronaut"), factor)
    scale = factor * SHORT_SIDE / min(whole.sample.picture.size)
    return Level(whole.sample, whole.pixels, Box(*(round(edge * scale) for edge in area)), FACE_WORDS)


def _leaning(level: Level, degrees: float) -> Level:
    """The level rotated about the centre of its area. The border is mirrored."""
    height, width = level.pixels.shape[:2]
    onto = cv2.getRotationMatrix2D(level.area.center, degrees, 1)
    how = {"flags": cv2.INTER_CUBIC, "borderMode": cv2.BORDER_REFLECT_101}
    return replace(level, pixels=cv2.warpAffine(level.pixels, onto, (width, height), **how))


def _beyond(level: Level, mirrored: bool, rng: np.random.Generator) -> Level:
    """The level continued on its right or left. Every crop contains some of the new columns."""
    pixels = np.ascontiguousarray(level.pixels[:, ::-1] if mirrored else level.pixels)
    made = continued(pixels, BEYOND, rng)
    height, width = made.shape[:2]
    seen = BEYOND + BESIDE
    if mirrored:
        return replace(level, pixels=np.ascontiguousarray(made[:, ::-1]), area=Box(0, 0, seen, height))
    return replace(level, pixels=made, area=Box(width - seen, 0, width, height))
