"""Split a stage in two. The model then paints less at a time and sees more of the picture beside it."""

from __future__ import annotations

import dataclasses
import math
import typing
from typing import Any

from retouch.image.frame import STRIDE, Frame
from retouch.image.geometry import Box, Size
from retouch.outpaint.stage_steps import masks
from retouch.outpaint.stages import LATENT_CELL, JoinReach, Side, Stage
from retouch.pipeline.step import Step
from retouch.recipes import seeds

SHALLOWEST = 64
"""Minimum depth, in pixels, of a stage that is split. Its half is then not below the smallest stage."""


def near_half(step: Step, reach: JoinReach, known: Box) -> Step | None:
    """The half of a stage next to the picture, in whole cells, or None if the stage is too shallow.

    If `known`, the rectangle that is painted, has pixels further inwards, the crop moves inwards with the
    half. Otherwise the crop is that of the stage without the other half. Boxes are in canvas pixels.
    """
    side = side_of(step)
    depth = depth_of(step.box, side)
    if depth < SHALLOWEST:
        return None
    rest = depth - math.ceil(depth / 2 / LATENT_CELL) * LATENT_CELL
    frame = _frame(step.frame, side, rest, known)
    box = _without(step.box, side, rest)
    return _with(step, reach, box=box, frame=frame)


def _frame(whole: Frame, side: Side, rest: int, known: Box) -> Frame:
    """The frame of the near half. `rest` is the depth, in pixels, of the other half."""
    crop = _without(whole.crop, side, rest)
    moved = _without(crop, OPPOSITE[side], -rest)
    if known.contains(_without(moved, side, depth_of(crop, side))):
        return Frame(moved, whole.work)
    scale = whole.work.width / whole.crop.width
    return Frame(crop, Size(*(max(round(length * scale / STRIDE), 1) * STRIDE for length in crop.size)))


def far_half(step: Step, near: Step, number: int, reach: JoinReach) -> Step:
    """The other half of a split stage, as stage `number`, one wave after the near half. Its crop is the
    stage's.
    """
    side = side_of(step)
    box = _without(step.box, OPPOSITE[side], depth_of(near.box, side))
    seed = seeds.for_far_half(near.seed)
    return _with(step, reach, number=number, box=box, seed=seed, wave=step.wave + 1)


def _with(step: Step, reach: JoinReach, **changes: Any) -> Step:
    """The step with these changes, and the masks that fit them."""
    changed = dataclasses.replace(step, **changes)
    hole, denoise, composite = masks(changed.box, changed.frame.crop, reach)
    return dataclasses.replace(changed, hole=hole, denoise=denoise, composite=composite)


def side_of(step: Step) -> Side:
    """The side of the picture that a stage's step extends. It is the label of the step."""
    return typing.cast(Side, step.label)


def stage_of(step: Step) -> Stage:
    """The stage that a step paints."""
    return Stage(step.number, side_of(step), step.box, step.frame, step.wave)


def depth_of(box: Box, side: Side) -> int:
    """Size of a strip or stage, in pixels, at right angles to the side."""
    return box.width if side in ("left", "right") else box.height


OPPOSITE: dict[Side, Side] = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}


def _without(box: Box, side: Side, pixels: int) -> Box:
    """The box without `pixels` at its edge on `side`."""
    inward = pixels if side in ("left", "top") else -pixels
    return box._replace(**{side: getattr(box, side) + inward})
