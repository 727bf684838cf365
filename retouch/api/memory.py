"""What a door has seen, under names it gave out. Bounded; the longest unused goes first.

Nobody can guess a name: a picture's is its content's, but under a key of this process' own.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from retouch.errors import Missing
from retouch.image.picture import Picture

MAX_PICTURES = 32
MAX_BYTES = 512 * 1024 * 1024
MAX_MEMORIES = 64
"""A segmenter's memory is a quarter of a megabyte."""


def name_of(picture: Picture, key: bytes) -> str:
    """32 hex digits over size, colours, alpha and what rides along; without `key` nobody can tell them."""
    digest = hashlib.blake2b(picture.digest.encode(), digest_size=16, key=key)
    for samples in (picture.alpha, picture.deep):
        digest.update(b"" if samples is None else samples.tobytes())
    digest.update(repr(picture.baggage).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _weight(picture: Picture) -> int:
    """Bytes of its samples and of the largest of what it carries."""
    bag = picture.baggage
    carried = (bag.icc, bag.exif, bag.xmp, *(text for _, text in bag.text))
    return picture.nbytes + sum(len(one) for one in carried if one)


@dataclass
class PictureCache:
    """Safe to use from many threads."""

    max_pictures: int = MAX_PICTURES
    max_bytes: int = MAX_BYTES
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _pictures: OrderedDict[str, Picture] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, picture: Picture) -> str:
        """Keep `picture` and say the name to ask for it by; what is over the bounds is dropped."""
        name = name_of(picture, self._key)
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


@dataclass
class StateCache:
    """What segmenters want back with the next click, each of one picture and one segmenter."""

    limit: int = MAX_MEMORIES
    _held: OrderedDict[str, tuple[tuple[str, str], Any]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, of: tuple[str, str], memory: Any) -> str:
        """A new name for `memory`; `of` are the picture's name and the segmenter's. "" for no memory."""
        if memory is None:
            return ""
        name = secrets.token_urlsafe(16)
        with self._lock:
            self._held[name] = of, memory
            while len(self._held) > self.limit:
                self._held.popitem(last=False)
        return name

    def get(self, of: tuple[str, str], name: str) -> Any:
        """The memory, None where it is gone or of something else."""
        with self._lock:
            belongs, memory = self._held.get(name, (of, None))
        return memory if belongs == of else None
