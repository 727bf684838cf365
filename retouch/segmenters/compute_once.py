"""A cache that computes each value once: concurrent callers wait for the same computation."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class ComputeOnce(Generic[T]):
    """Values by key, each made by the first caller. At most the `limit` last used values stay."""

    def __init__(self, limit: int) -> None:
        self._limit, self._lock = limit, threading.Lock()
        self._slots: OrderedDict[Hashable, _Slot[T]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of `key`. An exception of `make` is raised here, and the next caller tries again."""
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > self._limit:
                self._slots.popitem(last=False)
        return slot.value(make)

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._slots.clear()

    def __len__(self) -> int:
        return len(self._slots)


class _Slot(Generic[T]):
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[T] = []

    def value(self, make: Callable[[], T]) -> T:
        with self._lock:
            if not self._held:
                self._held.append(make())
            return self._held[0]
