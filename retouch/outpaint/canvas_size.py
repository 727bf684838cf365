"""The size of the extended canvas and the place of the picture on it.

The size is given by margins, a factor, a width and height, or an aspect.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass

from retouch.errors import BadInput, TooLarge
from retouch.image.geometry import Box, Margins, Size
from retouch.image.picture import MAX_PIXELS
from retouch.knobs import Knob

_Knob = functools.partial(Knob, group="Placement")

LARGEST_MARGIN = 16384
"""Maximum pixels to add on one side."""
SMALLEST_ORIGINAL = 64
"""Minimum width and height of a picture in pixels. A smaller picture shows too little of its scene."""
ASPECTS = ("16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "4:5", "5:4", "1:1", "21:9")
"""The aspects in the list of a page. Any other two numbers are accepted too."""
_ASPECT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*[:x/]\s*(\d+(?:\.\d+)?)\s*")
_MOST_ASPECT = 16
"""Maximum ratio of the longer to the shorter side."""

_PLACES = {"left": 0.0, "third": 1 / 3, "centre": 0.5, "two thirds": 2 / 3, "right": 1.0}
"""Position along one axis, as a share of its length."""
ACROSS = tuple(_PLACES)
DOWN = ("top", "third", "centre", "two thirds", "bottom")
SUBJECT = "subject"
"""The position that puts the subject, a face or a person, on a line of thirds."""


def _margin(side: str, order: int) -> int:
    return _Knob(side.capitalize(), f"Pixels to add on the {side}.", 0, LARGEST_MARGIN, 8, order=order).field(
        0
    )


@dataclass(frozen=True)
class CanvasSize:
    """The size of the canvas. Exactly one of: margins, `factor`, `width` and/or `height`, `aspect`.

    Raises BadInput if two of them are given, or if the aspect is invalid.
    """

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
        fields = [name for name, is_set in self._sizes_given().items() if is_set]
        if len(fields) > 1:
            fault = f"{' and '.join(fields)} are both given."
            raise BadInput(fault, path=fields[1], hint="Give margins, a factor, a size or an aspect.")
        if self.aspect:
            aspect_of(self.aspect)

    def _sizes_given(self) -> dict[str, bool]:
        """Whether each of the four is given. The key is the first field that gives it."""
        side = next((name for name in Margins._fields if getattr(self, name)), "left")
        return {
            side: any(self.margins),
            "factor": self.factor is not None,
            "height" if self.width is None else "width": (self.width, self.height) != (None, None),
            "aspect": bool(self.aspect),
        }

    @property
    def field(self) -> str:
        """The field that gives the size, as the path of an error; "left" if no field does."""
        return next((name for name, is_set in self._sizes_given().items() if is_set), "left")

    @property
    def is_set(self) -> bool:
        """True if any field asks for a larger canvas."""
        return any(self._sizes_given().values())

    @property
    def margins(self) -> Margins:
        """The margins as they were given, in pixels."""
        return Margins(self.left, self.top, self.right, self.bottom)

    @property
    def wants_subject(self) -> bool:
        """True if a position follows the subject."""
        return SUBJECT in (self.horizontal, self.vertical)

    def of(self, size: Size, subject: Box | None = None) -> Margins:
        """Pixels to add on each side of a picture of `size`.

        `subject` is the box of the subject in pixels of the picture, or None. Raises BadInput if nothing
        would be added or part of the picture would be cut off, and TooLarge if the canvas is over MAX_PIXELS.
        """
        if min(size) < SMALLEST_ORIGINAL:
            hint = f"Each side needs at least {SMALLEST_ORIGINAL} pixels. Upscale the picture first."
            raise BadInput(f"{size} is too small to extend.", path="image", hint=hint)
        margins = self.margins if any(self.margins) else self._to(self._target(size), size, subject)
        if not any(margins):
            raise _nothing(self, size)
        canvas = extended_size(size, margins)
        if canvas.area > MAX_PIXELS:
            hint = "Extend less, or give a smaller picture."
            raise TooLarge(f"{canvas} is over {MAX_PIXELS:,} pixels.", path=self.field, hint=hint)
        return margins

    def _target(self, size: Size) -> Size:
        if self.factor is not None:
            return Size(round(size.width * self.factor), round(size.height * self.factor))
        if self.aspect:
            aspect = aspect_of(self.aspect)
            return Size(
                max(size.width, round(size.height * aspect)), max(size.height, round(size.width / aspect))
            )
        return Size(self.width or size.width, self.height or size.height)

    def _to(self, target: Size, size: Size, subject: Box | None) -> Margins:
        for side, wanted, length in zip(("width", "height"), target, size, strict=True):
            if wanted < length:
                hint = f"Give at least {length}: outpainting does not crop the picture."
                raise BadInput(f"{wanted} is less than the picture's {length}.", path=side, hint=hint)
        x = _offset_of(
            self.horizontal, target.width, (0, size.width), subject and (subject.left, subject.right)
        )
        y = _offset_of(
            self.vertical, target.height, (0, size.height), subject and (subject.top, subject.bottom)
        )
        return Margins(x, y, target.width - size.width - x, target.height - size.height - y)


def extended_size(size: Size, margins: Margins) -> Size:
    """The size of the canvas: a picture of `size` with its margins."""
    return size.box.grown(margins).size


def aspect_of(text: str) -> float:
    """Width divided by height of "16:9", "2.39:1" or "4x5". Raises BadInput for any other text."""
    match = _ASPECT.fullmatch(text)
    values = [float(part) for part in match.groups()] if match else [0.0]
    if not all(values) or not 1 / _MOST_ASPECT <= values[0] / values[-1] <= _MOST_ASPECT:
        hint = f"Give two numbers as 16:9, at most {_MOST_ASPECT}:1."
        raise BadInput(f"{text!r} is not an aspect.", path="aspect", hint=hint)
    return values[0] / values[1]


Span = tuple[int, int]
"""(start, end) along one axis, in pixels."""


def _offset_of(place: str, length: int, whole: Span, subject: Span | None) -> int:
    """Pixels before the picture, on one axis of `length` pixels. "third" puts the picture's middle on that
    line.
    """
    room = length - whole[1]
    if place == SUBJECT:
        return _on_a_third(length, room, subject or whole)
    share = _PLACES[{"top": "left", "bottom": "right"}.get(place, place)]
    offset = share * room if share in (0, 0.5, 1) else share * length - whole[1] / 2
    return _clamp(offset, room)


def _on_a_third(length: int, room: int, subject: Span) -> int:
    """The offset that brings the middle of `subject` nearest to a line of thirds."""
    middle = sum(subject) / 2

    def distance(line: float) -> float:
        return abs(_clamp(line * length - middle, room) + middle - line * length)

    return _clamp(min((1 / 3, 2 / 3), key=distance) * length - middle, room)


def _clamp(offset: float, room: int) -> int:
    return min(max(math.floor(offset + 0.5), 0), room)


def _nothing(request: CanvasSize, size: Size) -> BadInput:
    if request.aspect:
        return BadInput(
            f"the picture has this aspect already ({size}).", path="aspect", hint="Give another aspect."
        )
    hint = "Give a margin above 0, a factor above 1, a larger size or an aspect."
    return BadInput(f"nothing would be added to {size}.", path=request.field, hint=hint)
