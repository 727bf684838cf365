"""Pictures a door has seen, under names it gave out. Bounded; the longest unused goes first."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from retouch.errors import Missing
from retouch.raster import Picture

MAX_PICTURES = 32
MAX_BYTES = 512 * 1024 * 1024


def name_of(picture: Picture) -> str:
    """32 hex digits of sha256 over size, colours, alpha and what rides along."""
    digest = hashlib.sha256(picture.digest.encode())
    digest.update(b"" if picture.alpha is None else picture.alpha.tobytes())
    digest.update(repr(picture.baggage).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()[:32]


def _weight(picture: Picture) -> int:
    return picture.pixels.nbytes + (0 if picture.alpha is None else picture.alpha.nbytes)


@dataclass
class Kept:
    """Safe to use from many threads."""

    max_pictures: int = MAX_PICTURES
    max_bytes: int = MAX_BYTES
    _pictures: OrderedDict[str, Picture] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, picture: Picture) -> str:
        """Keep `picture` and say the name to ask for it by; what is over the bounds is dropped."""
        name = name_of(picture)
        with self._lock:
            self._pictures[name] = picture
            self._pictures.move_to_end(name)
            while len(self._pictures) > self.max_pictures or self.bytes > self.max_bytes:
                self._pictures.popitem(last=False)
        return name

    def get(self, name: str) -> Picture:
        """The picture of that name; Missing when it never was here or had to make room."""
        with self._lock:
            if name not in self._pictures:
                raise Missing(
                    f"no picture is kept as {name!r}.",
                    path="image_id",
                    hint="Send it again as `image`.",
                )
            self._pictures.move_to_end(name)
            return self._pictures[name]

    @property
    def bytes(self) -> int:
        """What the kept pictures weigh in memory."""
        return sum(_weight(picture) for picture in self._pictures.values())
