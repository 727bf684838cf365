"""The state of each file of a batch. A failed file does not stop the others."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from retouch.image.codec.encoder import jpeg_profile
from retouch.image.picture import Picture

STATES = ("waiting", "running", "done", "kept", "failed")
"""`kept` is finished too: nothing was found or nothing improved, and the picture is unchanged."""
FINISHED = ("done", "kept", "failed")
LONGEST = 1600
"""Longest side of a preview in pixels: sharp on a wide screen, and small enough for a page of many."""
QUALITY = 88


@dataclass(frozen=True)
class BatchEntry:
    """One file. `reports` are those of the fix's answer. `pictured` is true once its previews exist."""

    name: str
    state: str = "waiting"
    error: str = ""
    seed: int | None = None
    reports: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()
    pictured: bool = False

    def running(self) -> BatchEntry:
        return BatchEntry(self.name, "running")

    def waiting(self) -> BatchEntry:
        return BatchEntry(self.name)

    def failed(self, error: str) -> BatchEntry:
        return dataclasses.replace(self, state="failed", error=error)

    def finished(self, answer: Mapping[str, Any]) -> BatchEntry:
        """The entry after a fix that was not stopped. `answer` is the answer of the fix."""
        reports = tuple(answer.get("reports") or ())
        changed = any(report["outcome"] == "kept" for report in reports)
        entry = BatchEntry(self.name, "done" if changed else "kept", "", answer.get("seed"), reports)
        entry = dataclasses.replace(entry, warnings=tuple(answer.get("warnings") or ()))
        why = why_unpainted(answer)
        return entry.failed(why) if why else entry

    @property
    def outcomes(self) -> dict[str, int]:
        """How many regions were kept, kept but cannot be seen, reverted and skipped."""
        all_of_them = [report["outcome"] for report in self.reports]
        return {what: all_of_them.count(what) for what in ("kept", "unseen", "reverted", "skipped")}


def why_unpainted(answer: Mapping[str, Any]) -> str:
    """The reason if every region was skipped, else "". Without regions it is "".

    A region that the gate reverted was painted, so it is no failure.
    """
    reports = answer.get("reports") or []
    if reports and all(report["outcome"] == "skipped" for report in reports):
        return f"no region could be painted: {reports[0]['why']}"
    return ""


def preview(picture: Picture) -> bytes:
    """A JPEG for the page, its longest side at most LONGEST, in the picture's own colour profile."""
    image = Image.fromarray(picture.pixels)
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, icc_profile=jpeg_profile(picture))
    return out.getvalue()
