"""Bodies of `picture`, `segment` and `mask`."""

from __future__ import annotations

from dataclasses import dataclass, field

from retouch.api.requests.base import BOX, MASK, MASK_CHANNEL, SEGMENTER, Pictured, check_box
from retouch.errors import BadInput
from retouch.knobs import Knob

MAX_POINTS = 256


@dataclass(frozen=True)
class PictureRequest(Pictured):
    """Keep a picture under a name, and look at it already."""

    segmenter: str = SEGMENTER.field("")


@dataclass(frozen=True)
class ClickBody:
    """A click in pixels of the picture, counted from its upper left corner."""

    x: int = Knob("x", "Pixels to the right.", -(2**20), 2**20).field()
    y: int = Knob("y", "Pixels down.", -(2**20), 2**20).field()
    positive: bool = Knob("Positive", "Off: this is not part of what is meant.").field(True)


@dataclass(frozen=True)
class SegmentRequest(Pictured):
    """Outline what is pointed at; paint nothing."""

    points: tuple[ClickBody, ...] = field(
        default=(), metadata={"knob": Knob("Points", "Clicks on it, and beside it.")}
    )
    box: tuple[int, ...] | None = BOX.field(None)
    text: str = Knob("Text", "What it is, in words.", high=500).field("")
    everything: bool = Knob("Everything", "Every thing in the picture; nothing is pointed at.").field(False)
    segmenter: str = SEGMENTER.field("")
    refine_edges: bool = Knob("Refine edges", "Snap the outlines to natural edges at full resolution.").field(
        False
    )
    memory: str = Knob("Memory", "As the last answer about the same thing named it.", high=80).field("")
    whole_masks: bool = Knob("Whole masks", "Masks of the picture's size, not of their boxes'.").field(False)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_box(self.box)
        if len(self.points) > MAX_POINTS:
            fault = f"{len(self.points)} are too many."
            raise BadInput(fault, path="points", hint=f"At most {MAX_POINTS}.")
        if self.everything and (self.points or self.box or self.text):
            raise BadInput("nothing else is asked with it.", path="everything", hint="Leave the prompt out.")


@dataclass(frozen=True)
class MaskRequest(Pictured):
    """Snap a mask to natural edges at full resolution."""

    mask: str = MASK.field("")
    mask_channel: str = MASK_CHANNEL.field("auto")
    box: tuple[int, ...] | None = BOX.field(None)
    radius: int = Knob("Radius", "Pixels the outline may move, 0 for none.", 0, 256, 1).field(8)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_box(self.box)
