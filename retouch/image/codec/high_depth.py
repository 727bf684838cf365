"""Samples of 16 bits and of floating point, which PIL does not read: by OpenCV, which every host has."""

from __future__ import annotations

import io

import cv2
import numpy as np

from retouch.errors import BadPicture
from retouch.image.codec import tiff

FULL = 65535
_PLAIN = "Save it without compression, RGB or grey, with 8 or 16 bits a channel."
NUMBERS = "Scale its samples to 0..1 (black to white), map tones beyond, and save it as 16-bit TIFF or PNG."


def read_png(data: bytes, key: object = None) -> np.ndarray:
    """(height, width, 1, 3 or 4) uint16 of a 16-bit PNG, grey or RGB with alpha last.

    `key` is the colour that is transparent, as PIL says it: a number for grey, three for RGB.
    """
    samples = _open(data)
    if key is None:
        return samples
    colours = samples[..., : 1 if samples.shape[2] == 1 else 3]
    gone = (colours == np.array(key, np.uint16)).all(-1)
    if colours.shape[2] == 1:
        colours = np.repeat(colours, 3, 2)
    return np.dstack([colours, np.where(gone, 0, FULL).astype(np.uint16)])


def read_tiff(data: bytes, said: tiff.Header) -> np.ndarray:
    """(height, width, 1 to 4) uint16 of a TIFF whose `tiff.fault` is blank, grey or RGB with alpha last.

    BadPicture for floating-point samples beyond 0..1, and for what no reader here can unpack.
    """
    apart = said.planes or said.channels == 2 or (said.is_float and said.bits[0] == 16)
    samples = _by_tifffile(data, said) if apart else _open(data)
    samples = samples[..., : said.channels]
    if said.is_float:
        samples = _from_float(samples)
    if said.photometric == tiff.WHITE_IS_ZERO:
        samples = np.concatenate([FULL - samples[..., :1], samples[..., 1:]], 2)
    return _with_alpha(samples, said)


def _with_alpha(samples: np.ndarray, said: tiff.Header) -> np.ndarray:
    """With the extra channel if it is alpha; colours that were multiplied by it are divided by it."""
    colours, alpha = samples[..., : said.colours], samples[..., said.colours :]
    if not said.alpha or not alpha.size:
        return colours
    if said.alpha == 1:
        whole = colours.astype(np.float64) * FULL / np.maximum(alpha, 1)
        colours = np.rint(np.minimum(whole, FULL)).astype(np.uint16)
    return np.concatenate([colours, alpha], 2)


def _from_float(samples: np.ndarray) -> np.ndarray:
    """0..1 as 0..65535."""
    if not np.isfinite(samples).all():
        count = int((~np.isfinite(samples)).sum())
        raise BadPicture(f"{count} of its samples are not a number or infinite.", hint=NUMBERS)
    low, high = float(samples.min()), float(samples.max())
    if low < 0 or high > 1:
        raise BadPicture(f"its floating-point samples go from {low:g} to {high:g}.", hint=NUMBERS)
    return np.rint(samples.astype(np.float64) * FULL).astype(np.uint16)


def _open(data: bytes) -> np.ndarray:
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise BadPicture(f"OpenCV cannot read it ({error.err}).", hint=_PLAIN) from None
    if found is None:
        raise BadPicture("OpenCV cannot read it.", hint=_PLAIN)
    if found.ndim == 2:
        return found[..., None]
    order = [2, 1, 0, 3][: found.shape[2]]
    return np.ascontiguousarray(found[..., order])


def _by_tifffile(data: bytes, said: tiff.Header) -> np.ndarray:
    try:
        import tifffile
    except ImportError:
        fault = "its channels lie apart, or are grey and alpha, or 16-bit floating point, with 16 bits each."
        hint = "Save it with interleaved channels as RGB, or install tifffile."
        raise BadPicture(fault, hint=hint) from None
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            found = file.pages[0].asarray()  # type: ignore[union-attr]
    except Exception as error:  # a codec that is not there, or damage: it raises whatever it likes
        hint = _PLAIN
        raise BadPicture(f"tifffile cannot read it ({error}).", hint=hint) from None
    if said.planes:
        found = np.moveaxis(found, 0, -1)
    return found if found.ndim == 3 else found[..., None]


def as_rgb(samples: np.ndarray) -> np.ndarray:
    """(height, width, 3 or 4) of grey or RGB, with alpha last where the count of channels is even."""
    colours, alpha = samples, None
    if samples.shape[2] % 2 == 0:
        colours, alpha = samples[..., :-1], samples[..., -1:]
    colours = np.repeat(colours, 3, 2) if colours.shape[2] == 1 else colours
    return colours if alpha is None else np.concatenate([colours, alpha], 2)


def png(samples: np.ndarray) -> bytes:
    """A PNG of (height, width) grey or (height, width, 3 or 4) uint16, alpha last."""
    ordered = samples if samples.ndim == 2 else samples[..., [2, 1, 0, 3][: samples.shape[2]]]
    done, data = cv2.imencode(".png", np.ascontiguousarray(ordered), [cv2.IMWRITE_PNG_COMPRESSION, 4])
    if not done:
        raise BadPicture(
            f"a PNG of {samples.shape} and 16 bits cannot be written.", hint="Save a smaller one."
        )
    return data.tobytes()
