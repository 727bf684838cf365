"""The forms in which ADetailer's arguments are sent, and what a request carries besides its tabs.

[true, false, {tab}, {tab}]                       enable, skip img2img, a tab for each object
[{tab}, {tab}] or {tab}                           tabs alone
{"args": [...]}                                   the value of `ADetailer` in `alwayson_scripts`
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retouch.errors import BadInput
from retouch.knobs import load
from retouch.recipes.adetailer.arguments import TabArguments, read_texts
from retouch.recipes.target import MAX_PASSES

TITLE = "ADetailer"
"""The title of the script in `alwayson_scripts`."""
_HINT = "Give [true, false, {tab}, ...], a list of tabs, or one tab."


@dataclass(frozen=True)
class Tab:
    """The arguments of one tab. `path` is its place in the request."""

    path: str
    arguments: TabArguments


@dataclass(frozen=True)
class Payload:
    """The tabs of a request in order, also those that are left out."""

    tabs: tuple[Tab, ...] = ()
    enabled: bool = True
    skip_img2img: bool = False
    path: str = "args"

    @property
    def active(self) -> tuple[Tab, ...]:
        """The tabs that ADetailer runs."""
        return tuple(tab for tab in self.tabs if tab.arguments.active) if self.enabled else ()


def read_scripts(scripts: Mapping[str, Any], path: str = "alwayson_scripts") -> tuple[Payload, list[str]]:
    """(the arguments of ADetailer, a warning for each other script) of an `alwayson_scripts`.

    Raises BadInput without ADetailer. The title is read in any case, as the WebUI does.
    """
    name = next((title for title in scripts if title.lower() == TITLE.lower()), None)
    if name is None:
        raise BadInput(f"has no {TITLE!r}.", path=path, hint=f'Give {{"{TITLE}": {{"args": [...]}}}}.')
    others = [
        f"{path}.{title} is not used: only {TITLE!r} is read here." for title in scripts if title != name
    ]
    return read_payload(scripts[name], f"{path}.{name}"), others


def read_payload(data: Any, path: str = "args") -> Payload:
    """The tabs and switches of any form. BadInput has the path of the first fault."""
    if isinstance(data, Mapping) and "args" in data:
        _refuse_others(data, path)
        return read_payload(data["args"], f"{path}.args")
    if isinstance(data, Mapping):
        return Payload((_read_tab(data, path),), path=path)
    if isinstance(data, str) or not isinstance(data, Sequence):
        raise BadInput(f"{type(data).__name__} is no list of arguments.", path=path, hint=_HINT)
    return _read_list(data, path)


def _refuse_others(script: Mapping[str, Any], path: str) -> None:
    for name in script:
        if name != "args":
            raise BadInput(f"unknown field {name!r}.", path=f"{path}.{name}", hint="Did you mean 'args'?")


def _read_list(items: Sequence[Any], path: str) -> Payload:
    """The leading booleans, at most two, and the tabs after them."""
    switches = _leading_switches(items)
    places = range(len(switches), len(items))
    if len(places) > MAX_PASSES:
        raise BadInput(f"{len(places)} tabs are too many.", path=path, hint=f"At most {MAX_PASSES}.")
    tabs = tuple(_read_tab(items[place], f"{path}[{place}]") for place in places)
    enabled, skip = (*switches, *(True, False)[len(switches) :])
    return Payload(tabs, enabled, skip, path)


def _leading_switches(items: Sequence[Any]) -> list[bool]:
    return list(itertools.takewhile(lambda item: isinstance(item, bool), items[:2]))


def _read_tab(data: Any, path: str) -> Tab:
    if not isinstance(data, Mapping):
        raise BadInput(f"{str(data)[:60]!r} is no tab.", path=path, hint=_HINT)
    return Tab(path, load(TabArguments, read_texts(data), path))
