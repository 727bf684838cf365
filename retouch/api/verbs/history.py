"""Go back in what was painted: revert, choose, or paint again any step, in any order; keep it as a file."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from retouch.api.requests.base import TaskRequest
from retouch.api.serialize import losses_of, some
from retouch.errors import BadInput, Missing, TooLarge
from retouch.image.codec import encoder
from retouch.image.quality.visibility import SEEN_PIXELS, visible_pixels
from retouch.knobs import Knob, load
from retouch.pipeline import history_file, infotext
from retouch.pipeline.history import Entry, History, Repainted, repainted
from retouch.pipeline.report import CHANGED, UNCHANGED
from retouch.recipes.seeds import MAX_SEED

if TYPE_CHECKING:
    from retouch.api.service import Desk

_OF = ("history", "")
STRIDE = 0x9E3779B1
"""From a seed to the one of the next painting: far from those of the other steps."""
_STEPS = "Numbers of steps, as an answer lists them."


@dataclass(frozen=True)
class Taken:
    """One variation of one step."""

    step: int = Knob("Step", "Its number.", 1, history_file.MAX_ENTRIES, 1).field()
    variation: int = Knob("Variation", "From 1.", 1, 16, 1).field()


@dataclass(frozen=True)
class HistoryRequest(TaskRequest):
    """What is to become of a picture's steps. Reverting and choosing come first, then painting again."""

    history: str = Knob("History", "As an earlier answer named it.", high=80).field("")
    file: str = Knob("File", "Or a .retouch file as base64.", high=4 / 3 * 2 * history_file.LIMIT).field("")
    revert: tuple[int, ...] = Knob("Revert", _STEPS, 1, history_file.MAX_ENTRIES).field(())
    restore: tuple[int, ...] = Knob("Restore", _STEPS, 1, history_file.MAX_ENTRIES).field(())
    choose: tuple[Taken, ...] = field(
        default=(), metadata={"knob": Knob("Choose", "Other variations than the best by score.")}
    )
    again: tuple[int, ...] = Knob("Again", _STEPS + " With another seed.", 1, history_file.MAX_ENTRIES).field(
        ()
    )
    later: str = Knob(
        "Later steps",
        "What becomes of those that were painted upon a changed one.",
        choices=("keep", "repaint"),
    ).field("keep")
    return_file: bool = Knob("Return file", "The answer carries the .retouch file, base64.").field(False)

    def __post_init__(self) -> None:
        if bool(self.history) == bool(self.file):
            fault = "and file are both given." if self.file else "is required."
            raise BadInput(fault, path="history", hint="Give either `history` or `file`.")
        both = set(self.revert) & {*self.restore, *self.again, *(one.step for one in self.choose)}
        if both:
            fault = f"step {min(both)} is also to be shown."
            raise BadInput(fault, path="revert", hint="One after the other.")


@dataclass(frozen=True, eq=False)
class Past:
    """What is kept of a picture's history; `about` rides along in its file."""

    history: History
    about: dict[str, Any]


def history(desk: Desk, body: Any) -> dict[str, Any]:
    request = load(HistoryRequest, body)
    past = _opened(desk, request)
    changed = _changed(past.history, request)
    seeds = _seeds(changed, request)
    done = Repainted(changed)
    if seeds:
        with desk.backend.busy("history", request.task) as progress:
            done = repainted(changed, seeds, desk.backend.studio.engine, progress)
    answer = said(desk, dataclasses.replace(past, history=done.history), done, request.return_file)
    outcome = _outcome(past.history, done.history, request)
    unseen = _UNCHANGED if outcome == UNCHANGED and not done.stopped else ""
    return {**answer, "outcome": outcome, "warnings": some(answer["warnings"], unseen)}


_UNCHANGED = "The picture is as it was before: nothing of what was asked for can be seen."


def _outcome(before: History, after: History, request: HistoryRequest) -> str:
    """Whether what was asked for can be seen; "" where nothing was asked for."""
    if not (request.revert or request.restore or request.choose or request.again):
        return ""
    old, new = before.now(), after.now()
    seen = visible_pixels(old.pixels, new.pixels, old.alpha, new.alpha)
    return CHANGED if seen >= SEEN_PIXELS else UNCHANGED


def keep(desk: Desk, past: Past) -> str:
    """The name to go on from it by."""
    return desk.pasts.put(_OF, past)


def said(desk: Desk, past: Past, done: Repainted, file: bool) -> dict[str, Any]:
    picture = past.history.now()
    text = str(past.about.get("infotext", ""))
    answer = {
        "history": keep(desk, past),
        "image": encoder.encode_base64(picture, {infotext.CHUNK: text} if text else None),
        "image_id": desk.kept.put(picture),
        "steps": steps_json(past.history),
        "warnings": some(done.warnings, losses_of(picture, bool(past.history.entries))),
        "stopped": done.stopped,
        "infotext": text,
    }
    return {**answer, **_file(past, answer["warnings"])} if file else answer


def _file(past: Past, warnings: list[str]) -> dict[str, Any]:
    """A history that is too large for a file must not cost the picture: it is told, and `file` is blank."""
    try:
        return {"file": encoded(past)}
    except TooLarge as error:
        return {"file": "", "warnings": [*warnings, f"The history is not written: {error}"]}


def encoded(past: Past) -> str:
    return base64.b64encode(history_file.written(past.history, past.about)).decode("ascii")


def steps_json(history: History) -> list[dict[str, Any]]:
    return [_entry(history, number, entry) for number, entry in enumerate(history.entries, 1)]


def _entry(history: History, number: int, entry: Entry) -> dict[str, Any]:
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


def _opened(desk: Desk, request: HistoryRequest) -> Past:
    if request.file:
        try:
            data = base64.b64decode(request.file, validate=True)
        except ValueError as error:
            hint = f"Send a {history_file.ENDING} file's bytes."
            raise BadInput(f"it is not base64 ({error}).", path="file", hint=hint) from None
        return Past(*history_file.read(data))
    found = desk.pasts.get(_OF, request.history)
    if found is None:
        hint = "Send its .retouch file as `file`, or fix the picture anew."
        raise Missing(f"no history is kept as {request.history!r}.", path="history", hint=hint)
    return found


def _changed(history: History, request: HistoryRequest) -> History:
    for path in ("revert", "restore"):
        history.known(getattr(request, path), path)
    history.steps(request.again, "again")
    chosen = {one.step: one.variation for one in request.choose}
    history.known(chosen, "choose")
    return history.switched(request.revert, False).switched(request.restore, True).choosing(chosen)


def _seeds(history: History, request: HistoryRequest) -> dict[int, int]:
    """Of what is painted again: others where that is asked, their own for those upon a changed one.

    What was painted elsewhere stays as it is.
    """
    fresh = {n: (_last(history, n) + STRIDE) % (MAX_SEED + 1) for n in request.again}
    if request.later == "keep":
        return fresh
    moved: Sequence[int] = [*request.revert, *request.restore, *(c.step for c in request.choose), *fresh]
    upon = {n: history.entries[n - 1].step for n in history.upon(moved)}
    return {**{n: step.seed for n, step in upon.items() if step}, **fresh}


def _last(history: History, number: int) -> int:
    return history.entries[number - 1].candidates[-1].seed
