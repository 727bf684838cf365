"""Make each stage a step of the pipeline: its masks, its prompt and its seed. Reads no pixels."""

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
from retouch.outpaint.stages import SIDES, JoinReach, Side, Stage, StageOptions
from retouch.pipeline.step import Step
from retouch.recipes import seeds
from retouch.recipes.prompts import PromptPair, quote
from retouch.recipes.recipe import Generation, Pass

_Knob = functools.partial(Knob, group="Prompts")

WAVE_LENGTH = 24
"""Pixels between the bends of a join's edge. A straight edge is more visible."""


def _side(side: Side) -> str:
    return _Knob(
        f"Prompt {side}", f"What is said to the stages on the {side}; blank for the whole scene's."
    ).field("")


@dataclass(frozen=True)
class StagePrompts:
    """The prompts of the stages. The prompt of a stage has priority over that of its side, and that over the
    scene's.

    `off_screen` is added to every prompt.
    """

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

    def prompts(self, stages: Sequence[Stage], scene: str) -> tuple[str, ...]:
        """One prompt for each stage. Raises BadInput if there is a prompt for a stage that does not exist."""
        last = max((number for number, text in enumerate(self.stage_prompts, 1) if text), default=0)
        if last > len(stages):
            hint = f"There are {len(stages)} stages: give at most that many prompts. A prompt may be blank."
            raise BadInput(f"{last} prompts are too many.", path="stage_prompts", hint=hint)
        own_prompts = (*self.stage_prompts[:last], *[""] * (len(stages) - last))
        sides = {side: getattr(self, f"prompt_{side}") for side in SIDES}
        return tuple(
            ", ".join(text for text in (own or sides[stage.side] or scene, self.off_screen) if text)
            for stage, own in zip(stages, own_prompts, strict=True)
        )


def steps(
    stages: Sequence[Stage], generation: Generation, how: Pass, prompts: StagePrompts, reach: JoinReach
) -> tuple[Step, ...]:
    """The steps of the stages in order."""
    texts = prompts.prompts(stages, generation.prompt)
    return tuple(
        _step(
            stage,
            PromptPair(prompt, how.negative_prompt or generation.negative_prompt),
            generation,
            how,
            reach,
        )
        for stage, prompt in zip(stages, texts, strict=True)
    )


def unused_prompts(prompts: StagePrompts, stage_steps: Sequence[Step]) -> tuple[str, ...]:
    """A sentence for each prompt of a side that no step uses."""
    texts = {side: getattr(prompts, f"prompt_{side}").strip() for side in SIDES}
    return tuple(
        f"prompt_{side}: {quote(text)} is not used: no stage on the {side} takes it."
        for side, text in texts.items()
        if text and not any(step.label == side and text in step.prompt for step in stage_steps)
    )


def reach_of(options: StageOptions, native: Size, size: Size | None = None) -> JoinReach:
    """The overlap and feather in pixels of a picture of `size`, for a model with the native size `native`."""
    overlap = options.overlap_for(native, size)
    return JoinReach(overlap, options.feather_for(overlap))


def _step(stage: Stage, prompts: PromptPair, generation: Generation, how: Pass, reach: JoinReach) -> Step:
    hole, denoise, composite = masks(stage.hole, stage.frame.crop, reach)
    return Step(
        number=stage.number,
        pass_index=0,
        label=stage.side,
        score=1.0,
        box=stage.hole,
        frame=stage.frame,
        prompt=prompts.prompt,
        negative_prompt=prompts.negative_prompt,
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


def masks(hole: Box, crop: Box, reach: JoinReach) -> tuple[Mask, Mask, Mask]:
    """(hole, denoise, composite) of a stage, at the size of its crop. `hole` and `crop` are in canvas pixels.

    The hole mask covers the part without pixels. The denoise mask is feathered by the overlap.
    """
    mask = Mask.of_box(crop.size, hole.relative_to(crop))
    return mask, mask.feathered(reach.overlap), join_mask(mask, reach.feather, hole)


def join_mask(hole: Mask, feather: int, place: Box) -> Mask:
    """The composite mask: opaque over the hole, 0 at `feather` pixels from it, with an edge that is not
    straight.

    The alpha starts to fall at a varying distance within the inner half of the feather, and falls over the
    outer half. `place`, the hole in canvas pixels, is the seed of the variation: a stage always has the same
    edge.
    """
    if feather < 2:
        return hole.feathered(feather)
    distance = cv2.distanceTransform((~hole.solid).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    fall = feather - feather // 2
    ramp = np.clip(1 - (distance - _bends(hole.size, place) * (feather // 2)) / (fall + 1), 0, 1)
    alpha = np.rint(ramp * ramp * (3 - 2 * ramp) * 255).astype(np.uint8)
    return Mask(np.where(hole.solid, np.uint8(255), alpha))


def _bends(size: Size, place: Box) -> np.ndarray:
    """Smooth noise, (height, width) float32, 0..1."""
    coarse = (size.height // WAVE_LENGTH + 2, size.width // WAVE_LENGTH + 2)
    grid = np.random.default_rng([abs(edge) for edge in place]).random(coarse, np.float32)
    return cv2.resize(grid, tuple(size), interpolation=cv2.INTER_CUBIC).clip(0, 1)
