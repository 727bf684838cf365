"""What is said to each region: a template, split among the regions and filled from the picture's prompt.

    [PROMPT]      the surrounding picture's own prompt
    [SEP]         next region, next text; the last text serves all further regions
    [SKIP]        leave this region as it is
    [FOR who]     binds the text up to the next [SEP] or [FOR] to `who`: a number (1 is the first),
                  left, right, top, bottom, center, largest, smallest, or a class such as person

Bound texts win over the sequence; the regions nobody named share the unbound texts in order. Tags are
read in any case. `[red hair:blue:0.5]` and every other WebUI syntax passes through untouched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retouch.geometry import Size
from retouch.region import ORDERS, Region

_TAG = re.compile(r"\s*\[\s*(SEP|FOR\s+[^\[\]:|]+?)\s*\]\s*", re.IGNORECASE)
_PROMPT = re.compile(r"\[\s*PROMPT\s*\]", re.IGNORECASE)
_SKIP = re.compile(r"\[\s*SKIP\s*\]", re.IGNORECASE)
_NETWORK = re.compile(r"<(\w+):([^<>]+)>")
_PLACES = {
    "left": "left to right",
    "right": "right to left",
    "top": "top to bottom",
    "center": "center outward",
    "largest": "largest first",
    "smallest": "smallest first",
}

PLACES = (*_PLACES, "bottom")
"""Words that name one of several regions by where it lies, or by its size."""


@dataclass(frozen=True)
class Said:
    """The resolved text for one region."""

    prompt: str
    negative_prompt: str
    own: bool = False
    """Of one person alone: said also where a template does not ask for it."""


def resolve(
    template: str, negative: str, regions: Sequence[Region], canvas: Size, said: Sequence[Said]
) -> tuple[Said | None, ...]:
    """One text per region in order, None where the template says to skip.

    `said` are the words around each region: the picture's, or those of the person it belongs to.
    """
    texts = assign(template, regions, canvas)
    negatives = assign(negative, regions, canvas)
    return tuple(
        None if _SKIP.search(text) else _filled(text, other, around)
        for text, other, around in zip(texts, negatives, said, strict=True)
    )


def _filled(text: str, negative: str, around: Said) -> Said:
    return Said(_with(text, around.prompt, around.own), _with(negative, around.negative_prompt, around.own))


def _with(template: str, words: str, own: bool) -> str:
    if own and template and words and not _PROMPT.search(template):
        return f"{template}, {words}"
    return _PROMPT.sub(lambda _: words, template) if template else words


def assign(template: str, regions: Sequence[Region], canvas: Size) -> tuple[str, ...]:
    """The part of the template that falls to each region."""
    bound, unbound = _split(template)
    chosen: dict[int, str] = {}
    for who, text in sorted(bound, key=lambda b: _specificity(b[0])):
        for index in named(who, regions, canvas):
            chosen.setdefault(index, text)
    rest = [i for i in range(len(regions)) if i not in chosen]
    chosen.update({i: unbound[min(n, len(unbound) - 1)] for n, i in enumerate(rest)})
    return tuple(chosen[i] for i in range(len(regions)))


def _split(template: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Bound (who, text) pairs and the unbound sequence, which is never empty."""
    head, *pieces = _TAG.split(template.strip())
    pairs = list(zip(pieces[::2], pieces[1::2], strict=True))
    bound = [(tag[3:].strip().lower(), text.strip()) for tag, text in pairs if tag.upper().startswith("FOR")]
    rest = [text.strip() for tag, text in pairs if tag.upper() == "SEP"]
    starts_bound = not head.strip() and bool(pairs) and pairs[0][0].upper().startswith("FOR")
    return bound, ([] if starts_bound and rest else [head.strip()]) + rest


def _specificity(who: str) -> int:
    """Numbers before places before classes."""
    return 0 if who.isdecimal() else 1 if who in _PLACES or who == "bottom" else 2


def named(who: str, regions: Sequence[Region], canvas: Size) -> list[int]:
    """Places in `regions` of what `who`, in small letters, names: a number, a place or a class."""
    indices = range(len(regions))
    if who.isdecimal():
        return [i for i in indices if str(i + 1) == who.lstrip("0")]
    place = _place(who)
    if place and regions:
        return [min(indices, key=lambda i: place(regions[i], canvas))]
    return [i for i in indices if regions[i].label.lower() == who]


def _place(who: str) -> Callable[[Region, Size], float] | None:
    if who == "bottom":
        return lambda r, _: -r.box.center[1]
    return ORDERS[_PLACES[who]] if who in _PLACES else None


def networks(prompt: str) -> tuple[str, ...]:
    """The extra networks (`<lora:name:weight>`) a prompt asks for, sorted."""
    return tuple(sorted(match.group(0) for match in _NETWORK.finditer(prompt)))


def without_networks(prompt: str) -> str:
    return _NETWORK.sub("", prompt).strip()
