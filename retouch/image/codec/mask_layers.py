"""The layers of a mask file, upright and as 8-bit levels, without the noise of lossy compression.

`mask_reading` chooses the layer that is the mask.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from retouch.image.codec.decoder import upright

OPAQUE = 250
"""The least alpha 0..255 of an opaque file."""
NOISE = (8, 48)
"""Bounds of the noise in levels. A JPEG of quality 40 rings by up to 17 next to a block of 8 pixels."""
LOSSLESS_NOISE = 16
"""The largest noise in levels of a lossless file made from a lossy one, where a faint texture may be
intended."""
OSCILLATION = 0.05
"""Share of local extrema along rows of faint areas: 0.07 to 0.5 after JPEG or WebP, 0.01 in a soft edge."""
LEAST_NOISE = 64
"""The fewest faint pixels that are not flat for that share to be reliable."""


def encode_gray(samples: np.ndarray) -> bytes:
    """A PNG of one channel, for masks: `samples` are (height, width) uint8 0..255."""
    out = io.BytesIO()
    Image.fromarray(samples).save(out, "PNG", compress_level=1)
    return out.getvalue()


@dataclass(frozen=True, eq=False)
class Layers:
    """The upright layers of a file: (height, width) uint8 grey and alpha, (height, width, 3) uint8 RGB
    colours.

    `alpha` is None for an opaque file, `colours` for a file of grey levels only. A `lossy` file has noise.
    `remarks` are sentences for the person.
    """

    grey: np.ndarray
    alpha: np.ndarray | None = None
    colours: np.ndarray | None = None
    lossy: bool = False
    remarks: tuple[str, ...] = ()


def layers_of(image: Image.Image) -> Layers:
    """The layers of any image that PIL opened."""
    frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    remarks = (f"The mask has {frames} frames: the first is used.",) if frames > 1 else ()
    lossy, rotated = _is_lossy(image), upright(image)
    if rotated.mode[0] in "IF":
        grey, scaled = _eight_bits(np.asarray(rotated))
        return Layers(grey, lossy=lossy, remarks=(*remarks, *scaled))
    if rotated.mode == "LAB":
        return Layers(np.asarray(rotated.getchannel("L")), lossy=lossy, remarks=remarks)
    transparent = rotated.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in rotated.info
    straight = rotated.convert("LA") if rotated.mode == "La" else rotated
    flat = straight.convert("RGBA" if transparent else "RGB")
    alpha = np.asarray(flat.getchannel("A")) if transparent else None
    colours = np.asarray(flat.convert("RGB"))
    grey = np.asarray(flat.convert("RGB").convert("L"))
    return Layers(grey, alpha if transparent and not _opaque(alpha) else None, colours, lossy, remarks)


def _opaque(alpha: np.ndarray | None) -> bool:
    return alpha is None or int(alpha.min()) >= OPAQUE


def _is_lossy(image: Image.Image) -> bool:
    """True for JPEG in any container, AVIF and HEIC, and for WebP unless it is lossless."""
    if image.format in ("JPEG", "MPO", "JPEG2000", "AVIF", "HEIF"):
        return True
    if image.format == "WEBP":
        return not _lossless_webp(image)
    return "jpeg" in str(image.info.get("compression", "")).lower()


def _lossless_webp(image: Image.Image) -> bool:
    """Whether one of the first chunks of a WebP is `VP8L`, the lossless pixels."""
    file = image.fp
    if file is None:
        return False
    place = file.tell()
    file.seek(0)
    head = file.read(4096)
    file.seek(place)
    return b"VP8L" in head


def _eight_bits(samples: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """(uint8 levels, remarks) of 16-bit, 32-bit and float samples, scaled by the range of such a file."""
    values = np.nan_to_num(samples.astype(np.float64), posinf=0, neginf=0).clip(0)
    top, whole = float(values.max()), not np.issubdtype(samples.dtype, np.floating)
    if not whole and top <= 1:
        return np.rint(values * 255).astype(np.uint8), ()
    if top <= 255:
        remarks = (
            (f"The mask's highest level is {top:g}: its levels are read as 0 to 255.",) if top > 1 else ()
        )
        return np.rint(values).astype(np.uint8), remarks if whole else ()
    most = max(top, 65535.0)
    return np.rint(values * (255 / most)).astype(np.uint8), ()


def without_noise(levels: np.ndarray, lossy: bool = False) -> tuple[np.ndarray, int]:
    """(cleaned, noise): levels within the noise of black or white become 0 or 255.

    `levels` and the cleaned ones are (height, width) uint8 0..255; the noise is in levels, 0 when nothing
    changed. Between one and two times the noise the map rises linearly to the identity: it is continuous and
    monotonic. A lossless file is cleaned only if its faint areas oscillate as those of a lossy one do.

    >>> without_noise(np.uint8([[3, 128, 252]]), lossy=True)
    (array([[  0, 128, 255]], dtype=uint8), 8)
    """
    if int(levels.max()) < 128:
        return levels, 0
    low, high = NOISE
    extrema, moving = _oscillations(levels, high if lossy else LOSSLESS_NOISE)
    noisy = moving >= LEAST_NOISE and len(extrema) > OSCILLATION * moving
    if not (lossy or noisy):
        return levels, 0
    peak = float(np.percentile(extrema, 98)) + 2 if len(extrema) else low
    noise = round(min(max(peak, low), high if lossy else LOSSLESS_NOISE))
    knots = [0, noise, 2 * noise, 255 - 2 * noise, 255 - noise, 255]
    table = np.rint(np.interp(np.arange(256), knots, [0, 0, *knots[2:4], 255, 255])).astype(np.uint8)
    cleaned = table[levels]
    return (cleaned, noise) if (cleaned != levels).any() else (levels, 0)


def _oscillations(levels: np.ndarray, below: int) -> tuple[np.ndarray, int]:
    """(levels of local extrema along rows, number of pixels that are not flat) in areas `below` this level.

    Pixels next to a level of `below` or more do not count: they are part of an edge.
    """
    left, middle, right = (
        levels[:, place : levels.shape[1] - 2 + place].astype(np.int16) for place in range(3)
    )
    faint = np.maximum(np.maximum(left, middle), right) < below
    before, after = middle - left, right - middle
    moving = faint & ((before != 0) | (after != 0))
    return np.maximum(middle, np.maximum(left, right))[faint & (before * after < 0)], int(moving.sum())
