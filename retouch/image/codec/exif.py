"""EXIF as bytes: its orientation read and reset, its stale preview blanked, all else left as it came.

EXIF is a TIFF file without pixels, and the same directories are a TIFF file's own. Both are patched in place:
writing them anew would break the notes of camera makers, which hold offsets.
The format: https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf, page 13.
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
    """How numbers are written: byte order, and whether offsets have 8 bytes (BigTIFF) or 4."""

    order: str
    big: bool = False

    @property
    def first(self) -> int:
        """Where the offset of the first directory stands."""
        return 8 if self.big else 4

    def offset(self, data: Data, place: int) -> int:
        return struct.unpack_from(self.order + ("Q" if self.big else "I"), data, place)[0]

    def entries(self, data: Data, place: int) -> tuple[int, int]:
        """(where the entries of the directory at `place` begin, how many they are)."""
        count = struct.unpack_from(self.order + ("Q" if self.big else "H"), data, place)[0]
        return place + (8 if self.big else 2), count

    @property
    def entry_size(self) -> int:
        return 20 if self.big else 12

    def code(self, data: Data, entry: int) -> str:
        """How the value of an entry is packed that holds a SHORT or LONG; "" for anything else."""
        kind = struct.unpack_from(self.order + "H", data, entry + 2)[0]
        return {3: self.order + "H", 4: self.order + "I"}.get(kind, "")

    def value(self, data: Data, entry: int) -> int:
        """The number in such an entry; 0 for anything else."""
        code = self.code(data, entry)
        return struct.unpack_from(code, data, self.place(entry))[0] if code else 0

    def place(self, entry: int) -> int:
        """Where the value of an entry stands."""
        return entry + (12 if self.big else 8)


def layout(data: Data) -> Layout | None:
    """Of a TIFF file, or EXIF without its mark; None for what is neither."""
    order = {b"II": "<", b"MM": ">"}.get(bytes(data[:2]))
    if order is None or len(data) < 8:
        return None
    magic = struct.unpack_from(order + "H", data, 2)[0]
    return Layout(order, magic == 43) if magic in (42, 43) else None


def directories(data: Data) -> Iterator[int]:
    """Where each directory of a TIFF file begins, in order. Damage ends it."""
    how, seen = layout(data), set()
    if how is None:
        return
    try:
        place = how.offset(data, how.first)
        while place and place not in seen and len(seen) < MOST_DIRECTORIES:
            seen.add(place)
            begin, count = how.entries(data, place)
            if begin + count * how.entry_size > len(data):
                return
            yield place
            place = how.offset(data, begin + count * how.entry_size)
    except struct.error:
        return


def _tags(data: Data, how: Layout, directory: int) -> dict[int, int]:
    """Tag -> where its entry stands."""
    begin, count = how.entries(data, directory)
    places = range(begin, begin + count * how.entry_size, how.entry_size)
    return {struct.unpack_from(how.order + "H", data, place)[0]: place for place in places}


def orientation(data: bytes) -> int:
    """1 to 8 as the first directory of EXIF or TIFF bytes says; 0 where it says nothing."""
    body = data.removeprefix(MARK)
    how, first = layout(body), next(directories(body), None)
    entry = _tags(body, how, first).get(_ORIENTATION) if how and first else None
    said = how.value(body, entry) if how and entry else 0
    return said if 1 <= said <= 8 else 0


def upright(data: bytes) -> bytes:
    """The same bytes with the orientation of their first directory set to 1."""
    mark = MARK if data.startswith(MARK) else b""
    body = bytearray(data[len(mark) :])
    how, first = layout(body), next(directories(body), None)
    entry = _tags(body, how, first).get(_ORIENTATION) if how and first else None
    if how and entry and (code := how.code(body, entry)):
        struct.pack_into(code, body, how.place(entry), 1)
    return mark + bytes(body)


def without_preview(exif: bytes) -> tuple[bytes, bool]:
    """(EXIF whose preview is blanked and not referred to, whether it had one): it shows what was before."""
    mark = MARK if exif.startswith(MARK) else b""
    body = bytearray(exif[len(mark) :])
    how, found = layout(body), list(directories(body))
    if how is None or len(found) < 2:
        return exif, False
    for place in found[1:]:
        tags = _tags(body, how, place)
        begin, size = (how.value(body, tags[t]) if t in tags else 0 for t in (_PREVIEW, _PREVIEW_BYTES))
        end = min(begin + size, len(body))
        body[begin:end] = bytes(max(end - begin, 0))
    begin, count = how.entries(bytes(body), found[0])
    struct.pack_into(how.order + "I", body, begin + count * how.entry_size, 0)
    return mark + bytes(body), True


def xmp_orientation(xmp: bytes) -> int:
    """1 to 8 as an XMP packet says; 0 where it says nothing."""
    found = _XMP_ORIENTATION.search(xmp)
    return int(found.group(2)) if found else 0


def upright_xmp(xmp: bytes) -> bytes:
    return _XMP_ORIENTATION.sub(rb"\g<1>1", xmp)


def turn_upright(samples: np.ndarray, said: int) -> np.ndarray:
    """(height, width[, channels]) as a viewer shows it where EXIF says orientation `said`, 1 to 8."""
    if said in (5, 6, 7, 8):
        samples = samples.swapaxes(0, 1)
    down = said in (3, 4, 7, 8)
    across = said in (2, 3, 6, 7)
    return np.ascontiguousarray(samples[:: -1 if down else 1, :: -1 if across else 1])
