"""Many scenes, generated once and stored in a file, and random batches of them with prompts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from tools.tiny_sam.model import PATCH, SIDE
from tools.tiny_sam.prompts import bounds, inner_point
from tools.tiny_sam.scenes import scene

PADDED = 0.25
"""Share of pictures that are not square. SAM pads their right or lower part."""
VISIBLE = 150
"""Smallest number of visible pixels of an object that is prompted."""
BOX_ERROR = 0.04
"""Standard deviation of the error of a drawn box, as a share of its sides."""


@dataclass(frozen=True)
class Batch:
    """A batch of B pictures with K objects each, in order.

    `pictures` (B, 3, 256, 256) are the input of the encoder, normalised. `truths` (B*K, 1, 256, 256) are 0 or
    1, `clicks` (B*K, 1, 2) and `boxes` (B*K, 4) are in pixels.
    """

    pictures: torch.Tensor
    truths: torch.Tensor
    clicks: torch.Tensor
    boxes: torch.Tensor


class Pool:
    """The first `count` scenes, read from `file`. The file is generated if it does not exist."""

    def __init__(self, file: Path, count: int) -> None:
        if not file.exists():
            _make(file, count)
        self.scenes = np.load(file, mmap_mode="r")

    def draw(self, pictures: int, things: int, rng: np.random.Generator) -> Batch:
        """Random scenes, turned, recoloured, some cropped; `things` objects of each, some more than once."""
        drawn = [self._one(things, rng) for _ in range(pictures)]
        return Batch(
            torch.from_numpy(np.stack([one[0] for one in drawn])).permute(0, 3, 1, 2).contiguous(),
            torch.from_numpy(np.concatenate([one[1] for one in drawn])[:, None].astype(np.float32)),
            torch.tensor([point for one in drawn for point in one[2]], dtype=torch.float32)[:, None],
            torch.tensor(np.array([box for one in drawn for box in one[3]]), dtype=torch.float32),
        )

    def _one(self, things: int, rng: np.random.Generator) -> tuple:
        while True:
            kept = _turned(self.scenes[rng.integers(len(self.scenes))], int(rng.integers(8)))
            pixels = _normal(kept[..., rng.permutation(3)], rng)
            owner = _cut_short(pixels, kept[..., 3].copy(), rng)
            seen = np.flatnonzero(np.bincount(owner.ravel())[1:] >= VISIBLE) + 1
            if len(seen):
                break
        chosen = [owner == i for i in rng.choice(seen, things)]
        clicks = [inner_point(mask, rng) for mask in chosen]
        return pixels, np.stack(chosen), clicks, [_drawn_box(mask, rng) for mask in chosen]


def _make(file: Path, count: int) -> None:
    """Write (count, 256, 256, 4) uint8: RGB and the number of the pixel's owner.

    The file is whole or absent.
    """
    part = file.with_suffix(".part.npy")
    kept = np.lib.format.open_memmap(part, "w+", np.uint8, (count, SIDE, SIDE, 4))
    for i in range(count):
        one = scene(i)
        kept[i, ..., :3], kept[i, ..., 3] = one.pixels, one.owner
    kept.flush()
    part.replace(file)


def _turned(kept: np.ndarray, way: int) -> np.ndarray:
    """One of the eight rotations and reflections of a square. `way` is 0..7."""
    turned = np.rot90(kept, way % 4)
    return turned if way < 4 else turned[:, ::-1]


def _normal(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The pixels with random brightness, minus SAM's mean, divided by its deviation: float32."""
    light = rng.uniform(0.7, 1.2) * rng.uniform(0.9, 1.1, 3) * np.ones(3)
    mean, deviation = np.array([123.675, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])
    scale, shift = (light / deviation).astype(np.float32), (mean / deviation).astype(np.float32)
    return pixels * scale - shift


def _cut_short(pixels: np.ndarray, owner: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blank the right or lower part of some pictures, in place. Returns the owners, 0 where blanked."""
    if rng.random() < PADDED:
        start = int(rng.integers(SIDE * 5 // 8, SIDE - PATCH // 2))
        away = (slice(start, None), slice(None)) if rng.random() < 0.5 else (slice(None), slice(start, None))
        pixels[away], owner[away] = 0, 0
    return owner


def _drawn_box(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    left, top, right, bottom = bounds(mask)
    sides = np.array([right - left, bottom - top] * 2)
    wrong = np.clip(rng.normal(0, BOX_ERROR, 4), -2 * BOX_ERROR, 2 * BOX_ERROR) * sides
    return np.clip(np.array([left, top, right, bottom]) + wrong, 0, SIDE)
