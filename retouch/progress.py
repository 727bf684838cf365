"""Progress: who watches a job and may stop it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Progress(Protocol):
    """The watcher. `stopped` turns true on Interrupt; what is finished is kept."""

    @property
    def stopped(self) -> bool: ...

    def show(self, done: int, total: int, what: str) -> None: ...


class Silent:
    """A Progress nobody watches."""

    stopped = False

    def show(self, done: int, total: int, what: str) -> None:
        pass
