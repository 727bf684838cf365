"""TIFF: the header, and the kinds that are read.

PIL reads 8 bits and palettes; OpenCV reads 16 bits and floating point. OpenCV's conversions are not used: it
neither inverts, nor divides by alpha, nor supports planes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from PIL import TiffImagePlugin

from retouch.errors import BadPicture
from retouch.image.codec.exif import directories, layout
from retouch.image.geometry import Size

_KIND, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 258, 259, 262
_CHANNELS, _PLANAR, _EXTRA, _FORMAT, _SUB = 277, 284, 338, 339, 330
_DNG = 50706
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, MASK, CMYK, YCBCR, LAB = 0, 1, 2, 3, 4, 5, 6, 8
_COLOURS = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, CMYK: 4, YCBCR: 3, LAB: 3}
"""Channels of the photometric interpretations that are read, without alpha."""
_DEEP = (WHITE_IS_ZERO, BLACK_IS_ZERO, RGB)
_NAMES = {MASK: "a transparency mask", 9: "ICC Lab", 10: "ITU Lab", 32803: "raw sensor samples",
          32844: "LogL", 32845: "LogLuv", 34892: "linear raw samples"}  # fmt: skip
_UNSIGNED, _FLOAT = 1, 3
_FORMATS = {2: "signed samples", 4: "samples of no format", 5: "complex samples", 6: "complex samples"}
_OLD_JPEG, _JPEG = 6, 7
RAW = "Develop it in a raw converter and save a 16-bit TIFF or PNG."
_SAVE = "Save it as TIFF or PNG, RGB or grey, with 8 or 16 bits a channel."


@dataclass(frozen=True)
class Header:
    """The header of the first page; `pages` counts all. `reduced` marks a preview. `tags` are PIL's."""

    size: Size
    bits: tuple[int, ...]
    photometric: int
    channels: int
    sample_format: int
    planes: bool
    extra: tuple[int, ...]
    compression: int
    pages: int
    raw: bool
    reduced: bool
    tags: Any = field(repr=False, compare=False)

    @property
    def is_float(self) -> bool:
        return self.sample_format == _FLOAT

    @property
    def is_deep(self) -> bool:
        """Whether the samples have more bits than PIL reads."""
        return self.is_float or (self.bits[0] == 16 and self.photometric in _DEEP)

    @property
    def losses(self) -> tuple[str, ...]:
        """One sentence for each content that 16 bits a channel cannot hold."""
        deep = (f"Its {self.bits[0]}-bit floating-point samples become 16 bits a channel.",)
        more = ("Its extra channel is not alpha and is left out.",)
        spare = self.channels > self.colours and not self.alpha
        return (deep if self.is_float else ()) + (more if spare else ())

    @property
    def colours(self) -> int:
        return _COLOURS.get(self.photometric, 3)

    @property
    def alpha(self) -> int:
        """0 without alpha, 1 with premultiplied colours, 2 with straight ones."""
        return self.extra[0] if self.extra and self.extra[0] in (1, 2) else 0


def header(data: bytes) -> Header | None:
    """The header of a TIFF; None for other files and badly damaged ones. BadPicture for big-endian
    BigTIFF."""
    encoding, places = layout(data), list(directories(data))
    if encoding is None or not places:
        return None
    if encoding.big and encoding.order == ">":  # PIL misses the mark of these
        raise BadPicture("it is a BigTIFF of big-endian byte order.", hint=_SAVE)
    tags = _tags(data, places[0], encoding.big)
    return Header(
        size=Size(_one(tags, _WIDTH, 0), _one(tags, _HEIGHT, 0)),
        bits=_all(tags, _BITS, (1,)),
        photometric=_one(tags, _PHOTOMETRIC, WHITE_IS_ZERO),
        channels=_one(tags, _CHANNELS, 1),
        sample_format=max(_all(tags, _FORMAT, (_UNSIGNED,))),
        planes=_one(tags, _PLANAR, 1) == 2 and _one(tags, _CHANNELS, 1) > 1,
        extra=_all(tags, _EXTRA, ()),
        compression=_one(tags, _COMPRESSION, 1),
        pages=len(places),
        raw=_DNG in tags or _one(tags, _PHOTOMETRIC, 0) in (32803, 34892),
        reduced=bool(_one(tags, _KIND, 0) & 1) and (_SUB in tags or len(places) > 1),
        tags=tags,
    )


def _tags(data: bytes, place: int, big: bool) -> Any:
    tags = TiffImagePlugin.ImageFileDirectory_v2(data[: 16 if big else 8])
    stream = io.BytesIO(data)
    stream.seek(place)
    tags.load(stream)
    return tags


def _all(tags: Any, tag: int, default: tuple[int, ...]) -> tuple[int, ...]:
    values = tags.get(tag, default)
    return tuple(int(one) for one in (values if isinstance(values, tuple) else (values,)))


def _one(tags: Any, tag: int, default: int) -> int:
    return next(iter(_all(tags, tag, (default,))), default)


def fault(said: Header) -> tuple[str, str]:
    """(reason why such a TIFF is not read, advice), or two blanks."""
    if said.raw:
        return "it is a raw camera file", RAW
    if said.reduced:
        return "its first page is only a preview of what it holds", f"Save the picture alone. {RAW}"
    if said.photometric not in _COLOURS:
        name = _NAMES.get(said.photometric, f"photometric interpretation {said.photometric}")
        return f"it holds {name}", _SAVE
    if said.compression == _OLD_JPEG or (said.photometric == YCBCR and said.compression != _JPEG):
        return "it holds YCbCr in a form that few programs write", _SAVE
    why = _unread_samples(said)
    return (f"it has {why}", _SAVE) if why else ("", "")


def _unread_samples(head: Header) -> str:
    """The property of the samples that is not supported, "" when all are."""
    many, bits = len(set(head.bits)) > 1, head.bits[0]
    if many:
        return f"samples of {', '.join(map(str, head.bits))} bits in one pixel"
    if head.sample_format not in (_UNSIGNED, _FLOAT):
        return _FORMATS.get(head.sample_format, f"samples of format {head.sample_format}")
    if head.channels > head.colours + 1:
        return f"{head.channels} channels"
    if head.is_float and (bits not in (16, 32, 64) or head.photometric not in (BLACK_IS_ZERO, RGB)):
        return f"{bits}-bit floating-point samples of another colour model than RGB and grey"
    if head.is_float or bits in (1, 2, 4, 8) or head.is_deep:
        return ""
    if bits == 16:
        return "16 bits a channel in another colour model than RGB and grey"
    return f"{bits} bits a channel"
