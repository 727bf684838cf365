"""What becomes of each file of a batch, and what is shown of it: one that is bad never stops the rest."""

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
"""`kept` is done, too: nothing was found, or nothing became better, and the picture is as it was."""
FINISHED = ("done", "kept", "failed")
LONGEST = 1600
"""Pixels of a preview: sharp on a wide screen, and a folder of them is still a page."""
QUALITY = 88


@dataclass(frozen=True)
class BatchEntry:
    """One file. `reports` are as a fix answers them; `pictured` is true once there are previews of it."""

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
        """By the answer of a fix that ran to its end."""
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
    """Why nothing could be painted of what was to be; "" where something was, or nothing was to be.

    What a gate reverted was painted: that the old is better is no failure.
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
