"""PNG chunks: the metadata of a file, and how to insert it into another file.

PIL refuses text and profiles beyond a megabyte. The limit is a setting of the whole process, which belongs to
the host. So they are read here, within bounds of their own, and PIL gets the file without them. The format:
https://www.w3.org/TR/png-3/.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence

from retouch.errors import TooLarge

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_BAGGAGE = 32 * 1024 * 1024
"""The most uncompressed bytes of metadata."""
XMP = "XML:com.adobe.xmp"
COLOUR = (b"gAMA", b"cHRM", b"sRGB", b"cICP", b"mDCV", b"cLLI")
"""Chunks that say how to display samples. A profile has priority over them."""
_PACKED = (b"iCCP", b"tEXt", b"zTXt", b"iTXt")
_OF_SAMPLES = (b"PLTE", b"IDAT", b"IEND", b"IHDR", b"tRNS", b"bKGD", b"hIST", b"sBIT", b"sPLT", b"pHYs")
_OF_FRAMES = (b"acTL", b"fcTL", b"fdAT")
_SPENT = (b"tIME",)
"""Obsolete after any change: the time of the last change."""

Chunk = tuple[bytes, bytes]


def chunks(data: bytes) -> Iterator[Chunk]:
    """(name, data) of each chunk in order, up to the first truncated one."""
    place = len(SIGNATURE)
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        end = place + 12 + length
        if end > len(data):
            return
        yield data[place + 4 : place + 8], data[place + 8 : end - 4]
        place = end


def _pack(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bare(data: bytes) -> bytes:
    """The file without profile and texts, which PIL limits. All other bytes stay, also damaged ones."""
    parts, place = [data[: len(SIGNATURE)]], len(SIGNATURE)
    for name, body in chunks(data):
        end = place + 12 + len(body)
        if name not in _PACKED:
            parts.append(data[place:end])
        place = end
    return b"".join([*parts, data[place:]])


def insert_chunks(data: bytes, parts: Iterable[Chunk]) -> bytes:
    """The file with these chunks right after its header."""
    place = len(SIGNATURE) + 12 + 13
    return data[:place] + b"".join(_pack(name, body) for name, body in parts) + data[place:]


def depth(data: bytes) -> int:
    """Bits a sample; 0 without a header."""
    return data[24] if len(data) > 24 and data[12:16] == b"IHDR" else 0


def is_grey(data: bytes) -> bool:
    """True for the colour types 0 and 4, grey and grey with alpha."""
    return len(data) > 25 and data[25] in (0, 4)


def chunks_to_copy(parts: Sequence[Chunk]) -> tuple[Chunk, ...]:
    """The chunks that say how to display colours, and the unknown chunks that a changed picture may keep.

    A lower-case fourth letter of the name marks a chunk as safe to copy.
    """
    return tuple(one for one in parts if one[0] in COLOUR or (_unknown(one[0]) and one[0][3:].islower()))


def left_out(parts: Sequence[Chunk]) -> tuple[str, ...]:
    """Names of the unknown chunks that a changed picture must not keep, such as signatures of its pixels."""
    names = {name.decode("latin-1") for name, _ in parts if _unknown(name) and not name[3:].islower()}
    return tuple(sorted(names))


def _unknown(name: bytes) -> bool:
    return name not in (b"eXIf", *_PACKED, *_OF_SAMPLES, *_OF_FRAMES, *_SPENT, *COLOUR)


def too_much(path: str) -> TooLarge:
    hint = f"At most {MAX_BAGGAGE} bytes of text, profiles and EXIF: save it without some of them."
    return TooLarge("what it carries besides its pixels is too much.", path=path, hint=hint)


class Room:
    """The bytes of metadata that one file may still decompress."""

    def __init__(self, path: str) -> None:
        self._left, self._path = MAX_BAGGAGE, path

    def take(self, count: int) -> None:
        """Use up `count` bytes. TooLarge when fewer are left."""
        self._left -= count
        if self._left < 0:
            raise too_much(self._path)

    def unpack(self, packed: bytes) -> bytes:
        """The bytes in zlib data: a part if truncated, none if damaged. TooLarge beyond the room."""
        try:
            body = zlib.decompressobj().decompress(packed, max(self._left, 0) + 1)
        except zlib.error:
            return b""
        self.take(len(body))
        return body


def profile(body: bytes, room: Room) -> bytes:
    """The ICC profile of an iCCP chunk."""
    _, _, rest = body.partition(b"\0")
    return room.unpack(rest[1:])


def text(name: bytes, body: bytes, room: Room) -> tuple[str, str]:
    """(keyword, text) of a tEXt, zTXt or iTXt chunk."""
    key, _, rest = body.partition(b"\0")
    word = key.decode("latin-1")
    if name == b"iTXt":
        *_, encoded = rest[2:].split(b"\0", 2)
        encoded = room.unpack(encoded) if rest[:1] == b"\1" else _count(encoded, room)
        return word, encoded.decode("utf-8", "replace")
    encoded = room.unpack(rest[1:]) if name == b"zTXt" else _count(rest, room)
    return word, encoded.decode("latin-1")


def _count(body: bytes, room: Room) -> bytes:
    room.take(len(body))
    return body


def text_chunk(key: str, value: str) -> Chunk | None:
    """A tEXt chunk for ASCII text, else iTXt. None for an invalid keyword of PNG."""
    try:
        word = key.encode("latin-1")
    except UnicodeEncodeError:
        return None
    if not 1 <= len(word) <= 79 or b"\0" in word:
        return None
    if value.isascii() and key != XMP:
        return b"tEXt", word + b"\0" + value.encode("ascii")
    return b"iTXt", word + b"\0\0\0\0\0" + value.encode("utf-8", "replace")


def profile_chunk(icc: bytes) -> Chunk:
    """An iCCP chunk of an ICC profile."""
    return b"iCCP", b"ICC Profile\0\0" + zlib.compress(icc)


def density_chunk(dpi: tuple[float, float]) -> Chunk:
    """A pHYs chunk, in pixels per metre, of pixels per inch."""
    across, down = (min(max(round(one / 0.0254), 1), 2**32 - 1) for one in dpi)
    return b"pHYs", struct.pack(">IIB", across, down, 1)


def density(body: bytes) -> tuple[float, float] | None:
    """Pixels per inch of a pHYs chunk; None when it has only the aspect of pixels."""
    if len(body) != 9 or body[8] != 1:
        return None
    across, down = struct.unpack(">II", body[:8])
    return (across * 0.0254, down * 0.0254) if across and down else None
