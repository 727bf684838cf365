"""Engines of bench `recipes` that spoil their input, each in one form. A gate must detect it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.engines.base import Job
from retouch.image.picture import Picture
from retouch.progress import Progress
from retouch.testing import FakeEngine

SIDE = 256
HEAVY = SIDE / 24
"""Standard deviation in pixels of a blur after which a face, half as wide as the crop, has no eyes."""
Wrong = Callable[[np.ndarray, np.random.Generator], np.ndarray]
"""(height, width, 3) float32 levels -> what is painted instead."""


def _noise(pixels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return random.integers(0, 256, pixels.shape).astype(np.float32)


def _colour(pixels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """One half unchanged, the other half in one loud colour."""
    return (pixels + np.eye(3, dtype=np.float32)[int(random.integers(3))] * 255) / 2


def _blur(pixels: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return cv2.GaussianBlur(pixels, (0, 0), HEAVY)


PAINTERS: dict[str, Wrong] = {
    "noise": _noise,
    "wrong colour": _colour,
    "erased": lambda pixels, _: pixels,  # its input is already erased there
    "heavy blur": _blur,
}


@dataclass
class Spoiler(FakeEngine):
    """Paints one kind of wrong where it is to paint."""

    side: int = SIDE
    wrong: str = "noise"

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        return [self._spoilt(job) for job in jobs]

    def _spoilt(self, job: Job) -> Picture:
        pixels, share = job.picture.pixels, job.mask.alpha[..., None].astype(np.float32) / 255
        if self.wrong == "erased":
            pixels = cv2.inpaint(pixels, job.mask.alpha, 3, cv2.INPAINT_TELEA)
        made = PAINTERS[self.wrong](pixels.astype(np.float32), np.random.default_rng(job.seed))
        mixed = job.picture.pixels * (1 - share) + made * share
        return Picture(np.rint(mixed.clip(0, 255)).astype(np.uint8))
