"""Revert, restore, choose or repaint any step of a history, in any order; write it as a file."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retouch.api.messages import losses_of, unique
from retouch.errors import BadInput, Missing, TooLarge
from retouch.image.codec import encoder
from retouch.image.quality.visibility import SEEN_PIXELS, visible_pixels
from retouch.knobs import load
from retouch.pipeline import history_file
from retouch.pipeline.history import History, HistoryEntry, Repainted, repaint_entries
from retouch.pipeline.report import CHANGED, UNCHANGED
from retouch.recipes import infotext, seeds

if TYPE_CHECKING:
    from retouch.api.context import ApiContext

from retouch.api.requests.history import HistoryRequest

_SUBJECT = ("history", "")


@dataclass(frozen=True, eq=False)
class Past:
    """A history in the cache. `about` is metadata that is stored in its file."""

    history: History
    about: dict[str, Any]


def answer_history(context: ApiContext, body: Any) -> dict[str, Any]:
    request = load(HistoryRequest, body)
    past = _open(context, request)
    changed = _apply_changes(past.history, request)
    fresh = _seeds(changed, request)
    result = Repainted(changed)
    if fresh:
        with context.backend.busy("history", request.task) as progress:
            result = repaint_entries(changed, fresh, context.backend.pipeline.engine, progress)
    answer = history_answer(
        context, dataclasses.replace(past, history=result.history), result, request.return_file
    )
    outcome = _outcome(past.history, result.history, request)
    unseen = _UNCHANGED if outcome == UNCHANGED and not result.stopped else ""
    return {**answer, "outcome": outcome, "warnings": unique(answer["warnings"], unseen)}


_UNCHANGED = "The picture is as it was before: nothing of what was asked for can be seen."


def _outcome(before: History, after: History, request: HistoryRequest) -> str:
    """CHANGED if the requested change is visible, else UNCHANGED. "" if no change was requested."""
    if not (request.revert or request.restore or request.choose or request.repaint):
        return ""
    old, new = before.now(), after.now()
    visible = visible_pixels(old.pixels, new.pixels, old.alpha, new.alpha)
    return CHANGED if visible >= SEEN_PIXELS else UNCHANGED


def keep(context: ApiContext, past: Past) -> str:
    """Store the history and return its name for later requests."""
    return context.histories.put(_SUBJECT, past)


def history_answer(context: ApiContext, past: Past, result: Repainted, file: bool) -> dict[str, Any]:
    picture = past.history.now()
    text = str(past.about.get("infotext", ""))
    answer = {
        "history": keep(context, past),
        "image": encoder.encode_base64(picture, {infotext.CHUNK: text} if text else None),
        "image_id": context.pictures.put(picture),
        "steps": steps_json(past.history),
        "warnings": unique(result.warnings, losses_of(picture, bool(past.history.entries))),
        "stopped": result.stopped,
        "infotext": text,
    }
    return {**answer, **_file(past, answer["warnings"])} if file else answer


def _file(past: Past, warnings: list[str]) -> dict[str, Any]:
    """The history as `file`. If it is too large, `file` is blank and a warning says so."""
    try:
        return {"file": encode_history(past)}
    except TooLarge as error:
        return {"file": "", "warnings": [*warnings, f"The history is not written: {error}"]}


def encode_history(past: Past) -> str:
    return base64.b64encode(history_file.write_history(past.history, past.about)).decode("ascii")


def steps_json(history: History) -> list[dict[str, Any]]:
    return [_entry(history, number, entry) for number, entry in enumerate(history.entries, 1)]


def _entry(history: History, number: int, entry: HistoryEntry) -> dict[str, Any]:
    step = entry.step
    return {
        "step": number,
        "pass": step.pass_index + 1 if step else None,
        "label": entry.label,
        "box": list(step.box if step else entry.best.box),
        "crop": list(entry.crop),
        "prompt": step.prompt if step else "",
        "repaintable": step is not None,
        "on": entry.on,
        "chosen": entry.chosen + 1,
        "variations": [{"seed": c.seed, "quality": c.scores.as_dict()} for c in entry.candidates],
        "upon_it": list(history.upon([number])),
    }


def _open(context: ApiContext, request: HistoryRequest) -> Past:
    if request.file:
        try:
            data = base64.b64decode(request.file, validate=True)
        except ValueError as error:
            hint = f"Send a {history_file.ENDING} file's bytes."
            raise BadInput(f"it is not base64 ({error}).", path="file", hint=hint) from None
        return Past(*history_file.read(data))
    past = context.histories.get(_SUBJECT, request.history)
    if past is None:
        hint = "Send its .retouch file as `file`, or fix the picture anew."
        raise Missing(f"no history is kept as {request.history!r}.", path="history", hint=hint)
    return past


def _apply_changes(history: History, request: HistoryRequest) -> History:
    for path in ("revert", "restore"):
        history.known(getattr(request, path), path)
    history.steps(request.repaint, "repaint")
    chosen = {choice.step: choice.variation for choice in request.choose}
    history.known(chosen, "choose")
    return history.switched(request.revert, False).switched(request.restore, True).choosing(chosen)


def _seeds(history: History, request: HistoryRequest) -> dict[int, int]:
    """Seeds by step number: a new seed for each step in `repaint`.

    With `later="repaint"`, steps that were painted on top of a changed step keep their seed and are painted
    again. All other steps stay.
    """
    fresh = {n: seeds.for_retry(_last(history, n), 1) for n in request.repaint}
    if request.later == "keep":
        return fresh
    moved: Sequence[int] = [*request.revert, *request.restore, *(c.step for c in request.choose), *fresh]
    upon = {n: history.entries[n - 1].step for n in history.upon(moved)}
    return {**{n: step.seed for n, step in upon.items() if step}, **fresh}


def _last(history: History, number: int) -> int:
    return history.entries[number - 1].candidates[-1].seed
