"""Body of `outpaint`. Fields that it leaves blank are read from the picture's generation text."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from retouch.api.requests.base import Painting
from retouch.errors import BadInput, add_remark
from retouch.image.picture import Picture
from retouch.knobs import Knob, knobs_of
from retouch.outpaint.options import OutpaintOptions
from retouch.recipes import infotext
from retouch.recipes.recipe import Recipe

_MATCHED = {"Steps": "steps", "CFG scale": "cfg_scale", "Sampler": "sampler", "Schedule type": "scheduler",
         "Model": "checkpoint", "Clip skip": "clip_skip"}  # fmt: skip
"""Key of the generation text -> the knob that it sets."""


@dataclass(frozen=True)
class OutpaintRequest(Painting, OutpaintOptions):
    """Extend a picture in stages; or go on with, change, or take back stages of an earlier `state`."""

    state: str = Knob("State", "As an earlier answer named it: go on from there.", high=80).field("")
    repaint: tuple[int, ...] = Knob(
        "Repaint",
        "Stages of that way to paint with another seed, and all that were painted upon them; no others.",
        1,
        512,
    ).field(())
    revert: tuple[int, ...] = Knob(
        "Revert", "Stages of that way to take back, and all that were painted upon them.", 1, 512
    ).field(())
    choose: dict | None = Knob(
        "Choose", 'Which painting of a stage of that way to take, as {"2": 3}; all upon it is painted again.'
    ).field(None)
    keep_later: bool = Knob(
        "Keep later stages", "What was painted upon a chosen stage stays, and nothing is painted."
    ).field(False)
    max_stages: int | None = Knob(
        "Stages at once", "Answer when so many are painted, to choose and go on; blank for all.", 1, 512, 1
    ).field(None)
    answer: str = Knob(
        "Answer", "The whole picture, or of every stage all that was painted.", choices=("images", "patches")
    ).field("images")

    def __post_init__(self) -> None:
        Painting.__post_init__(self)
        OutpaintOptions.__post_init__(self)
        actions = [name for name in ("repaint", "revert", "choose") if getattr(self, name)]
        if actions and not self.state:
            raise BadInput("needs a state.", path=actions[0], hint="Give the `state` of an earlier answer.")
        if len(actions) > 1:
            raise BadInput(f"and {actions[0]} are both given.", path=actions[1], hint="One after the other.")
        _ = self.chosen

    @property
    def chosen(self) -> dict[int, int]:
        """Candidate number by stage number, both from 1. Raises BadInput for any other keys or values."""
        pairs = (self.choose or {}).items()
        if all(str(stage).isdecimal() and type(number) is int and number > 0 for stage, number in pairs):
            return {int(stage): number for stage, number in pairs}
        raise BadInput(f"{self.choose} names no paintings.", path="choose", hint='As {"2": 3}, from 1.')

    @property
    def recipe(self) -> Recipe:
        """The recipe in the generation text."""
        return Recipe("Studio: Outpaint", passes=self.passes)

    def recipe_after(self, before: Recipe) -> Recipe:
        """The recipe of a continued extension: the first pass of `before`, then the passes of `self`."""
        return dataclasses.replace(before, passes=(before.passes[0], *self.passes[1:]))


def fill_from_infotext(
    request: OutpaintRequest, body: Mapping[str, Any], picture: Picture
) -> OutpaintRequest:
    """`request`, with each field that `body` does not have read from the picture's generation text."""
    if not request.match_original or (generation := infotext.made_with(picture)) is None:
        return request
    own: dict[str, Any] = {"prompt": generation.prompt, "negative_prompt": generation.negative_prompt}
    for name_in_text, name in _MATCHED.items():
        if name_in_text in generation.params:
            own[name] = generation.params[name_in_text]
    if (seed := generation.params.get("Seed", "")).isdecimal():
        own["seed"] = seed
    changes = {name: _parse_value(name, value) for name, value in own.items() if name not in body}
    known = {name: value for name, value in changes.items() if value is not None}
    return dataclasses.replace(request, **known)


_NUMBERS = {"steps": int, "clip_skip": int, "seed": int, "cfg_scale": float}


def _parse_value(name: str, text: str) -> Any:
    """The value of `text` for the knob. None and a remark if it is not a number or is out of bounds."""
    if name not in _NUMBERS:
        return text
    knob = knobs_of(OutpaintRequest)[name]
    with contextlib.suppress(ValueError):
        value = _NUMBERS[name](text)
        if (knob.low or 0) <= value <= (knob.high or value):
            return value
    add_remark(f"{name}: the picture's own {text!r} is not from {knob.low} to {knob.high}, and is left out.")
    return None
