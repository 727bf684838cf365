"""JPEG: which of its processes are read."""

from __future__ import annotations

from collections.abc import Iterator

from retouch.errors import BadPicture

_FRAMES = {marker: marker & 3 for marker in range(0xC0, 0xD0) if marker not in (0xC4, 0xC8, 0xCC)}
_LOSSLESS = 3
_ALONE = (0x01, *range(0xD0, 0xD9))
_SAVE = "Save it as a baseline JPEG of 8 bits, or as a 16-bit TIFF or PNG."


def check(data: bytes) -> None:
    """BadPicture for a JPEG of another depth than 8 bits, or of a process that PIL does not read."""
    if not data.startswith(b"\xff\xd8\xff"):
        return
    for marker, place in _segments(data):
        if marker in _FRAMES:
            if data[place] != 8:
                raise BadPicture(f"it is a JPEG with {data[place]} bits a channel.", hint=_SAVE)
            if _FRAMES[marker] == _LOSSLESS:
                raise BadPicture("it is a lossless JPEG, as inside raw camera files.", hint=_SAVE)
            return


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """(marker, where its body begins) up to the picture itself."""
    place = 2
    while place + 4 < len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0xDA:
            return
        yield marker, place + 4
        place += 2 if marker in _ALONE else 2 + int.from_bytes(data[place + 2 : place + 4], "big")
