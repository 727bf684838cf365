"""A batch's files on disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from retouch.errors import Missing, RetouchError


@dataclass
class BatchFiles:
    """The files of one batch. `room(n)` frees n bytes of the limit or raises TooLarge."""

    folder: Path
    room: Callable[[int], None]
    _sizes: dict[str, int] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """Bytes of all files."""
        return sum(self._sizes.copy().values())

    def put(self, name: str, data: bytes) -> None:
        """Write a file. Raises RetouchError if the disk refuses it; no partial file remains."""
        self.room(len(data))
        try:
            (self.folder / name).write_bytes(data)
        except OSError as error:
            (self.folder / name).unlink(missing_ok=True)
            fault = f"the disk does not take it ({error.strerror})."
            raise RetouchError(fault, hint="Make room on it.") from None
        self._sizes[name] = len(data)

    def get(self, name: str) -> bytes:
        """The bytes of a file. Raises Missing if there is no such file."""
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            fault = "there is nothing yet, or no more."
            raise Missing(fault, path="number", hint="Ask the batch which files are done.") from None

    def drop(self, name: str) -> None:
        """Delete a file. Raises OSError if it does not exist."""
        (self.folder / name).unlink()
        del self._sizes[name]

    def clear(self) -> None:
        """Delete the folder with all files."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._sizes.clear()
