"""The layers of a mask file, upright and as 8-bit levels, without the noise of lossy compression.

Which of the layers is the mask is decided in `mask_reading`.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from retouch.image.codec.decoder import upright

OPAQUE = 250
"""Alpha from here up everywhere is that of an opaque file."""
NOISE = (8, 48)
"""Bounds in levels of what is taken for noise. JPEG of quality 40 rings by up to 17 beside an 8 px block."""
LOSSLESS_NOISE = 16
"""The same in a lossless file that was made from a lossy one, where a faint texture may be meant."""
OSCILLATION = 0.05
"""Share of local extrema along rows of faint areas: 0.07 to 0.5 after JPEG or WebP, 0.01 in a soft edge."""
LEAST_NOISE = 64
"""Faint pixels that are not flat from which on that share means something."""


def encode_gray(samples: np.ndarray) -> bytes:
    """A one-channel PNG of (height, width) uint8: how a mask travels."""
    out = io.BytesIO()
    Image.fromarray(samples).save(out, "PNG", compress_level=1)
    return out.getvalue()


@dataclass(frozen=True, eq=False)
class Layers:
    """What a file holds, upright: (height, width) uint8 grey and alpha, (height, width, 3) uint8 colours.

    `alpha` is None where the file is opaque, `colours` where it holds grey levels only. A `lossy` file has
    noise.
    """

    grey: np.ndarray
    alpha: np.ndarray | None = None
    colours: np.ndarray | None = None
    lossy: bool = False
    remarks: tuple[str, ...] = ()


def layers_of(image: Image.Image) -> Layers:
    """Of any image that PIL opened."""
    frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    remarks = (f"The mask has {frames} frames: the first is used.",) if frames > 1 else ()
    lossy, turned = _is_lossy(image), upright(image)
    if turned.mode[0] in "IF":
        grey, scaled = _eight_bits(np.asarray(turned))
        return Layers(grey, lossy=lossy, remarks=(*remarks, *scaled))
    if turned.mode == "LAB":
        return Layers(np.asarray(turned.getchannel("L")), lossy=lossy, remarks=remarks)
    transparent = turned.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in turned.info
    straight = turned.convert("LA") if turned.mode == "La" else turned
    flat = straight.convert("RGBA" if transparent else "RGB")
    alpha = np.asarray(flat.getchannel("A")) if transparent else None
    colours = np.asarray(flat.convert("RGB"))
    grey = np.asarray(flat.convert("RGB").convert("L"))
    return Layers(grey, alpha if transparent and not _opaque(alpha) else None, colours, lossy, remarks)


def _opaque(alpha: np.ndarray | None) -> bool:
    return alpha is None or int(alpha.min()) >= OPAQUE


def _is_lossy(image: Image.Image) -> bool:
    """JPEG in any container, AVIF and HEIC; of WebP what is not known to be lossless."""
    if image.format in ("JPEG", "MPO", "JPEG2000", "AVIF", "HEIF"):
        return True
    if image.format == "WEBP":
        return not _lossless_webp(image)
    return "jpeg" in str(image.info.get("compression", "")).lower()


def _lossless_webp(image: Image.Image) -> bool:
    """By the name of the chunk that holds the pixels: `VP8L`, within the first few chunks."""
    file = image.fp
    if file is None:
        return False
    place = file.tell()
    file.seek(0)
    head = file.read(4096)
    file.seek(place)
    return b"VP8L" in head


def _eight_bits(samples: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """(uint8 levels, remarks) of 16-bit, 32-bit and float levels, scaled by what such a file can hold."""
    values = np.nan_to_num(samples.astype(np.float64), posinf=0, neginf=0).clip(0)
    top, whole = float(values.max()), not np.issubdtype(samples.dtype, np.floating)
    if not whole and top <= 1:
        return np.rint(values * 255).astype(np.uint8), ()
    if top <= 255:
        told = (f"The mask's highest level is {top:g}: its levels are read as 0 to 255.",) if top > 1 else ()
        return np.rint(values).astype(np.uint8), told if whole else ()
    most = max(top, 65535.0)
    return np.rint(values * (255 / most)).astype(np.uint8), ()


def without_noise(levels: np.ndarray, lossy: bool = False) -> tuple[np.ndarray, int]:
    """(uint8 levels, noise in levels) with what is within the noise of black or white set to 0 or 255.

    From one to two times the noise the levels rise linearly to what they are: the map is continuous and
    monotonic. A lossless file is cleaned only where its faint areas oscillate as those of a lossy one do.
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
    """(the levels of local extrema along rows, the pixels that are not flat) of areas that are `below`.

    An edge within a pixel of either is none: what rises towards it is the edge.
    """
    left, here, right = (
        levels[:, place : levels.shape[1] - 2 + place].astype(np.int16) for place in range(3)
    )
    faint = np.maximum(np.maximum(left, here), right) < below
    before, after = here - left, right - here
    moving = faint & ((before != 0) | (after != 0))
    return np.maximum(here, np.maximum(left, right))[faint & (before * after < 0)], int(moving.sum())
