"""The JSON form of a history: entries, steps and candidates, without pixels."""

from __future__ import annotations

from dataclasses import dataclass

from retouch.knobs import Knob
from retouch.recipes.recipe import Pass
from retouch.recipes.seeds import MAX_SEED

LABEL = 200
"""Maximum characters of a label or name."""
_SIDE = 65536

_BOX = Knob("Box", "Left, top, right and bottom, canvas pixels.", -_SIDE, _SIDE)
_SEED = Knob("Seed", "Of the painting.", 0, MAX_SEED)
_COUNT = Knob("Count", "From 0.", 0, 1_000_000)
_NUMBER = Knob("Number", "Any.", -1e9, 1e9)


@dataclass(frozen=True)
class PaintingForm:
    """A candidate without its pixels."""

    seed: int = _SEED.field()
    box: tuple[int, ...] = _BOX.field()
    scores: dict = Knob("Scores", "As `quality` measured them.").field()  # type: ignore[type-arg]
    score: float = _NUMBER.field(0.0)


@dataclass(frozen=True)
class StepForm:
    """The settings that repaint an entry, without its masks."""

    number: int = _COUNT.field()
    pass_index: int = _COUNT.field()
    box: tuple[int, ...] = _BOX.field()
    crop: tuple[int, ...] = _BOX.field()
    work: tuple[int, ...] = Knob("Work", "Width and height.", 8, 8192).field()
    how: Pass = Knob("How", "The pass, all of it resolved.").field()
    label: str = Knob("Label", "What was found.", high=LABEL).field("")
    score: float = _NUMBER.field(0.0)
    subseed: int = _SEED.field(0)
    subseed_strength: float = _NUMBER.field(0.0)
    turn: float = _NUMBER.field(0.0)
    hole: bool = Knob("Hole", "A mask of what had no pixels.").field(False)


@dataclass(frozen=True)
class EntryForm:
    """An entry without its pixels."""

    paintings: tuple[PaintingForm, ...] = Knob("Paintings", "At least one.").field()
    step: StepForm | None = Knob("Step", "How it was painted; null where that was elsewhere.").field(None)
    chosen: int = _COUNT.field(0)
    on: bool = Knob("On", "Shown.").field(True)
    name: str = Knob("Name", "As a person calls it; blank for the step's label.", high=LABEL).field("")
