"""People: words bound to one person, who stays the same through all passes of a recipe.

Whoever is told by a point is told once and for all. Whoever is told by a place, as "left", is sought in the
first pass that finds anything, and is afterwards where they were then.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from retouch.errors import BadInput
from retouch.geometry import Box, Size
from retouch.knobs import Knob
from retouch.prompts import Said, named
from retouch.region import Region

MAX_PEOPLE = 64


@dataclass(frozen=True)
class Person:
    """One person and what is said of them; `at` wins over `who`."""

    prompt: str = Knob("Prompt", "Takes the place of the picture's in every region of this person.").field("")
    negative_prompt: str = Knob("Negative prompt", "The same; blank for the picture's.").field("")
    who: str = Knob("Who", "A number, left, right, top, bottom, center, largest or smallest.", high=40).field(
        ""
    )
    at: tuple[float, ...] = Knob("At", "x and y on them, as shares of the picture's sides.", 0, 1).field(())

    def __post_init__(self) -> None:
        if self.at and len(self.at) != 2:
            raise BadInput(f"{list(self.at)} is no point.", path="at", hint="Give x and y, each 0 to 1.")
        if not self.at and not self.who:
            raise BadInput("nobody is meant.", path="who", hint="Give `who`, as left, or `at`.")


Seen = tuple[int, Box]
"""A person's number from 1, and a box in which an earlier pass saw them."""


def introduced(
    regions: Sequence[Region], people: Sequence[Person], canvas: Size, earlier: Sequence[Seen] = ()
) -> list[Region]:
    """The regions in order, each with the number of the person it belongs to, 0 for nobody.

    It belongs to whoever's point, or face of an earlier pass, it contains, or in whose earlier region its
    middle lies. Two that would have the same are told apart by the smaller region.
    """
    whose = [0] * len(regions)
    for number, person in enumerate(people, 1):
        for index in _theirs(number, person, regions, canvas, earlier):
            whose[index] = whose[index] or number
    return [dataclasses.replace(r, person=who) for r, who in zip(regions, whose, strict=True)]


def said_of(region: Region, people: Sequence[Person], around: Said) -> Said:
    """What is said of a region where a template asks for the picture's prompt."""
    if not region.person:
        return around
    person = people[region.person - 1]
    return Said(person.prompt or around.prompt, person.negative_prompt or around.negative_prompt, own=True)


def _theirs(
    number: int, person: Person, regions: Sequence[Region], canvas: Size, earlier: Sequence[Seen]
) -> list[int]:
    known = [box for who, box in earlier if who == number]
    if person.at:
        x, y = person.at[0] * canvas.width, person.at[1] * canvas.height
        return _smallest(regions, [x, y]) + _near(regions, known)
    if known:
        return _near(regions, known)
    return [] if earlier else named(person.who.strip().lower(), regions, canvas)


def _smallest(regions: Sequence[Region], spot: Sequence[float]) -> list[int]:
    """The smallest region with that spot in it."""
    held = [i for i, region in enumerate(regions) if _in(region.box, spot)]
    return [min(held, key=lambda i: regions[i].box.area)] if held else []


def _near(regions: Sequence[Region], known: Sequence[Box]) -> list[int]:
    """The parts of what is known, and the smallest whole around each."""
    parts = [i for i, r in enumerate(regions) if any(_in(box, r.box.center) for box in known)]
    wholes = [i for box in known for i in _smallest(regions, box.center)]
    return list(dict.fromkeys(parts + wholes))


def _in(box: Box, spot: Sequence[float]) -> bool:
    return box.left <= spot[0] < box.right and box.top <= spot[1] < box.bottom
