"""The summary of a batch: before and after of every file, its scores, and the reason of each failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from retouch.api.batches.entry import FINISHED, BatchEntry
from retouch.api.pages.rendering import render
from retouch.api.pages.report_table import ReportTable, tabulate
from retouch.knobs import dump
from retouch.recipes.recipe import Recipe


@dataclass(frozen=True)
class BatchPage:
    """A recipe and the entry of each file.

    `note` is shown first on the page. `warnings` hold for all files.
    """

    recipe: Recipe
    entries: Sequence[BatchEntry]
    note: str = ""
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class Places:
    """URLs of a file's previews and of its result, relative to the page."""

    before: str
    after: str
    result: str


@dataclass(frozen=True)
class _FileSection:
    """What the page shows of one file. `warnings` are its own, `places` is None without previews."""

    entry: BatchEntry
    word: str
    told: str
    warnings: Sequence[str]
    places: Places | None
    table: ReportTable


def render_summary(batch: BatchPage, places: Callable[[int], Places]) -> str:
    """The HTML page. `places` gives the URLs of a file by its index (from 0), once its previews exist."""
    shared = _common_warnings(batch.entries)
    return render(
        "batch.html",
        recipe=batch.recipe,
        recipe_json=json.dumps(dump(batch.recipe), indent=2, ensure_ascii=False),
        note=batch.note,
        warnings=[*batch.warnings, *shared],
        figures=_count_all(batch.entries),
        failed=[entry for entry in batch.entries if entry.state == "failed"],
        files=_describe_files(batch, places, shared),
    )


def _count_all(entries: Sequence[BatchEntry]) -> dict[str, int]:
    """How many files are in each state, and how many regions have each outcome, without zeros."""
    states = [entry.state for entry in entries]
    files = {"photographs": len(states)} | {_WORDS[state].lower(): states.count(state) for state in _WORDS}
    regions = {
        f"regions {what}": sum(entry.outcomes[outcome] for entry in entries)
        for outcome, what in _OUTCOMES.items()
    }
    return {what: count for what, count in {**files, **regions}.items() if count}


def _common_warnings(entries: Sequence[BatchEntry]) -> list[str]:
    """Warnings that every painted picture has, if there are at least two. They are shown once for all."""
    painted = [entry.warnings for entry in entries if entry.state == "done"]
    first, *others = painted or [()]
    return [text for text in first if others and all(text in warnings for warnings in others)]


def _describe_files(
    batch: BatchPage, places: Callable[[int], Places], shared: Collection[str]
) -> list[_FileSection]:
    """The sections of the files. A failed file that has nothing to show is only in the list of failures."""
    without = ("Crop",) if len(batch.recipe.passes) > 1 else ("Crop", "Pass")
    return [
        _FileSection(
            entry=entry,
            word=_WORDS[entry.state],
            told=_tell(entry),
            warnings=[text for text in entry.warnings if text not in shared],
            places=places(index) if entry.pictured else None,
            table=tabulate(entry.reports, without),
        )
        for index, entry in enumerate(batch.entries)
        if entry.state != "failed" or entry.pictured or entry.reports
    ]


def _tell(entry: BatchEntry) -> str:
    """The outcomes of the regions and the seed. "" for an unfinished file and for one with an error."""
    if entry.state not in FINISHED or entry.error:
        return ""
    counted = [f"{count} {_OUTCOMES[what]}" for what, count in entry.outcomes.items() if count]
    regions = f"Regions: {', '.join(counted)}." if counted else "Nothing was found."
    return regions if entry.seed is None else f"{regions} Seed {entry.seed}."


_WORDS = {
    "done": "Repainted",
    "kept": "As it was",
    "failed": "Failed",
    "running": "At work",
    "waiting": "Not done yet",
}
_OUTCOMES = {"kept": "kept", "unseen": "not to be seen", "reverted": "reverted", "skipped": "skipped"}
