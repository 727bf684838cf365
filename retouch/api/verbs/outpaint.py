"""Outpaint a picture in stages; continue, revert, choose or repaint stages of an earlier extension."""

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

_SUBJECT = ("extension", "")
REPAINT_ATTEMPT = 3
"""Retry number of a repainted stage's seed. The retries of the stage itself use the lower numbers."""


@dataclass(frozen=True, eq=False)
class _ExtensionState:
    """An extension in the cache, from which a later request continues. `recipe` is in its generation text."""

    extension: Extension
    generation: Generation
    recipe: Recipe
    remarks: tuple[str, ...] = ()


def answer_outpaint(context: ApiContext, body: Any) -> dict[str, Any]:
    """The extended picture. After an interrupt or a failed stage, the painted stages are kept."""
    request, picture = _open(context, body)
    with context.backend.busy("outpaint", request.task) as progress:
        pipeline = context.backend.pipeline
        state = _begin(context, request, picture, pipeline)
        extended = _paint_stages(state.extension, request, pipeline, progress)
        result = _refine(state, extended, request, pipeline, progress)
    record_timing(context, (*extended.reports, *result.reports))
    remark = remark_of(pipeline, extended.reports)
    lost = losses_of(result.picture, bool(extended.way.done))
    whole = request.answer == "images"
    return {
        **_answer(context, dataclasses.replace(state, extension=extended.way), extended, result, whole),
        "stages": [_stage(extended.way, step.number, not whole) for step in extended.way.steps],
        "warnings": unique(state.remarks, extended.warnings, result.warnings, lost, remark),
    }


def plan(context: ApiContext, body: Any) -> dict[str, Any]:
    """The stages that `outpaint` would paint with the same body, numbered, with their crops and waves.

    `seconds` are for one painting of each that is due; null where nothing was painted here before.
    """
    request, picture = _open(context, body)
    with context.backend.busy("plan", request.task):
        pipeline = context.backend.pipeline
        state = _begin(context, request, picture, pipeline)
        timed = with_seconds(context, state.extension.due)
    extension, seconds = state.extension, {step["number"]: step["seconds"] for step in timed["steps"]}
    return {
        "seed": state.generation.seed,
        "size": list(extension.canvas_box.size),
        "origin": list(extension.origin),
        "steps": [
            {
                **step.summary(),
                "done": step.number in extension.done,
                "seconds": seconds.get(step.number, 0.0),
            }
            for step in extension.steps
        ],
        "seconds": timed["seconds"],
        "warnings": unique(state.remarks),
    }


def _paint_stages(
    extension: Extension, request: OutpaintRequest, pipeline: Pipeline, progress: Progress
) -> ExtensionResult:
    """Paint the open stages. `revert`, and `choose` with `keep_later`, paint nothing."""
    if request.revert or (request.choose and request.keep_later):
        return ExtensionResult(extension)
    return extend(extension, pipeline.engine, request, progress, request.max_stages)


def _refine(
    state: _ExtensionState,
    extended: ExtensionResult,
    request: OutpaintRequest,
    pipeline: Pipeline,
    progress: Progress,
) -> Result:
    """The picture of the painted stages. It is refined, if requested, once every stage is painted."""
    if not request.refine or extended.way.left or progress.stopped:
        return Result(extended.way.finished())
    (result,) = refine_new_area([(extended.way, state.generation)], state.recipe, pipeline, progress)
    return result


def _open(context: ApiContext, body: Any) -> tuple[OutpaintRequest, Picture | None]:
    """(request, picture). The picture is None if the request continues an earlier extension."""
    request = load(OutpaintRequest, body)
    fields: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    if request.state:
        if request.image or request.image_id:
            raise BadInput("and state are both given.", path="image", hint="The state has its picture.")
        return with_seeds(request), None
    picture, _ = context.open(request)
    return with_seeds(fill_from_infotext(request, fields, picture)), picture


def _begin(
    context: ApiContext, request: OutpaintRequest, picture: Picture | None, pipeline: Pipeline
) -> _ExtensionState:
    if picture is None:
        return _resume(context, request)
    generation = request.generation(context.backend.defaults(), request.seed)
    planned = plan_extension(request, picture, generation, pipeline)
    remarks = unique(picture.baggage.notes, planned.remarks)
    return _ExtensionState(planned.way, planned.generation, request.recipe, tuple(remarks))


def _resume(context: ApiContext, request: OutpaintRequest) -> _ExtensionState:
    state = context.extensions.get(_SUBJECT, request.state)
    if state is None:
        raise Missing(
            f"no state is kept as {request.state!r}.", path="state", hint="Extend the picture anew."
        )
    for path in ("repaint", "revert"):
        unknown = set(getattr(request, path)) - {step.number for step in state.extension.steps}
        if unknown:
            hint = f"Its stages are 1 to {len(state.extension.steps)}."
            raise BadInput(f"there is no stage {min(unknown)}.", path=path, hint=hint)
    chosen = {stage: number - 1 for stage, number in request.chosen.items()}
    extension = (
        state.extension.going_on()
        .taking(_there(state.extension, chosen), request.keep_later)
        .without(request.revert)
    )
    extension = extension.again(_seeds(extension, request.repaint)) if request.repaint else extension
    return dataclasses.replace(state, extension=extension, recipe=request.recipe_after(state.recipe))


def _there(extension: Extension, chosen: dict[int, int]) -> dict[int, int]:
    """`chosen` itself. Raises BadInput for a candidate that does not exist."""
    for stage, place in chosen.items():
        count = len(extension.found.get(stage, ())) if stage in extension.done else 0
        if place >= count:
            hint = f"Stage {stage} has {count}, counted from 1."
            raise BadInput(f"there is no painting {place + 1} of stage {stage}.", path="choose", hint=hint)
    return chosen


def _seeds(extension: Extension, numbers: Sequence[int]) -> dict[int, int]:
    """A new seed for each of these stages, derived from its last seed."""
    used = {step.number: step.seed for step in extension.steps}
    used |= {number: candidate.seed for number, candidate in extension.done.items()}
    return {number: seeds.for_retry(used[number], REPAINT_ATTEMPT) for number in numbers}


def _answer(
    context: ApiContext, state: _ExtensionState, extended: ExtensionResult, result: Result, whole: bool
) -> dict[str, Any]:
    """The answer without its stages and warnings. With `whole`, it has the picture itself."""
    text = report_infotext.text(
        state.generation, result.picture, state.recipe, (*extended.reports, *result.reports)
    )
    return {
        **({"image": encoder.encode_base64(result.picture, {infotext.CHUNK: text})} if whole else {}),
        "image_id": context.pictures.put(result.picture),
        "state": context.extensions.put(_SUBJECT, state),
        "size": list(extended.way.canvas_box.size),
        "known": list(extended.way.known()),
        "origin": list(extended.way.origin),
        "reports": [report_json(report) for report in extended.reports],
        "refined": [report_json(report) for report in result.reports],
        "outcome": CHANGED if extended.way.done else UNCHANGED,
        "stopped": extended.stopped or result.stopped,
        "seed": state.generation.seed,
        "infotext": text,
    }


def _stage(extension: Extension, number: int, patches: bool) -> dict[str, Any]:
    """One stage of the extension with all its candidates, painted or not."""
    step = next(step for step in extension.steps if step.number == number)
    chosen = extension.done.get(number)
    return {
        "number": number,
        "side": step.label,
        "box": list(step.box),
        "crop": list(step.frame.crop),
        "work": list(step.frame.work),
        "wave": step.wave,
        "prompt": step.prompt,
        "seed": chosen.seed if chosen else step.seed,
        "done": chosen is not None,
        "chosen": _chosen_number(extension, number),
        "candidates": [candidate_json(c, patches) for c in extension.found.get(number, ()) if chosen],
    }


def _chosen_number(extension: Extension, number: int) -> int | None:
    """The number of the chosen candidate, from 1. None if the stage is not painted."""
    chosen = extension.done.get(number)
    candidates = extension.found.get(number, ())
    return next((place for place, candidate in enumerate(candidates, 1) if candidate is chosen), None)
