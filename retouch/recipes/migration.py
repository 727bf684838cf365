"""Older recipes in today's form: one small step per version, on plain JSON data.

Whatever reads a recipe (a file, a request, a generation text, a paste) comes through here, for `knobs.load`
asks for it. To change the form: raise `SCHEMA`, add the step from the version before, and a file of that
version to tests/golden/recipes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from retouch.errors import BadInput

SCHEMA = 2
Data = dict[str, Any]


def _from_1(data: Data) -> Data:
    """2 added targets, variations and gates; all that 1 could say means the same."""
    return data


STEPS: Mapping[int, Callable[[Data], Data]] = {1: _from_1}
"""What brings a recipe from this version to the next. Each gets a copy it may change at the top."""


def upgrade(data: Mapping[str, Any]) -> Data:
    """`data` in the form of `SCHEMA`; one that does not say its version is of the first.

    BadInput at `schema` for a version that is none, or newer than this Retouch.
    """
    version = data.get("schema", 1)
    if not _is_version(version):
        raise BadInput(f"{version!r} is no version.", path="schema", hint=f"Known: 1 to {SCHEMA}.")
    if version > SCHEMA:
        fault = f"{version} is newer than {SCHEMA}, the newest that is known here."
        raise BadInput(fault, path="schema", hint="Update Retouch to use this recipe.")
    made = dict(data)
    for number in range(int(version), SCHEMA):
        made = STEPS[number](dict(made))
    return {**made, "schema": SCHEMA}


def _is_version(version: Any) -> bool:
    return isinstance(version, int) and not isinstance(version, bool) and version >= 1
