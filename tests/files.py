"""Picture files made in code: of every depth, and carrying whatever a file can carry."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="%d"/></x:xmpmeta>'
COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
"""Of PNG, by channels."""


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def deep_png(samples: np.ndarray, *more: bytes) -> bytes:
    """A 16-bit PNG of (height, width, 1 to 4) uint16; `more` are chunks before the pixels."""
    height, width, channels = samples.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    header = struct.pack(">IIBBBBB", width, height, 16, COLOUR_TYPES[channels], 0, 0, 0)
    parts = [chunk(b"IHDR", header), *more, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def tiff(samples: np.ndarray, **tags: object) -> bytes:
    """An uncompressed TIFF of (height, width, channels): its samples as they are, and these tags.

    Names of tags are `t` and their number, as t274=6; a value is a number, a tuple of SHORTs, or bytes.
    """
    height, width, channels = samples.shape
    kind = {"u": 1, "i": 2, "f": 3, "c": 6}[samples.dtype.kind]
    body = samples.astype(samples.dtype.newbyteorder("<")).tobytes()
    held: dict[int, object] = {
        256: width, 257: height, 258: (samples.dtype.itemsize * 8,) * channels, 259: 1,
        262: 2 if channels > 2 else 1, 273: 8, 277: channels, 278: height, 279: len(body),
        339: (kind,) * channels,
    }  # fmt: skip
    held |= {int(name[1:]): value for name, value in tags.items()}
    place, entries, more = 8 + len(body), b"", b""
    beyond = place + 2 + 12 * len(held) + 4
    for tag, value in sorted(held.items()):
        code, count, packed = _packed(value)
        if len(packed) > 4:
            packed, more = struct.pack("<I", beyond + len(more)), more + packed + b"\0" * (len(packed) % 2)
        entries += struct.pack("<HHI", tag, code, count) + packed.ljust(4, b"\0")
    return (
        b"II*\0" + struct.pack("<I", place) + body + struct.pack("<H", len(held)) + entries + bytes(4) + more
    )


def _packed(value: object) -> tuple[int, int, bytes]:
    if isinstance(value, bytes):
        return 7, len(value), value
    if isinstance(value, tuple):
        return 3, len(value), struct.pack(f"<{len(value)}H", *value)
    return 4, 1, struct.pack("<I", value)


def exif(orientation: int = 0, preview: bytes = b"", **more: object) -> bytes:
    """EXIF with its mark, a maker, a comment and a place on Earth; `preview` becomes its second directory."""
    made = Image.Exif()
    made[0x010F] = "Maker"
    if orientation:
        made[0x0112] = orientation
    made[0x8769] = {0x9286: b"ASCII\0\0\0a comment", **{int(k[1:]): v for k, v in more.items()}}
    made[0x8825] = {1: "N", 2: (52.0, 30.0, 0.0)}
    data = made.tobytes()
    return _with_preview(data, preview) if preview else data


def _with_preview(data: bytes, preview: bytes) -> bytes:
    body = bytearray(data[6:])
    order = "<" if body[:2] == b"II" else ">"
    (first,) = struct.unpack_from(order + "I", body, 4)
    (count,) = struct.unpack_from(order + "H", body, first)
    place = len(body)
    struct.pack_into(order + "I", body, first + 2 + 12 * count, place)
    begin = place + 2 + 24 + 4
    entries = [(0x0201, begin), (0x0202, len(preview))]
    body += struct.pack(order + "H", 2)
    body += b"".join(struct.pack(order + "HHII", tag, 4, 1, value) for tag, value in entries)
    return data[:6] + bytes(body) + bytes(4) + preview
