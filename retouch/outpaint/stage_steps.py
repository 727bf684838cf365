"""Each stage as a step of the road: its masks, its words, its seed. Reads no pixels."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.errors import BadInput
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.knobs import Knob
from retouch.outpaint.stages import SIDES, Stage, StageOptions
from retouch.pipeline.step import Step
from retouch.recipes import seeds
from retouch.recipes.prompts import PromptPair, quote
from retouch.recipes.recipe import Generation, Pass

_Knob = functools.partial(Knob, group="Prompts")

WAVE_LENGTH = 24
"""Pixels between the bends of a join: a straight one is what the eye finds first."""


def _side(side: str) -> str:
    return _Knob(
        f"Prompt {side}", f"What is said to the stages on the {side}; blank for the whole scene's."
    ).field("")


@dataclass(frozen=True)
class StagePrompts:
    """What is said to which stage. The most particular wins; `beyond` is added to each."""

    prompt_left: str = _side("left")
    prompt_right: str = _side("right")
    prompt_top: str = _side("top")
    prompt_bottom: str = _side("bottom")
    stage_prompts: tuple[str, ...] = _Knob(
        "Prompts by stage", "One a stage, in order; blank ones, and those that are missing, say nothing."
    ).field(())
    off_screen: str = _Knob(
        "Off-screen", "What lies beyond the picture's border, added to every prompt."
    ).field("")

    def say(self, stages: Sequence[Stage], scene: str) -> tuple[str, ...]:
        """One prompt a stage. Raises BadInput for one that is of no stage."""
        last = max((number for number, text in enumerate(self.stage_prompts, 1) if text), default=0)
        if last > len(stages):
            hint = f"This way has {len(stages)} stages: give no more, blank where nothing is to be said."
            raise BadInput(f"{last} prompts.", path="stage_prompts", hint=hint)
        own = (*self.stage_prompts[:last], *[""] * (len(stages) - last))
        sides = {side: getattr(self, f"prompt_{side}") for side in SIDES}
        return tuple(
            ", ".join(text for text in (mine or sides[stage.side] or scene, self.off_screen) if text)
            for stage, mine in zip(stages, own, strict=True)
        )


def steps(
    found: Sequence[Stage], generation: Generation, how: Pass, words: StagePrompts, reach: tuple[int, int]
) -> tuple[Step, ...]:
    """The stages in order, each ready to be painted. `reach` is (overlap, feather) in canvas pixels."""
    prompts = words.say(found, generation.prompt)
    return tuple(
        _step(
            stage,
            PromptPair(prompt, how.negative_prompt or generation.negative_prompt),
            generation,
            how,
            reach,
        )
        for stage, prompt in zip(found, prompts, strict=True)
    )


def unused_prompts(words: StagePrompts, made: Sequence[Step]) -> tuple[str, ...]:
    """A sentence for each side's prompt that no stage is painted with."""
    asked = {side: getattr(words, f"prompt_{side}").strip() for side in SIDES}
    return tuple(
        f"prompt_{side}: {quote(text)} is not used: no stage on the {side} takes it."
        for side, text in asked.items()
        if text and not any(step.label == side and text in step.prompt for step in made)
    )


def reach_of(pace: StageOptions, native: Size, size: Size | None = None) -> tuple[int, int]:
    """(overlap, feather) in pixels of a picture of `size`, for a model that sees `native`."""
    overlap = pace.overlap_for(native, size)
    return overlap, pace.feather_for(overlap)


def _step(stage: Stage, said: PromptPair, generation: Generation, how: Pass, reach: tuple[int, int]) -> Step:
    hole, denoise, composite = masks(stage.hole, stage.frame.crop, reach)
    return Step(
        number=stage.number,
        pass_index=0,
        label=stage.side,
        score=1.0,
        box=stage.hole,
        frame=stage.frame,
        prompt=said.prompt,
        negative_prompt=said.negative_prompt,
        seed=seeds.for_region(generation.seed if how.seed is None else how.seed, stage.number, how.seed_step),
        subseed=seeds.for_region(generation.subseed, stage.number, how.seed_step),
        subseed_strength=generation.subseed_strength,
        settings=how.settings(generation),
        how=how.for_step(),
        wave=stage.wave,
        denoise=denoise,
        composite=composite,
        hole=hole,
    )


def masks(hole: Box, crop: Box, reach: tuple[int, int]) -> tuple[Mask, Mask, Mask]:
    """What of a stage's crop has no pixels yet, what is denoised, and what is put back."""
    overlap, feather = reach
    mask = Mask.of_box(crop.size, hole.relative_to(crop))
    return mask, mask.feathered(overlap), join_mask(mask, feather, hole)


def join_mask(hole: Mask, feather: int, place: Box) -> Mask:
    """The composite mask: opaque over the hole, gone `feather` pixels from it, its edge not a ruler line.

    Where it starts to fall wanders over the inner half of the feather; the outer half is the fall. `place`,
    the hole on the canvas, seeds the wandering, so that the same stage always has the same edge.
    """
    if feather < 2:
        return hole.feathered(feather)
    away = cv2.distanceTransform((~hole.solid).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    fall = feather - feather // 2
    ramp = np.clip(1 - (away - _bends(hole.size, place) * (feather // 2)) / (fall + 1), 0, 1)
    alpha = np.rint(ramp * ramp * (3 - 2 * ramp) * 255).astype(np.uint8)
    return Mask(np.where(hole.solid, np.uint8(255), alpha))


def _bends(size: Size, place: Box) -> np.ndarray:
    """Smooth noise, 0..1, (height, width) float32."""
    coarse = (size.height // WAVE_LENGTH + 2, size.width // WAVE_LENGTH + 2)
    grid = np.random.default_rng([abs(edge) for edge in place]).random(coarse, np.float32)
    return cv2.resize(grid, tuple(size), interpolation=cv2.INTER_CUBIC).clip(0, 1)
