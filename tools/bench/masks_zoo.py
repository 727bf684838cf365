"""The masks of bench `masks`: thin, scattered and solid objects, drawn at any picture size.

All are seeded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from retouch.image.geometry import Box, Size
from retouch.image.mask import SOLID, Mask

REFERENCE = 1024
"""Picture width in pixels at which a scaled unit is one pixel."""
SEED = 15
SHIFT = 4
"""Fractional bits of OpenCV's fixed-point coordinates."""
WHITE, BLACK = (255,), (0,)
PANGRAM = "Sphinx of black quartz, judge my vow. 0123456789"


@dataclass(frozen=True)
class Paper:
    """A picture size and the unit of lengths in pixels. Positions are shares of the sides, 0..1."""

    size: Size
    unit: float

    def blank(self) -> np.ndarray:
        """(height, width) uint8 zeros."""
        return np.zeros((self.size.height, self.size.width), np.uint8)

    def width(self, units: float) -> int:
        """Line width or radius in whole pixels, at least 1."""
        return max(1, round(units * self.unit))

    def pixels(self, shares: np.ndarray) -> np.ndarray:
        """(n, 2) float shares as (n, 2) float x, y pixels."""
        return shares * np.array(self.size)


Draw = Callable[[Paper], np.ndarray]
"""A function that draws one thing: (height, width) uint8, 0 or 255."""


@dataclass(frozen=True)
class Shape:
    """A thing to mark. `thin`: its thickness is given in units. `relative`: all its lengths are shares."""

    name: str
    family: str
    draw: Draw
    thin: bool = True
    relative: bool = False


@dataclass(frozen=True, eq=False)
class Mark:
    """A shape drawn on a picture of `mask.size`; `scaled` when its unit grows with the picture."""

    shape: Shape
    mask: Mask
    scaled: bool

    def __str__(self) -> str:
        lengths = "scaled" if self.scaled else "fixed px"
        return f"{self.shape.name}, {self.mask.size}, {lengths}"


def marks(side: int, variants: Sequence[bool], names: Sequence[str] = ()) -> Iterator[Mark]:
    """Shapes of these names, all by default, in a 3:2 picture `side` pixels wide.

    `variants` are the values of `Mark.scaled` to draw.
    """
    size = Size(side, side * 2 // 3)
    for shape in (one for one in SHAPES if not names or one.name in names):
        for scaled in [True] if shape.relative else variants:
            paper = Paper(size, side / REFERENCE if scaled else 1.0)
            yield Mark(shape, Mask(shape.draw(paper)), scaled)


def parts(mask: Mask) -> list[Mask]:
    """The connected parts of a mask (8 neighbours), each of the mask's size."""
    count, labels = cv2.connectedComponents((mask.alpha > 0).astype(np.uint8), connectivity=8)
    return [Mask(np.where(labels == label, mask.alpha, np.uint8(0))) for label in range(1, count)]


def _dot(paper: Paper, alpha: np.ndarray, place: Sequence[float], radius: float) -> np.ndarray:
    """A disc about `place` in shares; `radius` in pixels."""
    x, y = (share * side for share, side in zip(place, paper.size, strict=True))
    return cv2.circle(alpha, (round(x), round(y)), max(round(radius), 1), WHITE, -1)


def _line(paper: Paper, alpha: np.ndarray, points: np.ndarray, units: float) -> np.ndarray:
    """A polyline through (n, 2) shares, `units` wide."""
    fixed = np.rint(paper.pixels(points) * 2**SHIFT).astype(np.int32)
    return cv2.polylines(alpha, [fixed], False, WHITE, paper.width(units), cv2.LINE_8, SHIFT)


def dots(places: Sequence[tuple[float, float]], units: float) -> Draw:
    """Discs of one radius."""

    def draw(paper: Paper) -> np.ndarray:
        alpha = paper.blank()
        for place in places:
            _dot(paper, alpha, place, units * paper.unit)
        return alpha

    return draw


def dust(paper: Paper) -> np.ndarray:
    """A hundred discs of radius 1 to 4 units."""
    random, alpha = np.random.default_rng(SEED), paper.blank()
    for x, y, units in random.uniform((0.02, 0.02, 1), (0.98, 0.98, 4), (100, 3)):
        _dot(paper, alpha, (x, y), units * paper.unit)
    return alpha


def polyline(points: Sequence[tuple[float, float]], units: float) -> Draw:
    return lambda paper: _line(paper, paper.blank(), np.array(points), units)


def catenary(paper: Paper) -> np.ndarray:
    """A cable 3 units wide that hangs between two masts."""
    x = np.linspace(-1, 1, 80)
    sag = (np.cosh(1.5) - np.cosh(1.5 * x)) / (np.cosh(1.5) - 1)
    points = np.stack([0.5 + 0.46 * x, 0.2 + 0.25 * sag], 1)
    return _line(paper, paper.blank(), points, 3)


def film(paper: Paper) -> np.ndarray:
    """Film scratches: six lines, 2 units wide, nearly vertical."""
    random, alpha = np.random.default_rng(SEED), paper.blank()
    for x, top, length, drift in random.uniform((0.05, 0, 0.3, -0.02), (0.95, 0.3, 0.7, 0.02), (6, 4)):
        _line(paper, alpha, np.array([[x, top], [x + drift, top + length]]), 2)
    return alpha


def _curl(random: np.random.Generator, count: int, pace: float) -> np.ndarray:
    """(count, 2) steps of a random walk.

    Its direction turns slowly; each step has the length `pace`, a share.
    """
    turns = random.uniform(0, 2 * np.pi) + np.cumsum(random.normal(0, 0.25, count))
    return np.cumsum(pace * np.stack([np.cos(turns), np.sin(turns)], 1), 0)


def curls(paper: Paper) -> np.ndarray:
    """Twelve fibres on a scan: random curves 2 units wide."""
    random, alpha = np.random.default_rng(SEED), paper.blank()
    for place in random.uniform(0.1, 0.9, (12, 2)):
        _line(paper, alpha, place + _curl(random, 30, 0.006), 2)
    return alpha


def hair(paper: Paper) -> np.ndarray:
    """Forty strands, 1 unit wide, that spread from one point."""
    random, alpha = np.random.default_rng(SEED), paper.blank()
    along = np.linspace(0, 1, 40)[:, None]
    for spread, bend in random.normal(0, 0.12, (40, 2)):
        points = np.array([0.45, 0.2]) + along * [spread, 0.6] + along**2 * [bend, 0.0]
        _line(paper, alpha, points, 1)
    return alpha


def letters(units: float, text: str = PANGRAM, place: tuple[float, float] = (0.03, 0.4)) -> Draw:
    """A line of text, `units` high, cut off at the border."""

    def draw(paper: Paper) -> np.ndarray:
        sheet = Image.new("L", paper.size)
        font = ImageFont.load_default(max(units * paper.unit, 6))
        x, y = (share * side for share, side in zip(place, paper.size, strict=True))
        ImageDraw.Draw(sheet).text((x, y), text, 255, font)
        return (np.asarray(sheet) >= SOLID).astype(np.uint8) * 255

    return draw


def ring(radius: float, units: float = 0.0, share: float = 0.0) -> Draw:
    """A circle whose radius is `radius` times the width.

    Its line is `units` wide, or `share` times the width.
    """

    def draw(paper: Paper) -> np.ndarray:
        center = (paper.size.width // 2, paper.size.height // 2)
        thick = paper.width(units) if units else round(share * paper.size.width)
        return cv2.circle(paper.blank(), center, round(radius * paper.size.width), WHITE, thick)

    return draw


def ellipse(width: float, height: float) -> Draw:
    """A filled ellipse. `width` and `height` are shares of the picture's width."""

    def draw(paper: Paper) -> np.ndarray:
        sides = Size(round(width * paper.size.width), round(height * paper.size.width))
        box = Box.around(paper.size.box.center, sides)
        return Mask.of_ellipse(paper.size, box).alpha.copy()

    return draw


def holed(paper: Paper) -> np.ndarray:
    """A disc with 20 round holes."""
    random, alpha = np.random.default_rng(SEED), ellipse(0.4, 0.4)(paper)
    for place in random.uniform((0.35, 0.3), (0.65, 0.7), (20, 2)):
        x, y = (round(share * side) for share, side in zip(place, paper.size, strict=True))
        cv2.circle(alpha, (x, y), round(0.012 * paper.size.width), BLACK, -1)
    return alpha


def big_l(paper: Paper) -> np.ndarray:
    """Two bars, each 6 % of the width thick, along the left and the lower side."""
    alpha, thick = paper.blank(), round(0.06 * paper.size.width)
    left, right = round(0.1 * paper.size.width), round(0.9 * paper.size.width)
    top, bottom = round(0.1 * paper.size.height), round(0.9 * paper.size.height)
    alpha[top:bottom, left : left + thick] = alpha[bottom - thick : bottom, left:right] = 255
    return alpha


def comb(paper: Paper) -> np.ndarray:
    """A bar with teeth 6 units wide at every 40 units."""
    alpha = paper.blank()
    left, right = round(0.2 * paper.size.width), round(0.8 * paper.size.width)
    top, bottom = round(0.3 * paper.size.height), round(0.7 * paper.size.height)
    alpha[top : top + paper.width(12), left:right] = 255
    for x in range(left, right, paper.width(40)):
        alpha[top:bottom, x : x + paper.width(6)] = 255
    return alpha


SHAPES = (
    Shape("one speck", "specks", dots([(0.3, 0.4)], 10)),
    Shape("two specks far apart", "specks", dots([(0.05, 0.07), (0.95, 0.93)], 10)),
    Shape("a hundred dust dots", "dust", dust),
    Shape("diagonal wire, 1 wide", "wires", polyline([(0.02, 0.05), (0.98, 0.95)], 1)),
    Shape("diagonal wire, 3 wide", "wires", polyline([(0.02, 0.95), (0.98, 0.05)], 3)),
    Shape("diagonal wire, 8 wide", "wires", polyline([(0.02, 0.05), (0.98, 0.95)], 8)),
    Shape("hanging cable, 3 wide", "wires", catenary),
    Shape("horizontal wire, 3 wide", "wires", polyline([(0.0, 0.3), (1.0, 0.3)], 3)),
    Shape("film scratches", "scratches", film),
    Shape("fibres", "scratches", curls),
    Shape("text 16 high", "lettering", letters(16)),
    Shape("text 48 high", "lettering", letters(48)),
    Shape("text 120 high", "lettering", letters(120, "RETOUCH 15")),
    Shape("hair", "hair", hair),
    Shape("ring, line 3 wide", "thin rings", ring(0.25, 3)),
    Shape("comb", "combs", comb),
    Shape("ring, line 5 % of the width", "solid", ring(0.25, share=0.05), thin=False, relative=True),
    Shape("disc, 20 % of the width", "solid", ellipse(0.2, 0.2), thin=False, relative=True),
    Shape("disc, 50 % of the width", "solid", ellipse(0.5, 0.5), thin=False, relative=True),
    Shape("face", "solid", ellipse(0.12, 0.16), thin=False, relative=True),
    Shape("disc with holes", "solid", holed, thin=False, relative=True),
    Shape("big L", "solid", big_l, thin=False, relative=True),
)

CORNERS: dict[str, tuple[Draw, Draw]] = {
    "speck": (dots([(0.1, 0.12)], 8), dots([(0.9, 0.88)], 8)),
    "wire": (polyline([(0.03, 0.05), (0.22, 0.2)], 2), polyline([(0.78, 0.95), (0.97, 0.8)], 2)),
    "scratch": (polyline([(0.1, 0.03), (0.11, 0.25)], 3), polyline([(0.9, 0.75), (0.89, 0.97)], 3)),
    "word": (letters(30, "Lorem", (0.03, 0.05)), letters(30, "ipsum", (0.85, 0.85))),
    "dots": (
        dots([(0.04, 0.05), (0.12, 0.08), (0.2, 0.2)], 3),
        dots([(0.8, 0.82), (0.9, 0.95), (0.96, 0.85)], 3),
    ),
    "disc": (dots([(0.12, 0.15)], 60), dots([(0.88, 0.85)], 60)),
}
"""Things for pairs: each is drawn near the upper left corner, and again near the lower right one."""
