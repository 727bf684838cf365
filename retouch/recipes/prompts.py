"""The prompt of each region: a template, split among the regions and filled from the picture's prompt.

    [PROMPT]      the surrounding picture's own prompt
    [SEP]         next region, next text; the last text serves all further regions
    [SKIP]        leave this region as it is
    [FOR who]     binds the text up to the next [SEP] or [FOR] to `who`: a number (1 is the first),
                  left, right, top, bottom, center, largest, smallest, or a class such as person

Bound texts have priority over the sequence; all other regions take the unbound texts in order. Tags are
written in capitals; the name after FOR is read in any case. All other text reaches the model unchanged:
`[for sale]`, `[red hair:blue:0.5]`, `\\[SEP]` and every other WebUI syntax. `remarks` names each word that
reaches no region.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from retouch.image.geometry import Size
from retouch.image.region import Region
from retouch.recipes.selection import ORDERS

_BRACKETS = re.compile(
    r"\\.|\[\s*(?:(?P<tag>SEP|SKIP|PROMPT|FOR)\s*|(?P<bound>FOR)\s(?P<who>[^\[\]:|]*))\]",
    re.IGNORECASE | re.DOTALL,
)
"""An escaped character, a tag, or a text that differs from a tag only in the case of its letters."""
_NETWORK = re.compile(r"<(\w+):([^<>]+)>")
LONGEST_QUOTE = 1000
"""Characters of a prompt that a warning repeats."""
_PLACES = {
    "left": "left to right",
    "right": "right to left",
    "top": "top to bottom",
    "center": "center outward",
    "largest": "largest first",
    "smallest": "smallest first",
}

PLACES = (*_PLACES, "bottom")
"""Words that name one of several regions by its place or its size."""


@dataclass(frozen=True)
class PromptPair:
    """The resolved text for one region."""

    prompt: str
    negative_prompt: str
    own: bool = False
    """True for the prompts of one person: they are added to a template without [PROMPT]."""


@dataclass(frozen=True)
class Part:
    """One text of a template. `who` names its regions, as written; None for a part of the sequence."""

    text: str
    who: str | None = None

    @property
    def skips(self) -> bool:
        return _has("SKIP", self.text)

    def __str__(self) -> str:
        """The part as written in a template."""
        return self.text if self.who is None else f"[FOR {self.who}] {self.text}".strip()


def resolve(
    template: str, negative: str, regions: Sequence[Region], canvas: Size, said: Sequence[PromptPair]
) -> tuple[PromptPair | None, ...]:
    """The prompts of each region in order, None for a region that the template skips.

    `said` are the surrounding prompts of each region: the picture's, or those of its person.
    """
    texts = assign(template, regions, canvas)
    negatives = assign(negative, regions, canvas)
    return tuple(
        None if _has("SKIP", text) else _fill_tags(text, other, around)
        for text, other, around in zip(texts, negatives, said, strict=True)
    )


def _tag(match: re.Match[str]) -> str:
    """SEP, SKIP, PROMPT or FOR, "" for plain text."""
    if match["bound"] == "FOR" and match["who"].strip():
        return "FOR"
    return match["tag"] if match["tag"] in ("SEP", "SKIP", "PROMPT") else ""


def _has(tag: str, text: str) -> bool:
    return any(_tag(match) == tag for match in _BRACKETS.finditer(text))


def _with_words(tag: str, text: str, words: str) -> str:
    """`text` with each tag of this kind replaced by `words`."""
    return _BRACKETS.sub(lambda match: words if _tag(match) == tag else match[0], text)


def _fill_tags(text: str, negative: str, around: PromptPair) -> PromptPair:
    return PromptPair(
        _with(text, around.prompt, around.own), _with(negative, around.negative_prompt, around.own)
    )


def _with(template: str, words: str, own: bool) -> str:
    if own and template and words and not _has("PROMPT", template):
        return f"{template}, {words}"
    return _with_words("PROMPT", template, words) if template else words


def assign(template: str, regions: Sequence[Region], canvas: Size) -> tuple[str, ...]:
    """The text of the template's part for each region."""
    parts = split(template)
    return tuple(parts[share].text for share in _shares(parts, regions, canvas))


def split(template: str) -> tuple[Part, ...]:
    """The parts of a template as written. At least one belongs to the sequence."""
    parts, who, begin = [], None, 0
    for match in _BRACKETS.finditer(template):
        if _tag(match) in ("SEP", "FOR"):
            parts.append(Part(template[begin : match.start()].strip(), who))
            begin, who = match.end(), " ".join(match["who"].split()) if match["who"] else None
    parts.append(Part(template[begin:].strip(), who))
    first_bound = len(parts) > 1 and parts[1].who is not None
    if not parts[0].text and first_bound and any(part.who is None for part in parts[1:]):
        del parts[0]
    return tuple(parts)


def _shares(parts: Sequence[Part], regions: Sequence[Region], canvas: Size) -> tuple[int, ...]:
    """For each region the index in `parts` of its part."""
    bound = [(part.who.casefold(), place) for place, part in enumerate(parts) if part.who is not None]
    chosen: dict[int, int] = {}
    for who, place in sorted(bound, key=lambda one: _specificity(one[0])):
        for index in regions_at_place(who, regions, canvas):
            chosen.setdefault(index, place)
    sequence = [place for place, part in enumerate(parts) if part.who is None]
    unbound = [i for i in range(len(regions)) if i not in chosen]
    chosen.update({i: sequence[min(n, len(sequence) - 1)] for n, i in enumerate(unbound)})
    return tuple(chosen[i] for i in range(len(regions)))


def remarks(
    template: str, regions: Sequence[Region], canvas: Size, painted: Collection[int], negative: bool = False
) -> Iterator[str]:
    """Yield a sentence for each word of a template that reaches no region, and for each likely mistake.

    `painted` are the indices, from 0, of the `regions` that are painted with the template's words.
    """
    parts = split(template)
    shares = _shares(parts, regions, canvas)
    used = {shares[index] for index in painted}
    yield from _count_remarks(parts, shares)
    for place, part in enumerate(parts):
        if place not in used and (part.text or part.who is not None):
            yield from _unused_remarks(part, place in shares, regions)
    yield from _tag_remarks(template, negative)


def _count_remarks(parts: Sequence[Part], shares: Sequence[int]) -> Iterator[str]:
    """A remark if the number of parts by [SEP] differs from the number of regions for them."""
    sequence = [place for place, part in enumerate(parts) if part.who is None]
    waiting = [number for number, place in enumerate(shares, 1) if place in sequence]
    if len(sequence) > 1 and len(sequence) != len(waiting):
        surplus = waiting[len(sequence) :]
        more = f" Regions {', '.join(map(str, surplus))} take the last part too." if surplus else ""
        yield f"[SEP] makes {len(sequence)} parts for {len(waiting)} regions.{more}"


def _unused_remarks(part: Part, assigned: bool, regions: Sequence[Region]) -> Iterator[str]:
    """A remark on a part that no painted region takes; `assigned` if skipped regions take it."""
    words = _with_words("SKIP", part.text, "").strip(" ,")
    if assigned and not words:
        return
    why = "its regions are left as they are" if assigned else _missing(part, regions)
    yield f"{quote(str(part))} is not used: {why}."


def _missing(part: Part, regions: Sequence[Region]) -> str:
    """The reason why no region takes a part."""
    if part.who is None:
        return "no region is left for it"
    labels = ", ".join(sorted({region.label for region in regions if region.label})) or "none"
    return (
        f"no region is left for [FOR {part.who}]. There are {len(regions)} regions with the labels {labels}. "
        f"Allowed are a number, {', '.join(PLACES)} or a label"
    )


def _tag_remarks(template: str, negative: bool) -> Iterator[str]:
    """A remark for each text that looks like a tag but is read as words."""
    brackets = (match for match in _BRACKETS.finditer(template) if not match[0].startswith("\\"))
    for text in dict.fromkeys(match[0] for match in brackets if not _tag(match)):
        yield f"{quote(text)} is read as words. The tag is written {quote(_correct_tags(text))}."
    if negative and _has("SKIP", template):
        yield "[SKIP] in a negative prompt is read as words. Write it in the prompt."


def _correct_tags(text: str) -> str:
    head, *who = text[1:-1].split()
    return f"[{' '.join([head.upper(), *who])}]" if who or head.upper() != "FOR" else "[FOR left]"


def quote(text: str) -> str:
    """The words of a prompt for a warning, truncated to LONGEST_QUOTE characters."""
    more = len(text) - LONGEST_QUOTE
    return f'"{text}"' if more <= 0 else f'"{text[:LONGEST_QUOTE]}" and {more} more characters'


def _specificity(who: str) -> int:
    """A sort key: numbers before places before classes."""
    return 0 if who.isdecimal() else 1 if who in _PLACES or who == "bottom" else 2


def regions_at_place(who: str, regions: Sequence[Region], canvas: Size) -> list[int]:
    """Indices in `regions` of the regions that `who`, casefolded, names: a number, a place or a class."""
    indices = range(len(regions))
    if who.isdecimal():
        return [i for i in indices if str(i + 1) == who.lstrip("0")]
    place = _place(who)
    if place and regions:
        return [min(indices, key=lambda i: place(regions[i], canvas))]
    return [i for i in indices if regions[i].label.casefold() == who]


def _place(who: str) -> Callable[[Region, Size], float] | None:
    if who == "bottom":
        return lambda r, _: -r.box.center[1]
    return ORDERS[_PLACES[who]] if who in _PLACES else None


def networks(prompt: str) -> tuple[str, ...]:
    """The extra networks (`<lora:name:weight>`) in a prompt, sorted."""
    return tuple(sorted(match.group(0) for match in _NETWORK.finditer(prompt)))


def without_networks(prompt: str) -> str:
    """The prompt without extra networks."""
    return _NETWORK.sub("", prompt).strip()
