"""Inpaint the region under a mask with the pass of an intent."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retouch.api.masks import SentMask, sent_mask
from retouch.api.messages import losses_of, record_timing, remark_of, unique, with_seconds, with_seeds
from retouch.api.requests.inpaint import InpaintRequest, pass_from_body
from retouch.api.serialize import candidate_json, mask_base64, report_json
from retouch.api.verbs import inpaint_sketch
from retouch.api.verbs.history import Past, keep
from retouch.engines.base import Engine
from retouch.errors import BadInput
from retouch.image.background import make_background_region, note_background
from retouch.image.codec import encoder
from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.mask_reading import sentence
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.knobs import dump, load
from retouch.pipeline import history_file, report_infotext
from retouch.pipeline.candidate import Candidate, combined_by_rank
from retouch.pipeline.history import History
from retouch.pipeline.pipeline import PictureInput, Pipeline, plan_regions
from retouch.pipeline.plan import SOFT_BELOW_MAGNIFICATION
from retouch.pipeline.report import Report, Result
from retouch.recipes import infotext
from retouch.recipes.intents import INTENTS
from retouch.recipes.prompts import PromptPair
from retouch.recipes.recipe import Generation, Pass, Recipe

if TYPE_CHECKING:
    from retouch.api.context import ApiContext


@dataclass(frozen=True, eq=False)
class _OpenRequest:
    """A loaded request. `original` is cached as `name`. `sketched` is the picture with the sketch."""

    request: InpaintRequest
    original: Picture
    name: str
    sketched: Picture
    region: Region
    how: Pass
    remarks: tuple[str, ...]
    reading: str
    remover: Engine | None = None
    """The engine that removes in place of the backend's."""

    @property
    def repaintable(self) -> bool:
        """True if a history can repaint it. It stores no sketch and paints with the backend's engine."""
        return not self.request.sketch and self.remover is None

    @property
    def recipe(self) -> Recipe:
        """The recipe in the generation text."""
        return Recipe(f"Studio: {INTENTS[self.request.intent].label}", passes=(self.how,))

    def canvas(self, context: ApiContext) -> PictureInput:
        generation = self.request.generation(context.backend.defaults(), self.request.seed)
        own = PromptPair(generation.prompt, generation.negative_prompt)
        prompts = INTENTS[self.request.intent].prompts_for(own, self.request.object)
        changes = {"prompt": prompts.prompt, "negative_prompt": prompts.negative_prompt}
        return PictureInput(self.sketched, dataclasses.replace(generation, **changes))


def answer_inpaint(context: ApiContext, body: Any) -> dict[str, Any]:
    """The best candidates as pictures or patches. Without a candidate, the picture is unchanged.

    Every candidate is composited onto the picture without the sketch, so that the sketch does not show where
    the mask fades out.
    """
    opened = _choose_engine(context, _open(context, body))
    with context.backend.busy("inpaint", opened.request.task, paints=opened.remover is None) as progress:
        pipeline, canvas = _pipeline(context, opened.remover), opened.canvas(context)
        result = pipeline.paint(canvas, [opened.region], opened.how, progress)
        remark = remark_of(pipeline, result.reports)
    lost = losses_of(result.picture, any(report.kept for report in result.reports))
    record_timing(context, result.reports, opened.remover)
    return {
        "image_id": opened.name,
        "seed": opened.request.seed,
        "mask_reading": opened.reading,
        "outcome": result.outcome,
        "stopped": result.stopped,
        "warnings": unique(opened.remarks, result.warnings, lost, remark),
        **_results(context, opened, canvas.generation, result),
    }


def _results(
    context: ApiContext, opened: _OpenRequest, generation: Generation, result: Result
) -> dict[str, Any]:
    best = combined_by_rank([_best_first(report) for report in result.reports], opened.sketched)
    masked = opened.original if opened.request.return_masks else None
    texts = [_text(opened, generation, _with(result.reports, rank)) for rank in range(len(best))]
    text = texts[0] if texts else _text(opened, generation, result.reports)
    answer = {
        "infotext": text,
        "history": _remember(context, opened, result.reports, text) if opened.request.return_history else "",
        "reports": [
            {**report_json(report, masked), **_again(opened, result, report)} for report in result.reports
        ],
        "candidates": [candidate_json(c, opened.request.answer == "patches") for c in best],
    }
    if opened.request.answer == "patches":
        return answer
    pictures = [candidate.on(opened.original) for candidate in best] or [opened.original]
    names = [context.pictures.put(picture) for picture in pictures]
    chunks = [{infotext.CHUNK: text} for text in texts] or [None]
    images = [encoder.encode_base64(p, chunk) for p, chunk in zip(pictures, chunks, strict=True)]
    return {**answer, "images": images, "image_ids": names}


def _again(opened: _OpenRequest, result: Result, report: Report) -> dict[str, Any]:
    """`how`, the step that repaints a region (None with a sketch), if `return_steps` asks for it.

    With several regions, each report also has its own candidates, best first.
    """
    if not opened.request.return_steps:
        return {}
    how = {"how": history_file.how(report.step) if opened.repaintable else None}
    if len(result.reports) == 1:
        return how
    return {**how, "candidates": [candidate_json(c, patches=True) for c in _best_first(report)]}


def _remember(context: ApiContext, opened: _OpenRequest, reports: Sequence[Report], text: str) -> str:
    """Store the history and return its name."""
    history = History.of(opened.original, reports)
    if not opened.repaintable:
        history = History(history.picture, tuple(dataclasses.replace(e, step=None) for e in history.entries))
    return keep(context, Past(history, {"infotext": text, "recipe": dump(opened.recipe)}))


def _best_first(report: Report) -> list[Candidate]:
    """The chosen candidate, then the others by falling score."""
    rest = [c for c in report.candidates if c is not report.best]
    return [*([report.best] if report.best else []), *sorted(rest, key=lambda c: -c.score)]


def _with(reports: Sequence[Report], rank: int) -> list[Report]:
    """The reports with each region's candidate of this rank (from 0), or its last one, chosen."""
    return [_with_chosen(report, rank) if report.candidates else report for report in reports]


def _with_chosen(report: Report, rank: int) -> Report:
    ranked = _best_first(report)
    return dataclasses.replace(report, chosen=report.candidates.index(ranked[min(rank, len(ranked) - 1)]))


def _text(opened: _OpenRequest, generation: Generation, reports: Sequence[Report]) -> str:
    return report_infotext.text(generation, opened.original, opened.recipe, reports)


def plan(context: ApiContext, body: Any) -> dict[str, Any]:
    """The plan of `inpaint` for the same body. It waits for the queue only to load a checkpoint.

    With `return_masks` each step has its composite `mask`, of its crop's size.
    """
    opened = _choose_engine(context, _open(context, body))
    canvas = opened.canvas(context)
    checkpoint = opened.how.settings(canvas.generation).sampling.checkpoint
    native = (opened.remover or context.backend).native(checkpoint)
    native = native or _native_size(context, checkpoint, opened.request.task)
    plan = plan_regions(canvas, [opened.region], opened.how, native)
    answer = {**plan.summary(), **with_seconds(context, plan.steps, opened.remover)}
    answer["warnings"] = unique(opened.remarks, answer["warnings"])
    for step in answer["steps"]:
        step["under_resolved"] = step["magnification"] < SOFT_BELOW_MAGNIFICATION
    if opened.request.return_masks:
        for summary, step in zip(answer["steps"], plan.steps, strict=True):
            summary["mask"] = mask_base64(step.composite)
    return {"image_id": opened.name, "seed": opened.request.seed, "mask_reading": opened.reading, **answer}


def _choose_engine(context: ApiContext, opened: _OpenRequest) -> _OpenRequest:
    """The request with the engine that removes in place of the backend's, if there is one.

    There is none for other intents and where the request names a checkpoint. Without a model all variations
    are equal, so that one is painted, and the fill continues the picture's own pixels around the hole.
    """
    engine = context.backend.removal_engine() if opened.request.intent == "remove" else None
    if engine is None or opened.how.settings(opened.canvas(context).generation).sampling.checkpoint:
        return opened
    how = dataclasses.replace(opened.how, variations=1, masked_content="original")
    return dataclasses.replace(opened, how=how, remover=engine)


def _pipeline(context: ApiContext, remover: Engine | None) -> Pipeline:
    pipeline = context.backend.pipeline
    return dataclasses.replace(pipeline, engine=remover) if remover else pipeline


def _native_size(context: ApiContext, checkpoint: str, task: str) -> Size:
    with context.backend.busy("plan", task):
        return context.backend.pipeline.engine.native(checkpoint)


def _open(context: ApiContext, body: Any) -> _OpenRequest:
    """Load and check the request. Every invalid request is refused here, before the GPU is used."""
    request = with_seeds(load(InpaintRequest, body))
    fields: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    original, name = context.open(request)
    drawn = inpaint_sketch.open_sketch(request.sketch, original.size)
    sent = _mask(request, original, drawn)
    intent = INTENTS[request.intent]
    region = _region(request, original, sent.mask)
    if region is None:
        hint = "Mark what is to be repainted, or turn `invert` off." if request.invert else _MARK
        raise BadInput("is empty: nothing would be repainted.", path="mask", hint=hint)
    base = inpaint_sketch.with_sketch_defaults(intent.how) if drawn else intent.how
    how = pass_from_body(fields, base)
    notes = (original.baggage.notes, sent.warnings, drawn.remarks if drawn else (), _wordless(request))
    sketched = drawn.on(original) if drawn else original
    return _OpenRequest(request, original, name, sketched, region, how, tuple(unique(*notes)), sent.reading)


_MARK = "Mark what is to be repainted in white."


def _region(request: InpaintRequest, picture: Picture, mask: Mask) -> Region | None:
    """The region under the mask. It is marked as a background if it surrounds pixels that are kept."""
    label = request.object or INTENTS[request.intent].label
    if request.invert and not request.sketch:
        return make_background_region(picture, mask.inverted(), label)
    region = Region.of_mask(mask, label)
    return region and note_background(region, picture.size)


def _mask(request: InpaintRequest, picture: Picture, drawn: inpaint_sketch.Sketch | None) -> SentMask:
    """The mask, inverted if requested, joined with every pixel of the sketch."""
    if drawn and not request.mask:
        return SentMask(drawn.mask, sentence("what is drawn of the sketch", drawn.mask))
    sent = sent_mask(request, picture, request.invert)
    if not drawn:
        return sent
    both = sent.mask | drawn.mask
    return SentMask(both, sentence("what is sent and what is drawn of the sketch", both), sent.warnings)


def _wordless(request: InpaintRequest) -> str:
    intent = INTENTS[request.intent]
    if not intent.prompt_needed or request.prompt.strip() or request.sketch:
        return ""
    return f"{intent.label} without a prompt paints whatever the model thinks of."
