"""The knobs of inpainting a region, shared by a pass and by the bodies of `inpaint` and `outpaint`.

A knob declared here is on the page, in the accordion, in every request and in `.retouch` files.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from retouch.image.fill.masked_content import MASKED_CONTENT
from retouch.knobs import Knob, optional_knobs

_Knob = functools.partial(Knob, group="Inpainting")


@dataclass(frozen=True)
class MatchKnobs:
    """Which traits of the picture a result is given. 0 is off."""

    colour_correction: float = _Knob(
        "Colour correction",
        "Undoes the shift of colours that painting leaves, as measured around the mask; 0 is off.",
        *(0, 1, 0.05),
    ).field(1.0)
    keep_tone: str = _Knob(
        "Keep tone",
        "A black-and-white or toned picture stays so; auto leaves colour where it has some.",
        choices=("auto", "all", "off"),
    ).field("auto")
    grain: float = _Knob(
        "Match grain", "How much of the photograph's grain is added to what lacks it; 0 is off.", 0, 1, 0.05
    ).field(1.0)
    compression: float = _Knob(
        "Match JPEG",
        "How much of the photograph's JPEG compression, where it is measured, what is painted gets; "
        "0 is off.",
        *(0, 1, 0.05),
    ).field(1.0)


@dataclass(frozen=True)
class InpaintKnobs(MatchKnobs):
    """How a region is denoised and put back."""

    match_edge: float = _Knob(
        "Match edge",
        "Takes the difference at the mask's edge off what is painted, ever less inwards; 0 is off.",
        *(0, 1, 0.05),
    ).field(0.0)
    restore_faces: bool = _Knob("Restore faces", "Run the host's face restoration on each crop.").field(False)
    denoising_strength: float = _Knob(
        "Denoising strength",
        "0 keeps, 1 replaces; faces 0.3-0.5, hands 0.65-0.8.",
        *(0, 1, 0.01),
        order=5,
        axis=True,
    ).field(0.4)
    masked_content: str = _Knob(
        "Masked content", "What lies under the mask at the start.", choices=MASKED_CONTENT, axis=True
    ).field("original")
    variations: int = _Knob(
        "Variations",
        "Candidates painted of each region, their seeds one apart; the best is kept.",
        *(1, 16, 1),
        order=6,
    ).field(1)


@optional_knobs
class InpaintOverrides(InpaintKnobs):
    """The knobs of `InpaintKnobs`, None where the intent or the recipe decides."""
