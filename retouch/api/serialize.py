"""What several answers have in common."""

from __future__ import annotations

import base64
import dataclasses
import secrets
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from retouch.api.requests.base import Painting
from retouch.errors import RetouchError
from retouch.image.codec import encoder, mask_layers
from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.pipeline import Studio
from retouch.pipeline.plan import Step
from retouch.pipeline.report import Report
from retouch.recipes.seeds import MAX_SEED

if TYPE_CHECKING:
    from retouch.api.service import Desk

R = TypeVar("R", bound=Painting)


def mask_base64(mask: Mask) -> str:
    """A one-channel PNG."""
    return base64.b64encode(mask_layers.encode_gray(mask.alpha)).decode("ascii")


def region_json(region: Region, canvas: Size | None = None) -> dict[str, Any]:
    """A region with its mask: of the canvas' size where that is given, else of its box'."""
    return {
        "box": list(region.box),
        "label": region.label,
        "score": round(float(region.score), 4),
        "mask": mask_base64(region.shape if canvas is None else region.mask(canvas)),
    }


def report_json(report: Report, masked: Picture | None = None) -> dict[str, Any]:
    """`masked` is the picture when its composite mask is wanted."""
    step = report.step
    said = {
        "pass": step.pass_index + 1,
        "number": step.number,
        "label": step.label,
        "score": round(float(step.score), 4),
        "box": list(step.box),
        "crop": list(step.frame.crop),
        "work": list(step.frame.work),
        "seed": report.seed,
        "prompt": step.prompt,
        "negative_prompt": step.negative_prompt,
        "outcome": report.outcome,
        "why": report.why,
        "changed": report.changed,
        "seconds": round(report.seconds, 4),
        "quality": report.quality.as_dict(),
    }
    return said if masked is None else {**said, "mask": mask_base64(report.mask(masked))}


def candidate_json(candidate: Candidate, patches: bool) -> dict[str, Any]:
    """`patches`: with its pixels and its composite mask, both of its box."""
    said = {"seed": candidate.seed, "box": list(candidate.box), "scores": candidate.scores.as_dict()}
    if not patches:
        return said
    patch = base64.b64encode(encoder.encode(candidate.over)).decode("ascii")
    return {**said, "patch": patch, "mask": mask_base64(candidate.mask)}


def learn(desk: Desk, reports: Iterable[Report]) -> None:
    """How long it took, for the plans to come."""
    desk.tempos.learn(*_painter(desk), reports)


def timed(desk: Desk, steps: Sequence[Step]) -> dict[str, Any]:
    """Summaries of steps, each with the `seconds` it will take, and of all; null where nothing is known."""
    each = desk.tempos.seconds(*_painter(desk), steps)
    known = [seconds for seconds in each if seconds is not None]
    return {
        "steps": [{**s.summary(), "seconds": _rounded(t)} for s, t in zip(steps, each, strict=True)],
        "seconds": _rounded(sum(known)) if len(known) == len(each) else None,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)


def _painter(desk: Desk) -> tuple[str, str]:
    """(the engine, the checkpoint that a blank one means), as far as the backend says so now."""
    health = desk.backend.health()
    return str(health.get("engine") or ""), str(health.get("checkpoint") or "")


def seeded(request: R) -> R:
    """-1 becomes a seed that can be reported and asked for again."""
    asked = {"seed": request.seed, "subseed": request.subseed}
    picked = {k: secrets.randbelow(MAX_SEED + 1) for k, v in asked.items() if v < 0}
    return dataclasses.replace(request, **picked)


def remark_of(studio: Studio, reports: Iterable[Report]) -> str:
    """What a person must know of whoever painted, "" where nothing was painted."""
    return studio.engine.remark if any(report.kept for report in reports) else ""


def losses_of(picture: Picture, painted: bool) -> tuple[str, ...]:
    """What the PNG of a picture has not of its own file, once anything was painted on it."""
    return encoder.losses(picture) if painted else ()


def some(*remarks: str | Sequence[str]) -> list[str]:
    """All that say something, in order, each once."""
    flat = [text for said in remarks for text in ([said] if isinstance(said, str) else said)]
    return [text for text in dict.fromkeys(flat) if text]


def placed(error: RetouchError, path: str) -> RetouchError:
    """The same error, at `path`."""
    return type(error)(error.what, path=path, hint=error.hint)
