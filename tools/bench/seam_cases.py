"""The cases of bench `seam`: pieces of photographs with regions of many shapes. All are seeded."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from retouch.app.sample_photos import Sample
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from tools.bench.seam_painters import Painter

Paint = Callable[[Mask], np.ndarray]
"""What is repainted -> the painted piece, uint8: always the same painting, whoever asks."""


@dataclass(frozen=True, eq=False)
class Case:
    """A piece of a photograph and the region that is painted in it."""

    name: str
    truth: Picture
    region: Mask
    seed: int

    def paint(self, painter: Painter) -> Paint:
        return painter(self.truth.pixels, np.random.default_rng(self.seed)).through


def cases(photographs: Sequence[Sample], sides: Sequence[int], count: int, seed: int = 0) -> list[Case]:
    """Photographs, shapes and sides in turn. In 49 cases, 7 photographs meet each of 7 shapes once."""
    shapes, many = list(SHAPES), len(photographs)
    turns = ((n % many, (n + n // many) % len(shapes), n % len(sides)) for n in range(count))
    return [_case(photographs[i], shapes[j], sides[k], n) for n, (i, j, k) in enumerate(turns, seed)]


def _case(one: Sample, shape: str, side: int, seed: int) -> Case:
    random = np.random.default_rng(seed)
    region = SHAPES[shape](Size(side, side), random)
    return Case(f"{one.name}, {shape}", piece(one, side, random), region, seed)


def piece(one: Sample, side: int, random: np.random.Generator) -> Picture:
    """A square of a photograph, `side` pixels wide, at half of its resolution or more."""
    short = max(side, min(one.picture.size) // 2)
    whole = one.scaled(short)
    left, top = (int(random.integers(0, length - side + 1)) for length in whole.size)
    return whole.crop(Box(left, top, left + side, top + side))


def _spot(size: Size, random: np.random.Generator, low: float, high: float) -> Box:
    """A box with sides of a share `low` to `high` of the picture's, away from the border."""
    width, height = (random.uniform(low, high, 2) * size.width).round().astype(int)
    left, top = (int(random.integers(size.width // 8, size.width * 7 // 8 - s)) for s in (width, height))
    return Box(left, top, left + int(width), top + int(height))


def _box(size: Size, random: np.random.Generator) -> Mask:
    return Mask.of_box(size, _spot(size, random, 0.2, 0.5))


def _ellipse(size: Size, random: np.random.Generator) -> Mask:
    return Mask.of_ellipse(size, _spot(size, random, 0.2, 0.5))


def _star(size: Size, random: np.random.Generator) -> Mask:
    """A ragged outline, as segmenters give it."""
    spot, corners = _spot(size, random, 0.3, 0.6), 14
    angles = np.sort(random.uniform(0, 2 * np.pi, corners))
    reach = random.uniform(0.5, 1, corners) * min(spot.size) / 2
    (x, y) = spot.center
    return Mask.of_polygon(size, np.stack([x + reach * np.cos(angles), y + reach * np.sin(angles)], 1))


def _stroke(size: Size, random: np.random.Generator) -> Mask:
    """A brush stroke through four points."""
    points = random.uniform(0.2, 0.8, (4, 2)) * size
    alpha = np.zeros((size.height, size.width), np.uint8)
    thick = int(size.width * random.uniform(0.06, 0.14))
    cv2.polylines(alpha, [points.round().astype(np.int32)], False, (255,), thick)
    return Mask(alpha)


def _two(size: Size, random: np.random.Generator) -> Mask:
    return Mask.of_ellipse(size, _spot(size, random, 0.15, 0.3)) | _small(size, random)


def _small(size: Size, random: np.random.Generator) -> Mask:
    return Mask.of_ellipse(size, _spot(size, random, 0.08, 0.15))


def _border(size: Size, random: np.random.Generator) -> Mask:
    """A region that is cut off by one side of the picture."""
    spot = _spot(size, random, 0.25, 0.45)
    pushed = (spot.shifted(-spot.left - 8, 0), spot.shifted(0, size.height - spot.bottom + 8))
    return Mask.of_ellipse(size, pushed[int(random.integers(2))])


SHAPES: dict[str, Callable[[Size, np.random.Generator], Mask]] = {
    "box": _box,
    "ellipse": _ellipse,
    "ragged": _star,
    "stroke": _stroke,
    "two spots": _two,
    "small": _small,
    "at the border": _border,
}


def _file(load: Callable[[], str]) -> Callable[[], np.ndarray]:
    return lambda: np.asarray(Image.open(load()).convert("RGB"))


def _hopper() -> np.ndarray:
    from matplotlib import cbook

    return np.asarray(
        Image.open(str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))).convert("RGB")
    )


def _skimage(name: str) -> np.ndarray:
    """A photograph of scikit-image. A grey one gets three equal channels."""
    from skimage import data

    found = getattr(data, name)()
    return found if found.ndim == 3 else np.repeat(found[..., None], 3, 2)


HELD_OUT = tuple(
    Sample(name, "", (), licence, load)
    for name, licence, load in (
        ("hopper", "Grace Hopper by the US Navy; public domain", _hopper),
        ("retina", "CC0", functools.partial(_skimage, "retina")),
        (
            "ihc",
            "Immunohistochemical staining by the Center for Microscopy And Molecular Imaging; CC0",
            functools.partial(_skimage, "immunohistochemistry"),
        ),
        (
            "hubble",
            "Hubble eXtreme Deep Field by NASA; public domain",
            functools.partial(_skimage, "hubble_deep_field"),
        ),
        ("brick", "Brick wall, CC0 Textures; CC0", functools.partial(_skimage, "brick")),
        ("cameraman", "by Lav Varshney; CC0", functools.partial(_skimage, "camera")),
    )
)
"""Photographs that nothing was tuned on."""
