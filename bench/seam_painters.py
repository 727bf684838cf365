"""What bench `seam` paints: pieces of photographs, masks of many shapes, and painters that know the truth.

A painter returns the piece it was given as a model would that finds exactly the right content, but with
what goes wrong on the way: a shift of colours that varies over the piece, loss, blur, noise. All seeded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.geometry import Box, Size
from retouch.mask import Mask
from retouch.raster import Picture
from retouch.samples import SAMPLES, Sample

SHIFT = 4.0
"""Levels of 255: the spread of a painter's colour shift, in each channel."""
BLUE_AND_RED = [2, 1, 0]

Painter = Callable[[np.ndarray, Mask, np.random.Generator], np.ndarray]
"""(truth uint8, what is repainted, random numbers) -> painted uint8."""


@dataclass(frozen=True, eq=False)
class Case:
    """A piece of a photograph and the region that is painted in it."""

    name: str
    truth: Picture
    region: Mask
    seed: int

    def painted(self, painter: Painter) -> np.ndarray:
        reach = max(4, round(0.15 * self.region.area**0.5))
        repainted = self.region.grown(reach).feathered(4)
        return painter(self.truth.pixels, repainted, np.random.default_rng(self.seed))


def cases(sides: Sequence[int], count: int) -> list[Case]:
    """Photographs, shapes and sides in turn; in 49 every photograph meets every shape once."""
    shapes = list(SHAPES)
    turns = ((n % len(SAMPLES), (n + n // len(SAMPLES)) % len(shapes), n % len(sides)) for n in range(count))
    return [_case(SAMPLES[i], shapes[j], sides[k], seed) for seed, (i, j, k) in enumerate(turns)]


def _case(one: Sample, shape: str, side: int, seed: int) -> Case:
    random = np.random.default_rng(seed)
    region = SHAPES[shape](Size(side, side), random)
    return Case(f"{one.name}, {shape}", piece(one, side, random), region, seed)


def piece(one: Sample, side: int, random: np.random.Generator) -> Picture:
    """A square of a photograph at no less than half its detail."""
    short = max(side, min(one.picture.size) // 2)
    whole = one.scaled(short)
    left, top = (int(random.integers(0, length - side + 1)) for length in whole.size)
    return whole.crop(Box(left, top, left + side, top + side))


def _spot(size: Size, random: np.random.Generator, low: float, high: float) -> Box:
    """A box of a share `low` to `high` of the side, well inside."""
    width, height = (random.uniform(low, high, 2) * size.width).round().astype(int)
    left, top = (int(random.integers(size.width // 8, size.width * 7 // 8 - s)) for s in (width, height))
    return Box(left, top, left + int(width), top + int(height))


def _box(size: Size, random: np.random.Generator) -> Mask:
    return Mask.of_box(size, _spot(size, random, 0.2, 0.5))


def _ellipse(size: Size, random: np.random.Generator) -> Mask:
    return Mask.of_ellipse(size, _spot(size, random, 0.2, 0.5))


def _star(size: Size, random: np.random.Generator) -> Mask:
    """A ragged outline, as segmenters give."""
    spot, corners = _spot(size, random, 0.3, 0.6), 14
    angles = np.sort(random.uniform(0, 2 * np.pi, corners))
    reach = random.uniform(0.5, 1, corners) * min(spot.size) / 2
    (x, y) = spot.center
    return Mask.of_polygon(size, np.stack([x + reach * np.cos(angles), y + reach * np.sin(angles)], 1))


def _stroke(size: Size, random: np.random.Generator) -> Mask:
    """A brush stroke of four points."""
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
    """One that leaves the picture on one side."""
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


def slope(size: Size, random: np.random.Generator) -> np.ndarray:
    """(height, width, 3) levels: even plus linear, of another direction in each channel."""
    x, y = _unit(size)
    a, b, c = random.normal(0, SHIFT, (3, 3))
    return 0.7 * a + 1.5 * (b * x[..., None] + c * y[..., None])


def waves(size: Size, random: np.random.Generator) -> np.ndarray:
    """A slope with three waves on it in each channel, one to two pieces long, that go anywhere."""
    x, y = _unit(size)
    turns, phases = random.uniform(0, 2 * np.pi, (2, 3, 3))
    pace = 2 * np.pi * random.uniform(0.5, 1, (3, 3))
    along = np.cos(turns) * x[..., None, None] + np.sin(turns) * y[..., None, None]
    return slope(size, random) + SHIFT * 0.6 * np.sin(pace * along + phases).sum(-1)


def _unit(size: Size) -> tuple[np.ndarray, np.ndarray]:
    """x and y from -0.5 to 0.5."""
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, size.width), np.linspace(-0.5, 0.5, size.height))
    return x, y


def exact(truth: np.ndarray, repainted: Mask, random: np.random.Generator) -> np.ndarray:
    return truth


def sloped(truth: np.ndarray, repainted: Mask, random: np.random.Generator) -> np.ndarray:
    return _levels(truth + slope(repainted.size, random))


def waved(truth: np.ndarray, repainted: Mask, random: np.random.Generator) -> np.ndarray:
    return _levels(truth + waves(repainted.size, random))


def lossy(truth: np.ndarray, repainted: Mask, random: np.random.Generator) -> np.ndarray:
    """No shift: fine detail and half the colours' detail lost, and noise."""
    return _levels(_lost(truth, random))


def encoded(truth: np.ndarray, repainted: Mask, random: np.random.Generator) -> np.ndarray:
    """What an autoencoder does: waves of a shift, and that loss."""
    return _levels(_lost(truth, random) + waves(repainted.size, random))


def tinted(truth: np.ndarray, repainted: Mask, random: np.random.Generator) -> np.ndarray:
    """A small shift everywhere, and a larger tint only where it repaints: the grey square round a face."""
    tint = random.normal(0, 1.5 * SHIFT, 3) * (repainted.alpha / 255)[..., None]
    return _levels(truth + waves(repainted.size, random) / 4 + tint)


def _lost(truth: np.ndarray, random: np.random.Generator) -> np.ndarray:
    luma, *chroma = np.moveaxis(cv2.cvtColor(truth.astype(np.float32), cv2.COLOR_RGB2YCrCb), -1, 0)
    soft = [cv2.GaussianBlur(luma, (0, 0), 0.9), *(cv2.GaussianBlur(plane, (0, 0), 2.0) for plane in chroma)]
    blurred = cv2.cvtColor(np.stack(soft, -1).astype(np.float32), cv2.COLOR_YCrCb2RGB)
    return blurred + random.normal(0, 2.5, truth.shape)


def _levels(levels: np.ndarray) -> np.ndarray:
    return np.rint(levels).clip(0, 255).astype(np.uint8)


PAINTERS: dict[str, Painter] = {
    "slope": sloped,
    "waves": waved,
    "waves and loss": encoded,
    "tint where repainted": tinted,
    "loss, no shift": lossy,
}


def demo_autoencoder() -> Painter | None:
    """The demo checkpoint's own, there and back; None where models/demo is not."""
    from retouch.engines import own

    if not own.is_here():
        return None
    import torch

    from retouch.engines import latents

    vae = own.demo_engine("cpu").pipe.vae

    def paint(truth: np.ndarray, repainted: Mask, random: np.random.Generator) -> np.ndarray:
        pixels = torch.from_numpy(truth.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
        with torch.no_grad():
            (back,) = latents.decode(vae, latents.encode(vae, pixels, []))
        return back.pixels

    return paint


def dyed(truth: np.ndarray, body: np.ndarray) -> np.ndarray:
    """`truth` with red paint where `body` is, (height, width) bool, its light and shade kept."""
    light = truth.mean(-1, keepdims=True)
    red = light * np.array([0.55, 0.25, 0.2]) + np.array([90, 15, 12])
    return np.where(body[..., None], _levels(red), truth)


def repainted_blue(truth: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Red and blue exchanged where `where` is, (height, width) bool."""
    return np.where(where[..., None], truth[..., BLUE_AND_RED], truth)
