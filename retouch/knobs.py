"""A tunable field declared once: its type, bounds, default and help.

A dataclass whose fields are made by `Knob.field` gets from here a strict loader, a dump, and a JSON
schema; the gradio widgets, the infotext, the X/Y/Z axes and the documentation read the same
declarations. `load(cls, dump(value)) == value` for every valid value.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import re
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from retouch.errors import BadInput, did_you_mean, plain_number

T = TypeVar("T")
MAX_TEXT = 20_000
_KEY = "knob"
_HALF_SURROGATE = re.compile("[\ud800-\udfff]")
"""JSON can spell one out (`"\\ud800"`), and then it can be written to no file and no answer."""


@dataclass(frozen=True)
class Knob:
    """What a person may set a field to, and where it is shown. `low` and `high` are inclusive.

    `group` is the title of the fold that holds the knob. `order` is its place among the knobs shown above the
    folds, from 1; 0 leaves it in its fold. `axis` offers it as an axis of the X/Y/Z plot.
    """

    label: str
    help: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    group: str = ""
    order: int = 0
    axis: bool = False

    def field(self, default: Any = dataclasses.MISSING) -> Any:
        """A dataclass field that carries this knob; without a default it is required."""
        return dataclasses.field(default=default, metadata={_KEY: self})


def knobs_of(cls: type) -> dict[str, Knob]:
    """The knobs of a dataclass by field name, in declaration order."""
    return {f.name: f.metadata[_KEY] for f in dataclasses.fields(cls) if _KEY in f.metadata}


def optional_knobs(cls: type[T]) -> type[T]:
    """Class decorator: every knob that `cls` inherits also takes None, its default, for "not set here"."""
    fields = dataclasses.fields(cls.__mro__[1])
    cls.__annotations__ = {f.name: f"{f.type} | None" for f in fields}
    for field in fields:
        setattr(cls, field.name, field.metadata[_KEY].field(None))
    return dataclass(frozen=True)(cls)


@functools.cache
def types_of(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def dump(value: Any) -> Any:
    """Plain JSON data. Fields that still hold their default are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kept = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return {f.name: dump(kept[f.name]) for f in dataclasses.fields(value) if kept[f.name] != f.default}
    if isinstance(value, Mapping):
        return {str(key): dump(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [dump(item) for item in value]
    return value


def load(cls: type[T], data: Any, path: str = "") -> T:
    """Build `cls` from JSON data, or raise BadInput naming the JSON path of the first fault.

    A class with an `upgrade` has it bring the data of older versions into today's form first.
    """
    if isinstance(data, cls):
        return data
    if not isinstance(data, Mapping):
        raise BadInput(
            f"{_quote(data)} is not an object.", path=path, hint=f"Give {cls.__name__} as {{...}}."
        )
    fields: dict[str, Any] = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    try:
        data = getattr(cls, "upgrade", dict)(data)
        for key in data:
            if key not in fields:
                raise BadInput(f"unknown field {key!r}.", path=str(key), hint=did_you_mean(str(key), fields))
        values = {key: _value(fields[key], types_of(cls)[key], item, key) for key, item in data.items()}
        for name, field in fields.items():
            if name not in values and field.default is dataclasses.MISSING:
                raise BadInput("is required.", path=name, hint=_help(field))
        return cls(**values)
    except BadInput as error:
        raise BadInput(
            error.what, path=_join(path, error.path) if error.path else path, hint=error.hint
        ) from None


def replace(value: T, changes: Mapping[str, Any], path: str = "") -> T:
    """`value` with the knobs under dotted paths changed, through the loader: checked like any input."""
    data = dump(value)
    for place, item in changes.items():
        _put(data, place, item)
    return load(type(value), data, path)


def _put(data: dict[str, Any], place: str, item: Any) -> None:
    *folders, name = place.split(".")
    functools.reduce(lambda spot, folder: spot.setdefault(folder, {}), folders, data)[name] = item


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _quote(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _help(field: Any) -> str:
    return field.metadata[_KEY].help if _KEY in field.metadata else ""


def _value(field: Any, hint: Any, data: Any, path: str) -> Any:
    return _coerce(hint, data, path, field.metadata.get(_KEY, Knob("", "")))


def _coerce(hint: Any, data: Any, path: str, knob: Knob) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _union(args, data, path, knob)
    if origin is tuple:
        return _tuple(args, data, path, knob)
    if hint is Any:
        return data
    if dataclasses.is_dataclass(hint):
        return load(typing.cast(type, hint), data, path)
    return _SCALARS[hint](data, path, knob)


def _union(args: tuple[Any, ...], data: Any, path: str, knob: Knob) -> Any:
    if data is None and type(None) in args:
        return None
    options = [a for a in args if a is not type(None)]
    if len(options) > 1 and isinstance(data, str) and str in options:
        return _text(data, path, knob)
    return _coerce(next(a for a in options if a is not str or len(options) == 1), data, path, knob)


def _tuple(args: tuple[Any, ...], data: Any, path: str, knob: Knob) -> tuple[Any, ...]:
    if isinstance(data, str) or not isinstance(data, Sequence):
        raise BadInput(f"{_quote(data)} is not a list.", path=path, hint=knob.help)
    inner = dataclasses.replace(knob, low=None, high=None) if args[0] is str else knob
    return tuple(_coerce(args[0], item, f"{path}[{i}]", inner) for i, item in enumerate(data))


def _flag(data: Any, path: str, knob: Knob) -> bool:
    if not isinstance(data, bool):
        raise BadInput(f"{_quote(data)} is not true or false.", path=path, hint=knob.help)
    return data


def _number(data: Any, path: str, knob: Knob) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float) or not _finite(data):
        raise BadInput(f"{_quote(data)} is not a finite number.", path=path, hint=_range(knob))
    low, high = knob.low, knob.high
    if (low is not None and data < low) or (high is not None and data > high):
        raise BadInput(f"{_quote(data)} is out of bounds.", path=path, hint=_range(knob))
    return float(data)


def _finite(number: float) -> bool:
    """Also of integers too long for a float."""
    return math.isfinite(number) if isinstance(number, float) else abs(number) < 2**70


def _whole(data: Any, path: str, knob: Knob) -> int:
    number = _number(data, path, knob)
    if number != int(number):
        raise BadInput(f"{_quote(data)} is not a whole number.", path=path, hint=_range(knob))
    return int(data)


def _text(data: Any, path: str, knob: Knob) -> str:
    if not isinstance(data, str):
        raise BadInput(f"{_quote(data)} is not text.", path=path, hint=knob.help)
    if _HALF_SURROGATE.search(data):
        raise BadInput(f"{_quote(data)} is not Unicode text.", path=path, hint="It has half a surrogate.")
    if knob.choices and data not in knob.choices:
        raise BadInput(f"{_quote(data)} is not allowed.", path=path, hint=did_you_mean(data, knob.choices))
    limit = knob.high if knob.high is not None else MAX_TEXT
    if len(data) > limit:
        raise BadInput(f"{len(data)} characters are too many.", path=path, hint=f"At most {int(limit)}.")
    return data


def _mapping(data: Any, path: str, knob: Knob) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise BadInput(f"{_quote(data)} is not an object.", path=path, hint=knob.help)
    return dict(data)


_SCALARS = {bool: _flag, int: _whole, float: _number, str: _text, dict: _mapping}


def _range(knob: Knob) -> str:
    low, high = (None if bound is None else plain_number(bound) for bound in (knob.low, knob.high))
    if low and high:
        return f"Allowed: {low} to {high}."
    return f"Allowed: {low} or more." if low else f"Allowed: {high} or less." if high else knob.help


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
    knob = field.metadata.get(_KEY, Knob("", ""))
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


@dataclass(frozen=True)
class KnobPath:
    """One knob of a nested dataclass, under its dotted path."""

    path: str
    knob: Knob
    type: Any
    default: Any

    @property
    def optional(self) -> bool:
        """True when blank means "as the surrounding generation"."""
        return type(None) in typing.get_args(self.type)

    @property
    def plain_type(self) -> Any:
        """The type without None, and without the element type of a tuple."""
        hint = next((a for a in typing.get_args(self.type) if a is not type(None)), self.type)
        return tuple if typing.get_origin(self.type) is tuple else hint


def knob_paths(cls: type, prefix: str = "") -> tuple[KnobPath, ...]:
    """Every knob of `cls` and of the dataclasses nested in it, in declaration order."""
    found: list[KnobPath] = []
    for field in dataclasses.fields(cls):
        hint, path = types_of(cls)[field.name], _join(prefix, field.name)
        if dataclasses.is_dataclass(hint):
            found += knob_paths(typing.cast(type, hint), path)
        else:
            found.append(KnobPath(path, field.metadata.get(_KEY, Knob("", "")), hint, field.default))
    return tuple(found)


def front_knobs(knobs: Iterable[KnobPath], last: int) -> list[KnobPath]:
    """The knobs shown above the folds, by `order`, up to place `last`."""
    return sorted((k for k in knobs if 0 < k.knob.order <= last), key=lambda k: k.knob.order)


def folded_knobs(knobs: Iterable[KnobPath], last: int) -> dict[str, list[KnobPath]]:
    """The other knobs by the title of their fold, both in declaration order."""
    folds: dict[str, list[KnobPath]] = {}
    for knob in knobs:
        if not 0 < knob.knob.order <= last:
            folds.setdefault(knob.knob.group, []).append(knob)
    return folds


def get_path(value: Any, path: str) -> Any:
    """The value under a dotted path."""
    return functools.reduce(getattr, path.split("."), value)


def unflatten(flat: Mapping[str, Any]) -> dict[str, Any]:
    """{"a.b": 1} as {"a": {"b": 1}}, ready for `load`."""
    out: dict[str, Any] = {}
    for place, item in flat.items():
        _put(out, place, item)
    return out
