"""Find regions, paint nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retouch.api.messages import at_path
from retouch.api.requests.detect import DetectRequest
from retouch.api.serialize import region_json
from retouch.errors import BadInput, RetouchError
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.knobs import load
from retouch.pipeline.pipeline import Pipeline
from retouch.recipes.target import MAX_PASSES, Target

if TYPE_CHECKING:
    from retouch.api.context import ApiContext


def answer_detect(context: ApiContext, body: Any) -> dict[str, Any]:
    request = load(DetectRequest, body)
    _check_targets(request.targets)
    picture, name = context.open(request)
    with context.backend.busy("detect", request.task, paints=False):
        pipeline = context.backend.pipeline
        for i, target in enumerate(request.targets):
            check_detectors(pipeline, target, f"targets[{i}]")
        regions_by_target = [_find(pipeline, picture, t, i) for i, t in enumerate(request.targets)]
    regions = [
        {"target": i, **region_json(r, picture.size)}
        for i, regions in enumerate(regions_by_target)
        for r in regions
    ]
    return {"image_id": name, "regions": regions, "warnings": list(picture.baggage.notes)}


def check_detectors(pipeline: Pipeline, target: Target, path: str) -> None:
    """Raise the error of a detector that is unknown or not installed, at `path`, before any detection."""
    for i, model in enumerate(target.models):
        try:
            pipeline.detector(model)
        except RetouchError as error:
            raise at_path(error, f"{path}.models[{i}]") from error


def _check_targets(targets: tuple[Target, ...]) -> None:
    if not 1 <= len(targets) <= MAX_PASSES:
        hint = f"Allowed: 1 to {MAX_PASSES}."
        raise BadInput(f"{len(targets)} targets cannot be looked for.", path="targets", hint=hint)
    for i, target in enumerate(targets):
        if not target.looks:
            raise BadInput("no detector is named.", path=f"targets[{i}].models", hint='As ["face"].')


def _find(pipeline: Pipeline, picture: Picture, target: Target, index: int) -> tuple[Region, ...]:
    try:
        return pipeline.detect(picture, target)
    except RetouchError as error:  # weights are loaded, and refused, when first needed
        raise at_path(error, f"targets[{index}].{error.path or 'models'}") from error
