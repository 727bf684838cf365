"""Samples of 16 bits and of floating point, which PIL does not read. OpenCV, which every host has, reads
them."""

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
    """The samples of a 16-bit PNG: (height, width, 1, 3 or 4) uint16 0..65535, grey or RGB with alpha last.

    `key` is the transparent colour in PIL's form: a number for grey, three for RGB. Raises BadPicture when
    OpenCV cannot read the file.
    """
    samples = _open(data)
    if key is None:
        return samples
    colours = samples[..., : 1 if samples.shape[2] == 1 else 3]
    transparent = (colours == np.array(key, np.uint16)).all(-1)
    if colours.shape[2] == 1:
        colours = np.repeat(colours, 3, 2)
    return np.dstack([colours, np.where(transparent, 0, FULL).astype(np.uint16)])


def read_tiff(data: bytes, said: tiff.Header) -> np.ndarray:
    """The samples of a TIFF: (height, width, 1 to 4) uint16 0..65535, grey or RGB with alpha last.

    `said` is its header, for which `tiff.fault` is blank. Raises BadPicture for floating-point samples beyond
    0..1, and for files that no installed reader can decode.
    """
    separate = said.planes or said.channels == 2 or (said.is_float and said.bits[0] == 16)
    samples = _by_tifffile(data, said) if separate else _open(data)
    samples = samples[..., : said.channels]
    if said.is_float:
        samples = _from_float(samples)
    if said.photometric == tiff.WHITE_IS_ZERO:
        samples = np.concatenate([FULL - samples[..., :1], samples[..., 1:]], 2)
    return _with_alpha(samples, said)


def _with_alpha(samples: np.ndarray, header: tiff.Header) -> np.ndarray:
    """The samples with their extra channel if that is alpha; premultiplied colours are divided by it."""
    colours, alpha = samples[..., : header.colours], samples[..., header.colours :]
    if not header.alpha or not alpha.size:
        return colours
    if header.alpha == 1:
        straight = colours.astype(np.float64) * FULL / np.maximum(alpha, 1)
        colours = np.rint(np.minimum(straight, FULL)).astype(np.uint16)
    return np.concatenate([colours, alpha], 2)


def _from_float(samples: np.ndarray) -> np.ndarray:
    """Float samples 0..1 as uint16 0..65535."""
    if not np.isfinite(samples).all():
        count = int((~np.isfinite(samples)).sum())
        raise BadPicture(f"{count} of its samples are not a number or infinite.", hint=NUMBERS)
    low, high = float(samples.min()), float(samples.max())
    if low < 0 or high > 1:
        raise BadPicture(f"its floating-point samples go from {low:g} to {high:g}.", hint=NUMBERS)
    return np.rint(samples.astype(np.float64) * FULL).astype(np.uint16)


def _open(data: bytes) -> np.ndarray:
    try:
        samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise BadPicture(f"OpenCV cannot read it ({error.err}).", hint=_PLAIN) from None
    if samples is None:
        raise BadPicture("OpenCV cannot read it.", hint=_PLAIN)
    if samples.ndim == 2:
        return samples[..., None]
    order = [2, 1, 0, 3][: samples.shape[2]]
    return np.ascontiguousarray(samples[..., order])


def _by_tifffile(data: bytes, header: tiff.Header) -> np.ndarray:
    try:
        import tifffile
    except ImportError:
        fault = "its channels lie apart, or are grey and alpha, or 16-bit floating point, with 16 bits each."
        hint = "Save it with interleaved channels as RGB, or install tifffile."
        raise BadPicture(fault, hint=hint) from None
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            samples = file.pages[0].asarray()  # type: ignore[union-attr]
    except Exception as error:  # exceptions of many types, for a missing codec or a damaged file
        hint = _PLAIN
        raise BadPicture(f"tifffile cannot read it ({error}).", hint=hint) from None
    if header.planes:
        samples = np.moveaxis(samples, 0, -1)
    return samples if samples.ndim == 3 else samples[..., None]


def as_rgb(samples: np.ndarray) -> np.ndarray:
    """(height, width, 3 or 4) RGB of grey or RGB samples, (height, width, 1 to 4), of the same type.

    With 2 or 4 channels the last is alpha.
    """
    colours, alpha = samples, None
    if samples.shape[2] % 2 == 0:
        colours, alpha = samples[..., :-1], samples[..., -1:]
    colours = np.repeat(colours, 3, 2) if colours.shape[2] == 1 else colours
    return colours if alpha is None else np.concatenate([colours, alpha], 2)


def png(samples: np.ndarray) -> bytes:
    """A PNG of 16 bits: `samples` are (height, width) grey or (height, width, 3 or 4) RGB, uint16 0..65535.

    Alpha is last. Raises BadPicture when OpenCV cannot write so large a file.
    """
    ordered = samples if samples.ndim == 2 else samples[..., [2, 1, 0, 3][: samples.shape[2]]]
    done, data = cv2.imencode(".png", np.ascontiguousarray(ordered), [cv2.IMWRITE_PNG_COMPRESSION, 4])
    if not done:
        raise BadPicture(
            f"a PNG of {samples.shape} and 16 bits cannot be written.", hint="Save a smaller one."
        )
    return data.tobytes()
