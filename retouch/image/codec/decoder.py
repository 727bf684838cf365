"""The only decoder: files to pictures.

Orientation, palettes, other colour models and animation are resolved here: every decoded picture is upright
RGB. The metadata of a file (alpha, ICC profile, EXIF, XMP, text, pixels per inch) is kept with the picture.
`encoder` writes it back if the format can hold it, and its `losses` names the rest.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import io
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from retouch.errors import BadInput, BadPicture, TooLarge
from retouch.image.codec import exif, file_kinds, high_depth, jpeg, metadata, png, tiff
from retouch.image.codec.colour_models import Samples, fit_profile, samples_of
from retouch.image.codec.metadata import Carried
from retouch.image.geometry import Size
from retouch.image.picture import MAX_PIXELS, Picture

T = TypeVar("T")
MAX_SAMPLES = 4 * MAX_PIXELS
"""Bytes of samples: an RGBA picture of MAX_PIXELS with 8 bits, half as many pixels with 16."""
MAX_BYTES = 512 * 1024 * 1024
"""Bytes of a file. The largest samples and metadata are smaller, so that every written file can be read."""
_open = Image.open
"""Bound at import: ultralytics replaces PIL's function by one that installs packages for unknown formats."""


def upright(image: Image.Image) -> Image.Image:
    """A copy of `image` rotated by the orientation in its EXIF or XMP. PIL has already rotated a TIFF."""
    turn = metadata.of_image(image).orientation
    return image.transpose(_TURNS[turn]) if turn in _TURNS else image.copy()


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def from_pil(image: Image.Image) -> Picture:
    """Any PIL image as an upright picture: RGB, with its alpha separate. Rotated by its EXIF orientation."""
    return _of_image(image, metadata.of_image(image))


def _of_image(image: Image.Image, carried: Carried) -> Picture:
    bag = dataclasses.replace(carried.bag, notes=(*carried.bag.notes, *_frames(image)))
    return _picture(samples_of(image, bag.icc), dataclasses.replace(carried, bag=bag))


def _picture(samples: Samples, carried: Carried) -> Picture:
    """The picture of these samples, rotated upright, without an alpha that is opaque everywhere."""
    bag, upright = carried.bag, exif.turn_upright(samples.rgb, carried.orientation)
    opaque = upright.shape[2] == 3 or upright[..., 3].min() == np.iinfo(upright.dtype).max
    is_deep = upright.dtype == np.uint16
    eight = (upright >> 8).astype(np.uint8) if is_deep else upright
    bag = dataclasses.replace(
        bag,
        icc=samples.icc,
        grey=samples.grey,
        notes=(*bag.notes, *samples.notes),
        losses=(*bag.losses, *samples.losses),
    )
    return Picture(eight[..., :3], None if opaque else eight[..., 3], bag, upright if is_deep else None)


def _frames(image: Image.Image) -> tuple[str, ...]:
    """Notes on further frames. Those of a camera's MPO are previews, or maps of depth or light."""
    frames = getattr(image, "n_frames", 1)
    if frames < 2:
        return ()
    if image.format == "MPO":
        return ("It holds further pictures, as previews or a map of depth or light: they are left out.",)
    what = "pages" if image.format == "TIFF" else "frames"
    return (f"It has {frames} {what}: only the first is used.",)


def decode(data: bytes, path: str = "image") -> Picture:
    """The picture in the bytes of a file. Raises BadPicture or TooLarge, which name `path`, a JSON path."""
    picture = _convert_errors(data, path, lambda: _decode(data, path))
    metadata.check_weight(picture.baggage, path)
    return picture


def convert(data: bytes, use: Callable[[Image.Image], T], path: str = "image") -> T:
    """The result of `use` on the PIL image of a file. Bounds and errors are those of `decode`."""

    def convert() -> T:
        with _open_by_pil(data, _reader(data), path) as image:
            return use(image)

    return _convert_errors(data, path, convert)


def _convert_errors(data: bytes, path: str, read: Callable[[], T]) -> T:
    """The result of `read`. Every exception becomes BadPicture or TooLarge, which name `path`."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{len(data)} bytes are too many.", path=path, hint=f"At most {MAX_BYTES}.")
    try:
        return read()
    except BadPicture as error:
        fault = error.what if error.path else f"not a readable picture: {error.what}"
        raise BadPicture(fault, path=path, hint=error.hint) from None
    except BadInput:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge(f"{error}.", path=path, hint=f"At most {MAX_PIXELS} pixels.") from None
    except Exception as error:  # PIL's decoders raise exceptions of many types on damaged files
        why = f"not a readable picture ({_reason(data, error)})."
        raise BadPicture(why, path=path, hint=file_kinds.SEND) from None


def _reader(data: bytes) -> str:
    """PIL's name of the only reader of such a file, "" for the readers that are always there."""
    kind = file_kinds.kind_of(data)
    reader = file_kinds.opener(kind) if kind else ""
    if kind and not reader:
        raise BadPicture(f"it is {kind.name}, which is not read.", hint=file_kinds.way_out(kind))
    jpeg.check(data)
    return reader


def _open_by_pil(data: bytes, reader: str, path: str) -> Image.Image:
    """The PIL image of a file, not yet decompressed. A PNG loses its metadata first, which PIL might
    refuse."""
    file = io.BytesIO(png.bare(data) if data.startswith(png.SIGNATURE) else data)
    image = _open(file, formats=[reader] if reader else file_kinds.READ)
    check_size(Size(*image.size), len(image.getbands()) * (1 + (png.depth(data) == 16)), path)
    return image


def _decode(data: bytes, path: str) -> Picture:
    reader = _reader(data)
    if data.startswith(png.SIGNATURE):
        return _of_png(data, path)
    if (header := tiff.header(data)) is not None:
        return _of_tiff(data, header, path)
    with _open_by_pil(data, reader, path) as image:
        bits = max(file_kinds.bits_of(data), int(image.info.get("bit_depth") or 8))
        picture = _of_image(image, metadata.of_image(image, data))
    notes = (f"It has {bits} bits a channel, of which 8 are read.",) if bits > 8 else ()
    bag = dataclasses.replace(picture.baggage, notes=(*picture.baggage.notes, *notes))
    return dataclasses.replace(picture, baggage=bag)


def _of_png(data: bytes, path: str) -> Picture:
    with _open_by_pil(data, "PNG", path) as image:
        carried = metadata.of_png(data, path)
        if png.depth(data) != 16:
            return _of_image(image, carried)
        image.load()  # raises for a truncated file, of which OpenCV would return a part
        samples = high_depth.read_png(png.bare(data), image.info.get("transparency"))
        grey = png.is_grey(data)
        return _picture(fit_profile(high_depth.as_rgb(samples), grey, carried.bag.icc), carried)


def _of_tiff(data: bytes, header: tiff.Header, path: str) -> Picture:
    check_size(header.size, header.channels * (1 + header.is_deep), path)
    why, hint = tiff.fault(header)
    if why:
        raise BadPicture(f"it is a TIFF, and {why}.", hint=hint)
    carried, data = metadata.of_tiff(data, header), exif.upright(data)
    if not header.is_deep:
        with _open_by_pil(data, "TIFF", path) as image:
            return _picture(samples_of(image, carried.bag.icc), carried)
    rgb = high_depth.as_rgb(high_depth.read_tiff(data, header))
    samples = fit_profile(rgb, header.colours == 1, carried.bag.icc, header.losses)
    return _picture(samples, carried)


def check_size(size: Size, width: int, path: str) -> None:
    """Raise TooLarge or BadPicture for a bad size, before decompression; `width` is the bytes of a pixel."""
    if size.area > MAX_PIXELS:
        hint = f"At most {MAX_PIXELS}, as 12000x10000."
        raise TooLarge(f"{size} has too many pixels.", path=path, hint=hint)
    if size.area * width > MAX_SAMPLES:
        hint = f"At most {MAX_SAMPLES // width} pixels of {width} bytes: save it smaller, or with 8 bits."
        raise TooLarge(f"{size} with {width} bytes a pixel is too large.", path=path, hint=hint)
    if size.area == 0:
        raise BadPicture(f"{size} has no pixels.", path=path, hint=file_kinds.SEND)


def _reason(data: bytes, error: Exception) -> str:
    if not data:
        return "no bytes"
    return str(error).split("<_io")[0].strip() or type(error).__name__


def decode_base64(text: str, path: str = "image") -> Picture:
    """The picture in base64, line breaks allowed, or in a data URI. BadPicture for a server path or a URL."""
    return decode(file_bytes(text, path), path)


def file_bytes(text: str, path: str = "image") -> bytes:
    """The bytes of a file sent as base64 or a data URI. Raises TooLarge or BadPicture, which name `path`."""
    body = text.partition(",")[2] if text.startswith("data:") else text
    if len(body) > MAX_BYTES * 4 // 3 + 4:
        raise TooLarge("too many bytes.", path=path, hint=f"At most {MAX_BYTES}.")
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        raise BadPicture(
            "is not base64.", path=path, hint="Send the file's bytes as base64 or a data URI."
        ) from None


def read(path: Path) -> Picture:
    """The picture in a file. Raises BadPicture or TooLarge, which name the file."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise BadPicture(
            f"cannot be read ({error.strerror}).", path=str(path), hint="Check the name."
        ) from None
    return decode(data, str(path))
