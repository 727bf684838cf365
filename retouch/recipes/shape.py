"""Shape: how a region becomes two masks and a crop."""

from __future__ import annotations

from dataclasses import dataclass

from retouch.knobs import Knob


@dataclass(frozen=True)
class Shape:
    """How a region becomes masks and a crop. None scales with the region and the strength."""

    grow: int | None = Knob(
        "Mask grow",
        "Pixels, round, both ways; below 0 shrinks. Blank scales with the mask's thickness.",
        -512,
        512,
        1,
    ).field(None)
    grow_share: float = Knob(
        "Mask grow share", "Of the mask's local thickness; used where Mask grow is blank.", 0, 1, 0.01
    ).field(0.05)
    """5 px for a face of 100 px; with a fade of 8 px it lies in the 4 to 12 px of the guides."""
    grow_least: int = Knob("Mask grow at least", "Pixels; used where Mask grow is blank.", 0, 512, 1).field(2)
    x_offset: int = Knob("Mask x offset", "Pixels to the right.", -2048, 2048, 1).field(0)
    y_offset: int = Knob("Mask y offset", "Pixels down.", -2048, 2048, 1).field(0)
    blur: int | None = Knob("Mask blur", "Pixels over which the result fades out.", 0, 256, 1).field(None)
    padding: int | None = Knob("Only masked padding", "Pixels of context on each side.", 0, 2048, 4).field(
        None
    )
    area: str = Knob("Inpaint area", "What the model sees.", choices=("only masked", "whole picture")).field(
        "only masked"
    )
    merge: str = Knob(
        "Merge masks",
        "Paint all regions as one, or all that is not them.",
        choices=("none", "merge", "merge and invert"),
    ).field("none")
    work_side: int | None = Knob(
        "Work size", "Side of the square whose area the model paints; blank for its native one.", 64, 2048, 64
    ).field(None)
