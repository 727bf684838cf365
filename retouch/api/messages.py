"""Parts that answers share: warnings without repeats, seeds, expected seconds, error paths."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from retouch.api.requests.base import Painting
from retouch.engines.base import Engine
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


def record_timing(context: ApiContext, reports: Iterable[Report], engine: Engine | None = None) -> None:
    """Record the seconds of each report. Later plans estimate their seconds from them.

    `engine` is the one that painted, None for that of the backend.
    """
    context.speeds.learn(*_engine_key(context, engine), reports)


def with_seconds(context: ApiContext, steps: Sequence[Step], engine: Engine | None = None) -> dict[str, Any]:
    """Summaries of the steps with their expected `seconds`, and the sum. None if the speed is unknown."""
    each = context.speeds.seconds(*_engine_key(context, engine), steps)
    known = [seconds for seconds in each if seconds is not None]
    return {
        "steps": [{**s.summary(), "seconds": _round_seconds(t)} for s, t in zip(steps, each, strict=True)],
        "seconds": _round_seconds(sum(known)) if len(known) == len(each) else None,
    }


def _round_seconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)


def _engine_key(context: ApiContext, engine: Engine | None) -> tuple[str, str]:
    """(engine, checkpoint of a request that names none), as the backend reports them now."""
    if engine is not None:
        return engine.name, ""
    health = context.backend.health()
    return str(health.get("engine") or ""), str(health.get("checkpoint") or "")


def with_seeds(request: R) -> R:
    """The request with a drawn seed in place of each -1, so that the answer can report it."""
    fields = {"seed": request.seed, "subseed": request.subseed}
    picked = {name: pick_seed() for name, value in fields.items() if value < 0}
    return dataclasses.replace(request, **picked)


def remark_of(pipeline: Pipeline, reports: Iterable[Report]) -> str:
    """The engine's notice for the person, "" if no region was kept."""
    return pipeline.engine.remark if any(report.kept for report in reports) else ""


def losses_of(picture: Picture, painted: bool) -> tuple[str, ...]:
    """One sentence for each property of the source file that the PNG loses. () if `painted` is false."""
    return encoder.losses(picture) if painted else ()


def unique(*remarks: str | Sequence[str]) -> list[str]:
    """The non-empty texts in order, each once. An argument is one text or a sequence of texts."""
    groups = ([group] if isinstance(group, str) else group for group in remarks)
    return [text for text in dict.fromkeys(text for group in groups for text in group) if text]


def at_path(error: RetouchError, path: str) -> RetouchError:
    """A copy of the error with another `path`."""
    return type(error)(error.what, path=path, hint=error.hint)
