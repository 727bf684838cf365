"""People: prompts for single persons, who stay the same through all passes of a recipe.

A person is named by a point in the picture, which is valid in all passes, or by a place such as "left". A
place is resolved in the first pass that finds a region; later passes use the region of that pass.

A person writes them one in each line, and they are written back the same:

    left: a woman with red hair
    Negative prompt: hat
    0.7, 0.4: a man in a blue suit
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from retouch.errors import BadInput
from retouch.image.geometry import Box, Size
from retouch.image.region import Region
from retouch.knobs import Knob
from retouch.recipes.prompts import PLACES, PromptPair, quote, regions_at_place

MAX_PEOPLE = 64
NEGATIVE = "Negative prompt"
"""Begins the line of the negative prompt of the person above it, as in the WebUI's generation text."""
_HINT = (
    f"Begin it with a number, {', '.join(PLACES)}, or a point as 0.3, 0.6, and a colon; or with {NEGATIVE}:."
)


@dataclass(frozen=True)
class Person:
    """One person with their prompts; `at` has priority over `who`.

    Raises BadInput without a valid `at` or `who`.
    """

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
        if self.who and not _is_place(self.who):
            hint = f"Give a number from 1, or one of {', '.join(PLACES)}."
            raise BadInput(f"{self.who!r} is nobody.", path="who", hint=hint)


def _is_place(who: str) -> bool:
    word = who.strip().lower()
    return word in PLACES or (word.isdecimal() and int(word) > 0)


PersonSighting = tuple[int, Box]
"""A person's number from 1, and the box of their region in an earlier pass."""


def assign_people(
    regions: Sequence[Region], people: Sequence[Person], canvas: Size, earlier: Sequence[PersonSighting] = ()
) -> list[Region]:
    """The regions in order, each with the number of its person, 0 for none.

    A region belongs to a person if it contains the person's point or the middle of their region in an earlier
    pass, or if its own middle lies in that region. Of several regions around one point the smallest is taken.
    """
    whose = [0] * len(regions)
    for number, person in enumerate(people, 1):
        for index in _theirs(number, person, regions, canvas, earlier):
            whose[index] = whose[index] or number
    return [dataclasses.replace(r, person=who) for r, who in zip(regions, whose, strict=True)]


def prompts_for(region: Region, people: Sequence[Person], around: PromptPair) -> PromptPair:
    """The prompts of a region: those of its person, or `around` for a blank one or no person."""
    if not region.person:
        return around
    person = people[region.person - 1]
    return PromptPair(
        person.prompt or around.prompt, person.negative_prompt or around.negative_prompt, own=True
    )


def unmatched_people(people: Sequence[Person], matched: Collection[int]) -> tuple[str, ...]:
    """One sentence for each person whose prompts reach no region. `matched` are numbers from 1."""
    return tuple(
        f"Person {number} ({_place(person)}): no region is theirs, so that "
        f"{quote(', '.join(words))} is not used."
        for number, person in enumerate(people, 1)
        if number not in matched and (words := [w for w in (person.prompt, person.negative_prompt) if w])
    )


def _theirs(
    number: int, person: Person, regions: Sequence[Region], canvas: Size, earlier: Sequence[PersonSighting]
) -> list[int]:
    boxes = [box for who, box in earlier if who == number]
    if person.at:
        x, y = person.at[0] * canvas.width, person.at[1] * canvas.height
        return _smallest(regions, [x, y]) + _near(regions, boxes)
    if boxes:
        return _near(regions, boxes)
    return [] if earlier else regions_at_place(person.who.strip().lower(), regions, canvas)


def _smallest(regions: Sequence[Region], spot: Sequence[float]) -> list[int]:
    """The index of the smallest region with this point in it, as a list."""
    around = [i for i, region in enumerate(regions) if _in(region.box, spot)]
    return [min(around, key=lambda i: regions[i].box.area)] if around else []


def _near(regions: Sequence[Region], known: Sequence[Box]) -> list[int]:
    """Indices of the regions inside known boxes, and of the smallest region around each box's middle."""
    parts = [i for i, r in enumerate(regions) if any(_in(box, r.box.center) for box in known)]
    wholes = [i for box in known for i in _smallest(regions, box.center)]
    return list(dict.fromkeys(parts + wholes))


def _in(box: Box, spot: Sequence[float]) -> bool:
    return box.left <= spot[0] < box.right and box.top <= spot[1] < box.bottom


def read(text: str) -> tuple[Person, ...]:
    """The people in a text, one in each line. BadInput names an invalid line."""
    people: list[Person] = []
    for number, line in enumerate(text.splitlines(), 1):
        head, colon, words = (part.strip() for part in line.partition(":"))
        if head.lower() == NEGATIVE.lower() and people:
            both = ", ".join(text for text in (people[-1].negative_prompt, words) if text)
            people[-1] = dataclasses.replace(people[-1], negative_prompt=both)
        elif line.strip():
            people.append(_read(number, head if colon else line, words if colon else ""))
    return tuple(people)


def _read(number: int, head: str, words: str) -> Person:
    """The person of one line; `head` is the text before its colon."""
    point = tuple(float(one) for one in head.split(",") if _is_number(one))
    if "," in head and len(point) == len(head.split(",")) == 2 and all(0 <= one <= 1 for one in point):
        return Person(words, at=point)
    if not _is_place(head):
        raise BadInput(f"line {number}: {head[:40]!r} is nobody.", path="people", hint=_HINT)
    return Person(words, who=head.lower())


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def write_people(people: Sequence[Person]) -> str:
    """The text of people for `read`: one or two lines for each person."""
    return "\n".join(_write_person(person) for person in people)


def _place(person: Person) -> str:
    return ", ".join(repr(float(share)) for share in person.at) or person.who


def _write_person(person: Person) -> str:
    negative = f"\n{NEGATIVE}: {_line(person.negative_prompt)}" if person.negative_prompt else ""
    return f"{_place(person)}: {_line(person.prompt)}".rstrip() + negative


def _line(words: str) -> str:
    return " ".join(words.split())
