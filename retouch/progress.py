"""Progress: the interface through which a job shows its progress and can be stopped."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Progress(Protocol):
    """A watcher of a job. `stopped` becomes True on Interrupt. The job then ends and returns its finished
    part.
    """

    @property
    def stopped(self) -> bool: ...

    def show(self, done: int, total: int, what: str) -> None: ...


class Silent:
    """A Progress that shows nothing and never stops a job."""

    stopped = False

    def show(self, done: int, total: int, what: str) -> None:
        pass
