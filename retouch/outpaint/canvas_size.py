"""How far a picture is to grow: by margins, a factor, to a size or to an aspect, and where it then lies."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass

from retouch.errors import BadInput, TooLarge
from retouch.image.codec.decoder import MAX_PIXELS
from retouch.image.geometry import Box, Margins, Size
from retouch.knobs import Knob

_Knob = functools.partial(Knob, group="Placement")

LARGEST_MARGIN = 16384
SMALLEST_ORIGINAL = 64
"""Pixels a side: less is no scene to go on from."""
ASPECTS = ("16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "4:5", "5:4", "1:1", "21:9")
"""What a page offers; any other two numbers will do."""
_ASPECT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*[:x/]\s*(\d+(?:\.\d+)?)\s*")
_MOST_ASPECT = 16

_PLACES = {"left": 0.0, "third": 1 / 3, "centre": 0.5, "two thirds": 2 / 3, "right": 1.0}
ACROSS = tuple(_PLACES)
DOWN = ("top", "third", "centre", "two thirds", "bottom")
SUBJECT = "subject"
"""Keeps what the picture shows, a face or a person, on a line of thirds."""


def _margin(side: str, order: int) -> int:
    return _Knob(side.capitalize(), f"Pixels to add on the {side}.", 0, LARGEST_MARGIN, 8, order=order).field(
        0
    )


@dataclass(frozen=True)
class CanvasSize:
    """What the canvas becomes. One of: margins, `factor`, `width` and/or `height`, `aspect`."""

    left: int = _margin("left", 2)
    top: int = _margin("top", 3)
    right: int = _margin("right", 4)
    bottom: int = _margin("bottom", 5)
    factor: float | None = _Knob("Factor", "Times the picture's sides.", 1, 16, 0.05).field(None)
    width: int | None = _Knob("Width", "Of the result, in pixels.", 1, 32768, 8).field(None)
    height: int | None = _Knob("Height", "Of the result, in pixels.", 1, 32768, 8).field(None)
    aspect: str = _Knob(
        "Aspect",
        f"Width to height, as {', '.join(ASPECTS[:3])}; nothing is cut off.",
        order=1,
        axis=True,
    ).field("")
    horizontal: str = _Knob(
        "Horizontal position", "Where the picture lies in the wider one.", choices=(*ACROSS, SUBJECT)
    ).field("centre")
    vertical: str = _Knob(
        "Vertical position", "Where the picture lies in the higher one.", choices=(*DOWN, SUBJECT)
    ).field("centre")

    def __post_init__(self) -> None:
        ways = [name for name, asked in self._ways().items() if asked]
        if len(ways) > 1:
            fault = f"{' and '.join(ways)} are both given."
            raise BadInput(fault, path=ways[1], hint="Give margins, a factor, a size or an aspect.")
        if self.aspect:
            aspect_of(self.aspect)

    def _ways(self) -> dict[str, bool]:
        """Whether each of the four is asked for, by the first field that says so."""
        side = next((name for name in Margins._fields if getattr(self, name)), "left")
        return {
            side: any(self.margins),
            "factor": self.factor is not None,
            "height" if self.width is None else "width": (self.width, self.height) != (None, None),
            "aspect": bool(self.aspect),
        }

    @property
    def field(self) -> str:
        """The field that says how much is added, for an error; `left` where none does."""
        return next((name for name, asked in self._ways().items() if asked), "left")

    @property
    def asked(self) -> bool:
        """Whether anything is to be added."""
        return any(self._ways().values())

    @property
    def margins(self) -> Margins:
        """As they were asked for, side by side."""
        return Margins(self.left, self.top, self.right, self.bottom)

    @property
    def wants_subject(self) -> bool:
        return SUBJECT in (self.horizontal, self.vertical)

    def of(self, size: Size, subject: Box | None = None) -> Margins:
        """Pixels to add to a picture of `size`. `subject`, in its pixels, is what `across` may follow.

        Raises BadInput when nothing is to be added or something would be cut off, TooLarge over the limit.
        """
        if min(size) < SMALLEST_ORIGINAL:
            hint = f"At least {SMALLEST_ORIGINAL} pixels a side: enlarge it first."
            raise BadInput(f"{size} is too little to go on from.", path="image", hint=hint)
        found = self.margins if any(self.margins) else self._to(self._target(size), size, subject)
        if not any(found):
            raise _nothing(self, size)
        whole = extended_size(size, found)
        if whole.area > MAX_PIXELS:
            hint = "Extend less, or a smaller picture."
            raise TooLarge(f"{whole} is over {MAX_PIXELS:,} pixels.", path=self.field, hint=hint)
        return found

    def _target(self, size: Size) -> Size:
        if self.factor is not None:
            return Size(round(size.width * self.factor), round(size.height * self.factor))
        if self.aspect:
            asked = aspect_of(self.aspect)
            return Size(
                max(size.width, round(size.height * asked)), max(size.height, round(size.width / asked))
            )
        return Size(self.width or size.width, self.height or size.height)

    def _to(self, target: Size, size: Size, subject: Box | None) -> Margins:
        for side, asked, has in zip(("width", "height"), target, size, strict=True):
            if asked < has:
                hint = f"At least the picture's own {has}: nothing is cut off."
                raise BadInput(f"{asked} is less than the picture's {has}.", path=side, hint=hint)
        x = _offset_of(
            self.horizontal, target.width, (0, size.width), subject and (subject.left, subject.right)
        )
        y = _offset_of(
            self.vertical, target.height, (0, size.height), subject and (subject.top, subject.bottom)
        )
        return Margins(x, y, target.width - size.width - x, target.height - size.height - y)


def extended_size(size: Size, margins: Margins) -> Size:
    """The canvas with its margins."""
    return size.box.grown(margins).size


def aspect_of(text: str) -> float:
    """Width over height of "16:9", "2.39:1" or "4x5"; BadInput for anything else."""
    found = _ASPECT.fullmatch(text)
    values = [float(part) for part in found.groups()] if found else [0.0]
    if not all(values) or not 1 / _MOST_ASPECT <= values[0] / values[-1] <= _MOST_ASPECT:
        hint = f"Two numbers as 16:9, at most {_MOST_ASPECT}:1."
        raise BadInput(f"{text!r} is no aspect.", path="aspect", hint=hint)
    return values[0] / values[1]


Span = tuple[int, int]


def _offset_of(place: str, length: int, whole: Span, subject: Span | None) -> int:
    """Pixels before the picture, on one axis of `length`. A third is met by the picture's middle."""
    room = length - whole[1]
    if place == SUBJECT:
        return _on_a_third(length, room, subject or whole)
    share = _PLACES[{"top": "left", "bottom": "right"}.get(place, place)]
    at = share * room if share in (0, 0.5, 1) else share * length - whole[1] / 2
    return _clamp(at, room)


def _on_a_third(length: int, room: int, subject: Span) -> int:
    """So that the middle of `subject` comes as near to a line of thirds, or else the centre, as it can."""
    middle = sum(subject) / 2

    def miss(line: float) -> float:
        return abs(_clamp(line * length - middle, room) + middle - line * length)

    return _clamp(min((1 / 3, 2 / 3), key=miss) * length - middle, room)


def _clamp(at: float, room: int) -> int:
    return min(max(math.floor(at + 0.5), 0), room)


def _nothing(asked: CanvasSize, size: Size) -> BadInput:
    if asked.aspect:
        return BadInput(
            f"the picture has that aspect already ({size}).", path="aspect", hint="Ask for another."
        )
    hint = "Give a margin above 0, a factor above 1, a larger size or an aspect."
    return BadInput(f"nothing is to be added to {size}.", path=asked.field, hint=hint)
