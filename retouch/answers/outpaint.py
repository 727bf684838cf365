"""Extend a picture in stages; go on with, revert, or paint again stages of what was extended before."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retouch import infotext, raster
from retouch.answers.parts import remark_of, report_json, seeded, some
from retouch.errors import BadInput, Missing
from retouch.extending import STRIDE, Extended, extend
from retouch.knobs import load
from retouch.outpaint.way import Way
from retouch.outpainting import OutpaintRequest, matched, way_of
from retouch.raster import Picture
from retouch.recipe import MAX_SEED, Generation, Recipe
from retouch.studio import Studio

if TYPE_CHECKING:
    from retouch.answers.desk import Desk

_WAYS = ("way", "")


@dataclass(frozen=True, eq=False)
class _Held:
    """What is kept of an extension: enough to go on from. `recipe` is what its generation text says."""

    way: Way
    generation: Generation
    recipe: Recipe
    remarks: tuple[str, ...] = ()


def outpaint(desk: Desk, body: Any) -> dict[str, Any]:
    """The extended picture, as far as it went: an interrupt, or a stage that fails, keeps what is done."""
    request, picture = _opened(desk, body)
    with desk.backend.busy("outpaint", request.task) as progress:
        studio = desk.backend.studio
        held = _begun(desk, request, picture, studio)
        done = Extended(held.way) if request.revert else extend(held.way, studio.engine, request, progress)
    kept = dataclasses.replace(held, way=done.way)
    return _said(desk, kept, done, remark_of(studio, done.reports))


def plan(desk: Desk, body: Any) -> dict[str, Any]:
    """The stages that `outpaint` would paint with the same body, numbered, with their crops and waves."""
    request, picture = _opened(desk, body)
    with desk.backend.busy("plan", request.task):
        held = _begun(desk, request, picture, desk.backend.studio)
    way = held.way
    return {
        "seed": held.generation.seed,
        "size": list(way.canvas_box.size),
        "origin": list(way.origin),
        "steps": [{**step.summary(), "done": step.number in way.done} for step in way.steps],
        "warnings": some(held.remarks),
    }


def _opened(desk: Desk, body: Any) -> tuple[OutpaintRequest, Picture | None]:
    """The picture is None where an earlier way is gone on with."""
    request = load(OutpaintRequest, body)
    given: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    if request.way:
        if request.image or request.image_id:
            raise BadInput("and way are both given.", path="image", hint="The way has its picture.")
        return seeded(request), None
    picture, _ = desk.open(request)
    return seeded(matched(request, given, picture)), picture


def _begun(desk: Desk, request: OutpaintRequest, picture: Picture | None, studio: Studio) -> _Held:
    if picture is None:
        return _resumed(desk, request)
    generation = request.generation(desk.backend.defaults(), request.seed)
    way, remarks = way_of(request, picture, generation, studio)
    return _Held(way, generation, request.recipe, tuple(some(picture.baggage.notes, remarks)))


def _resumed(desk: Desk, request: OutpaintRequest) -> _Held:
    held = desk.ways.get(_WAYS, request.way)
    if held is None:
        raise Missing(f"no way is kept as {request.way!r}.", path="way", hint="Extend the picture anew.")
    for path in ("again", "revert"):
        unknown = set(getattr(request, path)) - {step.number for step in held.way.steps}
        if unknown:
            hint = f"Its stages are 1 to {len(held.way.steps)}."
            raise BadInput(f"there is no stage {min(unknown)}.", path=path, hint=hint)
    way = held.way.without(request.revert) if request.revert else held.way
    return dataclasses.replace(held, way=way.again(_seeds(way, request.again)))


def _seeds(way: Way, numbers: Sequence[int]) -> dict[int, int]:
    """Another seed for each of these stages, derived from what it had."""
    had = {step.number: step.seed for step in way.steps}
    had |= {number: made.seed for number, made in way.done.items()}
    return {number: (had[number] + 3 * STRIDE) % (MAX_SEED + 1) for number in numbers}


def _said(desk: Desk, held: _Held, done: Extended, remark: str) -> dict[str, Any]:
    picture = done.way.finished()
    text = infotext.text(held.generation, picture, held.recipe, done.reports)
    return {
        "image": raster.encode_base64(picture, {infotext.CHUNK: text}),
        "image_id": desk.kept.put(picture),
        "way": desk.ways.put(_WAYS, held),
        "size": list(done.way.canvas_box.size),
        "known": list(done.way.known()),
        "origin": list(done.way.origin),
        "stages": [_stage(done.way, step.number) for step in done.way.steps],
        "reports": [report_json(report) for report in done.reports],
        "warnings": some(held.remarks, done.warnings, remark),
        "stopped": done.stopped,
        "seed": held.generation.seed,
        "infotext": text,
    }


def _stage(way: Way, number: int) -> dict[str, Any]:
    """One stage of the whole way, painted now, earlier, or not yet."""
    step = next(step for step in way.steps if step.number == number)
    made = way.done.get(number)
    return {
        "number": number,
        "side": step.label,
        "box": list(step.box),
        "crop": list(step.frame.crop),
        "work": list(step.frame.work),
        "wave": step.wave,
        "prompt": step.prompt,
        "seed": made.seed if made else step.seed,
        "done": made is not None,
    }
