"""What may be done before it is asked for, in the background and behind everything else.

One thread at the lowest priority the system gives it, so that it takes only the time others leave; what
needs the painter's queue waits in it like any job. The newest errand goes first, for that is what a person
is looking at; old ones are dropped.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_ERRANDS = 4
NICE = 15
_LOG = logging.getLogger(__name__)


@dataclass
class BackgroundWorker:
    """Safe to use from many threads. The thread is there only while there is something to do."""

    limit: int = MAX_ERRANDS
    _errands: list[Callable[[], None]] = field(default_factory=list)
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def soon(self, errand: Callable[[], None]) -> None:
        """Do `errand` when nothing newer waits. What it raises is logged: who asks for it hears it then."""
        with self._lock:
            self._errands = [*self._errands, errand][-self.limit :]
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="retouch-ahead", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        _step_back()
        while errand := self._next():
            try:
                errand()
            except Exception as error:
                _LOG.info("Retouch: a picture could not be looked at beforehand: %s", error)

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if not self._errands:
                self._thread = None
                return None
            return self._errands.pop()


def _step_back() -> None:
    """On Linux a priority is a thread's own; elsewhere it would be the whole process', and stays."""
    with contextlib.suppress(AttributeError, OSError):
        if os.uname().sysname == "Linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
