"""Model files that can be downloaded: where from, what they must hash to, and how they get here whole.

A file is either complete and verified under its own name or not there: bytes are collected in a `.part`
that a later attempt resumes, and renamed once the sha256 is right. models/README.md gives the source of
every entry.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import http.client
import os
import shutil
import ssl
import stat
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from retouch.errors import DownloadFailed, Missing

CHUNK = 1 << 20
SPARE = 64 << 20
"""Bytes that stay free on the disk."""
ATTEMPTS = 4
TIMEOUT = 20.0
"""Seconds without a byte after which a connection counts as lost."""

Watch = Callable[[int, int], None]
"""(bytes here, bytes in all), called as they arrive; what it raises stops the download."""


@dataclass(frozen=True)
class Weights:
    """One downloadable file. `size` in bytes; `labels` what it finds."""

    name: str
    url: str
    sha256: str
    size: int
    kind: str
    labels: tuple[str, ...]
    about: str
    licence: str


_ADETAILER = "https://huggingface.co/Bingsu/adetailer/resolve/53cc19de382014514d9d4038601d261a7faa9b7b/"


def _adetailer(name: str, size: int, sha256: str, label: str, about: str) -> Weights:
    return Weights(name, _ADETAILER + name, sha256, size, "yolo", (label,), about, "Apache-2.0")


CATALOGUE: tuple[Weights, ...] = (
    _adetailer(
        "face_yolov8n.pt",
        6230011,
        "70b640f8f60b1cf0dcc72f30caf3da9495eb2fb6509da48c53374ad6806e6a9c",
        "face",
        "Faces, drawn and photographed; small and fast.",
    ),
    _adetailer(
        "face_yolov8s.pt",
        22507707,
        "c7237eff25787377de196961140ceaed324d859ee8de5a775d93d33a0e3fab78",
        "face",
        "Faces, drawn and photographed.",
    ),
    _adetailer(
        "face_yolov8m.pt",
        52026019,
        "717923c19b3f4bbf5250b728f1fa6b2cb72a33aed1d236ea9caf0e21ad943e5f",
        "face",
        "Faces, drawn and photographed; the most accurate of the three.",
    ),
    _adetailer(
        "hand_yolov8n.pt",
        6237883,
        "3991202eb69e9ddcb3b9ba80cdeb41e734ffaf844403d6c9f47d515cd88c6f29",
        "hand",
        "Hands, drawn and photographed.",
    ),
    _adetailer(
        "person_yolov8n-seg.pt",
        6777003,
        "38fc8aaae97cb6e70be4ec44770005b26ed473471362afcda62a0037d7ccf432",
        "person",
        "People with their outlines; small and fast.",
    ),
    _adetailer(
        "person_yolov8s-seg.pt",
        23850731,
        "53c54aec2239355faffc6c5b70d0f3d05042f386f956cbec39cec46ad456f050",
        "person",
        "People with their outlines.",
    ),
)


def entry(name: str) -> Weights | None:
    """The catalogue's entry of that name."""
    return next((item for item in CATALOGUE if item.name == name), None)


def digest(path: Path) -> str:
    """sha256 of a file, hexadecimal."""
    state = hashlib.sha256()
    with Path(path).open("rb") as file:
        for block in iter(lambda: file.read(CHUNK), b""):
            state.update(block)
    return state.hexdigest()


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


_LOCKS: dict[Path, threading.Lock] = {}


def fetch(
    item: Weights, folder: Path, *, offline: bool = False, watch: Watch | None = None, pause: float = 1.0
) -> Path:
    """The file in `folder`, downloaded and verified unless it is there already.

    Raises Missing when it is not there and `offline`; DownloadFailed without network, for an answer that
    is no file, a full disk, or other bytes than the catalogue's. `pause` seconds, doubling, between
    attempts.
    """
    target = Path(folder) / item.name
    with _LOCKS.setdefault(target.absolute(), threading.Lock()):
        if target.is_file():
            return target
        if offline:
            raise Missing(f"{item.name} is not here, and this runs offline.", hint=_by_hand(item, folder))
        part = target.with_name(target.name + ".part")
        with _disk_errors(item, part):
            part.parent.mkdir(parents=True, exist_ok=True)
            _room(item, part)
            _collect(item, part, watch, pause)
            _verify(item, part)
            part.replace(target)
    return target


def _by_hand(item: Weights, folder: Path) -> str:
    return f"Download {item.url} into {Path(folder).name} by hand."


@contextlib.contextmanager
def _disk_errors(item: Weights, part: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            part.unlink(missing_ok=True)  # what does not fit must not fill the disk either
            raise DownloadFailed(
                f"{item.name} does not fit on the disk.", hint=f"It needs {item.size >> 20} MiB: free some."
            ) from error
        raise DownloadFailed(
            f"{item.name} cannot be written ({error.strerror or error}).", hint=_by_hand(item, part.parent)
        ) from error


def _room(item: Weights, part: Path) -> None:
    needed = item.size - _here(part) + SPARE
    free = shutil.disk_usage(part.parent).free
    if free < needed:
        raise DownloadFailed(
            f"{item.name} needs {needed >> 20} MiB of disk, {free >> 20} MiB are free.",
            hint="Free some, or put the models folder on another disk.",
        )


def _here(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


_BROKEN = (
    urllib.error.URLError,
    http.client.HTTPException,
    ssl.SSLError,
    TimeoutError,
    ConnectionError,
    EOFError,
)
"""What a connection that fails raises, at any moment; other OSErrors are the disk's."""


def _collect(item: Weights, part: Path, watch: Watch | None, pause: float) -> None:
    """Have all bytes in `part`, in as many connections as it takes up to ATTEMPTS."""
    if _here(part) > item.size:
        part.unlink()
    reason: object = ""
    for attempt in range(ATTEMPTS):
        try:
            if _here(part) < item.size:
                _receive(item, part, watch)
            return
        except urllib.error.HTTPError as error:
            if error.code == 416:
                part.unlink(missing_ok=True)
            elif error.code < 500 and error.code != 429:
                raise DownloadFailed(
                    f"{item.url} answers {error.code} {error.reason}.", hint=_by_hand(item, part.parent)
                ) from error
            reason = f"{error.code} {error.reason}"
        except _BROKEN as error:
            reason = getattr(error, "reason", None) or error
        if attempt + 1 < ATTEMPTS:
            time.sleep(pause * 2**attempt)
    raise DownloadFailed(
        f"{item.name} could not be downloaded in {ATTEMPTS} attempts ({reason}).",
        hint=f"Is there a network? {_by_hand(item, part.parent)}",
    )


def _receive(item: Weights, part: Path, watch: Watch | None) -> None:
    """One connection. EOFError when it ends before the file does."""
    start = _here(part)
    headers = {"User-Agent": "retouch", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(item.url, headers=headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        resumed = start and answer.status == 206 and _continues(answer, start)
        with part.open("ab" if resumed else "wb") as file:
            _pour(answer, file, item, watch)
    if _here(part) < item.size:
        raise EOFError(f"the connection ended after {_here(part)} of {item.size} bytes")


def _continues(answer: Any, start: int) -> bool:
    return str(answer.headers.get("Content-Range", "")).startswith(f"bytes {start}-")


def _pour(answer: Any, file: BinaryIO, item: Weights, watch: Watch | None) -> None:
    """At most one byte too many is written: enough to fail the check."""
    done = file.tell()
    while done <= item.size:
        block = answer.read(min(CHUNK, item.size + 1 - done))
        if not block:
            return
        file.write(block)
        done += len(block)
        if watch:
            watch(min(done, item.size), item.size)


def _verify(item: Weights, part: Path) -> None:
    found = digest(part)
    if found != item.sha256:
        part.unlink()
        raise DownloadFailed(
            f"what {item.url} sent is not {item.name}: its sha256 is {found}, not {item.sha256}.",
            hint="It was deleted. A proxy or a login page may have answered; try again later.",
        )
