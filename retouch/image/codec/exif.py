"""EXIF as bytes: read and reset its orientation, blank its stale preview, and leave all else unchanged.

EXIF is a TIFF file without pixels, and a TIFF file has the same directories. Both are patched in place:
writing them anew would break the notes of camera makers, which hold offsets. The format:
https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf, page 13.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

MARK = b"Exif\0\0"
_ORIENTATION, _PREVIEW, _PREVIEW_BYTES = 0x0112, 0x0201, 0x0202
_XMP_ORIENTATION = re.compile(rb"(tiff:Orientation(?:=[\"']|>))\s*([1-8])(?![0-9])")
MOST_DIRECTORIES = 4096
Data = bytes | bytearray


@dataclass(frozen=True)
class Layout:
    """The encoding of numbers: byte order, and whether offsets have 8 bytes (BigTIFF) or 4."""

    order: str
    big: bool = False

    @property
    def first(self) -> int:
        """The position of the offset of the first directory."""
        return 8 if self.big else 4

    def offset(self, data: Data, place: int) -> int:
        return struct.unpack_from(self.order + ("Q" if self.big else "I"), data, place)[0]

    def entries(self, data: Data, place: int) -> tuple[int, int]:
        """(position of the first entry, number of entries) of the directory at `place`."""
        count = struct.unpack_from(self.order + ("Q" if self.big else "H"), data, place)[0]
        return place + (8 if self.big else 2), count

    @property
    def entry_size(self) -> int:
        return 20 if self.big else 12

    def code(self, data: Data, entry: int) -> str:
        """The struct format of an entry that holds a SHORT or LONG; "" for any other type."""
        kind = struct.unpack_from(self.order + "H", data, entry + 2)[0]
        return {3: self.order + "H", 4: self.order + "I"}.get(kind, "")

    def value(self, data: Data, entry: int) -> int:
        """The number in an entry that holds a SHORT or LONG; 0 for any other type."""
        code = self.code(data, entry)
        return struct.unpack_from(code, data, self.place(entry))[0] if code else 0

    def place(self, entry: int) -> int:
        """The position of the value of an entry."""
        return entry + (12 if self.big else 8)


def layout(data: Data) -> Layout | None:
    """The layout of a TIFF file, or of EXIF without its mark; None for other bytes."""
    order = {b"II": "<", b"MM": ">"}.get(bytes(data[:2]))
    if order is None or len(data) < 8:
        return None
    magic = struct.unpack_from(order + "H", data, 2)[0]
    return Layout(order, magic == 43) if magic in (42, 43) else None


def directories(data: Data) -> Iterator[int]:
    """The position of each directory of a TIFF file in order, up to the first damaged one."""
    encoding, visited = layout(data), set()
    if encoding is None:
        return
    try:
        place = encoding.offset(data, encoding.first)
        while place and place not in visited and len(visited) < MOST_DIRECTORIES:
            visited.add(place)
            begin, count = encoding.entries(data, place)
            if begin + count * encoding.entry_size > len(data):
                return
            yield place
            place = encoding.offset(data, begin + count * encoding.entry_size)
    except struct.error:
        return


def _tags(data: Data, how: Layout, directory: int) -> dict[int, int]:
    """Tag -> position of its entry."""
    begin, count = how.entries(data, directory)
    places = range(begin, begin + count * how.entry_size, how.entry_size)
    return {struct.unpack_from(how.order + "H", data, place)[0]: place for place in places}


def orientation(data: bytes) -> int:
    """The orientation 1..8 in the first directory of EXIF or TIFF bytes; 0 without one."""
    body = data.removeprefix(MARK)
    encoding, first = layout(body), next(directories(body), None)
    entry = _tags(body, encoding, first).get(_ORIENTATION) if encoding and first else None
    value = encoding.value(body, entry) if encoding and entry else 0
    return value if 1 <= value <= 8 else 0


def upright(data: bytes) -> bytes:
    """The same bytes with the orientation of their first directory set to 1."""
    mark = MARK if data.startswith(MARK) else b""
    body = bytearray(data[len(mark) :])
    encoding, first = layout(body), next(directories(body), None)
    entry = _tags(body, encoding, first).get(_ORIENTATION) if encoding and first else None
    if encoding and entry and (code := encoding.code(body, entry)):
        struct.pack_into(code, body, encoding.place(entry), 1)
    return mark + bytes(body)


def without_preview(exif: bytes) -> tuple[bytes, bool]:
    """(EXIF with a blank, unreferenced preview, whether it had one): the preview shows the picture before
    changes."""
    mark = MARK if exif.startswith(MARK) else b""
    body = bytearray(exif[len(mark) :])
    encoding, places = layout(body), list(directories(body))
    if encoding is None or len(places) < 2:
        return exif, False
    for place in places[1:]:
        tags = _tags(body, encoding, place)
        begin, size = (encoding.value(body, tags[t]) if t in tags else 0 for t in (_PREVIEW, _PREVIEW_BYTES))
        end = min(begin + size, len(body))
        body[begin:end] = bytes(max(end - begin, 0))
    begin, count = encoding.entries(bytes(body), places[0])
    struct.pack_into(encoding.order + "I", body, begin + count * encoding.entry_size, 0)
    return mark + bytes(body), True


def xmp_orientation(xmp: bytes) -> int:
    """The orientation 1..8 in an XMP packet; 0 without one."""
    match = _XMP_ORIENTATION.search(xmp)
    return int(match.group(2)) if match else 0


def upright_xmp(xmp: bytes) -> bytes:
    """The XMP packet with its orientation set to 1."""
    return _XMP_ORIENTATION.sub(rb"\g<1>1", xmp)


def turn_upright(samples: np.ndarray, said: int) -> np.ndarray:
    """Samples as a viewer shows them: (height, width[, channels]) of any type, flipped and transposed.

    `said` is the EXIF orientation 1..8 of the stored samples; 5..8 swap height and width.

    >>> turn_upright(np.array([[1, 2]]), 6)
    array([[1],
           [2]])
    """
    if said in (5, 6, 7, 8):
        samples = samples.swapaxes(0, 1)
    down = said in (3, 4, 7, 8)
    across = said in (2, 3, 6, 7)
    return np.ascontiguousarray(samples[:: -1 if down else 1, :: -1 if across else 1])
