"""Other extensions' scripts that act on the fixes too: a second time inside the job around, then undone.

A script keeps what it did to a job on itself, and the host has one of each for good.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from retouch.webui.host import script_callbacks

NEVER = {
    "soft_inpainting": "its masks and overlays are of the whole picture; those of the fixes are soft already",
    "retouch_entry": "it is what asks for the fixes",
}
"""Scripts, by their file's name, that are left out whatever the settings say, and why."""
_TWICE = "it holds on to the model for the picture around, and a second run would take that away"


def admit_scripts(
    scripts: Sequence[Any], wanted: Sequence[str], owners: Sequence[Any]
) -> tuple[list[Any], list[str]]:
    """(those of `scripts` that may act, remarks on wanted ones that may not).

    `wanted` are names of files without .py; `owners` the objects that are on the model for the job around.
    """
    named = [script for script in scripts if stem(script.filename) in wanted]
    refused = {stem(script.filename): why for script in named if (why := _unfit(script, owners))}
    remarks = [f"Script {name!r} does not act on the fixes: {why}. {_NEXT}" for name, why in refused.items()]
    return [script for script in named if stem(script.filename) not in refused], remarks


_NEXT = "Take it off the list in Settings, Retouch, Other scripts that also act on the fixes."


def _unfit(script: Any, owners: Sequence[Any]) -> str:
    """Why it cannot act, "" where it can.

    Its own attributes are put back after the fixes. An object of its own that sits on the UNet is not: ended
    by the second run, it would never come off again.
    """
    own = {id(value) for value in _values(script)}
    holds = any(id(owner) in own for owner in owners)
    return NEVER.get(stem(script.filename), _TWICE if holds else "")


def _values(script: Any) -> Iterator[Any]:
    """What the script and its class keep, by itself and in lists and dictionaries."""
    for value in (*vars(script).values(), *vars(type(script)).values()):
        yield value
        yield from value.values() if isinstance(value, dict) else ()
        yield from value if isinstance(value, list | tuple | set) else ()


def stem(filename: str) -> str:
    return filename.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".py")


@contextlib.contextmanager
def states_kept(scripts: Sequence[Any]) -> Iterator[None]:
    """Each script has the attributes afterwards that it has now; its lists and dictionaries hold the same."""
    before = [(script, dict(vars(script))) for script in scripts]
    states = [(value, value.copy()) for _, own in before for value in own.values() if _holds_others(value)]
    try:
        yield
    finally:
        for script, attributes in before:
            vars(script).clear()
            vars(script).update(attributes)
        for value, contents in states:
            value.clear()
            (value.extend if isinstance(value, list) else value.update)(contents)


def _holds_others(value: Any) -> bool:
    return isinstance(value, list | dict | set)


@contextlib.contextmanager
def callbacks_kept() -> Iterator[None]:
    """The same callbacks are registered afterwards, in the same order."""
    lists = script_callbacks.callback_map
    before = {name: list(registered) for name, registered in lists.items()}
    try:
        yield
    finally:
        if lists != before:
            for name, registered in before.items():
                lists[name][:] = registered
            script_callbacks.ordered_callbacks_map.clear()
