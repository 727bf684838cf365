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
SPARE = 64 << 20
"""Bytes that stay free on the disk."""
ATTEMPTS = 4
TIMEOUT = 20.0
"""Seconds without a byte after which a connection counts as lost."""

Watch = Callable[[int, int], None]
"""(bytes here, bytes in all), called as they arrive; what it raises stops the download."""


def digest(path: Path) -> str:
    """sha256 of a file, hexadecimal."""
    state = hashlib.sha256()
    with Path(path).open("rb") as file:
        for block in iter(lambda: file.read(CHUNK), b""):
            state.update(block)
    return state.hexdigest()


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
