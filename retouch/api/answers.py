"""Answers by idempotency key: a request that is sent again gets the answer of the first one.

A client whose connection broke, or whose page was loaded again, sends its request again with the same key. It
then waits for the job that runs already, or gets the answer of the finished one. Nothing is painted twice.
The same idea for HTTP in general: draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from retouch.errors import BadInput

MAX_ANSWERS = 32
MAX_CHARACTERS = 256 * 1024 * 1024
"""Characters of all kept answers together. Pictures are base64, so nearly all of them are pictures."""


@dataclass(frozen=True, eq=False)
class _Entry:
    """One request, its answer once it is known, and the answer's size in characters."""

    digest: bytes
    answer: Future[dict[str, Any]] = field(default_factory=Future)

    @property
    def size(self) -> int:
        return count_characters(self.answer.result()) if self.answer.done() else 0


@dataclass
class AnswerCache:
    """The newest answers. Safe to use from many threads. A failure is not kept, so it can be tried again."""

    max_answers: int = MAX_ANSWERS
    max_characters: int = MAX_CHARACTERS
    _entries: OrderedDict[str, _Entry] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, key: str, body: Any, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The answer of the first request with this key, or of `work()` if this is the first.

        Waits while the first one runs, and raises its error if it fails. Raises BadInput if the first request
        had another body.
        """
        entry, is_first = self._find(key, body)
        if not is_first:
            return entry.answer.result()
        try:
            entry.answer.set_result(work())
        except BaseException as error:
            with self._lock:
                del self._entries[key]
            entry.answer.set_exception(error)
            raise
        self._drop_oldest()
        return entry.answer.result()

    def _find(self, key: str, body: Any) -> tuple[_Entry, bool]:
        """(the entry of the key, True if it is new)."""
        digest = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).digest()
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                entry = self._entries[key] = _Entry(digest)
                return entry, True
        if entry.digest != digest:
            hint = "Use a new key for each request; repeat a key only to send the same request again."
            raise BadInput("the key belongs to a request with another body.", path="key", hint=hint)
        return entry, False

    def _drop_oldest(self) -> None:
        """Drop the oldest finished answers above the limits, except the newest one."""
        with self._lock:
            finished = [key for key, entry in self._entries.items() if entry.answer.done()]
            sizes = {key: self._entries[key].size for key in finished}
            for key in finished[:-1]:
                if len(sizes) <= self.max_answers and sum(sizes.values()) <= self.max_characters:
                    return
                del sizes[key], self._entries[key]


def count_characters(value: Any) -> int:
    """Characters of all texts in JSON data."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(count_characters, value.values()))
    return sum(map(count_characters, value)) if isinstance(value, Sequence) else 0
