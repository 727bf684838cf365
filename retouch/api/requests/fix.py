"""Body of `fix`."""

from __future__ import annotations

from dataclasses import dataclass

from retouch.api.requests.base import BOX, MASK, MASK_CHANNEL, Painting, check_box
from retouch.knobs import Knob
from retouch.recipes.people import Person
from retouch.recipes.recipe import Recipe

PEOPLE = Knob("People", "Words bound to one person, beside the recipe's own.")
RETURN_MASKS = Knob("Return masks", "Each report carries its composite mask.")
RETURN_HISTORY = Knob("Return history", "A name to revert and repaint steps by.")


@dataclass(frozen=True)
class FixRequest(Painting):
    """Detect and repaint by a recipe."""

    recipe: str | Recipe = Knob("Recipe", "A name, or a recipe written out.").field("Face polish")
    people: tuple[Person, ...] = PEOPLE.field(())
    return_masks: bool = RETURN_MASKS.field(False)
    return_history: bool = RETURN_HISTORY.field(False)
    mask: str = MASK.field("")
    mask_channel: str = MASK_CHANNEL.field("auto")
    box: tuple[int, ...] | None = BOX.field(None)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_box(self.box)
