"""Picture: RGB uint8, read-only, and the only codec.

Orientation, palettes, 16-bit samples and animation end here: past this point a picture is an
upright (height, width, 3) array. What a file carries besides its colours (alpha, ICC profile, EXIF,
text chunks) rides along untouched and is written back where the format can hold it.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

from retouch.errors import BadInput, BadPicture, TooLarge
from retouch.geometry import Box, Size

T = TypeVar("T")
MAX_PIXELS = 120_000_000
MAX_BYTES = 256 * 1024 * 1024
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_READ = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""No format that PIL hands to another program, as it does EPS."""
_EXIF_KEYS = ("exif", "Raw profile type exif")
_EXIF_MARK = b"Exif\0\0"
_NOT_TEXT = ("compression", _EXIF_KEYS[1])
_XMP = "XML:com.adobe.xmp"


@dataclass(frozen=True)
class Baggage:
    """What a file carries besides its colours. `notes` are remarks for the person."""

    icc: bytes | None = None
    exif: bytes | None = None
    text: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Picture:
    """(height, width, 3) RGB uint8, and alpha as (height, width) uint8 or None when opaque."""

    pixels: np.ndarray
    alpha: np.ndarray | None = None
    baggage: Baggage = field(default_factory=Baggage)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", _frozen(self.pixels, 3))
        if self.alpha is not None:
            object.__setattr__(self, "alpha", _frozen(self.alpha, 2))
            if self.alpha.shape != self.pixels.shape[:2]:
                raise ValueError(f"alpha {self.alpha.shape} does not fit pixels {self.pixels.shape}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Picture) and np.array_equal(self.pixels, other.pixels)

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def size(self) -> Size:
        return Size(self.pixels.shape[1], self.pixels.shape[0])

    @cached_property
    def digest(self) -> str:
        """sha256 of size and colours: the name under which detections and embeddings are cached."""
        return hashlib.sha256(repr(self.pixels.shape).encode() + self.pixels.tobytes()).hexdigest()

    def crop(self, box: Box) -> Picture:
        """The colours inside `box`, which must lie within the picture."""
        if not self.size.box.contains(box):
            raise ValueError(f"{box} does not lie within {self.size}")
        return Picture(self.pixels[box.slices])

    def with_pixels(self, pixels: np.ndarray) -> Picture:
        """The same file with other colours; alpha and baggage stay if the size does."""
        same = pixels.shape == self.pixels.shape
        return dataclasses.replace(self, pixels=pixels, alpha=self.alpha if same else None)

    def pil(self) -> Image.Image:
        """A PIL image, RGBA when the picture has alpha."""
        if self.alpha is None:
            return Image.fromarray(self.pixels)
        return Image.fromarray(np.dstack([self.pixels, self.alpha]))


def _frozen(array: np.ndarray, ndim: int) -> np.ndarray:
    if (
        array.ndim != ndim
        or array.dtype != np.uint8
        or 0 in array.shape
        or (ndim == 3 and array.shape[2] != 3)
    ):
        raise ValueError(f"a picture needs non-empty uint8 of {ndim} axes, not {array.dtype} {array.shape}")
    if array.flags.writeable or not array.flags.c_contiguous:  # detectors take whole rows only
        array = np.array(array, order="C")
        array.flags.writeable = False
    return array


def from_pil(image: Image.Image) -> Picture:
    """Any PIL image, uprighted by its EXIF orientation, as RGB with its alpha beside it."""
    turned = upright(image)
    eight = _eight_bits(turned)
    alpha = np.asarray(eight.getchannel("A")) if eight.mode == "RGBA" else None
    alpha = None if alpha is None or alpha.min() == 255 else alpha
    return Picture(np.asarray(eight.convert("RGB")), alpha, _baggage(turned, image))


def upright(image: Image.Image) -> Image.Image:
    """A copy with its orientation applied and taken out of its EXIF and XMP. `image` stays as it is."""
    if image.format == "TIFF":
        return image.copy()  # PIL turns these while loading, and some versions forget that they did
    try:
        return ImageOps.exif_transpose(image) or image
    except Exception:  # PIL raises whatever it likes on damaged EXIF, which must not cost the picture
        bare = image.copy()
        bare.info = {key: value for key, value in image.info.items() if key not in _EXIF_KEYS}
        return bare


def _eight_bits(image: Image.Image) -> Image.Image:
    """RGB or RGBA. PIL clips 16-bit greys to white; here the high byte is kept."""
    if image.mode in ("I", "I;16", "I;16B", "I;16L", "I;16N"):
        samples = np.asarray(image).astype(np.int64)
        return Image.fromarray((samples.clip(0, 65535) >> 8).astype(np.uint8)).convert("RGB")
    if image.mode == "F":
        return Image.fromarray(np.asarray(image).clip(0, 255).astype(np.uint8)).convert("RGB")
    transparent = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if transparent else "RGB")


def _baggage(upright: Image.Image, source: Image.Image) -> Baggage:
    """What `upright` carries. Only `source`, as it was opened, knows of further frames."""
    frames = 1 if source.format == "MPO" else getattr(source, "n_frames", 1)
    notes = [f"The first of {frames} frames is used."] if frames > 1 else []
    icc = upright.info.get("icc_profile")
    if icc and icc[16:20] != b"RGB ":
        notes.append("Its colour profile is not one for RGB and is left out.")
        icc = None
    text = {k: v for k, v in upright.info.items() if isinstance(v, str) and k not in _NOT_TEXT}
    return Baggage(
        icc=icc or None,
        exif=_exif(upright),
        text=tuple(sorted((str(k), str(v)) for k, v in text.items())),
        notes=tuple(notes),
    )


def _exif(upright: Image.Image) -> bytes | None:
    """As it came, in the one form every PIL writer takes."""
    raw = upright.info.get(_EXIF_KEYS[0])
    if raw is None and _EXIF_KEYS[1] in upright.info:
        raw = upright.getexif().tobytes()
    return raw if not raw or raw.startswith(_EXIF_MARK) else _EXIF_MARK + raw


_open = Image.open
"""Bound now: ultralytics replaces PIL's function by one that installs packages for what it cannot read."""


def decode(data: bytes, path: str = "image") -> Picture:
    """A picture from file bytes. BadPicture or TooLarge say why not; `path` is named in them."""
    return convert(data, from_pil, path)


def convert(data: bytes, use: Callable[[Image.Image], T], path: str = "image") -> T:
    """What `use` returns for the opened file. BadPicture or TooLarge say why not; `path` is named in them."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{len(data)} bytes are too many.", path=path, hint=f"At most {MAX_BYTES}.")
    try:
        with _open(io.BytesIO(data), formats=_READ) as image:
            _check_size(Size(*image.size), path)
            return use(image)
    except BadInput:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge(f"{error}.", path=path, hint=f"At most {MAX_PIXELS} pixels.") from None
    except Exception as error:  # PIL's decoders raise whatever they like on damaged files
        raise BadPicture(f"not a readable picture ({_reason(data, error)}).", path=path, hint=_HINT) from None


_HINT = "Send PNG, JPEG or WebP."


def _reason(data: bytes, error: Exception) -> str:
    head = data[:512].lstrip().lower()
    if head.startswith((b"<svg", b"<?xml")):
        return "SVG is a drawing: render it to pixels first"
    if not data:
        return "no bytes"
    return str(error).split("<_io")[0].strip() or type(error).__name__


def _check_size(size: Size, path: str) -> None:
    if size.area > MAX_PIXELS:
        raise TooLarge(
            f"{size} has too many pixels.", path=path, hint=f"At most {MAX_PIXELS}, as 12000x10000."
        )
    if size.area == 0:
        raise BadPicture(f"{size} has no pixels.", path=path, hint=_HINT)


def decode_base64(text: str, path: str = "image") -> Picture:
    """A picture from base64, line breaks allowed, or a data URI. A server path or a URL is refused."""
    return decode(file_bytes(text, path), path)


def file_bytes(text: str, path: str = "image") -> bytes:
    """The bytes of a file sent as base64 or a data URI. TooLarge or BadPicture; `path` is named in them."""
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
    """A picture from a file, named in any error."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise BadPicture(
            f"cannot be read ({error.strerror}).", path=str(path), hint="Check the name."
        ) from None
    return decode(data, str(path))


def encode(picture: Picture, kind: str = "PNG", text: dict[str, str] | None = None) -> bytes:
    """File bytes of `kind`, one of FORMATS, or BadPicture when it cannot hold so large a picture.

    PNG keeps alpha and text, WebP alpha, JPEG neither; all keep ICC and what EXIF they have room for.
    """
    longest = _LONGEST.get(kind, MAX_PIXELS)
    if max(picture.size) > longest:
        raise BadPicture(f"{picture.size} is too long for {kind}, at most {longest} a side.", hint="Use PNG.")
    image = picture.pil() if kind != "JPEG" else Image.fromarray(picture.pixels)
    out = io.BytesIO()
    image.save(out, kind, **_options(picture.baggage, kind, text or {}))
    return out.getvalue()


_LONGEST = {"JPEG": 65_535, "WEBP": 16_383}
_JPEG_SEGMENT = 65_533
_JPEG = {"quality": 98, "subsampling": 0}
"""Full colour resolution: a mended photograph has been through JPEG once already."""


def _options(bag: Baggage, kind: str, text: dict[str, str]) -> dict[str, Any]:
    # Without `exact` WebP blackens the colours under full transparency.
    own = {"PNG": {"compress_level": 4}, "JPEG": _JPEG, "WEBP": {"lossless": True, "exact": True}}
    options: dict[str, Any] = {**own[kind]}
    if bag.icc:
        options["icc_profile"] = bag.icc
    if bag.exif and (kind != "JPEG" or len(bag.exif) <= _JPEG_SEGMENT):
        options["exif"] = bag.exif
    if kind == "PNG":
        options["pnginfo"] = _chunks({**dict(bag.text), **text})
    return options


def _chunks(text: dict[str, str]) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    for key, value in text.items():
        if not (1 <= len(key) <= 79 and key.isascii()):
            continue
        add = info.add_text if value.isascii() and key != _XMP else info.add_itxt
        add(key, value)
    return info


def encode_base64(picture: Picture, text: dict[str, str] | None = None) -> str:
    return base64.b64encode(encode(picture, "PNG", text)).decode("ascii")


def write(picture: Picture, path: Path, text: dict[str, str] | None = None) -> None:
    """Write by the file's ending (png, jpg, jpeg, webp), all at once or not at all."""
    kinds = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
    path = Path(path)
    if path.suffix.lower() not in kinds:
        raise BadPicture(
            f"{path.suffix!r} cannot be written.", path=str(path), hint=f"Use {', '.join(kinds)}."
        )
    part = path.with_name(path.name + ".part")
    part.write_bytes(encode(picture, kinds[path.suffix.lower()], text))
    part.replace(path)
