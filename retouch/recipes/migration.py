"""Upgrade older recipes to the current schema: one small step for each version, on plain JSON data.

Every reader of a recipe (a file, a request, a generation text, a paste) uses this, because `knobs.load` calls
it. To change the schema: raise `SCHEMA`, add the step from the version before, and a file of that version to
tests/golden/recipes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from retouch.errors import BadInput

SCHEMA = 3
Data = dict[str, Any]


def _from_1(data: Data) -> Data:
    """Schema 2 added targets, variations and gates; schema 1 is a subset of it."""
    return data


_PASS_NAMES = {"absent": "if_missing"}
_TARGET_NAMES = {"blurred_below": "unsharp_below", "seam_from": "seam_above"}
_TARGETS = {"blurred": "unsharp", "pointed": "points"}


def _from_2(data: Data) -> Data:
    """3 renamed fields of a pass and of its target, and two kinds of target."""
    passes = data.get("passes")
    if isinstance(passes, list | tuple):
        data["passes"] = [_pass_from_2(one) if isinstance(one, Mapping) else one for one in passes]
    return data


def _pass_from_2(data: Mapping[str, Any]) -> Data:
    recipe_pass = rename_fields(data, _PASS_NAMES)
    target = recipe_pass.get("target")
    if isinstance(target, Mapping):
        target = rename_fields(target, _TARGET_NAMES)
        if isinstance(target.get("what"), str):
            target["what"] = _TARGETS.get(target["what"], target["what"])
        recipe_pass["target"] = target
    return recipe_pass


STEPS: Mapping[int, Callable[[Data], Data]] = {1: _from_1, 2: _from_2}
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


def rename_fields(data: Mapping[str, Any], names: Mapping[str, str]) -> Data:
    """`data` with every field of `names` under its new name. Where both are given, the new name wins."""
    renamed = {names[key]: value for key, value in data.items() if key in names}
    return {**renamed, **{key: value for key, value in data.items() if key not in names}}


def _is_version(version: Any) -> bool:
    return isinstance(version, int) and not isinstance(version, bool) and version >= 1
