"""Body of `inpaint`, and the pass that the body describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from retouch.api.requests.base import BOX, MASK, MASK_CHANNEL, MAX_IMAGE, Painting, check_box
from retouch.knobs import Knob, knob_paths, knobs_of, replace
from retouch.recipes.inpaint_knobs import InpaintOverrides
from retouch.recipes.intents import INTENTS
from retouch.recipes.people import Person
from retouch.recipes.recipe import Pass
from retouch.recipes.shape import Shape

_PASS_KNOBS = knobs_of(Pass)


@dataclass(frozen=True)
class InpaintRequest(Painting, InpaintOverrides):
    """Repaint what a mask covers as an intent says; blank knobs are the intent's."""

    mask: str = MASK.field("")
    mask_channel: str = MASK_CHANNEL.field("auto")
    box: tuple[int, ...] | None = BOX.field(None)
    invert: bool = Knob("Inpaint not masked", "Repaint all that the mask leaves out.").field(False)
    sketch: str = Knob("Sketch", "RGBA PNG as base64, painted over the picture first.", high=MAX_IMAGE).field(
        ""
    )
    intent: str = Knob("Intent", "What is to be done.", choices=tuple(INTENTS)).field("fill")
    object: str = Knob("Object", "What the mask covers, in words.", high=500).field("")
    answer: str = Knob(
        "Answer", "Whole pictures, or what changed of them.", choices=("images", "patches")
    ).field("images")
    people: tuple[Person, ...] = field(
        default=(), metadata={"knob": Knob("People", "Words bound to one person, beside the recipe's own.")}
    )
    return_masks: bool = Knob("Return masks", "Each report carries its composite mask.").field(False)
    return_history: bool = Knob("Return history", "A name to revert and repaint it by.").field(False)
    return_steps: bool = Knob(
        "Return steps",
        "Each report carries what paints it again, as .retouch files have it; of several, candidates too.",
    ).field(False)
    shape: Shape = field(default=Shape())

    def __post_init__(self) -> None:
        super().__post_init__()
        check_box(self.box)


def pass_from_body(body: Mapping[str, Any], base: Pass) -> Pass:
    """`base` with the pass fields that the body of an InpaintRequest sets.

    A null is applied to a knob that accepts None. For any other knob it counts as not given.
    """
    shape = {f"shape.{name}": value for name, value in (body.get("shape") or {}).items()}
    changes = {**{name: body[name] for name in _OF_THE_PASS if name in body}, **shape}
    blank = {knob_path.path for knob_path in knob_paths(Pass) if knob_path.optional}
    return replace(base, {path: v for path, v in changes.items() if v is not None or path in blank})


PASS_DEFAULTS = {
    name: getattr(Pass(), name)
    for name in (f.name for f in fields(InpaintRequest) if f.default is None)
    if getattr(Pass(), name, None) is not None
}
"""Values of the knobs that an InpaintRequest leaves None and that no intent sets."""
_GENERATIONS = ("prompt", "negative_prompt", "seed")
_OF_THE_PASS = tuple(
    f.name for f in fields(InpaintRequest) if f.name in _PASS_KNOBS and f.name not in _GENERATIONS
)
