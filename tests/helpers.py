"""Makers and hypothesis strategies for the values of the pure core."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st

from retouch.errors import BadInput
from retouch.image.frame import Frame
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.knobs import Knob, types_of
from retouch.pipeline.step import Step
from retouch.recipes.recipe import Generation, Pass, Recipe, Settings
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target

_TRIES = 6
"""Number of random draws of a value with constraints between its fields. Then its default is used."""
GENERATION = Generation(prompt="a photo", negative_prompt="blurry", seed=100)


def noise(size: Size, seed: int = 0) -> Picture:
    """Noise. Any two pixels are very likely to differ."""
    return Picture(np.random.default_rng(seed).integers(0, 256, (size.height, size.width, 3), np.uint8))


def ramp(size: Size) -> Picture:
    """A gradient: red grows to the right, green grows downwards, blue is constant."""
    x = np.linspace(0, 255, size.width).round().astype(np.uint8)
    y = np.linspace(0, 255, size.height).round().astype(np.uint8)
    red, green = np.broadcast_arrays(x[None], y[:, None])
    return Picture(np.dstack([red, green, np.full_like(red, 128)]))


def flat(size: Size, colour: tuple[int, int, int]) -> Picture:
    return Picture(np.full((size.height, size.width, 3), colour, np.uint8))


def square(x: int, y: int, side: int = 100) -> Box:
    return Box(x, y, x + side, y + side)


def found(*boxes: Box, label: str = "face", score: float = 0.9) -> list[Region]:
    return [Region.of_box(box, label, score) for box in boxes]


def recipe_of(*passes: Pass) -> Recipe:
    return Recipe("Test", "", passes or (face_pass(),))


def face_pass(shape: Shape | None = None, target: dict[str, Any] | None = None, **changes: Any) -> Pass:
    wanted = Target(**{"models": ("face",), "order": "left to right", **(target or {})})
    return Pass(target=wanted, shape=shape or Shape(), **changes)


def step_of(frame: Frame, composite: Mask, denoise: Mask | None = None, **changes: Any) -> Step:
    values: dict[str, Any] = {
        "number": 1,
        "pass_index": 0,
        "label": "face",
        "score": 0.9,
        "box": frame.crop,
        "frame": frame,
        "denoise": denoise or composite,
        "composite": composite,
        "prompt": "p",
        "negative_prompt": "",
        "seed": 1,
        "subseed": 0,
        "subseed_strength": 0.0,
        "settings": Settings(),
    }
    fields = {field.name for field in dataclasses.fields(Step)}
    how = Pass(**{name: changes.pop(name) for name in list(changes) if name not in fields})
    return Step(**{**values, "how": how, **changes})


def sizes(low: int = 1, high: int = 60) -> st.SearchStrategy[Size]:
    return st.builds(Size, st.integers(low, high), st.integers(low, high))


@st.composite
def boxes_in(draw: st.DrawFn, size: Size) -> Box:
    left, top = draw(st.integers(0, size.width - 1)), draw(st.integers(0, size.height - 1))
    right, bottom = draw(st.integers(left + 1, size.width)), draw(st.integers(top + 1, size.height))
    return Box(left, top, right, bottom)


def wild_boxes(reach: int = 500) -> st.SearchStrategy[Box]:
    """Non-empty boxes at any position, also outside every canvas."""
    side, place = st.integers(1, reach), st.integers(-reach, reach)
    return st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), place, place, side, side)


@st.composite
def masks(draw: st.DrawFn, size: Size) -> Mask:
    """Soft, hard, blank and full masks of this size."""
    seed, share = draw(st.integers(0, 2**32 - 1)), draw(st.sampled_from([0.0, 0.01, 0.3, 0.9, 1.0]))
    random = np.random.default_rng(seed)
    shape = (size.height, size.width)
    values = random.integers(0, 256, shape) if draw(st.booleans()) else np.full(shape, 255)
    return Mask(np.where(random.random(shape) < share, values, 0).astype(np.uint8))


@st.composite
def pictures(draw: st.DrawFn, size: Size) -> Picture:
    return noise(size, draw(st.integers(0, 2**32 - 1)))


@st.composite
def values_of(draw: st.DrawFn, cls: type) -> Any:
    """Any valid value of a knob dataclass, made from the declarations of its fields."""
    for _ in range(_TRIES):
        chosen = {f.name: draw(_field_values(f, types_of(cls)[f.name])) for f in dataclasses.fields(cls)}
        try:
            return cls(**chosen)
        except BadInput:  # a constraint between fields, such as min_area <= max_area
            continue
    try:
        return cls()
    except BadInput:  # a constraint that the default does not fulfil
        reject()


def _field_values(field: Any, hint: Any) -> st.SearchStrategy[Any]:
    made = _type_values(hint, field.metadata.get("knob", Knob("", "")))
    return made if field.default is dataclasses.MISSING else st.just(field.default) | made


def _type_values(hint: Any, knob: Knob) -> st.SearchStrategy[Any]:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([_type_values(a, knob) for a in args])
    if origin is tuple:
        return st.lists(_type_values(args[0], knob), max_size=3).map(tuple)
    if hint is type(None):
        return st.none()
    if dataclasses.is_dataclass(hint):
        return values_of(typing.cast(type, hint))
    return _scalars(hint, knob)


def _scalars(hint: type, knob: Knob) -> st.SearchStrategy[Any]:
    if hint is str:
        return st.sampled_from(knob.choices) if knob.choices else st.text(max_size=20)
    low = -(2**31) if knob.low is None else knob.low
    high = 2**31 if knob.high is None else knob.high
    if hint is int:
        return st.integers(int(low), int(high))
    return st.booleans() if hint is bool else st.floats(low, high)
