"""The sentences of the accordion and the tab: each has a key, and no widget has a text of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from retouch.webui.panel.messages import ENGLISH, message

PANEL = Path(__file__).parents[3] / "retouch" / "webui" / "panel"
SOURCES = sorted(PANEL.glob("*.py"))
SHOWN = ("label", "info", "placeholder", "value")
"""Keyword arguments of a widget that a person reads."""


def calls(path: Path) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))


def strings(node: ast.AST) -> list[str]:
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def keys() -> set[str]:
    """The keys in the first argument of every call of `message`."""
    found = set()
    for path in SOURCES:
        for call in calls(path):
            if isinstance(call.func, ast.Name) and call.func.id == "message":
                names = strings(call.args[0])
                assert names, f"{path.name}:{call.lineno}: the key is not a literal"
                found.update(names)
    return found


def is_widget(call: ast.Call) -> bool:
    function = call.func
    return isinstance(function, ast.Attribute) and ast.unparse(function.value) in ("gr", "host.ui_components")


def is_english(node: ast.AST) -> bool:
    """A literal with letters. Calls, markup and names of elements are none."""
    if isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        text = "".join(str(part) for part in parts)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    else:
        return False
    return any(letter.isalpha() for letter in text) and not text.startswith("<")


def test_every_key_is_used_and_every_used_key_exists():
    assert keys() == set(ENGLISH)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_widget_has_an_english_literal(path):
    for call in filter(is_widget, calls(path)):
        texts = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in SHOWN)]
        assert not any(is_english(text) for text in texts), f"{path.name}:{call.lineno}"


def test_message_fills_the_placeholders():
    assert message("target_tab", number=2) == "Target 2"
    assert message("saved", name="it's") == 'Saved as "it\'s".'


@pytest.mark.parametrize(("key", "values"), [("no such key", {}), ("saved", {})])
def test_unknown_key_or_missing_value_raises_keyerror(key, values):
    with pytest.raises(KeyError):
        message(key, **values)


def test_messages_are_read_only():
    with pytest.raises(TypeError):
        ENGLISH["recipe"] = "Rezept"  # type: ignore[index]
