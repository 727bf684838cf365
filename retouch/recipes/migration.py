"""Upgrade older recipes to the current schema: one small step for each version, on plain JSON data.

Every reader of a recipe (a file, a request, a generation text, a paste) uses this, because `knobs.load` calls
it. To change the schema: raise `SCHEMA`, add the step from the version before, and a file of that version to
tests/golden/recipes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from retouch.errors import BadInput

SCHEMA = 2
Data = dict[str, Any]


def _from_1(data: Data) -> Data:
    """Schema 2 added targets, variations and gates; schema 1 is a subset of it."""
    return data


STEPS: Mapping[int, Callable[[Data], Data]] = {1: _from_1}
"""Version -> function to the next version. Each gets a copy whose top level it may change."""


def upgrade(data: Mapping[str, Any]) -> Data:
    """`data` upgraded to `SCHEMA`; data without a version has version 1.

    Raises BadInput at `schema` for an invalid version, or for one newer than this Retouch.
    """
    version = data.get("schema", 1)
    if not _is_version(version):
        raise BadInput(f"{version!r} is no version.", path="schema", hint=f"Known: 1 to {SCHEMA}.")
    if version > SCHEMA:
        fault = f"{version} is newer than {SCHEMA}, the newest that is known here."
        raise BadInput(fault, path="schema", hint="Update Retouch to use this recipe.")
    upgraded = dict(data)
    for number in range(int(version), SCHEMA):
        upgraded = STEPS[number](dict(upgraded))
    return {**upgraded, "schema": SCHEMA}


def _is_version(version: Any) -> bool:
    return isinstance(version, int) and not isinstance(version, bool) and version >= 1
