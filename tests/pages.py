"""Checks that a page shows a text of a person as text, whatever is in it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from hypothesis import strategies as st

MARK = "MARK"
HOSTILE_TEXTS = st.one_of(st.text(), st.text("<>&;\"'/=!{}%#- script")).map(lambda text: f"<{text}>")
"""Texts with tags, quotes, entities and the signs of a template."""
REPORT = {
    "pass": 1,
    "number": 1,
    "label": "face",
    "score": 0.9,
    "box": [1, 2, 3, 4],
    "crop": [0, 0, 9, 9],
    "work": [64, 96],
    "seed": 5,
    "outcome": "reverted",
    "why": "the seam <b>",
    "quality": {"seam_before": 0.25, "seam": 0.75, "confidence_before": None, "confidence_after": None},
}
"""A report as an answer has it, with the values that the pages show."""


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append((f"/{tag}", []))

    def handle_comment(self, data: str) -> None:
        self.parts.append(("!", [("", data)]))

    def handle_data(self, data: str) -> None:
        """A text may come in several calls."""
        before = self.parts.pop() if self.parts and isinstance(self.parts[-1], str) else ""
        self.parts.append(before + data)


def parse_page(page: str) -> list[Any]:
    """The tags of a page, each with its attributes, and the texts between them, in order."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    return parser.parts


def assert_text_stays_text(render: Callable[[str], str], text: str) -> None:
    """The page with this text has the tags of the page with MARK, and the text wherever MARK stands."""
    marked, shown = parse_page(render(MARK)), parse_page(render(text))
    assert any(MARK in str(part) for part in marked)
    in_json = json.dumps(text, ensure_ascii=False)[1:-1]
    for part, expected in itertools.zip_longest(shown, marked):
        assert part in (_replace(expected, text), _replace(expected, in_json))


def _replace(part: Any, text: str) -> Any:
    if isinstance(part, str):
        return part.replace(MARK, text)
    tag, attributes = part
    return tag, [(name, value and value.replace(MARK, text)) for name, value in attributes]
