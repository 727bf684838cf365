"""The queue of jobs: the running job, the waiting jobs, and how a job is stopped.

Only the client that started a job knows its task name. The summary names a task only to that client, and
a client stops a job only by its own task name.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

_STEP = re.compile(r"step \d+ of \d+")
_BATCH = re.compile(r"(\d+) of \d+ ")


@dataclass
class JobTicket:
    """One job: its progress and its stop flag. `verb` is "" if no job is running."""

    verb: str = ""
    task: str = ""
    stopped: bool = False
    done: int = 0
    total: int = 0
    what: str = ""
    batch: int = 1
    furthest: float = 0.0

    def show(self, done: int, total: int, what: str) -> None:
        """As `Progress.show`. Sampling steps advance the fraction of the batch, not the count of regions."""
        self.what = what
        if _STEP.fullmatch(what):
            self.step(done, total)
            return
        named = _BATCH.match(what)
        self.done, self.total, self.batch = done, total, int(named[1]) if named else 1
        self.step(0, 1)

    def step(self, step: int, total: int) -> None:
        """Record the sampling steps of the current batch. The fraction never decreases."""
        share = self.batch * min(step / total, 1) if total else 0.0
        self.furthest = max(self.furthest, min((self.done + share) / self.total, 1) if self.total else 0.0)


@dataclass
class JobQueue:
    """Safe to use from many threads."""

    _now: JobTicket | None = None
    _waiting: list[JobTicket] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @contextlib.contextmanager
    def hold(self, ticket: JobTicket, queue: AbstractContextManager[Any]) -> Iterator[None]:
        """Wait for `queue` and hold it. Inside, `ticket` is the running job."""
        with self._enlist(ticket), queue:
            self._pass_to(ticket)
            try:
                yield
            finally:
                self._pass_to(None)

    @contextlib.contextmanager
    def _enlist(self, ticket: JobTicket) -> Iterator[None]:
        with self._lock:
            self._waiting.append(ticket)
        try:
            yield
        finally:
            with self._lock:
                self._waiting = [other for other in self._waiting if other is not ticket]

    def _pass_to(self, ticket: JobTicket | None) -> None:
        with self._lock:
            self._now = ticket
            self._waiting = [other for other in self._waiting if other is not ticket]

    @property
    def now(self) -> JobTicket:
        """The running job."""
        return self._now or JobTicket()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def at_work(self, task: str) -> bool:
        """True if `task` names the running job."""
        return bool(task) and self.now.task == task

    def stop(self, task: str, press: Callable[[], None] = lambda: None) -> bool:
        """Stop the job of that name, or the running job if `task` is blank. False if there is no such job.

        A waiting job ends as soon as it is started. `press` is called under the lock, while the job is
        still running, so that it cannot stop another job.
        """
        with self._lock:
            ticket = self._find(task)
            if ticket is None:
                return False
            ticket.stopped = True
            if ticket is self._now:
                press()
            return True

    def _find(self, task: str) -> JobTicket | None:
        if not task:
            return self._now
        jobs = [*([self._now] if self._now else []), *self._waiting]
        return next((ticket for ticket in jobs if ticket.task == task), None)

    def summary(self, task: str = "") -> dict[str, Any]:
        """The answer of `GET progress`. `task` is filled in only for a client that names the running task."""
        with self._lock:
            now, waits = self.now, task != "" and any(other.task == task for other in self._waiting)
            return {
                "busy": now.verb != "",
                "waiting": self.waiting,
                "queued": waits,
                "verb": now.verb,
                "task": task if self.at_work(task) else "",
                "done": now.done,
                "total": now.total,
                "what": now.what,
                "fraction": round(now.furthest, 4),
                "preview": None,
            }
