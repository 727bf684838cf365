"""One batch and its thread."""

from __future__ import annotations

import base64
import dataclasses
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from retouch.api.batches.entry import FINISHED, BatchEntry, preview
from retouch.api.batches.files import BatchFiles
from retouch.api.pages.batch_page import BatchPage, Places, render_summary
from retouch.errors import Missing, RetouchError, TooLarge
from retouch.image.codec import decoder
from retouch.recipes.recipe import Recipe

MAX_FILES = 1000
_LOG = logging.getLogger(__name__)


class Worker(Protocol):
    """Fixes one file after another with a recipe."""

    @property
    def task(self) -> str:
        """The task name of the running file, for `GET progress`."""
        ...

    @property
    def recipe(self) -> Recipe: ...

    @property
    def remarks(self) -> tuple[str, ...]:
        """Remarks that hold for all files."""
        ...

    def fix(self, image: str, gone: Callable[[], bool]) -> dict[str, Any]:
        """The answer of a fix of a base64 picture. It is `stopped` if `gone` becomes true before the end."""
        ...

    def stop(self) -> None:
        """Interrupt the running file, if there is one."""
        ...


@dataclass(eq=False)
class Batch:
    """One batch. Safe to use from many threads. Its own thread exists only while files wait or run."""

    name: str
    worker: Worker
    files: BatchFiles
    max_files: int = MAX_FILES
    _entries: list[BatchEntry] = field(default_factory=list)
    _thread: threading.Thread | None = None
    _cancelled: bool = False
    _again: bool = False
    """True if the batch was resumed while it was stopping: it continues once it has stopped."""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _adding: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, image: str) -> None:
        """Add a file in base64. It is decoded when it is fixed. Raises TooLarge if the batch is full."""
        with self._adding:
            number = len(self._entries) + 1
            if number > self.max_files:
                raise TooLarge("the batch is full.", path="images", hint=f"At most {self.max_files} files.")
            self.files.put(f"{number}.source", image.encode())
            with self._lock:
                self._entries.append(BatchEntry(name or f"{number}"))
                self._go_on()

    def cancel(self) -> None:
        """Stop before the next file and interrupt the running file, which then waits again."""
        with self._lock:
            self._cancelled, self._again = True, False
            if self.busy:
                self.worker.stop()

    def resume(self) -> None:
        """Continue with the waiting files and with the failed files."""
        with self._lock:
            self._entries = [entry.waiting() if entry.state == "failed" else entry for entry in self._entries]
            self._again = self._cancelled and self.busy
            self._cancelled = self._again
            self._go_on()

    def close(self) -> None:
        """Stop and delete all files from disk."""
        self.cancel()
        self.files.clear()

    @property
    def busy(self) -> bool:
        return self._thread is not None

    @property
    def state(self) -> str:
        """waiting (for files), running, stopping, cancelled or done."""
        if self.busy:
            return "stopping" if self._cancelled and not self._again else "running"
        if self._cancelled:
            return "cancelled"
        return "done" if self._entries else "waiting"

    def summary(self) -> dict[str, Any]:
        """For JSON: the state and counts, and one entry for each file."""
        with self._lock:
            entries, state = list(self._entries), self.state
        return {
            "job": self.name,
            "state": state,
            "recipe": self.worker.recipe.name,
            "task": self.worker.task,
            "done": sum(entry.state in FINISHED for entry in entries),
            "failed": sum(entry.state == "failed" for entry in entries),
            "total": len(entries),
            "warnings": list(self.worker.remarks),
            "files": [_line(number, entry) for number, entry in enumerate(entries, 1)],
        }

    def entry(self, number: int) -> BatchEntry:
        """The entry of a file, from 1. Raises Missing if there is no such file."""
        with self._lock:
            if not 1 <= number <= len(self._entries):
                hint = f"They are 1 to {len(self._entries)}."
                raise Missing(f"there is no file {number}.", path="number", hint=hint)
            return self._entries[number - 1]

    def page(self) -> str:
        """The summary as HTML. The addresses of its pictures are relative."""
        with self._lock:
            entries, state = tuple(self._entries), self.state
        note, remarks = _NOTES.get(state, ""), self.worker.remarks
        return render_summary(BatchPage(self.worker.recipe, entries, note, remarks), _places)

    def _go_on(self) -> None:
        if not self._cancelled and not self.busy and any(entry.state == "waiting" for entry in self._entries):
            self._thread = threading.Thread(target=self._run, name="retouch-batch", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        for number in self._turns():
            entry = self.entry(number)
            try:
                self._set(number, self._paint_entry(number, entry))
            except Exception as error:
                if not isinstance(error, RetouchError):
                    _LOG.exception("Retouch: a file of a batch failed unexpectedly")
                self._set(number, entry.failed(_error_text(error)))

    def _turns(self) -> Iterator[int]:
        """Numbers of the waiting files, until none waits or the batch is cancelled."""
        while True:
            with self._lock:
                if self._again:
                    self._cancelled = self._again = False
                waiting = [n for n, entry in enumerate(self._entries, 1) if entry.state == "waiting"]
                if not waiting or self._cancelled:
                    self._thread = None
                    return
                self._set(waiting[0], self._entries[waiting[0] - 1].running())
            yield waiting[0]

    def _paint_entry(self, number: int, entry: BatchEntry) -> BatchEntry:
        source = self.files.get(f"{number}.source").decode()
        answer = self.worker.fix(source, lambda: self._cancelled)
        if answer["stopped"]:  # by us or by the host's Interrupt, which stops the whole batch
            self._cancelled = True
            return entry.waiting()
        finished = entry.finished(answer)
        if finished.state == "failed":
            return finished
        self.files.put(f"{number}.before.jpg", preview(decoder.decode_base64(source)))
        self.files.put(f"{number}.after.jpg", preview(decoder.decode_base64(answer["image"])))
        self.files.put(f"{number}.png", base64.b64decode(answer["image"]))
        self.files.drop(f"{number}.source")
        return dataclasses.replace(finished, pictured=True)

    def _set(self, number: int, entry: BatchEntry) -> None:
        with self._lock:
            self._entries[number - 1] = entry


_NOTES = {
    "running": "Still at work: this is what is done so far.",
    "stopping": "It is being stopped: this is what is done so far.",
    "cancelled": "Cancelled: what was done is kept, and resuming goes on from here.",
}


def _line(number: int, entry: BatchEntry) -> dict[str, Any]:
    fields = {name: getattr(entry, name) for name in ("name", "state", "error", "seed")}
    return {"number": number, **fields, "regions": entry.outcomes, "warnings": list(entry.warnings)}


def _places(index: int) -> Places:
    return Places(*(f"{what}/{index + 1}" for what in ("before", "after", "file")))


def _error_text(error: Exception) -> str:
    if isinstance(error, RetouchError):
        return str(error)
    return f"It failed inside Retouch ({type(error).__name__}). The server's log says where."
