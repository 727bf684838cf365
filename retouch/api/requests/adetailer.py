"""Body of `adetailer`: a picture, and ADetailer's arguments as they are sent to the WebUI's own API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retouch.api.requests.base import BOX, MASK, MASK_CHANNEL, Painting, check_box
from retouch.api.requests.fix import PEOPLE, RETURN_HISTORY, RETURN_MASKS
from retouch.errors import BadInput
from retouch.knobs import Knob
from retouch.recipes.people import Person


@dataclass(frozen=True)
class AdetailerRequest(Painting):
    """Detect and repaint by ADetailer's arguments; each tab becomes a pass of a recipe."""

    args: Any = Knob("Arguments", "[true, false, {tab}, ...], a list of tabs, or one tab.").field(None)
    alwayson_scripts: dict | None = Knob(
        "Always-on scripts", 'As for /sdapi: {"ADetailer": {"args": [...]}}. Other scripts are not used.'
    ).field(None)
    people: tuple[Person, ...] = PEOPLE.field(())
    return_masks: bool = RETURN_MASKS.field(False)
    return_history: bool = RETURN_HISTORY.field(False)
    mask: str = MASK.field("")
    mask_channel: str = MASK_CHANNEL.field("auto")
    box: tuple[int, ...] | None = BOX.field(None)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_box(self.box)
        if (self.args is None) == (self.alwayson_scripts is None):
            fault = "is required." if self.args is None else "and alwayson_scripts are both given."
            raise BadInput(fault, path="args", hint="Give either `args` or `alwayson_scripts`.")
