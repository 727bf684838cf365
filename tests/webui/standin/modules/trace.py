"""What the stand-in was asked to do, and how a test meddles. The WebUI has no such module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

events: list[tuple[str, dict[str, Any]]] = []
before_sampling: Callable[[Any], None] | None = None
"""Called with `p` before each sampling call; may raise, as a sampler that runs out of memory does."""
on_step: Callable[[Any, int], None] | None = None
"""Called with `p` and the step's number, where a person would press Interrupt."""
spoil: Callable[[Any, Any], Any] | None = None
"""Called with `p` and the finished latents; what it returns is taken instead."""


def add(what: str, **said: Any) -> None:
    events.append((what, said))


def of(what: str) -> list[dict[str, Any]]:
    """What was said of every event of one kind, in order."""
    return [said for kind, said in events if kind == what]


def clear() -> None:
    global before_sampling, on_step, spoil
    events.clear()
    before_sampling = on_step = spoil = None
