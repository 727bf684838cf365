"""How a command over many files tells its story: a bar, what failed, and the sum at the end."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any

from retouch.cli.input_files import InputFile
from retouch.cli.output_files import UNCHANGED_STATUS
from retouch.pipeline.report import CHANGED, NOTHING_FOUND, REVERTED, UNCHANGED


class ProgressReport:
    """Counts files. The story goes to stderr; with `quiet`, stdout gets JSON lines and no bar is drawn."""

    def __init__(self, total: int, quiet: bool = False) -> None:
        self.total, self.quiet = total, quiet
        self.finished, self.skipped = 0, 0
        self.failed: list[Path] = []
        self.unchanged: list[Path] = []
        self._outcomes: Counter[str] = Counter()
        self._warned: Counter[str] = Counter()
        self._bar = None if quiet else _bar(total)

    def __enter__(self) -> ProgressReport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def finish(self, photo: InputFile, said: dict[str, Any], outcome: str = CHANGED) -> None:
        """One more file is done; `said` is its JSON line. A warning is told of the first it is about."""
        self.finished += 1
        self._outcomes[outcome] += 1
        if outcome == UNCHANGED:
            self.unchanged.append(photo.source)
        for warning in said.get("warnings", ()):
            self._warned[warning] += 1
            if self._warned[warning] == 1:
                self._tell(f"{photo.source}: {warning}")
        if self.quiet:
            sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        reading = f" ({said['mask_reading']})" if said.get("mask_reading") else ""
        self._step(f"{photo.source} -> {photo.target}{reading}")

    def skip(self, target: Path) -> None:
        self.skipped += 1
        self._step(f"{target} is done already")

    def fail(self, source: Path, error: Exception) -> None:
        self.failed.append(source)
        self._tell(f"{source}: {error}")
        self._step("")

    def status(self) -> int:
        """Says the sum, what was true of several files, which are unchanged or failed. The exit status."""
        self.close()
        for warning, count in self._warned.items():
            if count > 1:
                self._tell(f"of {count} photographs: {warning}")
        self._tell(self._sum())
        for what, sources in (("unchanged", self.unchanged), ("failed", self.failed)):
            for source in sources:
                self._tell(f"{what}: {source}")
        if self.failed:
            return 1
        return UNCHANGED_STATUS if self.unchanged else 0

    def _sum(self) -> str:
        """How many files came to what; a file of which nothing was changed is not done."""
        counts = {
            "done": self._outcomes[CHANGED],
            "unchanged": self._outcomes[UNCHANGED],
            "better before": self._outcomes[REVERTED],
            "with nothing found": self._outcomes[NOTHING_FOUND],
            "done before": self.skipped,
            "failed": len(self.failed),
        }
        return ", ".join(f"{count} {what}" for what, count in counts.items() if count) + "."

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
            count = self.finished + self.skipped + len(self.failed)
            self._tell(f"[{count}/{self.total}] {text}")

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
