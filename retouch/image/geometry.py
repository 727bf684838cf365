"""Integer geometry in canvas pixels: x to the right, y down, right and bottom exclusive."""

from __future__ import annotations

import math
from typing import NamedTuple


class Point(NamedTuple):
    x: int
    y: int


class Size(NamedTuple):
    width: int
    height: int

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height

    @property
    def box(self) -> Box:
        return Box(0, 0, self.width, self.height)

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class Margins(NamedTuple):
    """Pixels to add on each side."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    @classmethod
    def even(cls, pixels: int) -> Margins:
        return cls(pixels, pixels, pixels, pixels)


class Box(NamedTuple):
    """A rectangle of pixels; `left <= x < right`, `top <= y < bottom`."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def around(cls, center: tuple[float, float], size: Size) -> Box:
        """The box of this size about `center`, x, y in pixels, rounded to whole pixels."""
        left, top = round(center[0] - size.width / 2), round(center[1] - size.height / 2)
        return cls(left, top, left + size.width, top + size.height)

    @classmethod
    def covering(cls, left: float, top: float, right: float, bottom: float) -> Box:
        """The smallest whole-pixel box that covers float coordinates."""
        return cls(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)

    @property
    def area(self) -> int:
        return max(self.width, 0) * max(self.height, 0)

    @property
    def center(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def empty(self) -> bool:
        return self.width <= 0 or self.height <= 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """The index of this box in a (height, width, ...) array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def grown(self, margins: Margins | int) -> Box:
        """The box grown by `margins`, or by this many pixels on every side; negative ones shrink it."""
        m = Margins.even(margins) if isinstance(margins, int) else margins
        return Box(self.left - m.left, self.top - m.top, self.right + m.right, self.bottom + m.bottom)

    def shifted(self, dx: int, dy: int) -> Box:
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def relative_to(self, origin: Box) -> Box:
        """This box in pixels from the upper left corner of `origin`."""
        return self.shifted(-origin.left, -origin.top)

    def __and__(self, other: Box) -> Box:
        """The common part; `.empty` when there is none."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def __or__(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def contains(self, other: Box) -> bool:
        return self & other == other

    def inside(self, bounds: Size) -> Box:
        """This box moved to lie within `bounds`, and clipped if it is larger.

        >>> Box(-5, 0, 5, 10).inside(Size(20, 8))
        Box(left=0, top=0, right=10, bottom=8)
        """
        dx = max(-self.left, 0) - max(self.right - bounds.width, 0)
        dy = max(-self.top, 0) - max(self.bottom - bounds.height, 0)
        return self.shifted(dx, dy) & bounds.box

    def distance_to(self, center: tuple[float, float]) -> float:
        """The distance in pixels from this box's center to a point x, y."""
        return math.dist(self.center, center)


def iou(a: Box, b: Box) -> float:
    """Intersection over union, 0..1.

    >>> iou(Box(0, 0, 10, 10), Box(0, 0, 5, 10))
    0.5
    """
    common = (a & b).area
    return common / (a.area + b.area - common) if common else 0.0
