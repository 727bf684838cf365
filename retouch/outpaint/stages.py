"""Plan the stages of an extension. A stage is one crop that the model sees whole. Reads no pixels.

A margin is painted in strips, a strip in one or more stages. All boxes are in pixels of the extended canvas.
The known area is always a rectangle: a strip lies along one whole side of it, corners included, and then
belongs to it. A strip longer than the model's native side is painted in several stages, from its middle
outwards, so that the stages at the corners come last and see both neighbours.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from retouch.errors import BadInput
from retouch.image.frame import Frame, frame_around
from retouch.image.geometry import Box, Margins, Size
from retouch.knobs import Knob

_Knob = functools.partial(Knob, group="Stages")

Side = Literal["left", "right", "top", "bottom"]
SIDES: tuple[Side, ...] = ("left", "right", "top", "bottom")
"""The default order: first the sides, which continue the horizon, then the sky, then the ground."""
LEAST_STEP, MOST_STEP = 128, 256
"""Bounds of the default depth of a stage in pixels. Practitioners add 128 to 256 and never 512."""
FEATHER = 16
"""Default feather in pixels."""
LATENT_CELL = 8
"""Pixels of the picture in one cell of the latent grid. Strips are cut at cells."""
MAX_STAGES = 512
"""Maximum stages of one extension."""


@dataclass(frozen=True)
class StageOptions:
    """How an extension is divided into stages. Raises BadInput if `side_order` names a side twice."""

    stage_size: int | None = _Knob(
        "Stage size",
        "Pixels a stage adds; blank for half the model's size, 128 to 256.",
        32,
        1024,
        8,
        order=6,
        axis=True,
    ).field(None)
    overlap: int | None = _Knob(
        "Overlap",
        "Pixels of what is there that the model may repaint; blank for 30 %, at least 64.",
        *(8, 512, 8),
        order=7,
        axis=True,
    ).field(None)
    feather: int = _Knob(
        "Feather",
        "Pixels of what is there over which the new fades out; beyond them nothing changes.",
        *(0, 256, 1),
        axis=True,
    ).field(FEATHER)
    side_order: tuple[Side, ...] = _Knob(
        "Order of sides", "Sides, one after the other.", choices=SIDES
    ).field(SIDES)
    alternate_sides: bool = _Knob(
        "Alternate sides", "One stage a side in turn, not one side at a time."
    ).field(False)

    def __post_init__(self) -> None:
        if sorted(set(self.side_order)) != sorted(self.side_order):
            raise BadInput(
                f"{list(self.side_order)} names a side twice.",
                path="side_order",
                hint="Name each side at most once.",
            )

    def sides(self) -> tuple[Side, ...]:
        """All four sides in order. Sides that `side_order` does not name come last."""
        return (*self.side_order, *(side for side in SIDES if side not in self.side_order))

    def step_for(self, native: Size) -> int:
        """Depth of a stage in pixels: `stage_size`, or half of the model's native side within the default
        bounds.
        """
        if self.stage_size is not None:
            return self.stage_size
        depth = _cells(min(max(min(native) // 2, LEAST_STEP), MOST_STEP))
        return min(depth, _cells_below(min(native)))

    def overlap_for(self, native: Size, size: Size | None = None) -> int:
        """Overlap in pixels: `overlap`, or 30 % of the stage's depth within 64 to 128 pixels.

        The default is less than the native side of the model and less than each side of a picture of `size`.
        """
        if self.overlap is not None:
            return self.overlap
        wanted = _cells(min(max(0.3 * self.step_for(native), 64), 128))
        return min(wanted, _cells_below(min(*native, *(size or native))))

    def feather_for(self, overlap: int) -> int:
        """Feather in pixels: `feather`; its default is at most the overlap."""
        return min(self.feather, overlap) if self.feather == FEATHER else self.feather


class JoinReach(NamedTuple):
    """How far a stage reaches into the picture, in canvas pixels: repainted, and faded."""

    overlap: int
    feather: int


@dataclass(frozen=True)
class Stage:
    """One crop to paint. `hole` is the part of the crop without pixels. All boxes are in canvas pixels.

    When all earlier waves are painted, the rest of the crop has pixels.
    """

    number: int
    side: Side
    hole: Box
    frame: Frame
    wave: int = 0


def plan_stages(size: Size, margins: Margins, native: Size, options: StageOptions) -> tuple[Stage, ...]:
    """All stages, in order of painting, that extend a picture of `size` by `margins`.

    `native` is the native size of the model. Stages of one wave do not see each other, so one sampling call
    can paint them. Raises BadInput if an overlap does not fit into the picture or there are more than
    MAX_STAGES.
    """
    overlap, step = options.overlap_for(native, size), options.step_for(native)
    _check(size, native, options, overlap, step)
    known = size.box.shifted(margins.left, margins.top)
    stages: list[Stage] = []
    for side, depth in _bands(margins, step, options):
        strip = _strip(known, side, depth)
        for hole, frame in _pieces(known, strip, side, native, overlap):
            if len(stages) == MAX_STAGES:
                raise _too_many(options)
            stages.append(_with_wave(Stage(len(stages) + 1, side, hole, frame), stages, overlap))
        known |= strip
    return tuple(stages)


def _too_many(options: StageOptions) -> BadInput:
    hint = f"At most {MAX_STAGES} are allowed. Raise stage_size, or extend less."
    path = "" if options.stage_size is None else "stage_size"
    return BadInput(f"more than {MAX_STAGES} stages are too many.", path=path, hint=hint)


def _check(size: Size, native: Size, options: StageOptions, overlap: int, step: int) -> None:
    if overlap >= min(*size, *native):
        hint = f"Give less than {min(*size, *native)}: the picture is {size}, the model sees {native}."
        raise BadInput(f"an overlap of {overlap} is too large.", path="overlap", hint=hint)
    if step > min(native) - LATENT_CELL:
        hint = (
            f"Give at most {min(native) - LATENT_CELL}: the model sees {native}, with a part of the picture."
        )
        raise BadInput(f"a stage of {step} is too large.", path="stage_size", hint=hint)
    if options.feather_for(overlap) > overlap:
        hint = f"Give at most the overlap of {overlap}: only the overlap is repainted."
        raise BadInput(f"a feather of {options.feather} is too large.", path="feather", hint=hint)


def _bands(margins: Margins, step: int, options: StageOptions) -> Iterator[tuple[Side, int]]:
    """(side, depth) of each strip. A margin is divided into equal depths of `step` pixels at most."""
    depths: dict[Side, list[int]] = {
        side: list(_parts(getattr(margins, side), step)) for side in options.sides()
    }
    if not options.alternate_sides:
        for side, parts in depths.items():
            for depth in parts:
                yield side, depth
        return
    for index in range(max(map(len, depths.values()))):
        for side, parts in depths.items():
            if index < len(parts):
                yield side, parts[index]


def _parts(margin: int, step: int) -> Iterator[int]:
    """Equal depths in whole cells that add up to `margin`. The last is what remains."""
    count = math.ceil(margin / step)
    depth = min(_cells(math.ceil(margin / max(count, 1))), step)
    while margin > 0:
        yield min(depth, margin)
        margin -= depth


def _strip(known: Box, side: Side, depth: int) -> Box:
    """The strip of this depth beyond one whole side of `known`."""
    grown = known.grown(Margins(**{side: depth}))
    cuts = {
        "left": {"right": known.left},
        "right": {"left": known.right},
        "top": {"bottom": known.top},
        "bottom": {"top": known.bottom},
    }
    return grown._replace(**cuts[side])


def _pieces(known: Box, strip: Box, side: Side, native: Size, overlap: int) -> Iterator[tuple[Box, Frame]]:
    """(hole, frame) of each stage of a strip, from its middle outwards, alternating between both ends.

    A frame may be longer than the window, because of its aspect. So each hole ends where its crop ends.
    """
    along = _Along.of(side)
    start, end = along.span(strip)
    wide, deep = (native.height, native.width) if along.upright else (native.width, native.height)
    visible = _deepen(strip, side, deep) & (known | strip)

    def frame_of(near: int, far: int) -> tuple[Frame, int, int]:
        frame = _frame_within(along.cut(visible, near, far), known | strip, native)
        return frame, *along.span(frame.crop)

    frame, low, high = frame_of(*_middle(start, end, wide))
    yield along.cut(strip, low, high), frame
    while low > start or high < end:
        if low > start:
            frame, near, _ = frame_of(max(start, low + overlap - wide), low + overlap)
            yield along.cut(strip, near, low), frame
            low = near
        if high < end:
            frame, _, far = frame_of(high - overlap, min(end, high - overlap + wide))
            yield along.cut(strip, high, far), frame
            high = far


@dataclass(frozen=True)
class _Along:
    """The long axis of a strip: vertical for a strip at the left or right, else horizontal."""

    upright: bool

    @classmethod
    def of(cls, side: Side) -> _Along:
        return cls(side in ("left", "right"))

    def span(self, box: Box) -> tuple[int, int]:
        return (box.top, box.bottom) if self.upright else (box.left, box.right)

    def cut(self, box: Box, near: int, far: int) -> Box:
        if self.upright:
            return box._replace(top=near, bottom=far)
        return box._replace(left=near, right=far)


def _middle(start: int, end: int, wide: int) -> tuple[int, int]:
    """(start, end) of the window in the middle of a strip, or of the whole strip if it is not longer than
    `wide`.
    """
    if end - start <= wide:
        return start, end
    near = start + (end - start - wide) // (2 * LATENT_CELL) * LATENT_CELL
    return near, near + wide


def _deepen(strip: Box, side: Side, deep: int) -> Box:
    """The strip extended inwards to a depth of `deep` pixels."""
    edges = {
        "left": {"right": strip.left + deep},
        "right": {"left": strip.right - deep},
        "top": {"bottom": strip.top + deep},
        "bottom": {"top": strip.bottom - deep},
    }
    return strip._replace(**edges[side])


def _frame_within(crop: Box, bounds: Box, native: Size) -> Frame:
    """The frame of `crop`. If the frame must be wider than the crop, it stays inside `bounds`."""
    frame = frame_around(crop.relative_to(bounds), bounds.size, native)
    return dataclasses.replace(frame, crop=frame.crop.shifted(bounds.left, bounds.top))


def _with_wave(stage: Stage, earlier: Sequence[Stage], overlap: int) -> Stage:
    """The stage in the wave after every earlier stage whose pixels it sees, or that sees its pixels."""
    changed = stage.hole.grown(overlap) & stage.frame.crop
    waves = [
        other.wave
        for other in earlier
        if not (stage.frame.crop & other.hole.grown(overlap) & other.frame.crop).empty
        or not (other.frame.crop & changed).empty
    ]
    return dataclasses.replace(stage, wave=max(waves) + 1 if waves else 0)


def _cells_below(pixels: int) -> int:
    """The largest multiple of LATENT_CELL that is less than `pixels`."""
    return (pixels - 1) // LATENT_CELL * LATENT_CELL


def _cells(pixels: float) -> int:
    """The smallest multiple of LATENT_CELL that is at least `pixels`."""
    return math.ceil(pixels / LATENT_CELL) * LATENT_CELL
