"""Grain: the noise of a photograph, measured in its plain areas, and synthesised for painted pixels without
it.

Noise is the residual of a plane fitted to a block of 8 x 8 pixels. At one luma it is the same everywhere, and
texture only adds to it. So the noise of a luma is that of its plainest blocks (after the block methods
compared by S. Olsen, Estimation of noise in images: an evaluation, 1993). Its autocovariance and the
covariance of its channels shape the synthetic grain. Levels are 0..255.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.image.blend.tone import LUMA

SIDE, WIDER = 8, 16
"""Side in pixels of the blocks that measure the noise, and of those that measure its autocovariance."""
LAGS = 5
"""Pixels: the largest lag of the autocovariance."""
BLOCKS = 20_000
"""Blocks of a picture that are measured, at most."""
PLAIN = 0.1
"""Share of the blocks of one luma that count as plain."""
BINS, LEAST_BLOCKS = 8, 24
"""Bins of luma, and the fewest blocks of a bin that count."""
SEEN, TOO_MUCH = 2.0, 25.0
"""Levels of standard deviation. Below the first grain is hardly visible, above the second the noise is no
grain."""
NOISE_RATIO, PLAIN_SHARE = 1.5, 0.5
"""Among the plainest blocks of grain the median noise is at most `NOISE_RATIO` times the least, in at least
the share `PLAIN_SHARE` of the bins. Texture exceeds this (measured on scikit-image's photographs, with and
without grain)."""
STRONGEST = 1.3
"""Largest ratio of the noise of a luma to that of the quietest luma: more is texture."""
ENOUGH = 0.8
"""Share of the grain from which the painted pixels need no more."""
LEAST_PAINTED = 4
"""The fewest painted blocks that measure the noise of the painted pixels."""


@dataclass(frozen=True, eq=False)
class Grain:
    """The noise of a picture.

    Attributes
    ----------
    deviation : (256,) float32
        Standard deviation in levels at each luma 0..255.
    kernel : (2 * LAGS + 1, 2 * LAGS + 1) float32
        The filter that gives white noise the autocovariance of the grain, of norm 1.
    mixing : (3, 3) float32
        The matrix that gives it the covariance of the channels, with a luma of variance 1.
    """

    deviation: np.ndarray
    kernel: np.ndarray
    mixing: np.ndarray

    @classmethod
    def of(cls, pixels: np.ndarray) -> Grain | None:
        """The grain of a picture, (height, width, 3) uint8 RGB. None when it has no visible grain or too few
        blocks.

        >>> noise = np.random.default_rng(0).normal(0, 6, (256, 256, 1))
        >>> bool(5 < Grain.of(np.uint8(128 + noise + np.zeros(3))).deviation[128] < 7)
        True
        >>> Grain.of(np.full((256, 256, 3), 128, np.uint8)) is None
        True
        """
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
        """The share 0..1 of this grain's deviation that the painted pixels lack.

        `levels` are (height, width, 3) RGB levels 0..255, uint8 or float32, and `alpha`, (height, width)
        uint8, is the composite mask that shows them. The share is 0 when fewer than `LEAST_PAINTED` blocks
        show.
        """
        blocks = _blocks(levels, alpha >= 128)
        if len(blocks) < LEAST_PAINTED:
            return 0.0
        mean, noise = _measure_blocks(blocks)
        present = float(np.quantile(noise / self.deviation[np.clip(np.rint(mean), 0, 255).astype(int)], 0.25))
        return 0.0 if present >= ENOUGH else (1 - present**2) ** 0.5

    def make(self, levels: np.ndarray, seed: int, share: float) -> np.ndarray:
        """The grain to add to `levels`, both (height, width, 3), in levels: float32.

        `levels` are 0..255 RGB, `seed` is 0 or more, and `share`, 0..1, scales the deviation. The same seed
        and size give the same noise.
        """
        height, width = levels.shape[:2]
        white = np.random.default_rng(seed).standard_normal((height, width, 3), np.float32)
        grain = cv2.filter2D(white, cv2.CV_32F, self.kernel, borderType=cv2.BORDER_REFLECT) @ self.mixing.T
        luma = np.clip(np.rint(levels @ LUMA), 0, 255).astype(np.int64)
        return np.float32(share) * self.deviation[luma][..., None] * grain


def _blocks(pixels: np.ndarray, where: np.ndarray | None = None, side: int = SIDE) -> np.ndarray:
    """(blocks, side * side, 3) float32 of (height, width, 3) pixels: blocks within `where`, at most
    BLOCKS."""
    rows, columns = (length // side for length in pixels.shape[:2])
    blocks = pixels[: rows * side, : columns * side].reshape(rows, side, columns, side, 3).swapaxes(1, 2)
    selected = np.ones((rows, columns), bool)
    if where is not None:
        inside = where[: rows * side, : columns * side].reshape(rows, side, columns, side)
        selected = inside.all(axis=(1, 3))
    places = np.argwhere(selected)
    places = places[:: max(-(-len(places) // BLOCKS), 1)]
    return blocks[places[:, 0], places[:, 1]].reshape(-1, side * side, 3).astype(np.float32)


@functools.cache
def _planes(pixels: int) -> np.ndarray:
    """(pixels, 3) float32: an orthonormal basis of all planes over a square block of this many pixels."""
    side = math.isqrt(pixels)
    ramp = np.arange(side, dtype=np.float64) - (side - 1) / 2
    planes = np.stack([np.ones(pixels), np.repeat(ramp, side), np.tile(ramp, side)], axis=1)
    return np.linalg.qr(planes)[0].astype(np.float32)


def _plane_residual(blocks: np.ndarray) -> np.ndarray:
    """The residual of (blocks, pixels, ..) values from the nearest plane, of the same shape."""
    planes = _planes(blocks.shape[1])
    return blocks - np.einsum("pk,qk,bq...->bp...", planes, planes, blocks, optimize=True)


def _measure_blocks(blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean, noise), both (blocks,) levels: mean and standard deviation of the luma of each block."""
    luma = blocks @ LUMA
    return luma.mean(axis=1), np.sqrt((_plane_residual(luma) ** 2).sum(axis=1) / (luma.shape[1] - 3))


def _deviations(mean: np.ndarray, noise: np.ndarray) -> np.ndarray | None:
    """(256,) float32: the noise of the plainest blocks by luma. None when there are too few or they are
    texture."""
    places, deviations, uniform = [], [], []
    unclipped = (mean > 8) & (mean < 247)  # darker or lighter, noise is clipped at black or white
    for low in range(0, 256, 256 // BINS):
        inside = noise[unclipped & (mean >= low) & (mean < low + 256 // BINS)]
        if len(inside) >= LEAST_BLOCKS:
            plain = np.sort(inside)[: max(round(PLAIN * len(inside)), 4)]
            places.append(low + 128 // BINS)
            deviations.append(np.median(plain) / _LEAST)
            uniform.append(np.median(plain) <= NOISE_RATIO * plain[0])
    if not deviations or np.mean(uniform) < PLAIN_SHARE:
        return None
    return np.interp(np.arange(256), places, np.minimum(deviations, STRONGEST * min(deviations))).astype(
        np.float32
    )


_LEAST = 0.86
"""Ratio of the noise of the plainest tenth of blocks to that of all, for white noise: an estimate from the 61
degrees of freedom of a block has a standard deviation of 9 %."""


def _shape(residual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(kernel, mixing) of the residuals of plain blocks, (blocks, WIDER * WIDER, 3) levels."""
    luma = (residual @ LUMA).reshape(-1, WIDER, WIDER)
    power = (np.abs(np.fft.fft2(luma, (2 * WIDER, 2 * WIDER))) ** 2).mean(axis=0)
    overlap = WIDER - np.abs(np.fft.fftfreq(2 * WIDER, 1 / (2 * WIDER)))
    taper = np.clip(1 - (WIDER - overlap) / (LAGS + 1), 0, 1)
    covariance = np.fft.ifft2(power).real / np.maximum(np.outer(overlap, overlap), 1)
    kernel = np.fft.ifft2(np.sqrt(np.maximum(np.fft.fft2(covariance * np.outer(taper, taper)).real, 0))).real
    kernel = np.fft.fftshift(kernel)[WIDER - LAGS : WIDER + LAGS + 1, WIDER - LAGS : WIDER + LAGS + 1]
    return (kernel / np.linalg.norm(kernel)).astype(np.float32), _mixing(residual)


def _mixing(residual: np.ndarray) -> np.ndarray:
    """(3, 3) float32: the symmetric square root of the channels' covariance, scaled to a luma of variance
    1."""
    covariance = np.einsum("bpc,bpd->cd", residual, residual)
    covariance /= max(float(LUMA @ covariance @ LUMA), 1e-6)
    values, vectors = np.linalg.eigh(covariance)
    return (vectors @ np.diag(np.sqrt(np.maximum(values, 0))) @ vectors.T).astype(np.float32)
