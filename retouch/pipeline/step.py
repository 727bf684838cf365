"""Step: one planned region with all that painting it needs. Plan: the steps of a pass."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from retouch.image.frame import Frame
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.recipes.recipe import USED_UP, Pass, Settings

PUT_BACK = tuple(field.name for field in dataclasses.fields(Pass) if field.name not in (*USED_UP, "gate"))
"""The knobs of a pass that a step keeps."""


@dataclass(frozen=True, eq=False)
class Step:
    """One region to paint. All masks have the size of the crop. `box` is the region's box in canvas pixels.

    `hole` is the mask of pixels that get the masked content; None for all that is denoised. `how` is the pass
    that `Pass.for_step` returns: number of candidates, compositing and gate. `turn` is the tilt in degrees.
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
        """All fields except the masks, as JSON data, for a reader or a test."""
        sampling = dataclasses.asdict(self.settings.sampling)
        put_back = {name: getattr(self.how, name) for name in PUT_BACK}
        fields: dict[str, Any] = {}
        for field in dataclasses.fields(self):
            if field.name == "how":
                fields |= {**put_back, "gate": self.how.gate.mode}
            elif field.name not in ("frame", "denoise", "composite", "settings", "hole"):
                fields[field.name] = getattr(self, field.name)
        frame = self.frame
        return {
            **fields,
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
    """Steps in order, and warnings for the reader."""

    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()

    def __add__(self, other: Plan) -> Plan:
        return Plan(self.steps + other.steps, self.warnings + other.warnings)

    def summary(self) -> dict[str, Any]:
        """The steps and warnings as JSON data."""
        return {"steps": [s.summary() for s in self.steps], "warnings": list(self.warnings)}
