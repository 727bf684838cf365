"""Shape: how a region becomes two masks and a crop."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from retouch.knobs import Knob

_Knob = functools.partial(Knob, group="Mask")


@dataclass(frozen=True)
class Shape:
    """How a region becomes masks and a crop. None scales with the region and the strength."""

    grow: int | None = _Knob(
        "Mask grow",
        "Pixels, round, both ways; below 0 shrinks. Blank scales with the mask's thickness.",
        -512,
        512,
        1,
        axis=True,
    ).field(None)
    grow_share: float = _Knob(
        "Mask grow share", "Of the mask's local thickness; used where Mask grow is blank.", 0, 1, 0.01
    ).field(0.05)
    """5 px for a face of 100 px; with a fade of 8 px it lies in the 4 to 12 px of the guides."""
    grow_least: int = _Knob("Mask grow at least", "Pixels; used where Mask grow is blank.", 0, 512, 1).field(
        2
    )
    x_offset: int = _Knob("Mask x offset", "Pixels to the right.", -2048, 2048, 1).field(0)
    y_offset: int = _Knob("Mask y offset", "Pixels down.", -2048, 2048, 1).field(0)
    blur: int | None = _Knob(
        "Mask blur", "Pixels over which the result fades out.", 0, 256, 1, order=7, axis=True
    ).field(None)
    padding: int | None = _Knob(
        "Only masked padding", "Pixels of context on each side.", 0, 2048, 4, order=8, axis=True
    ).field(None)
    area: str = _Knob(
        "Inpaint area", "What the model sees.", choices=("only masked", "whole picture"), axis=True
    ).field("only masked")
    merge: str = _Knob(
        "Merge masks",
        "Paint all regions as one, or all that is not them.",
        choices=("none", "merge", "merge and invert"),
    ).field("none")
    work_side: int | None = _Knob(
        "Work size",
        "Side of the square whose area the model paints; blank for its native one.",
        64,
        2048,
        64,
        axis=True,
    ).field(None)
