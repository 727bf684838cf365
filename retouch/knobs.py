"""A knob is a field that a person can set. It is declared once, with its type, bounds, default and help.

`Knob.field` makes a dataclass field. This module gives such a dataclass a strict loader and a dump, and
`api/knob_schema.py` its JSON schema. Widgets, infotext, X/Y/Z axes and docs read the same declarations.
`load(cls, dump(value)) == value` holds for every valid value.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import operator
import re
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from retouch.errors import BadInput, did_you_mean, plain_number

T = TypeVar("T")
MAX_TEXT = 20_000
"""Maximum length of a text in characters, if the knob has no `high`."""
_KEY = "knob"
_HALF_SURROGATE = re.compile("[\ud800-\udfff]")
"""JSON can contain a half surrogate (`"\\ud800"`). Such a text cannot be encoded as UTF-8."""


@dataclass(frozen=True)
class Knob:
    """The label, help, bounds and place of a field. `low` and `high` are inclusive.

    For a text `high` is the maximum length in characters. `choices` are the only texts allowed, if there are
    any. `group` is the title of the fold that holds the knob. `order` is its place among the knobs above the
    folds, from 1; a knob with order 0 is in its fold. `axis` offers the knob as an axis of the X/Y/Z plot.
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
        """A dataclass field with this knob. Without a default the field is required."""
        return dataclasses.field(default=default, metadata={_KEY: self})


def knobs_of(cls: type) -> dict[str, Knob]:
    """The knobs of a dataclass by field name, in declaration order."""
    return {f.name: f.metadata[_KEY] for f in dataclasses.fields(cls) if _KEY in f.metadata}


def knob_of(field: Any) -> Knob:
    """The knob of a dataclass field. A field without one gets an empty knob: no label, help or bounds."""
    return field.metadata.get(_KEY, Knob("", ""))


def optional_knobs(cls: type[T]) -> type[T]:
    """Class decorator. Every knob that `cls` inherits then also accepts None, and None is its default."""
    fields = dataclasses.fields(cls.__mro__[1])
    cls.__annotations__ = {f.name: f"{f.type} | None" for f in fields}
    for field in fields:
        setattr(cls, field.name, field.metadata[_KEY].field(None))
    return dataclass(frozen=True)(cls)


@functools.cache
def types_of(cls: type) -> dict[str, Any]:
    """The resolved type of every field of a dataclass by name. A Literal of texts is returned as str."""
    return {name: _without_literals(hint) for name, hint in typing.get_type_hints(cls).items()}


def _without_literals(hint: Any) -> Any:
    """The type with str in place of each Literal. The choices of a knob are checked by its `choices`."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return str
    if origin is tuple:
        return tuple[tuple(_without_literals(arg) for arg in args)]
    if origin in (typing.Union, types.UnionType):
        return functools.reduce(operator.or_, map(_without_literals, args))
    return hint


def dump(value: Any) -> Any:
    """The value as plain JSON data. A field that holds its default is left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        values = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return {
            f.name: dump(values[f.name]) for f in dataclasses.fields(value) if values[f.name] != f.default
        }
    if isinstance(value, Mapping):
        return {str(key): dump(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [dump(item) for item in value]
    return value


def load(cls: type[T], data: Any, path: str = "") -> T:
    """Build `cls` from JSON data. Raises BadInput with the JSON path of the first fault.

    If the class has a static method `upgrade`, it first converts data of older versions.
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
        values = {
            key: _coerce(types_of(cls)[key], item, key, knob_of(fields[key])) for key, item in data.items()
        }
        for name, field in fields.items():
            if name not in values and field.default is dataclasses.MISSING:
                raise BadInput("is required.", path=name, hint=knob_of(field).help)
        return cls(**values)
    except BadInput as error:
        raise BadInput(
            error.what, path=_join(path, error.path) if error.path else path, hint=error.hint
        ) from None


def replace(value: T, changes: Mapping[str, Any], path: str = "") -> T:
    """A copy of `value` with the knobs at dotted paths changed. Raises BadInput as `load` does."""
    data = dump(value)
    for dotted, item in changes.items():
        _put(data, dotted, item)
    return load(type(value), data, path)


def _put(data: dict[str, Any], dotted: str, item: Any) -> None:
    *parents, name = dotted.split(".")
    functools.reduce(lambda level, parent: level.setdefault(parent, {}), parents, data)[name] = item


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _quote(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


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
    """True for a finite number. An integer too long for a float is refused without an OverflowError."""
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
        raise BadInput(f"{_quote(data)} is not Unicode text.", path=path, hint="Remove the half surrogate.")
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


@dataclass(frozen=True)
class KnobPath:
    """One knob of a nested dataclass, with its dotted path."""

    path: str
    knob: Knob
    type: Any
    default: Any

    @property
    def optional(self) -> bool:
        """True if the knob accepts None, which means "take the value of the surrounding generation"."""
        return type(None) in typing.get_args(self.type)

    @property
    def plain_type(self) -> Any:
        """The type without None. For a tuple it is `tuple`."""
        hint = next((a for a in typing.get_args(self.type) if a is not type(None)), self.type)
        return tuple if typing.get_origin(self.type) is tuple else hint


def knob_paths(cls: type, prefix: str = "") -> tuple[KnobPath, ...]:
    """Every knob of `cls` and of the dataclasses nested in it, in declaration order."""
    paths: list[KnobPath] = []
    for field in dataclasses.fields(cls):
        hint, path = types_of(cls)[field.name], _join(prefix, field.name)
        if dataclasses.is_dataclass(hint):
            paths += knob_paths(typing.cast(type, hint), path)
        else:
            paths.append(KnobPath(path, knob_of(field), hint, field.default))
    return tuple(paths)


def front_knobs(knobs: Iterable[KnobPath], last: int) -> list[KnobPath]:
    """The knobs shown above the folds, sorted by `order`, up to place `last`."""
    return sorted((k for k in knobs if 0 < k.knob.order <= last), key=lambda k: k.knob.order)


def folded_knobs(knobs: Iterable[KnobPath], last: int) -> dict[str, list[KnobPath]]:
    """The other knobs by the title of their fold. Folds and knobs are in declaration order."""
    folds: dict[str, list[KnobPath]] = {}
    for knob in knobs:
        if not 0 < knob.knob.order <= last:
            folds.setdefault(knob.knob.group, []).append(knob)
    return folds


def get_path(value: Any, path: str) -> Any:
    """The value at a dotted path."""
    return functools.reduce(getattr, path.split("."), value)


def unflatten(flat: Mapping[str, Any]) -> dict[str, Any]:
    """{"a.b": 1} as {"a": {"b": 1}}, ready for `load`."""
    nested: dict[str, Any] = {}
    for dotted, item in flat.items():
        _put(nested, dotted, item)
    return nested
