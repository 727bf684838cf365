"""What answers tell: warnings without repeats, seeds, expected seconds, paths of faults."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from retouch.api.requests.base import Painting
from retouch.errors import RetouchError
from retouch.image.codec import encoder
from retouch.image.picture import Picture
from retouch.pipeline.pipeline import Pipeline
from retouch.pipeline.report import Report
from retouch.pipeline.step import Step
from retouch.recipes.seeds import pick_seed

if TYPE_CHECKING:
    from retouch.api.context import ApiContext


R = TypeVar("R", bound=Painting)


def record_timing(desk: ApiContext, reports: Iterable[Report]) -> None:
    """How long it took, for the plans to come."""
    desk.tempos.learn(*_painter(desk), reports)


def with_seconds(desk: ApiContext, steps: Sequence[Step]) -> dict[str, Any]:
    """Summaries of steps, each with the `seconds` it will take, and of all; null where nothing is known."""
    each = desk.tempos.seconds(*_painter(desk), steps)
    known = [seconds for seconds in each if seconds is not None]
    return {
        "steps": [{**s.summary(), "seconds": _round_seconds(t)} for s, t in zip(steps, each, strict=True)],
        "seconds": _round_seconds(sum(known)) if len(known) == len(each) else None,
    }


def _round_seconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)


def _painter(desk: ApiContext) -> tuple[str, str]:
    """(the engine, the checkpoint that a blank one means), as far as the backend says so now."""
    health = desk.backend.health()
    return str(health.get("engine") or ""), str(health.get("checkpoint") or "")


def with_seeds(request: R) -> R:
    """-1 becomes a seed that can be reported and asked for again."""
    asked = {"seed": request.seed, "subseed": request.subseed}
    picked = {k: pick_seed() for k, v in asked.items() if v < 0}
    return dataclasses.replace(request, **picked)


def remark_of(studio: Pipeline, reports: Iterable[Report]) -> str:
    """What a person must know of whoever painted, "" where nothing was painted."""
    return studio.engine.remark if any(report.kept for report in reports) else ""


def losses_of(picture: Picture, painted: bool) -> tuple[str, ...]:
    """What the PNG of a picture has not of its own file, once anything was painted on it."""
    return encoder.losses(picture) if painted else ()


def unique(*remarks: str | Sequence[str]) -> list[str]:
    """All that say something, in order, each once."""
    flat = [text for said in remarks for text in ([said] if isinstance(said, str) else said)]
    return [text for text in dict.fromkeys(flat) if text]


def at_path(error: RetouchError, path: str) -> RetouchError:
    """The same error, at `path`."""
    return type(error)(error.what, path=path, hint=error.hint)
