"""The errors that Retouch raises on purpose, and a converter for the errors of other programs.

RetouchError            base class: a fault in one sentence, and a hint about the next action
├── BadInput            a request, recipe or file that the caller can correct (HTTP 422)
│   ├── BadPicture      bytes that are no picture, or a picture in a format that Retouch does not open
│   └── TooLarge        a value or file above a limit (413)
├── Missing             a model, recipe or package that is not installed (404)
├── WeightsRefused      a weights file that is damaged or contains code to run (422)
├── DownloadFailed      no network, full disk, wrong checksum (502)
└── PaintFailed         the engine could not paint a batch (500)
    ├── OutOfMemory     memory ran out; a smaller batch may fit
    └── NotANumber      the sampler returned NaN
"""

from __future__ import annotations

import contextlib
import contextvars
import difflib
import logging
from collections.abc import Callable, Iterable, Iterator

_LOG = logging.getLogger("retouch")
LONGEST_CAUSE = 200
"""Maximum length, in characters, of another program's error message inside a Retouch error."""


class RetouchError(Exception):
    """Base class of all Retouch errors.

    `what` is the fault in one sentence. `path` is the JSON path of the wrong value, or "" if there is none.
    `hint` is the next action for the reader, or "". `status` is the HTTP status code.
    """

    status = 500

    def __init__(self, what: str, *, path: str = "", hint: str = "") -> None:
        self.what, self.path, self.hint = what, path, hint
        super().__init__(str(self))

    def __str__(self) -> str:
        head = f"{self.path}: {self.what}" if self.path else self.what
        return f"{head} {self.hint}".rstrip()

    def as_json(self) -> dict[str, str]:
        """The error as a JSON object with the keys error, path, what and hint."""
        return {"error": type(self).__name__, "path": self.path, "what": self.what, "hint": self.hint}


class BadInput(RetouchError):
    """The caller can correct the request, recipe or file. HTTP status 422."""

    status = 422


class BadPicture(BadInput):
    """The bytes are no picture, or Retouch does not open their format. HTTP status 422."""


class TooLarge(BadInput):
    """A value or a file is above its limit. HTTP status 413."""

    status = 413


class Missing(RetouchError):
    """A model, recipe or package is not installed. HTTP status 404."""

    status = 404


class WeightsRefused(RetouchError):
    """A weights file is damaged or contains code to run. HTTP status 422."""

    status = 422


class DownloadFailed(RetouchError):
    """A download failed: no network, full disk or wrong checksum. HTTP status 502."""

    status = 502


class PaintFailed(RetouchError):
    """The engine could not paint a batch. HTTP status 500."""


class OutOfMemory(PaintFailed):
    """The memory of the computer or of the device ran out. A smaller batch may fit."""


class NotANumber(PaintFailed):
    """The sampler returned NaN."""


def plain_number(number: float) -> str:
    """A number as a person types it. A whole number has all its digits and no exponent."""
    return str(int(number)) if number == int(number) else f"{number:g}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the closest known word, or all known words if none is close."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known: {', '.join(known)}." if known else "None is known here."


@contextlib.contextmanager
def convert_errors(refuse: Callable[[str], RetouchError]) -> Iterator[None]:
    """Context manager round a parser or a library. It replaces the errors of the block by `refuse(cause)`.

    Retouch errors pass unchanged. If memory ran out, OutOfMemory is raised. KeyboardInterrupt and other
    exceptions that are no Exception pass unchanged, except PanicException of libraries in Rust.
    """
    try:
        yield
    except RetouchError:
        raise
    except BaseException as error:
        if not (isinstance(error, Exception) or type(error).__name__ == "PanicException"):
            raise
        if ran_out_of_memory(error):
            hint = "Close other programs, or use a smaller model or picture."
            raise OutOfMemory(f"memory ran out ({describe(error)}).", hint=hint) from error
        raise refuse(describe(error)) from error


def describe(error: BaseException) -> str:
    """The type and message of an error, on one line of at most LONGEST_CAUSE characters.

    For an OSError only the reason is used, because its message contains file paths of this computer.
    """
    message = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    line = " ".join("".join(c if c.isprintable() else " " for c in message).split())
    text = f"{type(error).__name__}: {line}" if line else type(error).__name__
    return text if len(text) <= LONGEST_CAUSE else text[: LONGEST_CAUSE - 3] + "..."


def ran_out_of_memory(error: BaseException) -> bool:
    """True if the error says that the memory of the computer or of a device ran out.

    The type name and the message are compared, so that torch need not be imported.
    """
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    message = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in message or "allocate memory" in message)


_REMARKS: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("remarks", default=None)


@contextlib.contextmanager
def collect_remarks() -> Iterator[list[str]]:
    """Context manager that yields the list to which `add_remark` appends in this thread."""
    remarks: list[str] = []
    token = _REMARKS.set(remarks)
    try:
        yield remarks
    finally:
        _REMARKS.reset(token)


def add_remark(text: str) -> None:
    """Log a failure that was worked round, and append it to the warnings of the current answer."""
    _LOG.warning("Retouch: %s", text)
    remarks = _REMARKS.get()
    if remarks is not None and text not in remarks:
        remarks.append(text)
