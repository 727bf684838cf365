"""JPEG compression of a photograph: measured in its pixels, and given to what was painted without it.

What a JPEG was decoded to has DCT coefficients at multiples of its quality's quantization steps (Fan and de
Queiroz, Identification of Bitmap Compression History, 2003). The steps are those of ITU-T T.81, table K.1,
scaled by quality as in the IJG's encoder. Tables of other makers are not looked for. Levels are 0..255.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from retouch.image.blend.tone import LUMA

BLOCK, UNIT = 8, 16
"""Pixels a side of a block, and of what is encoded together where colours have half the resolution."""
QUALITIES = range(20, 91)
"""Qualities that are looked for. Below them compression is damage, above them it is not seen."""
WINDOW, BLOCKS = 1024, 1024
"""Pixels a side of the middle of a picture that is looked at, and blocks of it."""
WIDEST = 5
"""A frequency is looked at where its row and column together are less."""
LEAST_STEP = 3
"""Levels of a quantization step that shows through rounding."""
LEAST_TOLD, LEAST_RANGE, LEAST_FREQUENCIES = 16, 2, 4
"""Coefficients of a frequency that are not 0, and steps from the least to the most, for it to tell; and such
frequencies for a quality to be told. A flat colour, a ramp or a drawing tells nothing."""
SURE, AHEAD = 0.5, 0.3
"""Mean cosine of a coefficient's phase within its step, 1 at multiples: of the quality found, and how far it
is above the median of all. Of what is no JPEG, photographs have up to 0.21, a page of text 0.37 (those of
scikit-image)."""

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
    """`quality` is that of the IJG's encoder; blocks begin at `left`, `top` pixels, 0..7, of the picture."""

    quality: int
    left: int = 0
    top: int = 0

    @classmethod
    def of(cls, pixels: np.ndarray) -> Compression | None:
        """That of a picture, (height, width, 3) uint8; None where none is seen, or none is sure."""
        luma = _middle(pixels) @ LUMA
        for left, top in dict.fromkeys([(0, 0), _block_corner(luma)]):
            quality = _quality(_coefficients(luma[top:, left:]))
            if quality is not None:
                return cls(quality, left, top)
        return None

    def apply(self, levels: np.ndarray, left: int, top: int, share: float = 1.0) -> np.ndarray:
        """(height, width, 3) levels, `left` and `top` pixels into the picture, compressed like it: float32.

        `share`, 0..1, is how much of the difference is made. Colours have half the resolution then, as most
        encoders store them.
        """
        height, width = levels.shape[:2]
        x, y = (left - self.left) % UNIT, (top - self.top) % UNIT
        margins = (y, -(y + height) % UNIT), (x, -(x + width) % UNIT), (0, 0)
        whole = np.pad(np.rint(levels).clip(0, 255).astype(np.uint8), margins, mode="edge")
        made = _through_jpeg(whole, self.quality)[y : y + height, x : x + width].astype(np.float32)
        return levels + np.float32(share) * (made - levels)


def _through_jpeg(pixels: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling="4:2:0")
    with Image.open(file) as image:
        return np.asarray(image)


def _middle(pixels: np.ndarray) -> np.ndarray:
    """At most WINDOW a side, from multiples of UNIT on."""
    top, left = (max(length - WINDOW, 0) // 2 // UNIT * UNIT for length in pixels.shape[:2])
    return pixels[top : top + WINDOW, left : left + WINDOW]


def _block_corner(luma: np.ndarray) -> tuple[int, int]:
    """(left, top) of the first whole block, by where neighbours differ more than those beside them do."""
    return _block_edge(luma), _block_edge(luma.T)


def _block_edge(luma: np.ndarray) -> int:
    steps = np.abs(np.diff(luma, axis=1)).mean(axis=0)
    if len(steps) < 2 * BLOCK:
        return 0
    jumps = steps[1:-1] - (steps[:-2] + steps[2:]) / 2
    folded = [jumps[column::BLOCK].mean() for column in range(BLOCK)]
    return (int(np.argmax(folded)) + 2) % BLOCK


def _coefficients(luma: np.ndarray) -> np.ndarray:
    """(blocks, 64) orthonormal DCT of (height, width) levels, at most BLOCKS of them."""
    rows, columns = (length // BLOCK for length in luma.shape)
    cut = luma[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2)
    blocks = cut.reshape(-1, BLOCK, BLOCK)
    blocks = blocks[:: max(-(-len(blocks) // BLOCKS), 1)].astype(np.float32)
    basis = cv2.dct(np.eye(BLOCK, dtype=np.float32), flags=cv2.DCT_ROWS).T
    return (basis @ blocks @ basis.T).reshape(-1, BLOCK * BLOCK)


def _quality(coefficients: np.ndarray) -> int | None:
    if len(coefficients) < LEAST_TOLD:
        return None
    phases = _phases(coefficients)
    best = int(np.argmax(phases))
    sure = phases[best] >= max(SURE, float(np.median(phases)) + AHEAD)
    return QUALITIES[best] if sure else None


def _phases(coefficients: np.ndarray) -> np.ndarray:
    """(qualities,): the mean cosine of coefficients' phases within steps, -1..1; -1 where too few tell."""
    found = [_of_frequency(coefficients[:, at], _STEPS[:, at]) for at in _FREQUENCIES]
    phases, tell = (np.stack(parts) for parts in zip(*found, strict=True))
    number = tell.sum(axis=0)
    mean = (phases * tell).sum(axis=0) / np.maximum(number, 1)
    return np.where(number >= LEAST_FREQUENCIES, mean, -1)


def _of_frequency(coefficients: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same of (blocks,) coefficients of one frequency by its steps, (qualities,); and where it tells."""
    told = coefficients / steps[:, None]
    kept = np.abs(told) >= 0.5  # not quantized to 0
    number = kept.sum(axis=1)
    span = np.where(kept, told, -np.inf).max(axis=1) - np.where(kept, told, np.inf).min(axis=1)
    phases = (np.cos(np.float32(2 * np.pi) * told) * kept).sum(axis=1) / np.maximum(number, 1)
    return phases, (number >= LEAST_TOLD) & (span >= LEAST_RANGE) & (steps >= LEAST_STEP)


def _steps(quality: int) -> np.ndarray:
    """(64,) quantization steps of luma."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((np.array(_LUMA_STEPS) * scale + 50) // 100, 1, 255)


_STEPS = np.stack([_steps(quality) for quality in QUALITIES]).astype(np.float32)
_FREQUENCIES = [place for place in range(1, BLOCK * BLOCK) if sum(divmod(place, BLOCK)) < WIDEST]
