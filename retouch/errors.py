"""Every error Retouch raises on purpose.

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

import difflib
from collections.abc import Iterable


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


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint naming the closest known word, or the whole list when nothing is close."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known: {', '.join(known)}." if known else "None is known here."
