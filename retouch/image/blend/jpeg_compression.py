"""JPEG compression of a photograph: measured in its pixels, and applied to painted pixels without it.

A decoded JPEG has DCT coefficients at multiples of its quantization steps (Z. Fan and R. de Queiroz,
Identification of Bitmap Compression History: JPEG Detection and Quantizer Estimation, 2003). The steps are
those of ITU-T T.81, table K.1, scaled by quality as in the IJG's encoder. Other tables are not searched for.
Levels are 0..255.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from retouch.image.blend.tone import LUMA

BLOCK, UNIT = 8, 16
"""Side in pixels of a block, and of a minimum coded unit when colours have half the resolution."""
QUALITIES = range(20, 91)
"""Qualities that are searched for. Below them compression is damage, above them it is invisible."""
WINDOW, BLOCKS = 1024, 1024
"""The part of a picture that is measured: the side in pixels of a window in its middle, and blocks in
that."""
WIDEST = 5
"""A frequency is measured when its row and column sum to less."""
LEAST_STEP = 3
"""Levels: the smallest quantization step that is visible after rounding to bytes."""
LEAST_TOLD, LEAST_RANGE, LEAST_FREQUENCIES = 16, 2, 4
"""A frequency counts when it has this many coefficients that are not 0, over this many steps from the least
to the greatest. A quality needs this many such frequencies: a flat colour, a ramp or a drawing has fewer."""
SURE, AHEAD = 0.5, 0.3
"""Mean cosine of a coefficient's phase within its step, which is 1 at multiples: the least for a quality, and
its least distance from the median of all qualities. Among scikit-image's pictures that are no JPEG,
photographs have up to 0.21 and a page of text 0.37."""

_LUMA_STEPS = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)


@dataclass(frozen=True)
class Compression:
    """`quality`, 20..90, is that of the IJG's encoder. Blocks begin `left` and `top` pixels, 0..7, into the
    picture."""

    quality: int
    left: int = 0
    top: int = 0

    @classmethod
    def of(cls, pixels: np.ndarray) -> Compression | None:
        """The compression of a picture, (height, width, 3) uint8 RGB. None when none is visible or
        certain."""
        luma = _middle(pixels) @ LUMA
        for left, top in dict.fromkeys([(0, 0), _block_corner(luma)]):
            quality = _quality(_coefficients(luma[top:, left:]))
            if quality is not None:
                return cls(quality, left, top)
        return None

    def apply(self, levels: np.ndarray, left: int, top: int, share: float = 1.0) -> np.ndarray:
        """Painted levels with the compression of the picture, on the picture's grid of blocks: float32.

        `levels` and the result are (height, width, 3) RGB levels 0..255. They lie `left` and `top` pixels
        into the picture. `share`, 0..1, is the share of the change that is applied. Colours get half the
        resolution, as most encoders store them.

        >>> flat = np.full((16, 16, 3), 100, np.float32)
        >>> np.array_equal(Compression(60).apply(flat, 0, 0), flat)
        True
        """
        height, width = levels.shape[:2]
        x, y = (left - self.left) % UNIT, (top - self.top) % UNIT
        margins = (y, -(y + height) % UNIT), (x, -(x + width) % UNIT), (0, 0)
        padded = np.pad(np.rint(levels).clip(0, 255).astype(np.uint8), margins, mode="edge")
        compressed = _through_jpeg(padded, self.quality)[y : y + height, x : x + width].astype(np.float32)
        return levels + np.float32(share) * (compressed - levels)


def _through_jpeg(pixels: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling="4:2:0")
    with Image.open(file) as image:
        return np.asarray(image)


def _middle(pixels: np.ndarray) -> np.ndarray:
    """The middle of (height, width, 3) pixels: at most WINDOW a side, beginning at multiples of UNIT."""
    top, left = (max(length - WINDOW, 0) // 2 // UNIT * UNIT for length in pixels.shape[:2])
    return pixels[top : top + WINDOW, left : left + WINDOW]


def _block_corner(luma: np.ndarray) -> tuple[int, int]:
    """(left, top), 0..7 pixels: the first whole block of (height, width) levels.

    At the edges of blocks the difference of neighbours is larger than on either side.
    """
    return _block_edge(luma), _block_edge(luma.T)


def _block_edge(luma: np.ndarray) -> int:
    steps = np.abs(np.diff(luma, axis=1)).mean(axis=0)
    if len(steps) < 2 * BLOCK:
        return 0
    jumps = steps[1:-1] - (steps[:-2] + steps[2:]) / 2
    folded = [jumps[column::BLOCK].mean() for column in range(BLOCK)]
    return (int(np.argmax(folded)) + 2) % BLOCK


def _coefficients(luma: np.ndarray) -> np.ndarray:
    """(blocks, 64) float32: the orthonormal DCT of blocks of (height, width) levels, at most BLOCKS of
    them."""
    rows, columns = (length // BLOCK for length in luma.shape)
    grid = luma[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2)
    blocks = grid.reshape(-1, BLOCK, BLOCK)
    blocks = blocks[:: max(-(-len(blocks) // BLOCKS), 1)].astype(np.float32)
    basis = cv2.dct(np.eye(BLOCK, dtype=np.float32), flags=cv2.DCT_ROWS).T
    return (basis @ blocks @ basis.T).reshape(-1, BLOCK * BLOCK)


def _quality(coefficients: np.ndarray) -> int | None:
    if len(coefficients) < LEAST_TOLD:
        return None
    phases = _phases(coefficients)
    best = int(np.argmax(phases))
    certain = phases[best] >= max(SURE, float(np.median(phases)) + AHEAD)
    return QUALITIES[best] if certain else None


def _phases(coefficients: np.ndarray) -> np.ndarray:
    """(qualities,) -1..1: the mean cosine of coefficients' phases within steps; -1 when too few count."""
    frequencies = [_of_frequency(coefficients[:, at], _STEPS[:, at]) for at in _FREQUENCIES]
    phases, counts = (np.stack(parts) for parts in zip(*frequencies, strict=True))
    number = counts.sum(axis=0)
    mean = (phases * counts).sum(axis=0) / np.maximum(number, 1)
    return np.where(number >= LEAST_FREQUENCIES, mean, -1)


def _of_frequency(coefficients: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(phases, counts), both (qualities,): the same of (blocks,) coefficients of one frequency, and if it
    counts.

    `steps` are the quantization steps of this frequency, (qualities,) levels.
    """
    multiples = coefficients / steps[:, None]
    nonzero = np.abs(multiples) >= 0.5  # not quantized to 0
    number = nonzero.sum(axis=1)
    span = np.where(nonzero, multiples, -np.inf).max(axis=1) - np.where(nonzero, multiples, np.inf).min(
        axis=1
    )
    phases = (np.cos(np.float32(2 * np.pi) * multiples) * nonzero).sum(axis=1) / np.maximum(number, 1)
    return phases, (number >= LEAST_TOLD) & (span >= LEAST_RANGE) & (steps >= LEAST_STEP)


def _steps(quality: int) -> np.ndarray:
    """(64,) quantization steps of luma in levels, 1..255."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((np.array(_LUMA_STEPS) * scale + 50) // 100, 1, 255)


_STEPS = np.stack([_steps(quality) for quality in QUALITIES]).astype(np.float32)
_FREQUENCIES = [place for place in range(1, BLOCK * BLOCK) if sum(divmod(place, BLOCK)) < WIDEST]
