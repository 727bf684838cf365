"""Grain: the noise of a photograph, measured where it is plain, and added to what was painted without it.

Noise is what a plane leaves of 8 x 8 pixels. It is the same everywhere at one luma, and texture is only ever
more, so that of all blocks at a luma the plainest tell (after the block methods of noise estimation: Olsen,
1993). Its autocovariance and the covariance of its channels shape the grain that is made. Levels are 0..255.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.image.blend.tone import LUMA

SIDE, WIDER = 8, 16
"""Pixels of a block by which noise is measured, and of one that tells how pixels hang together."""
LAGS = 5
"""Pixels over which they do, at most."""
BLOCKS = 20_000
"""Blocks of a picture that are looked at."""
PLAIN = 0.1
"""Share of the blocks of one luma that are taken for plain."""
BINS, LEAST_BLOCKS = 8, 24
"""Bins of luma, and blocks of one that tell."""
SEEN, TOO_MUCH = 2.0, 25.0
"""Levels of standard deviation: below the first grain is hardly seen, beyond the second it is none."""
SPREAD, ALIKE = 1.5, 0.5
"""Among the plainest blocks of grain the median has at most so many times the noise of the least, at no less
than this share of lumas; of texture, more (measured on scikit-image's photographs, with and without it)."""
STRONGEST = 1.3
"""The noise of one luma is at most so many times that of the quietest: beyond, it is texture."""
ENOUGH = 0.8
"""Share of the grain from which what is painted has its own."""
LEAST_PAINTED = 4
"""Blocks of what is painted by which its own noise is told."""


@dataclass(frozen=True, eq=False)
class Grain:
    """`deviation` (256,) float32 is that of each luma, in levels.

    `kernel`, (2 * LAGS + 1,) * 2, shapes white noise, and `mixing`, (3, 3), its channels, so that the luma
    has a variance of 1.
    """

    deviation: np.ndarray
    kernel: np.ndarray
    mixing: np.ndarray

    @classmethod
    def of(cls, pixels: np.ndarray) -> Grain | None:
        """That of a picture, (height, width, 3) uint8; None where none is seen, or none is sure."""
        blocks = _blocks(pixels)
        if len(blocks) < LEAST_BLOCKS:
            return None
        mean, noise = _measure_blocks(blocks)
        deviation = _deviations(mean, noise)
        if deviation is None or not SEEN <= deviation.min() <= TOO_MUCH:
            return None
        wider = _blocks(pixels, side=WIDER)
        mean, noise = _measure_blocks(wider)
        order = np.argsort(noise / deviation[np.rint(mean).astype(int)])
        return cls(deviation, *_shape(_plane_residual(wider[order[: max(round(PLAIN * len(wider)), 4)]])))

    def missing(self, levels: np.ndarray, alpha: np.ndarray) -> float:
        """The share of this grain, 0..1 of its deviation, that (height, width, 3) painted levels lack.

        `alpha`, (height, width) uint8, is where they show. 0 where there are too few to tell.
        """
        blocks = _blocks(levels, alpha >= 128)
        if len(blocks) < LEAST_PAINTED:
            return 0.0
        mean, noise = _measure_blocks(blocks)
        here = float(np.quantile(noise / self.deviation[np.clip(np.rint(mean), 0, 255).astype(int)], 0.25))
        return 0.0 if here >= ENOUGH else (1 - here**2) ** 0.5

    def make(self, levels: np.ndarray, seed: int, share: float) -> np.ndarray:
        """The grain for (height, width, 3) levels, to be added: float32. The same for the same seed."""
        height, width = levels.shape[:2]
        white = np.random.default_rng(seed).standard_normal((height, width, 3), np.float32)
        grain = cv2.filter2D(white, cv2.CV_32F, self.kernel, borderType=cv2.BORDER_REFLECT) @ self.mixing.T
        luma = np.clip(np.rint(levels @ LUMA), 0, 255).astype(np.int64)
        return np.float32(share) * self.deviation[luma][..., None] * grain


def _blocks(pixels: np.ndarray, where: np.ndarray | None = None, side: int = SIDE) -> np.ndarray:
    """(blocks, side * side, 3) float32 of (height, width, 3), those wholly in `where`, at most BLOCKS."""
    rows, columns = (length // side for length in pixels.shape[:2])
    cut = pixels[: rows * side, : columns * side].reshape(rows, side, columns, side, 3).swapaxes(1, 2)
    chosen = np.ones((rows, columns), bool)
    if where is not None:
        inside = where[: rows * side, : columns * side].reshape(rows, side, columns, side)
        chosen = inside.all(axis=(1, 3))
    places = np.argwhere(chosen)
    places = places[:: max(-(-len(places) // BLOCKS), 1)]
    return cut[places[:, 0], places[:, 1]].reshape(-1, side * side, 3).astype(np.float32)


@functools.cache
def _planes(pixels: int) -> np.ndarray:
    """(pixels, 3): an orthonormal basis of all planes over a square block of so many pixels."""
    side = math.isqrt(pixels)
    ramp = np.arange(side, dtype=np.float64) - (side - 1) / 2
    planes = np.stack([np.ones(pixels), np.repeat(ramp, side), np.tile(ramp, side)], axis=1)
    return np.linalg.qr(planes)[0].astype(np.float32)


def _plane_residual(blocks: np.ndarray) -> np.ndarray:
    """What the nearest plane leaves of (blocks, pixels, ..) values."""
    planes = _planes(blocks.shape[1])
    return blocks - np.einsum("pk,qk,bq...->bp...", planes, planes, blocks, optimize=True)


def _measure_blocks(blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean, noise) of the luma of each block; the noise is a standard deviation."""
    luma = blocks @ LUMA
    return luma.mean(axis=1), np.sqrt((_plane_residual(luma) ** 2).sum(axis=1) / (luma.shape[1] - 3))


def _deviations(mean: np.ndarray, noise: np.ndarray) -> np.ndarray | None:
    """(256,): the noise of the plainest blocks by luma; None where none has enough, or they are texture."""
    places, found, alike = [], [], []
    whole = (mean > 8) & (mean < 247)  # beyond, noise is cut off at black or white
    for low in range(0, 256, 256 // BINS):
        inside = noise[whole & (mean >= low) & (mean < low + 256 // BINS)]
        if len(inside) >= LEAST_BLOCKS:
            plain = np.sort(inside)[: max(round(PLAIN * len(inside)), 4)]
            places.append(low + 128 // BINS)
            found.append(np.median(plain) / _LEAST)
            alike.append(np.median(plain) <= SPREAD * plain[0])
    if not found or np.mean(alike) < ALIKE:
        return None
    return np.interp(np.arange(256), places, np.minimum(found, STRONGEST * min(found))).astype(np.float32)


_LEAST = 0.86
"""The noise of a block of the plainest tenth, in that of all: of white noise 61 values spread by 9 %."""


def _shape(left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(kernel, mixing) of what is left of plain blocks, (blocks, WIDER * WIDER, 3)."""
    luma = (left @ LUMA).reshape(-1, WIDER, WIDER)
    power = (np.abs(np.fft.fft2(luma, (2 * WIDER, 2 * WIDER))) ** 2).mean(axis=0)
    overlap = WIDER - np.abs(np.fft.fftfreq(2 * WIDER, 1 / (2 * WIDER)))
    taper = np.clip(1 - (WIDER - overlap) / (LAGS + 1), 0, 1)
    covariance = np.fft.ifft2(power).real / np.maximum(np.outer(overlap, overlap), 1)
    kernel = np.fft.ifft2(np.sqrt(np.maximum(np.fft.fft2(covariance * np.outer(taper, taper)).real, 0))).real
    kernel = np.fft.fftshift(kernel)[WIDER - LAGS : WIDER + LAGS + 1, WIDER - LAGS : WIDER + LAGS + 1]
    return (kernel / np.linalg.norm(kernel)).astype(np.float32), _mixing(left)


def _mixing(left: np.ndarray) -> np.ndarray:
    """The symmetric root of the channels' covariance, for a luma of variance 1."""
    covariance = np.einsum("bpc,bpd->cd", left, left)
    covariance /= max(float(LUMA @ covariance @ LUMA), 1e-6)
    values, vectors = np.linalg.eigh(covariance)
    return (vectors @ np.diag(np.sqrt(np.maximum(values, 0))) @ vectors.T).astype(np.float32)
