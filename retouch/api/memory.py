"""Caches of pictures and states under generated names. The least recently used entry is dropped first.

Names cannot be guessed: a picture's name is a keyed hash of its content, with a key drawn at start-up.
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
"""Bytes of all cached pictures together."""
MAX_STATES = 64
"""Number of segmenter states. One state takes 256 KiB."""


def name_of(picture: Picture, key: bytes) -> str:
    """32 hex digits: a hash, keyed by `key`, of the size, colours, alpha and metadata of the picture."""
    digest = hashlib.blake2b(picture.digest.encode(), digest_size=16, key=key)
    for samples in (picture.alpha, picture.deep):
        digest.update(b"" if samples is None else samples.tobytes())
    digest.update(repr(picture.baggage).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _byte_count(picture: Picture) -> int:
    """Bytes of the samples and of the profile, EXIF, XMP and text chunks."""
    bag = picture.baggage
    chunks = (bag.icc, bag.exif, bag.xmp, *(text for _, text in bag.text))
    return picture.nbytes + sum(len(chunk) for chunk in chunks if chunk)


@dataclass
class PictureCache:
    """Pictures by name. Safe to use from many threads."""

    max_pictures: int = MAX_PICTURES
    max_bytes: int = MAX_BYTES
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _pictures: OrderedDict[str, Picture] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, picture: Picture) -> str:
        """Store `picture` and return its name. Drop the least recently used ones above the limits."""
        name = name_of(picture, self._key)
        with self._lock:
            self._pictures[name] = picture
            self._pictures.move_to_end(name)
            while len(self._pictures) > self.max_pictures or self.bytes > self.max_bytes:
                self._pictures.popitem(last=False)
        return name

    def get(self, name: str) -> Picture:
        """The picture of that name. Raises Missing for an unknown or dropped name."""
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
        """Bytes of all cached pictures."""
        return sum(_byte_count(picture) for picture in self._pictures.values())


@dataclass
class StateCache:
    """States that a later request continues from, each under a random name and for one subject.

    A subject is, for example, (name of the picture, name of the segmenter). Safe to use from many threads.
    """

    limit: int = MAX_STATES
    _entries: OrderedDict[str, tuple[tuple[str, str], Any]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, subject: tuple[str, str], state: Any) -> str:
        """Store `state` under a new name and return it. Returns "" if the state is None."""
        if state is None:
            return ""
        name = secrets.token_urlsafe(16)
        with self._lock:
            self._entries[name] = subject, state
            while len(self._entries) > self.limit:
                self._entries.popitem(last=False)
        return name

    def get(self, subject: tuple[str, str], name: str) -> Any:
        """The state, None if it was dropped or belongs to another subject."""
        with self._lock:
            stored_subject, state = self._entries.get(name, (subject, None))
        return state if stored_subject == subject else None
