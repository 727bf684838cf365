"""The progress of a command over many files: a bar, the failed files, and a summary at the end."""

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
    """Counts files. Messages go to stderr. With `quiet`, stdout gets JSON lines and no bar is drawn."""

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

    def finish(self, photo: InputFile, answer: dict[str, Any], outcome: str = CHANGED) -> None:
        """Count a file. `answer` is its JSON line. A warning is printed once, for its first file."""
        self.finished += 1
        self._outcomes[outcome] += 1
        if outcome == UNCHANGED:
            self.unchanged.append(photo.source)
        for warning in answer.get("warnings", ()):
            self._warned[warning] += 1
            if self._warned[warning] == 1:
                self._tell(f"{photo.source}: {warning}")
        if self.quiet:
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        reading = f" ({answer['mask_reading']})" if answer.get("mask_reading") else ""
        self._step(f"{photo.source} -> {photo.target}{reading}")

    def skip(self, target: Path) -> None:
        self.skipped += 1
        self._step(f"{target} is done already")

    def fail(self, source: Path, error: Exception) -> None:
        """Count a failed file and print its error."""
        self.failed.append(source)
        self._tell(f"{source}: {error}")
        self._step("")

    def status(self) -> int:
        """Print the summary, repeated warnings, unchanged and failed files. Returns the exit status."""
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
        """The number of files by outcome. An unchanged file is not counted as done."""
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
        """Print the number of finished files. Returns the exit status of a command stopped by Ctrl-C."""
        self.close()
        self._tell(f"Interrupted: {self.finished} done. The same command goes on from here.")
        return 130

    def page(self, where: Path | None) -> None:
        """Print the path of the summary page, if there is one."""
        if where is not None:
            self._tell(f"Before and after: {where}")

    def close(self) -> None:
        """Close the bar."""
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
    """A tqdm bar if stderr is a terminal, else None: then each file gets a line."""
    if not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=total, unit="photo", file=sys.stderr)
