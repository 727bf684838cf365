"""Step: one region planned, with everything that painting it takes. Plan: the steps of a pass."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from retouch.image.frame import Frame
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.recipes.recipe import Gate, Settings


@dataclass(frozen=True, eq=False)
class Step:
    """One region's future. All masks are of the crop's size; `box` is the region's own.

    `hole` is what has no pixels yet, and gets the masked content; None for all that is denoised.
    """

    number: int
    pass_index: int
    label: str
    score: float
    box: Box
    frame: Frame
    denoise: Mask
    composite: Mask
    prompt: str
    negative_prompt: str
    seed: int
    subseed: int
    subseed_strength: float
    settings: Settings
    colour_correction: float = 1.0
    keep_tone: str = "auto"
    grain: float = 1.0
    compression: float = 1.0
    match_edge: float = 0.0
    variations: int = 1
    gate: Gate = Gate()
    turn: float = 0.0
    person: int = 0
    background: bool = False
    wave: int = 0
    hole: Mask | None = None

    def summary(self) -> dict[str, Any]:
        """What a person or a test compares: everything but the masks."""
        sampling = dataclasses.asdict(self.settings.sampling)
        kept = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        for name in ("frame", "denoise", "composite", "settings", "hole"):
            del kept[name]
        frame = self.frame
        return {
            **kept,
            "box": list(self.box),
            "crop": list(frame.crop),
            "work": list(frame.work),
            "magnification": round(frame.magnification, 3),
            "mask_area": self.composite.area,
            "gate": self.gate.mode,
            "denoising_strength": self.settings.denoising_strength,
            "masked_content": self.settings.masked_content,
            "sampling": sampling,
        }


@dataclass(frozen=True, eq=False)
class Plan:
    """Steps in order, and remarks for the person."""

    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()

    def __add__(self, other: Plan) -> Plan:
        return Plan(self.steps + other.steps, self.warnings + other.warnings)

    def summary(self) -> dict[str, Any]:
        return {"steps": [s.summary() for s in self.steps], "warnings": list(self.warnings)}
