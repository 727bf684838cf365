"""Download of model files, with resuming and a check of the sha256.

A file with its own name is complete and verified. The bytes are written to a `.part` file. A later attempt
resumes it. The file is renamed when its sha256 is correct. models/README.md gives the source of every entry.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import http.client
import shutil
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from retouch.errors import DownloadFailed, Missing
from retouch.weights.catalogue import Weights

CHUNK = 1 << 20
"""Bytes of one read."""
SPARE = 64 << 20
"""Bytes that must stay free on the disk."""
ATTEMPTS = 4
"""Maximum number of connections for one call of `fetch`."""
TIMEOUT = 20.0
"""A connection counts as lost after this many seconds without a byte."""

Watch = Callable[[int, int], None]
"""Called with (bytes received, total bytes) after each read. An exception from it stops the download."""


def digest(path: Path) -> str:
    """The sha256 of a file, in hexadecimal. Raises OSError if it cannot be read."""
    state = hashlib.sha256()
    with Path(path).open("rb") as file:
        for block in iter(lambda: file.read(CHUNK), b""):
            state.update(block)
    return state.hexdigest()


_LOCKS: dict[Path, threading.Lock] = {}


def fetch(
    item: Weights, folder: Path, *, offline: bool = False, watch: Watch | None = None, pause: float = 1.0
) -> Path:
    """The path of the file in `folder`. It is downloaded and verified unless it exists.

    `pause` is the wait in seconds after the first attempt; it doubles after each attempt. Raises Missing if
    the file does not exist and `offline` is set. Raises DownloadFailed without a network, for an HTTP error,
    for a full disk, and for a sha256 that differs from the catalogue's.
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
            part.unlink(missing_ok=True)  # the incomplete file must not fill the disk
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
"""The exceptions of a failed connection. Any other OSError is an error of the disk."""


def _collect(item: Weights, part: Path, watch: Watch | None, pause: float) -> None:
    """Receive all bytes into `part`, over at most ATTEMPTS connections. Raises DownloadFailed."""
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
    """Receive bytes over one connection. Raises EOFError if it ends before the file is complete."""
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
    """Write the answer to `file`, at most one byte more than its size. That byte makes the check fail."""
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
