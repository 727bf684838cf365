"""Scripts of other extensions that also act on the fixes. They run twice, and their state is restored.

A script stores the state of a job in its own attributes. The host uses one instance of it for all jobs, so
the inner job would overwrite the state of the surrounding job.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from retouch.webui.host.modules import script_callbacks

NEVER = {
    "soft_inpainting": "its masks and overlays are of the whole picture; those of the fixes are soft already",
    "retouch_entry": "it is what asks for the fixes",
}
"""Scripts that never act on the fixes, whatever the settings are: file name without .py -> reason."""
_TWICE = "it holds on to the model for the picture around, and a second run would take that away"


def admit_scripts(
    scripts: Sequence[Any], wanted: Sequence[str], owners: Sequence[Any]
) -> tuple[list[Any], list[str]]:
    """(scripts that may act, one sentence for each wanted script that may not).

    `wanted` are file names without .py. `owners` are the objects that patch the model for the surrounding
    job.
    """
    named = [script for script in scripts if stem(script.filename) in wanted]
    refused = {stem(script.filename): why for script in named if (why := _unfit(script, owners))}
    remarks = [f"Script {name!r} does not act on the fixes: {why}. {_NEXT}" for name, why in refused.items()]
    return [script for script in named if stem(script.filename) not in refused], remarks


_NEXT = "Take it off the list in Settings, Retouch, Other scripts that also act on the fixes."


def _unfit(script: Any, owners: Sequence[Any]) -> str:
    """The reason why the script cannot act, "" if it can.

    Its attributes are restored after the fixes. An object of the script that patches the UNet is not
    restored: the second run would end the object, and its patch would stay on the UNet.
    """
    own = {id(value) for value in _values(script)}
    holds = any(id(owner) in own for owner in owners)
    return NEVER.get(stem(script.filename), _TWICE if holds else "")


def _values(script: Any) -> Iterator[Any]:
    """Yield the attribute values of the script and its class, and the items of containers among them."""
    for value in (*vars(script).values(), *vars(type(script)).values()):
        yield value
        yield from value.values() if isinstance(value, dict) else ()
        yield from value if isinstance(value, list | tuple | set) else ()


def stem(filename: str) -> str:
    """The name of a script file without folders and without .py. Both kinds of slash are accepted."""
    return filename.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".py")


@contextlib.contextmanager
def states_kept(scripts: Sequence[Any]) -> Iterator[None]:
    """Context manager: restores the attributes of each script, and the items of its lists, dicts and sets."""
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
    """Context manager: restores the registered callbacks and their order."""
    lists = script_callbacks.callback_map
    before = {name: list(registered) for name, registered in lists.items()}
    try:
        yield
    finally:
        if lists != before:
            for name, registered in before.items():
                lists[name][:] = registered
            script_callbacks.ordered_callbacks_map.clear()
