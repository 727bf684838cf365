"""JPEG: the processes that are read, and the segments that not every version of PIL reads."""

from __future__ import annotations

from collections.abc import Iterator

from retouch.errors import BadPicture

_FRAMES = {marker: marker & 3 for marker in range(0xC0, 0xD0) if marker not in (0xC4, 0xC8, 0xCC)}
_LOSSLESS = 3
_ALONE = (0x01, *range(0xD0, 0xD9))
XMP_MARK = b"http://ns.adobe.com/xap/1.0/\0"
_LEFT_OUT = (
    (0xE1, b"http://ns.adobe.com/xmp/extension/", "extended XMP"),
    (0xEB, b"JP", "content credentials"),
    (0xED, b"Photoshop 3.0", "Photoshop and IPTC"),
)
_SAVE = "Save it as a baseline JPEG of 8 bits, or as a 16-bit TIFF or PNG."


def check(data: bytes) -> None:
    """Raise BadPicture for a JPEG of another depth than 8 bits, or of a process that PIL does not read."""
    for marker, place in _segments(data):
        if marker in _FRAMES:
            if data[place] != 8:
                raise BadPicture(f"it is a JPEG with {data[place]} bits a channel.", hint=_SAVE)
            if _FRAMES[marker] == _LOSSLESS:
                raise BadPicture("it is a lossless JPEG, as inside raw camera files.", hint=_SAVE)
            return


def xmp(data: bytes) -> bytes | None:
    """The XMP packet of a JPEG; None without one, or for other files."""
    for marker, place in _segments(data):
        if marker == 0xE1 and data.startswith(XMP_MARK, place):
            return data[place + len(XMP_MARK) : place - 2 + _length(data, place)]
    return None


def left_out(data: bytes) -> tuple[str, ...]:
    """Names of the blocks that are not kept."""
    segments = [(m, place) for m, place in _segments(data) if m in (0xE1, 0xEB, 0xED)]
    return tuple(
        n for m, start, n in _LEFT_OUT if any(m == k and data.startswith(start, p) for k, p in segments)
    )


def _length(data: bytes, place: int) -> int:
    """The length in bytes of the segment whose body begins at `place`, its own two bytes included."""
    return int.from_bytes(data[place - 2 : place], "big")


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """(marker, position of its body) of each segment before the picture data; none for other files."""
    place = 2 if data.startswith(b"\xff\xd8\xff") else len(data)
    while place + 4 < len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0xDA:
            return
        yield marker, place + 4
        place += 2 if marker in _ALONE else 2 + _length(data, place + 4)
