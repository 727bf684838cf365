"""All batches of the server, limited in number and bytes."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from retouch.api.batches.batch import MAX_FILES, Batch, Worker
from retouch.api.batches.files import BatchFiles
from retouch.errors import Missing, TooLarge

MAX_JOBS = 16
MAX_BYTES = 8 * 1024**3
"""Bytes on disk of all batches together."""
PREFIX = "retouch-batch-"
LEFT_SECONDS = 3 * 24 * 3600
_OVER = ("done", "cancelled", "waiting")
"""States of a batch that may be removed to make room for another."""


@dataclass
class BatchRegistry:
    """Every batch by a random name. If there is no room, the oldest finished batch is removed."""

    max_jobs: int = MAX_JOBS
    max_files: int = MAX_FILES
    max_bytes: int = MAX_BYTES
    _jobs: dict[str, Batch] = field(default_factory=dict)
    _home: tempfile.TemporaryDirectory[str] | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def open(self, worker: Worker) -> Batch:
        """A new batch without files. Raises TooLarge if too many batches are running."""
        with self._lock:
            while len(self._jobs) >= self.max_jobs:
                self._make_room(f"{self.max_jobs} batches are at work.")
            name = secrets.token_urlsafe(16)
            files = BatchFiles(
                Path(tempfile.mkdtemp(dir=self._folder())), lambda size: self._room(name, size)
            )
            self._jobs[name] = Batch(name, worker, files, self.max_files)
            return self._jobs[name]

    def get(self, name: str) -> Batch:
        """The batch of that name. Raises Missing for an unknown or removed batch."""
        with self._lock:
            if name not in self._jobs:
                fault = "there is no such batch, or it had to make room."
                raise Missing(fault, path="job", hint="Begin another.")
            return self._jobs[name]

    def remove(self, name: str) -> None:
        """Stop a batch and delete it with all its files."""
        with self._lock:
            self.get(name)
            self._jobs.pop(name).close()

    def close(self) -> None:
        """Stop and delete all batches, when the server ends."""
        with self._lock:
            while self._jobs:
                self.remove(next(iter(self._jobs)))
            if self._home is not None:
                self._home.cleanup()
            self._home = None

    @property
    def bytes(self) -> int:
        return sum(job.files.bytes for job in self._jobs.values())

    def _room(self, name: str, size: int) -> None:
        with self._lock:
            if name not in self._jobs:
                raise Missing("the batch is gone.", path="job")
            while self.bytes + size > self.max_bytes:
                self._make_room(f"the batches' {self.max_bytes} bytes on disk are full.", name)

    def _make_room(self, fault: str, but: str = "") -> None:
        over = next((n for n, job in self._jobs.items() if n != but and job.state in _OVER), None)
        if over is None:
            raise TooLarge(fault, path="job", hint="Wait until one is done, or remove one.")
        self._jobs.pop(over).close()

    def _folder(self) -> str:
        if self._home is None:
            _sweep(Path(tempfile.gettempdir()))
            self._home = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        return self._home.name


def _sweep(folder: Path) -> None:
    """Delete folders that killed processes left and that have not changed for LEFT_SECONDS seconds."""
    for left in folder.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
