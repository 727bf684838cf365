"""List the model files in folders, and detect changed files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

MAX_FOLDERS = 4096
"""Maximum number of folders searched below one folder. It limits a link to the root of a disk."""


def files_below(folder: Path) -> Iterator[Path]:
    """Yield every entry below `folder` except folders. Linked folders are searched; each is searched once."""
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(place)) in seen or len(seen) == MAX_FOLDERS:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        yield from (Path(place) / name for name in names)


def model_files(folder: Path, endings: Sequence[str]) -> list[Path]:
    """Sorted regular files below `folder` with one of the extensions `endings`, in any case.

    Broken links, pipes, devices and unreadable folders are left out. Names that are not valid Unicode are
    left out too, because a request cannot contain them.
    """
    wanted = tuple(ending.lower() for ending in endings)
    found = (path for path in files_below(folder) if path.name.lower().endswith(wanted))
    return sorted(path for path in found if _is_unicode(path.name) and state_of(path))


def state_of(path: Path) -> tuple[int, int] | None:
    """(time of last modification in nanoseconds, size in bytes) of a regular file, else None."""
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return (state.st_mtime_ns, state.st_size) if stat.S_ISREG(state.st_mode) else None


def _is_unicode(name: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in name)
