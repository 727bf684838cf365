"""The summary of a run beside its results: `index.html`, and the folder `index.files` with its previews.

The entry of each file is written to that folder as soon as the file is done. A later run skips the file and
reads its entry from there.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from retouch.api.batches.entry import BatchEntry, preview
from retouch.api.pages.batch_page import BatchPage, Places, render_summary
from retouch.cli import output_files
from retouch.cli.input_files import InputFile
from retouch.errors import RetouchError
from retouch.image.codec import decoder
from retouch.image.picture import Picture
from retouch.knobs import dump
from retouch.recipes.recipe import Recipe

PAGE, SHOWN = "index.html", "index.files"


class NoSummary:
    """A summary that writes nothing, for the other commands."""

    def finish(self, photo: InputFile, answer: dict[str, Any]) -> None:
        """Record a finished photograph. It is called before the result is written."""

    def skip(self, photo: InputFile) -> None:
        """Record a photograph that an earlier run finished."""

    def fail(self, photo: InputFile, error: Exception) -> None:
        """Record a failed photograph. The others are still processed."""

    def close(self, note: str = "") -> Path | None:
        """Write the page and return its path, None without one. `note` is the reason of an early end."""
        return None


@dataclass
class SummaryPage(NoSummary):
    """The summary of a recipe. All targets of the photographs are below `out`."""

    out: Path
    recipe: Recipe
    named: Sequence[InputFile]
    _entries: dict[Path, BatchEntry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._entries = {photo.target: BatchEntry(self._name(photo)) for photo in self.named}

    def finish(self, photo: InputFile, answer: dict[str, Any]) -> None:
        entry = self._entries[photo.target].finished(answer)
        after = decoder.decode_base64(answer["image"])
        self._remember(photo, self._add_pictures(entry, decoder.read(photo.source), after))

    def skip(self, photo: InputFile) -> None:
        entry = self._read_entry(photo) or self._entry_of_files(photo)
        self._entries[photo.target] = entry

    def fail(self, photo: InputFile, error: Exception) -> None:
        entry = self._entries[photo.target]
        self._entries[photo.target] = dataclasses.replace(entry.failed(str(error)), pictured=False)

    def close(self, note: str = "") -> Path | None:
        if all(entry.state == "waiting" for entry in self._entries.values()):
            return None
        page = render_summary(BatchPage(self.recipe, tuple(self._entries.values()), note), self._places)
        self.out.mkdir(parents=True, exist_ok=True)
        output_files.put(self.out / PAGE, page.encode())
        return self.out / PAGE

    def _name(self, photo: InputFile) -> str:
        return photo.target.relative_to(self.out).as_posix()

    def _picture_path(self, name: str, ending: str) -> Path:
        return self.out / SHOWN / f"{name}.{ending}"

    def _add_pictures(self, entry: BatchEntry, before: Picture, after: Picture) -> BatchEntry:
        for ending, picture in (("before.jpg", before), ("after.jpg", after)):
            path = self._picture_path(entry.name, ending)
            path.parent.mkdir(parents=True, exist_ok=True)
            output_files.put(path, preview(picture))
        return dataclasses.replace(entry, pictured=True)

    def _remember(self, photo: InputFile, entry: BatchEntry) -> None:
        fields = {"recipe": dump(self.recipe), "entry": dataclasses.asdict(entry)}
        output_files.put(
            self._picture_path(entry.name, "json"), json.dumps(fields, ensure_ascii=False).encode()
        )
        self._entries[photo.target] = entry

    def _read_entry(self, photo: InputFile) -> BatchEntry | None:
        """The entry that an earlier run wrote for a file. None if there is none or it cannot be read."""
        try:
            fields = json.loads(self._picture_path(self._name(photo), "json").read_bytes())
            entry = BatchEntry(**{**fields["entry"], "reports": tuple(fields["entry"]["reports"])})
            recipe = {"name": Recipe().name, **fields["recipe"]}
        except (OSError, ValueError, TypeError, KeyError):
            return None
        if fields["recipe"] == dump(self.recipe):
            return entry
        other = f"by {recipe['name']!r} with other passes"
        if recipe.get("name", "Custom") != self.recipe.name:
            other = f"by another recipe, {recipe['name']!r}"
        warning = f"Done before, {other}. --force does it again."
        return dataclasses.replace(entry, warnings=(*entry.warnings, warning))

    def _entry_of_files(self, photo: InputFile) -> BatchEntry:
        """The entry of a file that another program wrote: only its two pictures are known."""
        entry = BatchEntry(
            self._name(photo), "done", warnings=("It was done before; nothing is known of how.",)
        )
        try:
            return self._add_pictures(entry, decoder.read(photo.source), decoder.read(photo.target))
        except (RetouchError, OSError):
            return entry

    def _places(self, index: int) -> Places:
        name = list(self._entries.values())[index].name
        before, after = (f"{SHOWN}/{name}.{which}.jpg" for which in ("before", "after"))
        return Places(*(quote(path) for path in (before, after, name)))
