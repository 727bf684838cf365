"""Model files in folders: what is there, and whether it has changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

MAX_FOLDERS = 4096
"""Below one folder; a link to the root of a disk ends there."""


def files_below(folder: Path) -> Iterator[Path]:
    """Every entry below `folder` that is no folder. Linked folders are searched, each one once."""
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(place)) in seen or len(seen) == MAX_FOLDERS:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        yield from (Path(place) / name for name in names)


def model_files(folder: Path, endings: Sequence[str]) -> list[Path]:
    """Regular files below `folder` with one of `endings` in any case, sorted.

    Left out: broken links, pipes, devices, folders that may not be read, and names that are not Unicode,
    which no request can spell.
    """
    wanted = tuple(ending.lower() for ending in endings)
    found = (path for path in files_below(folder) if path.name.lower().endswith(wanted))
    return sorted(path for path in found if _is_unicode(path.name) and state_of(path))


def state_of(path: Path) -> tuple[int, int] | None:
    """(time of the last change in nanoseconds, bytes) of a regular file; None for anything else."""
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return (state.st_mtime_ns, state.st_size) if stat.S_ISREG(state.st_mode) else None


def _is_unicode(name: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in name)
