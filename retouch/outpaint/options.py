"""How a picture is extended, whatever picture and whichever entry point."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from retouch.knobs import Knob, knobs_of
from retouch.outpaint.canvas_size import CanvasSize
from retouch.outpaint.checks import CheckOptions
from retouch.outpaint.stage_steps import StagePrompts
from retouch.outpaint.stages import StageOptions
from retouch.recipes.recipe import Pass, Target
from retouch.recipes.shape import Shape

DEFAULT_PASS = Pass(denoising_strength=0.8, masked_content="noise")
"""Noise has the colours of the border and promises no shape, and at 0.8 the colours stay. At 1.0 the demo
model forgets them: 7 dB of PSNR instead of 26 on one photograph of the bench."""
TRAITS = ("keep_tone", "grain", "compression")
"""Knobs of a pass for traits of the picture, the same for the stages and for the tiles."""
REFINE = Knob(
    "Refine", "Denoising strength of tiles over all that is new, once it is there; 0 is off.", 0, 1, 0.05
)
_PASS_KNOBS = knobs_of(Pass)
SEED_STEP = Knob(
    "Seed per stage",
    "Stage 2 of a way with seed 7 paints with 8, or with 7.",
    choices=_PASS_KNOBS["seed_step"].choices,
)
TILES = Shape(grow=0, blur=16, padding=32)
"""Tiles for refining: with their context as large as the model sees."""
SEEN, SHARED = 512, 64
"""Pixels of a tile, of which the model's own size takes the place, and pixels that neighbours share."""


@dataclass(frozen=True)
class OutpaintOptions(CanvasSize, StageOptions, StagePrompts, CheckOptions):
    """How a picture is extended, whatever picture and whichever door."""

    match: bool = Knob(
        "Match the original", "What is not said is taken from how the picture was made."
    ).field(True)
    denoising_strength: float = _PASS_KNOBS["denoising_strength"].field(DEFAULT_PASS.denoising_strength)
    masked_content: str = _PASS_KNOBS["masked_content"].field(DEFAULT_PASS.masked_content)
    colour_correction: float = _PASS_KNOBS["colour_correction"].field(DEFAULT_PASS.colour_correction)
    keep_tone: str = _PASS_KNOBS["keep_tone"].field(DEFAULT_PASS.keep_tone)
    grain: float = _PASS_KNOBS["grain"].field(DEFAULT_PASS.grain)
    compression: float = _PASS_KNOBS["compression"].field(DEFAULT_PASS.compression)
    variations: int = _PASS_KNOBS["variations"].field(1)
    seed_step: str = SEED_STEP.field("next")
    refine: float = REFINE.field(0.0)

    def __post_init__(self) -> None:
        for part in (CanvasSize, StageOptions):
            part.__post_init__(self)

    @property
    def how(self) -> Pass:
        names = ("denoising_strength", "masked_content", "colour_correction", "variations", "seed_step")
        asked = {name: getattr(self, name) for name in (*names, *TRAITS)}
        return dataclasses.replace(DEFAULT_PASS, **asked)

    @property
    def passes(self) -> tuple[Pass, ...]:
        """What is painted: the stages, then the tiles over what is new."""
        tiles = Target(what="tiles", tile=SEEN, overlap=SHARED)
        kept = {name: getattr(self, name) for name in TRAITS}
        refining = Pass(target=tiles, shape=TILES, denoising_strength=self.refine, **kept)
        return (self.how, refining) if self.refine else (self.how,)
