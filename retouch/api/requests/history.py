"""Body of `history`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retouch.api.requests.base import RepeatableRequest
from retouch.errors import BadInput
from retouch.knobs import Knob
from retouch.pipeline import history_file

if TYPE_CHECKING:
    pass

_STEPS = "Numbers of steps, as an answer lists them."


@dataclass(frozen=True)
class Taken:
    """One variation of one step."""

    step: int = Knob("Step", "Its number.", 1, history_file.MAX_ENTRIES, 1).field()
    variation: int = Knob("Variation", "From 1.", 1, 16, 1).field()


@dataclass(frozen=True)
class HistoryRequest(RepeatableRequest):
    """What is to become of a picture's steps. Reverting and choosing come first, then painting again."""

    history: str = Knob("History", "As an earlier answer named it.", high=80).field("")
    file: str = Knob("File", "Or a .retouch file as base64.", high=4 / 3 * 2 * history_file.LIMIT).field("")
    revert: tuple[int, ...] = Knob("Revert", _STEPS, 1, history_file.MAX_ENTRIES).field(())
    restore: tuple[int, ...] = Knob("Restore", _STEPS, 1, history_file.MAX_ENTRIES).field(())
    choose: tuple[Taken, ...] = field(
        default=(), metadata={"knob": Knob("Choose", "Other variations than the best by score.")}
    )
    repaint: tuple[int, ...] = Knob(
        "Repaint", _STEPS + " With another seed.", 1, history_file.MAX_ENTRIES
    ).field(())
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
        both = set(self.revert) & {*self.restore, *self.repaint, *(one.step for one in self.choose)}
        if both:
            fault = f"step {min(both)} is also to be shown."
            raise BadInput(fault, path="revert", hint="One after the other.")
