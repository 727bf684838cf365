"""All options of an outpainting request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from retouch.knobs import Knob, knobs_of
from retouch.outpaint.canvas_size import CanvasSize
from retouch.outpaint.checks import CheckOptions
from retouch.outpaint.stage_steps import StagePrompts
from retouch.outpaint.stages import StageOptions
from retouch.recipes.inpaint_knobs import MatchKnobs
from retouch.recipes.migration import rename_fields
from retouch.recipes.recipe import Pass
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target

DEFAULT_PASS = Pass(denoising_strength=0.8, masked_content="noise")
"""Stages start from noise: it has the colours of the border and suggests no shape. At denoising strength
0.8 the colours stay. At 1.0 the demo model loses them: on one photograph of the bench PSNR falls from 26
to 7 dB."""
_PASS_KNOBS = knobs_of(Pass)
_MATCH_KNOBS = tuple(knobs_of(MatchKnobs))
_STAGE_KNOBS = ("denoising_strength", "masked_content", "variations", "seed_step", *_MATCH_KNOBS)
"""The knobs of a pass that apply to every stage."""
_OLDER_NAMES = {
    "tries": "attempts",
    "limit": "repetition_limit",
    "step": "stage_size",
    "order": "side_order",
    "alternating": "alternate_sides",
    "beyond": "off_screen",
    "match": "match_original",
    "across": "horizontal",
    "down": "vertical",
}
"""Field names before version 0.2, and their names today."""
TILES = Shape(grow=0, blur=16, padding=32)
"""Shape of the tiles of a refinement. A tile with its context is as large as the model's native size."""
TILE_SIDE, TILE_OVERLAP = 512, 64
"""Side of a tile, which the model's native side replaces, and the overlap of neighbours, both in pixels."""


@dataclass(frozen=True)
class OutpaintOptions(MatchKnobs, CanvasSize, StageOptions, StagePrompts, CheckOptions):
    """How a picture is extended, whatever picture and whichever entry point."""

    match_original: bool = Knob(
        "Match the original", "What is not said is taken from how the picture was made.", group="Prompts"
    ).field(True)
    denoising_strength: float = replace(_PASS_KNOBS["denoising_strength"], order=0).field(
        DEFAULT_PASS.denoising_strength
    )
    masked_content: str = replace(_PASS_KNOBS["masked_content"], order=8).field(DEFAULT_PASS.masked_content)
    variations: int = replace(_PASS_KNOBS["variations"], order=0).field(1)
    seed_step: str = replace(
        _PASS_KNOBS["seed_step"],
        label="Seed per stage",
        help="Stage 2 of an extension with seed 7 paints with 8, or with 7.",
        axis=True,
    ).field("next")
    refine: float = Knob(
        "Refine",
        "Denoising strength of tiles over all that is new, once it is there; 0 is off.",
        *(0, 1, 0.05),
        group="Inpainting",
        axis=True,
    ).field(0.0)

    @staticmethod
    def upgrade(data: Mapping[str, Any]) -> dict[str, Any]:
        """Rename the fields of generation texts that were written before version 0.2."""
        return rename_fields(data, _OLDER_NAMES)

    def __post_init__(self) -> None:
        for part in (CanvasSize, StageOptions):
            part.__post_init__(self)

    @property
    def how(self) -> Pass:
        """The pass that paints every stage."""
        return replace(DEFAULT_PASS, **{name: getattr(self, name) for name in _STAGE_KNOBS})

    @property
    def passes(self) -> tuple[Pass, ...]:
        """The pass of the stages and, if `refine` is above 0, the pass of the tiles over the new area."""
        traits = {name: getattr(self, name) for name in _MATCH_KNOBS if name != "colour_correction"}
        tiles = Target(what="tiles", tile=TILE_SIDE, overlap=TILE_OVERLAP)
        refinement = Pass(target=tiles, shape=TILES, denoising_strength=self.refine, **traits)
        return (self.how, refinement) if self.refine else (self.how,)
