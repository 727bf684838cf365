"""A stage in two: less is asked of the model at a time, and it sees more of what is there beside it."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from retouch.image.frame import STRIDE, Frame
from retouch.image.geometry import Box, Size
from retouch.outpaint.stage_steps import masks
from retouch.outpaint.stages import CELL, Stage
from retouch.pipeline.step import Step
from retouch.recipes import seeds

SHALLOWEST = 64
"""Pixels of a stage that can be halved: the half is then no less than the smallest step there is."""


def near_half(step: Step, reach: tuple[int, int], known: Box) -> Step | None:
    """The half of a stage that lies at what is there, in whole cells; None where it is too shallow.

    Its crop moves inwards with it where `known`, the rectangle that is painted, has something to show there;
    else it is the stage's without the other half. `reach` is (overlap, feather) in canvas pixels.
    """
    depth = depth_of(step.box, step.label)
    if depth < SHALLOWEST:
        return None
    rest = depth - math.ceil(depth / 2 / CELL) * CELL
    frame = _frame(step.frame, step.label, rest, known)
    box = _without(step.box, step.label, rest)
    return _with(step, reach, box=box, frame=frame)


def _frame(whole: Frame, side: str, rest: int, known: Box) -> Frame:
    crop = _without(whole.crop, side, rest)
    moved = _without(crop, OPPOSITE[side], -rest)
    if known.contains(_without(moved, side, depth_of(crop, side))):
        return Frame(moved, whole.work)
    scale = whole.work.width / whole.crop.width
    return Frame(crop, Size(*(max(round(length * scale / STRIDE), 1) * STRIDE for length in crop.size)))


def far_half(step: Step, near: Step, number: int, reach: tuple[int, int]) -> Step:
    """The other half, stage `number`: seen as the whole stage was, a wave after the nearer one."""
    box = _without(step.box, OPPOSITE[step.label], depth_of(near.box, step.label))
    seed = seeds.for_far_half(near.seed)
    return _with(step, reach, number=number, box=box, seed=seed, wave=step.wave + 1)


def _with(step: Step, reach: tuple[int, int], **changes: Any) -> Step:
    changed = dataclasses.replace(step, **changes)
    hole, denoise, composite = masks(changed.box, changed.frame.crop, reach)
    return dataclasses.replace(changed, hole=hole, denoise=denoise, composite=composite)


def stage_of(step: Step) -> Stage:
    return Stage(step.number, step.label, step.box, step.frame, step.wave)


def depth_of(box: Box, side: str) -> int:
    """Pixels outwards of a strip, or of a piece of one."""
    return box.width if side in ("left", "right") else box.height


OPPOSITE = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}


def _without(box: Box, side: str, pixels: int) -> Box:
    """Less at its edge on `side`."""
    inward = pixels if side in ("left", "top") else -pixels
    return box._replace(**{side: getattr(box, side) + inward})
