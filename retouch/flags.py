"""Flags of the command line, made from declared knobs and read back."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from retouch.errors import plain_number
from retouch.knobs import Knob, Leaf


def add_knobs(group: Any, found: Sequence[Leaf]) -> None:
    """A flag per declared knob. Bounds are checked by the loader, as for every other door."""
    for leaf in found:
        knob, flag = leaf.knob, "--" + leaf.path.rpartition(".")[2].replace("_", "-")
        said = {"help": _help(knob).replace("%", "%%"), "default": None, "dest": leaf.path}
        if leaf.plain_type is bool:
            group.add_argument(flag, action=argparse.BooleanOptionalAction, **said)
        elif knob.choices:
            group.add_argument(flag, choices=knob.choices, **said)
        else:
            group.add_argument(flag, type=leaf.plain_type, metavar=leaf.plain_type.__name__, **said)


def _help(knob: Knob) -> str:
    if knob.low is None or knob.high is None:
        return knob.help
    return f"{knob.help} {plain_number(knob.low)} to {plain_number(knob.high)}."


def given(args: argparse.Namespace, found: Sequence[Leaf]) -> dict[str, Any]:
    """What was said on the command line, by dotted path."""
    values = {leaf.path: getattr(args, leaf.path) for leaf in found}
    return {path: value for path, value in values.items() if value is not None}
