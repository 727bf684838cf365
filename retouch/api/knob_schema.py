"""JSON schema of a knob dataclass."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any

from retouch.knobs import MAX_TEXT, Knob, dump, knob_of, types_of

_JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object"}


def schema(cls: type) -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a knob dataclass."""
    fields = dataclasses.fields(cls)
    return {
        "title": cls.__name__,
        "type": "object",
        "additionalProperties": False,
        "description": (cls.__doc__ or "").strip().split("\n")[0],
        "properties": {f.name: _field_schema(f, types_of(cls)[f.name]) for f in fields},
        "required": [f.name for f in fields if f.default is dataclasses.MISSING],
    }


def _field_schema(field: Any, hint: Any) -> dict[str, Any]:
    knob = knob_of(field)
    entries: dict[str, Any] = {"title": knob.label, "description": knob.help, "group": knob.group}
    if field.default is not dataclasses.MISSING:
        entries["default"] = dump(field.default)
    if knob.order:
        entries["order"] = knob.order
    return {**_type_schema(hint, knob), **{key: value for key, value in entries.items() if value != ""}}


def _type_schema(hint: Any, knob: Knob) -> dict[str, Any]:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_type_schema(a, knob) for a in args]}
    if origin is tuple:
        return {"type": "array", "items": _type_schema(args[0], knob)}
    if hint is Any:
        return {}
    if hint is type(None):
        return {"type": "null"}
    if dataclasses.is_dataclass(hint):
        return schema(typing.cast(type, hint))
    return {"type": _JSON_TYPES[hint], **_bounds(hint, knob)}


def _bounds(hint: type, knob: Knob) -> dict[str, Any]:
    if hint is str:
        return {"enum": list(knob.choices)} if knob.choices else {"maxLength": int(knob.high or MAX_TEXT)}
    if hint in (int, float):
        ends = {"minimum": knob.low, "maximum": knob.high, "multipleOf": None}
        return {key: value for key, value in ends.items() if value is not None}
    return {}
