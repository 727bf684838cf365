"""The summary of a batch: before and after of every file, its scores, and the reason of each failure."""

from __future__ import annotations

import dataclasses
import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retouch.api.batches.entry import FINISHED, BatchEntry
from retouch.api.pages.html import compare, document, remarks, table, tiles
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


def summary(batch: BatchPage, places: Callable[[int], Places]) -> str:
    """The HTML page. `places` gives the URLs of a file by its index (from 0), once its previews exist."""
    shared = _common_warnings(batch.entries)
    own = [
        dataclasses.replace(e, warnings=tuple(w for w in e.warnings if w not in shared))
        for e in batch.entries
    ]
    without = ("Crop",) if len(batch.recipe.passes) > 1 else ("Crop", "Pass")
    files = "".join(_file(e, places(i) if e.pictured else None, without) for i, e in enumerate(own))
    parts = [_head(batch), _failures(batch.entries), files, _recipe(batch.recipe)]
    return document(f"Retouch: {batch.recipe.name}", f"<style>{_STYLE}</style>" + "".join(parts))


def _head(batch: BatchPage) -> str:
    note = f'<p class="remark">{html.escape(batch.note)}</p>' if batch.note else ""
    shared = remarks([*batch.warnings, *_common_warnings(batch.entries)])
    states = [entry.state for entry in batch.entries]
    files = {"photographs": len(states)} | {_WORDS[state].lower(): states.count(state) for state in _WORDS}
    regions = {
        f"regions {what}": sum(entry.outcomes[outcome] for entry in batch.entries)
        for outcome, what in _OUTCOMES.items()
    }
    figures = {what: count for what, count in {**files, **regions}.items() if count}
    return _HEAD.format(
        name=html.escape(batch.recipe.name),
        description=html.escape(batch.recipe.description),
        note=note + shared,
        figures=tiles(figures),
    )


def _common_warnings(entries: Sequence[BatchEntry]) -> list[str]:
    """Warnings that every painted picture has, if there are at least two. They are shown once for all."""
    painted = [entry.warnings for entry in entries if entry.state == "done"]
    first, *others = painted or [()]
    return [text for text in first if others and all(text in warnings for warnings in others)]


def _failures(entries: Sequence[BatchEntry]) -> str:
    """The section of failed files. It is the first one, because these files need an action of the user."""
    failed = [entry for entry in entries if entry.state == "failed"]
    rows = "".join(f"<li><b>{html.escape(entry.name)}</b> {html.escape(entry.error)}" for entry in failed)
    return f'<section><h2>Failed</h2><ul class="failed">{rows}</ul></section>' if failed else ""


def _file(entry: BatchEntry, places: Places | None, without: Sequence[str]) -> str:
    if entry.state == "failed" and not places and not entry.reports:
        return ""  # the failed files are already listed at the top
    comparison = _comparison_html(entry, places) if places else ""
    return _FILE.format(
        name=html.escape(entry.name),
        state=entry.state,
        word=_WORDS[entry.state],
        shown=comparison,
        told=_text_html(entry),
        warnings=remarks([*([entry.error] if entry.error else []), *entry.warnings]),
        reports=table(entry.reports, without),
    )


def _comparison_html(entry: BatchEntry, places: Places) -> str:
    whole = f'<a href="{html.escape(places.result)}">The whole picture</a>' if places.result else ""
    return f"<div class=pair>{compare(places.before, places.after, entry.name)}{whole}</div>"


def _text_html(entry: BatchEntry) -> str:
    counted = [f"{count} {_OUTCOMES[what]}" for what, count in entry.outcomes.items() if count]
    if entry.state in FINISHED and not entry.error:
        regions = f"Regions: {', '.join(counted)}." if counted else "Nothing was found."
        return regions if entry.seed is None else f"{regions} Seed {entry.seed}."
    return ""


def _recipe(recipe: Recipe) -> str:
    written = json.dumps(dump(recipe), indent=2, ensure_ascii=False)
    folded = f"<details><summary>The recipe</summary><pre>{html.escape(written)}</pre></details>"
    return f"<section>{folded}</section>"


_WORDS = {
    "done": "Repainted",
    "kept": "As it was",
    "failed": "Failed",
    "running": "At work",
    "waiting": "Not done yet",
}
_OUTCOMES = {"kept": "kept", "unseen": "not to be seen", "reverted": "reverted", "skipped": "skipped"}
_HEAD = """<h1>{name}</h1><p>{description}</p>{note}<div class="figures sums">{figures}</div>"""
_FILE = """<section><h2>{name} <span class="state {state}">{word}</span></h2>
<p>{told}</p>{warnings}{shown}{reports}</section>
"""
_STYLE = """
.sums{grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));margin:1rem 0}
.state{font-size:.8rem;font-weight:600;padding:.15rem .6rem;border-radius:1rem;background:var(--soft);
vertical-align:middle;white-space:nowrap}
.state.done{background:#2a93;color:light-dark(#165c2c,#8be0a6)}
.state.failed{background:#d333;color:light-dark(#9a1b14,#ff9d94)}
.failed{padding-left:1.2rem}.failed b{overflow-wrap:anywhere}
.pair{max-width:44rem;margin:1rem 0}.pair .compare{max-width:none}
pre{overflow:auto;background:var(--soft);padding:1rem;border-radius:6px}summary{cursor:pointer}
"""
