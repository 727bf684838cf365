"""Extend a picture in stages; go on with, revert, or paint again stages of what was extended before."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retouch.api.messages import losses_of, record_timing, remark_of, unique, with_seconds, with_seeds
from retouch.api.requests.outpaint import OutpaintRequest, fill_from_infotext
from retouch.api.serialize import candidate_json, report_json
from retouch.errors import BadInput, Missing
from retouch.image.codec import encoder
from retouch.image.picture import Picture
from retouch.knobs import load
from retouch.outpaint.outpaint import plan_extension, refine_new_area
from retouch.outpaint.progress import Extension
from retouch.outpaint.run import ExtensionResult, extend
from retouch.pipeline import report_infotext
from retouch.pipeline.pipeline import Pipeline
from retouch.pipeline.report import CHANGED, UNCHANGED, Result
from retouch.progress import Progress
from retouch.recipes import infotext, seeds
from retouch.recipes.recipe import Generation, Recipe

if TYPE_CHECKING:
    from retouch.api.context import ApiContext

_WAYS = ("way", "")
AFTER_TRIES = 3
"""Attempt from which a stage is painted again: a stage's own tries have the seeds of those before."""


@dataclass(frozen=True, eq=False)
class _Held:
    """What is kept of an extension: enough to go on from. `recipe` is what its generation text says."""

    way: Extension
    generation: Generation
    recipe: Recipe
    remarks: tuple[str, ...] = ()


def answer_outpaint(context: ApiContext, body: Any) -> dict[str, Any]:
    """The extended picture, as far as it went: an interrupt, or a stage that fails, keeps what is done."""
    request, picture = _open(context, body)
    with context.backend.busy("outpaint", request.task) as progress:
        pipeline = context.backend.pipeline
        held = _begin(context, request, picture, pipeline)
        done = _paint_stages(held.way, request, pipeline, progress)
        made = _refine(held, done, request, pipeline, progress)
    record_timing(context, (*done.reports, *made.reports))
    remark = remark_of(pipeline, done.reports)
    lost = losses_of(made.picture, bool(done.way.done))
    whole = request.answer == "images"
    return {
        **_answer(context, dataclasses.replace(held, way=done.way), done, made, whole),
        "stages": [_stage(done.way, step.number, not whole) for step in done.way.steps],
        "warnings": unique(held.remarks, done.warnings, made.warnings, lost, remark),
    }


def plan(context: ApiContext, body: Any) -> dict[str, Any]:
    """The stages that `outpaint` would paint with the same body, numbered, with their crops and waves.

    `seconds` are for one painting of each that is due; null where nothing was painted here before.
    """
    request, picture = _open(context, body)
    with context.backend.busy("plan", request.task):
        pipeline = context.backend.pipeline
        held = _begin(context, request, picture, pipeline)
        said = with_seconds(context, held.way.due)
    way, seconds = held.way, {step["number"]: step["seconds"] for step in said["steps"]}
    return {
        "seed": held.generation.seed,
        "size": list(way.canvas_box.size),
        "origin": list(way.origin),
        "steps": [
            {**step.summary(), "done": step.number in way.done, "seconds": seconds.get(step.number, 0.0)}
            for step in way.steps
        ],
        "seconds": said["seconds"],
        "warnings": unique(held.remarks),
    }


def _paint_stages(
    way: Extension, request: OutpaintRequest, pipeline: Pipeline, progress: Progress
) -> ExtensionResult:
    """Taking back and choosing paint nothing, unless what hangs on the choice is to be painted again."""
    if request.revert or (request.choose and request.keep_later):
        return ExtensionResult(way)
    return extend(way, pipeline.engine, request, progress, request.max_stages)


def _refine(
    held: _Held, done: ExtensionResult, request: OutpaintRequest, pipeline: Pipeline, progress: Progress
) -> Result:
    """The picture as far as it went; once every stage is there, refined where that is asked for."""
    if not request.refine or done.way.left or progress.stopped:
        return Result(done.way.finished())
    (made,) = refine_new_area([(done.way, held.generation)], held.recipe, pipeline, progress)
    return made


def _open(context: ApiContext, body: Any) -> tuple[OutpaintRequest, Picture | None]:
    """The picture is None where an earlier way is gone on with."""
    request = load(OutpaintRequest, body)
    given: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    if request.state:
        if request.image or request.image_id:
            raise BadInput("and state are both given.", path="image", hint="The state has its picture.")
        return with_seeds(request), None
    picture, _ = context.open(request)
    return with_seeds(fill_from_infotext(request, given, picture)), picture


def _begin(
    context: ApiContext, request: OutpaintRequest, picture: Picture | None, pipeline: Pipeline
) -> _Held:
    if picture is None:
        return _resume(context, request)
    generation = request.generation(context.backend.defaults(), request.seed)
    made = plan_extension(request, picture, generation, pipeline)
    remarks = unique(picture.baggage.notes, made.remarks)
    return _Held(made.way, made.generation, request.recipe, tuple(remarks))


def _resume(context: ApiContext, request: OutpaintRequest) -> _Held:
    held = context.extensions.get(_WAYS, request.state)
    if held is None:
        raise Missing(
            f"no state is kept as {request.state!r}.", path="state", hint="Extend the picture anew."
        )
    for path in ("repaint", "revert"):
        unknown = set(getattr(request, path)) - {step.number for step in held.way.steps}
        if unknown:
            hint = f"Its stages are 1 to {len(held.way.steps)}."
            raise BadInput(f"there is no stage {min(unknown)}.", path=path, hint=hint)
    chosen = {stage: number - 1 for stage, number in request.chosen.items()}
    way = held.way.going_on().taking(_there(held.way, chosen), request.keep_later).without(request.revert)
    way = way.again(_seeds(way, request.repaint)) if request.repaint else way
    return dataclasses.replace(held, way=way, recipe=request.recipe_after(held.recipe))


def _there(way: Extension, chosen: dict[int, int]) -> dict[int, int]:
    """The same, or BadInput for a painting that is not kept."""
    for stage, place in chosen.items():
        count = len(way.found.get(stage, ())) if stage in way.done else 0
        if place >= count:
            hint = f"Stage {stage} has {count}, counted from 1."
            raise BadInput(f"there is no painting {place + 1} of stage {stage}.", path="choose", hint=hint)
    return chosen


def _seeds(way: Extension, numbers: Sequence[int]) -> dict[int, int]:
    """Another seed for each of these stages, derived from what it had."""
    had = {step.number: step.seed for step in way.steps}
    had |= {number: made.seed for number, made in way.done.items()}
    return {number: seeds.for_retry(had[number], AFTER_TRIES) for number in numbers}


def _answer(
    context: ApiContext, held: _Held, done: ExtensionResult, made: Result, whole: bool
) -> dict[str, Any]:
    """`whole`: with the picture itself, which its `image_id` names in any case."""
    text = report_infotext.text(held.generation, made.picture, held.recipe, (*done.reports, *made.reports))
    return {
        **({"image": encoder.encode_base64(made.picture, {infotext.CHUNK: text})} if whole else {}),
        "image_id": context.pictures.put(made.picture),
        "state": context.extensions.put(_WAYS, held),
        "size": list(done.way.canvas_box.size),
        "known": list(done.way.known()),
        "origin": list(done.way.origin),
        "reports": [report_json(report) for report in done.reports],
        "refined": [report_json(report) for report in made.reports],
        "outcome": CHANGED if done.way.done else UNCHANGED,
        "stopped": done.stopped or made.stopped,
        "seed": held.generation.seed,
        "infotext": text,
    }


def _stage(way: Extension, number: int, patches: bool) -> dict[str, Any]:
    """One stage of the whole way, painted now, earlier, or not yet, with all that was painted of it."""
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
        "chosen": _chosen_number(way, number),
        "candidates": [candidate_json(c, patches) for c in way.found.get(number, ()) if made],
    }


def _chosen_number(way: Extension, number: int) -> int | None:
    """Which of its candidates is there, counted from 1."""
    made = way.done.get(number)
    found = way.found.get(number, ())
    return next((place for place, one in enumerate(found, 1) if one is made), None)
