"""Work done in advance, in the background, at the lowest priority.

One thread runs it at the lowest priority of the system, so that it uses only idle time. A task that needs
the GPU waits in the host's queue like any job. The newest task runs first, because it belongs to the picture
on the screen. Old tasks are dropped.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_TASKS = 4
"""Number of waiting tasks. The oldest ones above it are dropped."""
NICE = 15
"""Niceness of the thread on Linux, -20 (highest priority) to 19 (lowest)."""
_LOG = logging.getLogger(__name__)


@dataclass
class BackgroundWorker:
    """Safe to use from many threads. The thread exists only while tasks wait or run."""

    limit: int = MAX_TASKS
    _tasks: list[Callable[[], None]] = field(default_factory=list)
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, task: Callable[[], None]) -> None:
        """Run `task` once no newer task waits. An exception is logged; the later request raises it again."""
        with self._lock:
            self._tasks = [*self._tasks, task][-self.limit :]
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="retouch-background", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        _lower_priority()
        while task := self._next():
            try:
                task()
            except Exception as error:
                _LOG.info("Retouch: a picture could not be prepared in the background: %s", error)

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if not self._tasks:
                self._thread = None
                return None
            return self._tasks.pop()


def _lower_priority() -> None:
    """Lower the thread's priority on Linux. Elsewhere it would change the whole process, so it stays."""
    with contextlib.suppress(AttributeError, OSError):
        if os.uname().sysname == "Linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
