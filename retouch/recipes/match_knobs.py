"""Knobs of a pass: which traits of the picture are given to what is painted into it."""

from __future__ import annotations

from retouch.knobs import Knob

COMPRESSION = Knob(
    "Match JPEG",
    "How much of the photograph's JPEG compression, where it is measured, what is painted gets; 0 is off.",
    *(0, 1, 0.05),
)


GRAIN = Knob(
    "Match grain", "How much of the photograph's grain is added to what lacks it; 0 is off.", 0, 1, 0.05
)


MATCH_EDGE = Knob(
    "Match edge",
    "Takes the difference at the mask's edge off what is painted, ever less inwards; 0 is off.",
    *(0, 1, 0.05),
)


KEEP_TONE = Knob(
    "Keep tone",
    "A black-and-white or toned picture stays so; auto leaves colour where it has some.",
    choices=("auto", "all", "off"),
)
