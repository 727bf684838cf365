"""Bodies of the verbs that manage recipes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retouch.knobs import Knob
from retouch.recipes import library
from retouch.recipes.recipe import Recipe

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class SaveRequest:
    """Keep a recipe among one's own."""

    recipe: Recipe = Knob("Recipe", "Written out; its name is what it is kept under.").field()
    replace: bool = Knob(
        "Replace", "Write over your own of that name, or stand before a built-in one."
    ).field(False)


@dataclass(frozen=True)
class ReadRequest:
    """Read a recipe from a pasted text; nothing is kept."""

    text: str = Knob(
        "Text", "A recipe's JSON, a share string, or a whole generation text.", high=library.MAX_BYTES
    ).field()


@dataclass(frozen=True)
class RemoveRequest:
    """Take one's own recipe away."""

    name: str = Knob("Name", "Of the recipe, in any case.", high=80).field()
