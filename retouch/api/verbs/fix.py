"""Detect and repaint by a recipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from retouch.api.masks import SentMask, sent_mask
from retouch.api.messages import losses_of, record_timing, remark_of, unique, with_seconds, with_seeds
from retouch.api.requests.fix import FixRequest
from retouch.api.serialize import report_json
from retouch.api.verbs.history import Past, keep
from retouch.errors import BadInput
from retouch.image.codec import encoder
from retouch.image.picture import Picture
from retouch.knobs import dump, load
from retouch.pipeline import report_infotext
from retouch.pipeline.history import History
from retouch.pipeline.missing_models import drop_unavailable_passes
from retouch.pipeline.pipeline import PictureInput
from retouch.pipeline.report import Report
from retouch.recipes import infotext, library
from retouch.recipes.checks import contradictions
from retouch.recipes.prompts import quote
from retouch.recipes.recipe import Recipe

if TYPE_CHECKING:
    from retouch.api.context import ApiContext


def answer_fix(context: ApiContext, body: Any) -> dict[str, Any]:
    request, recipe, picture, name = _load_request(context, body)
    sent = _mask(request, picture)
    runs, skipped = ready(context, recipe)
    with context.backend.busy("fix", request.task) as progress:
        pipeline = context.backend.pipeline
        canvas = _canvas(context, request, picture, sent)
        (result,) = pipeline.fix([canvas], runs, progress)
    record_timing(context, result.reports)
    text = report_infotext.text(canvas.generation, picture, recipe, result.reports)
    masked = result.picture if request.return_masks else None
    lost = losses_of(result.picture, any(report.kept for report in result.reports))
    sent_warnings, unused = sent.warnings if sent else (), _unused_prompts(request, result.reports)
    remark = remark_of(pipeline, result.reports)
    remarks = (*sent_warnings, *skipped, *result.warnings, *unused, *lost, remark)
    past = Past(History.of(picture, result.reports), {"infotext": text, "recipe": dump(recipe)})
    return {
        "history": keep(context, past) if request.return_history else "",
        "image": encoder.encode_base64(result.picture, {infotext.CHUNK: text}),
        "image_id": context.pictures.put(result.picture),
        "source_id": name,
        "reports": [report_json(report, masked) for report in result.reports],
        "warnings": unique(picture.baggage.notes, remarks),
        "mask_reading": sent.reading if sent else "",
        "outcome": result.outcome,
        "stopped": result.stopped,
        "seed": request.seed,
        "infotext": text,
    }


def plan(context: ApiContext, body: Any) -> dict[str, Any]:
    """The plan of `fix` for the same body: regions, crops, seeds and seconds. Nothing is painted."""
    request, recipe, picture, name = _load_request(context, body)
    sent = _mask(request, picture)
    runs, skipped = ready(context, recipe)
    with context.backend.busy("plan", request.task):
        plan = context.backend.pipeline.plan(_canvas(context, request, picture, sent), runs)
    answer = {**plan.summary(), **with_seconds(context, plan.steps)}
    answer["warnings"] = unique(
        picture.baggage.notes, sent.warnings if sent else (), skipped, answer["warnings"]
    )
    return {"image_id": name, "seed": request.seed, "mask_reading": sent.reading if sent else "", **answer}


def _load_request(context: ApiContext, body: Any) -> tuple[FixRequest, Recipe, Picture, str]:
    request = with_seeds(load(FixRequest, body))
    recipe = library.recipe(request.recipe, context.backend.own_recipes).knowing(request.people)
    return request, recipe, *context.open(request)


def _mask(request: FixRequest, picture: Picture) -> SentMask | None:
    """The mask of the request, None without one. BadInput for a blank mask: nothing could change."""
    if not request.mask:
        return None
    sent = sent_mask(request, picture)
    if sent.mask.empty:
        hint = "White is what may change. Leave it out to let everything change."
        raise BadInput("is empty: nothing may change.", path="mask", hint=hint)
    return sent


def _canvas(
    context: ApiContext, request: FixRequest, picture: Picture, sent: SentMask | None
) -> PictureInput:
    return PictureInput(
        picture, request.generation(context.backend.defaults(), request.seed), sent and sent.mask
    )


def _unused_prompts(request: FixRequest, reports: Sequence[Report]) -> Iterator[str]:
    """A remark for each prompt of the request that no region uses, because every pass has its own prompt."""
    for name in ("prompt", "negative_prompt"):
        words = getattr(request, name).strip()
        if words and reports and not any(words in getattr(report.step, name) for report in reports):
            yield (
                f"The {name.replace('_', ' ')} {quote(words)} is not used: every pass has its own. "
                "Write [PROMPT] there to add it."
            )


def ready(context: ApiContext, recipe: Recipe) -> tuple[Recipe, tuple[str, ...]]:
    """(recipe without unavailable passes, remarks). Raises Missing for a pass that must not be skipped.

    It neither waits for the queue nor paints.
    """
    runs, skipped = drop_unavailable_passes(context.backend.finders, recipe)
    return runs, (*skipped, *contradictions(runs))
