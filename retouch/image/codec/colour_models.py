"""RGB samples of any colour model that PIL opens, with remarks on the conversion."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms

from retouch.errors import BadPicture

DEEP_MODES = ("I", "I;16", "I;16B", "I;16L", "I;16N", "F")
_GREY_MODES = ("1", "L", "LA", "La", *DEEP_MODES)
_TRANSPARENT = ("RGBA", "LA", "PA", "La", "RGBa")
_NAMES = {"YCbCr": "YCbCr", "HSV": "HSV"}


@dataclass(frozen=True, eq=False)
class Samples:
    """`rgb` is (height, width, 3 or 4) uint8 or uint16, RGB with alpha last.

    `grey` is True for a file of one channel of colour. `icc` is the profile of these samples. `notes` and
    `losses` are those of `Metadata`.
    """

    rgb: np.ndarray
    grey: bool = False
    icc: bytes | None = None
    losses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def samples_of(image: Image.Image, icc: bytes | None) -> Samples:
    """The samples of `image` in RGB, with alpha if it has transparency; `icc` is the file's profile.

    CMYK is converted to sRGB by its profile, or without one by PIL's plain rule; CIELAB is converted to sRGB.
    Raises BadPicture for samples beyond the range of their mode.
    """
    if image.mode == "CMYK":
        return _of_cmyk(image, icc)
    if image.mode == "LAB":
        return Samples(_of_lab(image), losses=(_becomes("CIELAB", "sRGB"),))
    if image.mode in DEEP_MODES:
        return fit_profile(np.repeat(_grey(image)[..., None], 3, 2), True, icc)
    transparent = image.mode in _TRANSPARENT or "transparency" in image.info
    rgb = np.asarray(image.convert("RGBA" if transparent else "RGB"))
    return fit_profile(rgb, image.mode in _GREY_MODES, icc, _model_lost(image))


def fit_profile(rgb: np.ndarray, grey: bool, icc: bytes | None, losses: tuple[str, ...] = ()) -> Samples:
    """Samples with the profile `icc`, if that is one for RGB, or for grey and the file is `grey`.

    `rgb` is (height, width, 3 or 4) uint8 0..255 or uint16 0..65535, RGB with alpha last. A note replaces a
    profile of another kind.
    """
    if not icc or icc[16:20] == b"RGB " or (grey and icc[16:20] == b"GRAY"):
        return Samples(rgb, grey, icc or None, losses)
    return Samples(rgb, grey, None, losses, ("Its colour profile is not one for RGB and is left out.",))


def _becomes(before: str, after: str) -> str:
    return f"Its {before} colours become {after}."


def _model_lost(image: Image.Image) -> tuple[str, ...]:
    if image.mode in ("P", "PA"):
        count = len(image.getpalette() or ()) // 3
        return (f"Its palette of {count} colours becomes RGB, where any colour can be.",)
    if image.mode == "1":
        return ("It has 1 bit a pixel, black or white; what is written has 8 bits of grey.",)
    named = _NAMES.get(image.mode)
    return (_becomes(named, "RGB"),) if named else ()


def _of_cmyk(image: Image.Image, icc: bytes | None) -> Samples:
    converted, note = None, _PLAIN
    if icc and icc[16:20] == b"CMYK":
        converted = _through(image, icc)
        note = "It is CMYK and is read as sRGB by its own profile." if converted else _PLAIN
    rgb = np.asarray(converted or image.convert("RGB"))
    return Samples(rgb, losses=(_becomes("CMYK", "sRGB"),), notes=(note,))


_PLAIN = "It is CMYK without a profile that can be used: it is read by a plain rule, and colours may be off."


def _through(image: Image.Image, icc: bytes) -> Image.Image | None:
    """The image in sRGB; None when the profile is damaged or PIL has no colour management."""
    try:
        source, screen = ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, screen, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ImportError):
        return None


def _of_lab(image: Image.Image) -> np.ndarray:
    lab, screen = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    converted = ImageCms.applyTransform(image, ImageCms.buildTransform(lab, screen, "LAB", "RGB"))
    return np.asarray(converted)


def _grey(image: Image.Image) -> np.ndarray:
    """(height, width) uint16 of a mode of more than 8 bits: whole numbers 0..65535, floating point 0..1."""
    samples = np.asarray(image)
    top = 1 if image.mode == "F" else 65535
    low, high = float(samples.min()), float(samples.max())
    if not (low >= 0 and high <= top):  # also True for NaN
        hint = "Scale its samples to 16 bits, 0 to 65535, or to 8."
        raise BadPicture(f"its samples go from {low:g} to {high:g}, not 0 to {top}.", hint=hint)
    return np.rint(samples.astype(np.float64) * (65535 / top)).astype(np.uint16)
