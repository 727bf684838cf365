"""Generation text: writing, reading, and putting what was read into the page's widgets."""

from __future__ import annotations

import json
import re

_PAIR = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_SIZE = re.compile(r"^(\d+)x(\d+)$")


def quote(text):
    return json.dumps(text, ensure_ascii=False) if any(mark in str(text) for mark in ",:\n") else text


def _unquoted(text):
    try:
        return json.loads(text) if text[:1] == text[-1:] == '"' else text
    except ValueError:
        return text


def parse_generation_parameters(x):
    """Of the last line, if it has at least three pairs; the lines above are prompts."""
    *lines, last = x.strip().split("\n")
    if len(_PAIR.findall(last)) < 3:
        lines, last = [*lines, last], ""
    prompt, _, negative = "\n".join(lines).partition("Negative prompt:")
    res = {"Prompt": prompt.strip(), "Negative prompt": negative.strip()}
    for key, value in _PAIR.findall(last):
        size = _SIZE.match(value)
        res.update({f"{key}-{n}": side for n, side in enumerate(size.groups(), 1)} if size else {})
        res.update({} if size else {key: _unquoted(value)})
    return res


def pasted(paste_fields, text):
    """What each widget holds after the paste button: its old value where the text says nothing."""
    params = parse_generation_parameters(text)
    return [_value(component, target, params) for component, target in paste_fields]


def _value(component, target, params):
    value = target(params) if callable(target) else params.get(target)
    if isinstance(value, dict) and value.get("__type__") == "update":
        return value.get("value", component.value)
    if value is None:
        return component.value
    kind = type(component.value)
    if kind is bool and value == "False":
        return False
    try:
        return float(value) if kind is int else kind(value)
    except (TypeError, ValueError):
        return component.value
