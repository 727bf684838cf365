"""Every error Retouch raises on purpose, and the boundary that turns the errors of others into them.

RetouchError            what went wrong, in one sentence, and what to do next
├── BadInput            a request, recipe or file a caller can mend (HTTP 422)
│   ├── BadPicture      bytes that are not a picture, or not one we may open
│   └── TooLarge        over a bound (413)
├── Missing             a model, recipe or package that is not here (404)
├── WeightsRefused      a weights file that is damaged or asks to run code (422)
├── DownloadFailed      no network, full disk, wrong checksum (502)
└── PaintFailed         the engine could not paint this batch (500)
    ├── OutOfMemory     a smaller batch may still fit
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
"""Characters that an error of another program may take in one of ours."""


class RetouchError(Exception):
    """Base of the tree. `path` is the JSON path of the offending value, "" when there is none."""

    status = 500

    def __init__(self, what: str, *, path: str = "", hint: str = "") -> None:
        self.what, self.path, self.hint = what, path, hint
        super().__init__(str(self))

    def __str__(self) -> str:
        head = f"{self.path}: {self.what}" if self.path else self.what
        return f"{head} {self.hint}".rstrip()

    def as_json(self) -> dict[str, str]:
        return {"error": type(self).__name__, "path": self.path, "what": self.what, "hint": self.hint}


class BadInput(RetouchError):
    status = 422


class BadPicture(BadInput):
    pass


class TooLarge(BadInput):
    status = 413


class Missing(RetouchError):
    status = 404


class WeightsRefused(RetouchError):
    status = 422


class DownloadFailed(RetouchError):
    status = 502


class PaintFailed(RetouchError):
    pass


class OutOfMemory(PaintFailed):
    pass


class NotANumber(PaintFailed):
    pass


def plain_number(number: float) -> str:
    """A bound as a person can type it: a whole number with all its digits."""
    return str(int(number)) if number == int(number) else f"{number:g}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint naming the closest known word, or the whole list when nothing is close."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known: {', '.join(known)}." if known else "None is known here."


@contextlib.contextmanager
def convert_errors(refuse: Callable[[str], RetouchError]) -> Iterator[None]:
    """The boundary round a parser or a library: what it raises becomes `refuse(cause)`.

    Errors of ours pass, and memory that ran out becomes OutOfMemory. KeyboardInterrupt and all else that is
    no Exception pass too, but for the panic of a library in Rust.
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
    """The type and the words of another program's error, on one line of at most LONGEST_CAUSE characters.

    Of an OSError the reason alone, for its words name paths of this machine.
    """
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    line = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    whole = f"{type(error).__name__}: {line}" if line else type(error).__name__
    return whole if len(whole) <= LONGEST_CAUSE else whole[: LONGEST_CAUSE - 3] + "..."


def ran_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, here or on a device. torch is not imported: name and words tell."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in said or "allocate memory" in said)


_REMARKS: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("remarks", default=None)


@contextlib.contextmanager
def collect_remarks() -> Iterator[list[str]]:
    """The list that `add_remark` fills until the end of the block, in this thread."""
    remarks: list[str] = []
    token = _REMARKS.set(remarks)
    try:
        yield remarks
    finally:
        _REMARKS.reset(token)


def add_remark(text: str) -> None:
    """Tell of what failed and was worked round: in the log, and in the warnings of the answer."""
    _LOG.warning("Retouch: %s", text)
    remarks = _REMARKS.get()
    if remarks is not None and text not in remarks:
        remarks.append(text)
