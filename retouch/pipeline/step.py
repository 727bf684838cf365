"""Step: one region planned, with everything that painting it takes. Plan: the steps of a pass."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from retouch.image.frame import Frame
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.recipes.recipe import USED_UP, Pass, Settings

PUT_BACK = tuple(field.name for field in dataclasses.fields(Pass) if field.name not in (*USED_UP, "gate"))
"""Knobs of a pass that a step keeps as they are."""


@dataclass(frozen=True, eq=False)
class Step:
    """One region's future. All masks are of the crop's size; `box` is the region's own.

    `hole` is what has no pixels yet and gets the masked content; None for all that is denoised. `how` is what
    `Pass.for_step` gives: how many candidates there are, how they are put back, and the gate.
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
    how: Pass = Pass()
    turn: float = 0.0
    person: int = 0
    background: bool = False
    wave: int = 0
    hole: Mask | None = None

    def summary(self) -> dict[str, Any]:
        """What a person or a test compares: everything but the masks."""
        sampling = dataclasses.asdict(self.settings.sampling)
        how = {name: getattr(self.how, name) for name in PUT_BACK}
        kept: dict[str, Any] = {}
        for field in dataclasses.fields(self):
            if field.name == "how":
                kept |= {**how, "gate": self.how.gate.mode}
            elif field.name not in ("frame", "denoise", "composite", "settings", "hole"):
                kept[field.name] = getattr(self, field.name)
        frame = self.frame
        return {
            **kept,
            "box": list(self.box),
            "crop": list(frame.crop),
            "work": list(frame.work),
            "magnification": round(frame.magnification, 3),
            "mask_area": self.composite.area,
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
