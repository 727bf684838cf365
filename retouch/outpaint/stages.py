"""A margin is painted in stages: strip by strip, each in crops the model can see whole. Pure.

All boxes are in pixels of the extended canvas. The known area is always a rectangle: a strip lies along
one whole side of it, corners included, and then belongs to it. A strip longer than the model's size is
painted in pieces, from its middle outwards, so that its corners come last and see both neighbours.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retouch.errors import BadInput
from retouch.image.frame import Frame, frame_around
from retouch.image.geometry import Box, Margins, Size
from retouch.knobs import Knob

_Knob = functools.partial(Knob, group="Stages")

SIDES = ("left", "right", "top", "bottom")
"""The default order: sideways first, for a horizon leads on, then sky, then ground."""
LEAST_STEP, MOST_STEP = 128, 256
"""Pixels a stage adds by default: what practitioners take, never 512 at once."""
FEATHER = 16
CELL = 8
"""Strips are cut at the cells of the latent grid."""
MAX_STAGES = 512


@dataclass(frozen=True)
class StageOptions:
    """How the way is cut into stages."""

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
    side_order: tuple[str, ...] = _Knob("Order of sides", "Sides, one after the other.", choices=SIDES).field(
        SIDES
    )
    alternate_sides: bool = _Knob(
        "Alternate sides", "One stage a side in turn, not one side at a time."
    ).field(False)

    def __post_init__(self) -> None:
        if sorted(set(self.side_order)) != sorted(self.side_order):
            raise BadInput(
                f"{list(self.side_order)} names a side twice.", path="side_order", hint="Each side once."
            )

    def sides(self) -> tuple[str, ...]:
        """All four: those not named come last."""
        return (*self.side_order, *(side for side in SIDES if side not in self.side_order))

    def step_for(self, native: Size) -> int:
        """As asked; else half of what the model sees, and less than all of it."""
        if self.stage_size is not None:
            return self.stage_size
        wanted = _cells(min(max(min(native) // 2, LEAST_STEP), MOST_STEP))
        return min(wanted, _cells_below(min(native)))

    def overlap_for(self, native: Size, size: Size | None = None) -> int:
        """As asked; else 30 % of the step, within the 64 to 128 pixels that join well.

        The default is less than a side of what the model sees, and of a picture of `size`.
        """
        if self.overlap is not None:
            return self.overlap
        wanted = _cells(min(max(0.3 * self.step_for(native), 64), 128))
        return min(wanted, _cells_below(min(*native, *(size or native))))

    def feather_for(self, overlap: int) -> int:
        """As asked; the default only as far as the overlap reaches."""
        return min(self.feather, overlap) if self.feather == FEATHER else self.feather


@dataclass(frozen=True)
class Stage:
    """One crop to paint. `hole` has no pixels yet; all else of the crop has, once `wave` has come."""

    number: int
    side: str
    hole: Box
    frame: Frame
    wave: int = 0


def plan_stages(size: Size, margins: Margins, native: Size, pace: StageOptions) -> tuple[Stage, ...]:
    """Every stage of the way from a picture of `size` to one with its margins, in order.

    Stages of one wave see nothing of each other: they can go through one sampling call.
    Raises BadInput for an overlap the picture has no room for, and for more than MAX_STAGES.
    """
    overlap, step = pace.overlap_for(native, size), pace.step_for(native)
    _check(size, native, pace, overlap, step)
    known = size.box.shifted(margins.left, margins.top)
    found: list[Stage] = []
    for side, depth in _bands(margins, step, pace):
        strip = _strip(known, side, depth)
        for hole, frame in _pieces(known, strip, side, (native, overlap)):
            if len(found) == MAX_STAGES:
                raise _too_many(pace)
            found.append(_with_wave(Stage(len(found) + 1, side, hole, frame), found, overlap))
        known |= strip
    return tuple(found)


def _too_many(pace: StageOptions) -> BadInput:
    hint = f"At most {MAX_STAGES}: take a larger step, or extend less."
    path = "" if pace.stage_size is None else "stage_size"
    return BadInput(f"more than {MAX_STAGES} stages are too many.", path=path, hint=hint)


def _check(size: Size, native: Size, pace: StageOptions, overlap: int, step: int) -> None:
    if overlap >= min(*size, *native):
        hint = f"Below {min(*size, *native)}: the picture is {size}, the model sees {native}."
        raise BadInput(f"{overlap} is too much.", path="overlap", hint=hint)
    if step > min(native) - CELL:
        hint = f"At most {min(native) - CELL}: the model sees {native} and needs something to go on from."
        raise BadInput(f"{step} is too much.", path="stage_size", hint=hint)
    if pace.feather_for(overlap) > overlap:
        hint = f"At most the overlap of {overlap}: more was not repainted."
        raise BadInput(f"{pace.feather} is too much.", path="feather", hint=hint)


def _bands(margins: Margins, step: int, pace: StageOptions) -> Iterator[tuple[str, int]]:
    """(side, depth) in order: each margin in equal parts of at most `step`."""
    depths = {side: list(_parts(getattr(margins, side), step)) for side in pace.sides()}
    if not pace.alternate_sides:
        yield from ((side, depth) for side, parts in depths.items() for depth in parts)
        return
    for turn in range(max(map(len, depths.values()))):
        yield from ((side, parts[turn]) for side, parts in depths.items() if turn < len(parts))


def _parts(margin: int, step: int) -> Iterator[int]:
    """Equal, in whole cells; the last takes what is left."""
    count = math.ceil(margin / step)
    part = min(_cells(math.ceil(margin / max(count, 1))), step)
    while margin > 0:
        yield min(part, margin)
        margin -= part


def _strip(known: Box, side: str, depth: int) -> Box:
    """Beyond one whole side of `known`."""
    grown = known.grown(Margins(**{side: depth}))
    cuts = {
        "left": {"right": known.left},
        "right": {"left": known.right},
        "top": {"bottom": known.top},
        "bottom": {"top": known.bottom},
    }
    return grown._replace(**cuts[side])


def _pieces(known: Box, strip: Box, side: str, limits: tuple[Size, int]) -> Iterator[tuple[Box, Frame]]:
    """(hole, frame) along a strip, from its middle outwards, by turns to either end.

    A frame may come out longer than asked, for its aspect: so each hole ends where its crop does.
    """
    native, overlap = limits
    along = _Along.of(side)
    start, end = along.span(strip)
    wide, deep = (native.height, native.width) if along.upright else (native.width, native.height)
    seen = _deepen(strip, side, deep) & (known | strip)

    def framed(near: int, far: int) -> tuple[Frame, int, int]:
        frame = _frame_within(along.cut(seen, near, far), known | strip, native)
        return frame, *along.span(frame.crop)

    frame, low, high = framed(*_middle(start, end, wide))
    yield along.cut(strip, low, high), frame
    while low > start or high < end:
        if low > start:
            frame, near, _ = framed(max(start, low + overlap - wide), low + overlap)
            yield along.cut(strip, near, low), frame
            low = near
        if high < end:
            frame, _, far = framed(high - overlap, min(end, high - overlap + wide))
            yield along.cut(strip, high, far), frame
            high = far


@dataclass(frozen=True)
class _Along:
    """A strip's long axis: down for one at the left or right, across for one above or below."""

    upright: bool

    @classmethod
    def of(cls, side: str) -> _Along:
        return cls(side in ("left", "right"))

    def span(self, box: Box) -> tuple[int, int]:
        return (box.top, box.bottom) if self.upright else (box.left, box.right)

    def cut(self, box: Box, near: int, far: int) -> Box:
        if self.upright:
            return box._replace(top=near, bottom=far)
        return box._replace(left=near, right=far)


def _middle(start: int, end: int, wide: int) -> tuple[int, int]:
    """The window in the middle of a strip: all of it when it is no longer than that."""
    if end - start <= wide:
        return start, end
    near = start + (end - start - wide) // (2 * CELL) * CELL
    return near, near + wide


def _deepen(strip: Box, side: str, deep: int) -> Box:
    """The strip and what lies inward of it, `deep` pixels in all."""
    edges = {
        "left": {"right": strip.left + deep},
        "right": {"left": strip.right - deep},
        "top": {"bottom": strip.top + deep},
        "bottom": {"top": strip.bottom - deep},
    }
    return strip._replace(**edges[side])


def _frame_within(crop: Box, bounds: Box, native: Size) -> Frame:
    """The frame of `crop`, which stays inside `bounds` where it must be widened."""
    frame = frame_around(crop.relative_to(bounds), bounds.size, native)
    return dataclasses.replace(frame, crop=frame.crop.shifted(bounds.left, bounds.top))


def _with_wave(stage: Stage, before: Sequence[Stage], overlap: int) -> Stage:
    """With the wave after every stage that paints what this one sees, or sees what this one paints."""
    mine = stage.hole.grown(overlap) & stage.frame.crop
    waits = [
        other.wave
        for other in before
        if not (stage.frame.crop & other.hole.grown(overlap) & other.frame.crop).empty
        or not (other.frame.crop & mine).empty
    ]
    return dataclasses.replace(stage, wave=max(waits) + 1 if waits else 0)


def _cells_below(pixels: int) -> int:
    """To whole cells, down, and less than `pixels`."""
    return (pixels - 1) // CELL * CELL


def _cells(pixels: float) -> int:
    """To whole cells, up."""
    return math.ceil(pixels / CELL) * CELL
