"""How a command over many files tells its story: a bar, what failed, and the sum at the end."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from retouch.photos import Photo


class Tally:
    """Counts files. The story goes to stderr; with `quiet`, stdout gets JSON lines and no bar is drawn."""

    def __init__(self, total: int, quiet: bool = False) -> None:
        self.total, self.quiet = total, quiet
        self.finished, self.skipped = 0, 0
        self.failed: list[Path] = []
        self._warned: Counter[str] = Counter()
        self._bar = None if quiet else _bar(total)

    def __enter__(self) -> Tally:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def finish(self, photo: Photo, said: dict[str, Any], warnings: Sequence[str]) -> None:
        """One more file is done; `said` is its JSON line. A warning is told of the first it is about."""
        self.finished += 1
        for warning in warnings:
            self._warned[warning] += 1
            if self._warned[warning] == 1:
                self._tell(f"{photo.source}: {warning}")
        if self.quiet:
            sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        self._step(f"{photo.source} -> {photo.target}")

    def skip(self, target: Path) -> None:
        self.skipped += 1
        self._step(f"{target} is done already")

    def fail(self, source: Path, error: Exception) -> None:
        self.failed.append(source)
        self._tell(f"{source}: {error}")
        self._step("")

    def status(self) -> int:
        """Says the sum, what was true of several files, and every file that failed. The exit status."""
        self.close()
        for warning, count in self._warned.items():
            if count > 1:
                self._tell(f"of {count} photographs: {warning}")
        sums = {"done": self.finished, "done before": self.skipped, "failed": len(self.failed)}
        self._tell(", ".join(f"{count} {what}" for what, count in sums.items() if count) + ".")
        for source in self.failed:
            self._tell(f"failed: {source}")
        return 1 if self.failed else 0

    def interrupted(self) -> int:
        """Says what is kept. The exit status of a command stopped by Ctrl-C."""
        self.close()
        self._tell(f"Interrupted: {self.finished} done. The same command goes on from here.")
        return 130

    def page(self, where: Path | None) -> None:
        """Says where the summary is, if there is one."""
        if where is not None:
            self._tell(f"Before and after: {where}")

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _step(self, text: str) -> None:
        if self._bar is not None:
            self._bar.update()
        elif text and not self.quiet:
            done = self.finished + self.skipped + len(self.failed)
            self._tell(f"[{done}/{self.total}] {text}")

    def _tell(self, text: str) -> None:
        if self._bar is not None:
            self._bar.write(text, file=sys.stderr)
        else:
            sys.stderr.write(text + "\n")


def _bar(total: int) -> Any:
    """A tqdm bar on a terminal that can draw it, else None: one line a file."""
    if not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=total, unit="photo", file=sys.stderr)
