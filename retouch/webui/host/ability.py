"""Abilities that a fork may lack. Without one, Retouch logs one sentence and does the rest of its work."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

_LOG = logging.getLogger("retouch")
_MOVED = (AttributeError, ImportError, TypeError, KeyError)
"""The errors of a call to a name that a fork has moved, removed, or given other parameters."""
_P = ParamSpec("_P")
_R = TypeVar("_R")


def optional(ability: str, default: Any = None) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """A decorator for a function that uses a name of the host which a fork may have moved.

    If the name is not there, the function returns `default`. The first time, a warning is logged with the
    `ability` that is lost and the name that was not found.
    """

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        @functools.wraps(function)
        def guarded(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            try:
                return function(*args, **kwargs)
            except _MOVED as error:
                report_lost(ability, str(error))
                return default

        return guarded

    return decorate


@functools.cache
def report_lost(ability: str, reason: str) -> None:
    """Log once that this WebUI lacks an ability, and which name was not found."""
    _LOG.warning("Retouch works in this WebUI without %s: %s.", ability, reason)
