"""Body of `fix`."""

from __future__ import annotations

from dataclasses import dataclass, field

from retouch.api.requests.base import BOX, MASK, MASK_CHANNEL, Painting, check_box
from retouch.knobs import Knob
from retouch.recipes.people import Person
from retouch.recipes.recipe import Recipe


@dataclass(frozen=True)
class FixRequest(Painting):
    """Detect and repaint by a recipe."""

    recipe: str | Recipe = Knob("Recipe", "A name, or a recipe written out.").field("Face polish")
    people: tuple[Person, ...] = field(
        default=(), metadata={"knob": Knob("People", "Words bound to one person, beside the recipe's own.")}
    )
    return_masks: bool = Knob("Return masks", "Each report carries its composite mask.").field(False)
    return_history: bool = Knob("Return history", "A name to revert and repaint steps by.").field(False)
    mask: str = MASK.field("")
    mask_channel: str = MASK_CHANNEL.field("auto")
    box: tuple[int, ...] | None = BOX.field(None)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_box(self.box)
