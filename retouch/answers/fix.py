"""Detect and repaint by a recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retouch import infotext, presets, raster
from retouch.answers.detect import check_detectors
from retouch.answers.parts import remark_of, report_json, seeded, some
from retouch.knobs import load
from retouch.raster import Picture
from retouch.recipe import Recipe
from retouch.request import FixRequest
from retouch.studio import Canvas, Studio

if TYPE_CHECKING:
    from retouch.answers.desk import Desk


def fix(desk: Desk, body: Any) -> dict[str, Any]:
    request, recipe, picture, name = _asked(desk, body)
    with desk.backend.busy("fix", request.task) as progress:
        studio = _checked_studio(desk, recipe)
        canvas = _canvas(desk, request, picture)
        (result,) = studio.fix([canvas], recipe, progress)
    text = infotext.text(canvas.generation, picture, recipe, result.reports)
    masked = result.picture if request.return_masks else None
    remarks = (picture.baggage.notes, _empty(recipe), result.warnings, remark_of(studio, result.reports))
    return {
        "image": raster.encode_base64(result.picture, {infotext.CHUNK: text}),
        "image_id": desk.kept.put(result.picture),
        "source_id": name,
        "reports": [report_json(report, masked) for report in result.reports],
        "warnings": some(*remarks),
        "stopped": result.stopped,
        "seed": request.seed,
        "infotext": text,
    }


def plan(desk: Desk, body: Any) -> dict[str, Any]:
    """What `fix` would do with the same body; nothing is painted."""
    request, recipe, picture, name = _asked(desk, body)
    with desk.backend.busy("plan", request.task):
        studio = _checked_studio(desk, recipe)
        made = studio.plan(_canvas(desk, request, picture), recipe)
    said = made.summary()
    said["warnings"] = some(picture.baggage.notes, _empty(recipe), said["warnings"])
    return {"image_id": name, "seed": request.seed, **said}


def _asked(desk: Desk, body: Any) -> tuple[FixRequest, Recipe, Picture, str]:
    request = seeded(load(FixRequest, body))
    recipe = presets.recipe(request.recipe, desk.backend.own_recipes)
    return request, recipe, *desk.open(request)


def _canvas(desk: Desk, request: FixRequest, picture: Picture) -> Canvas:
    return Canvas(picture, request.generation(desk.backend.defaults(), request.seed))


def _checked_studio(desk: Desk, recipe: Recipe) -> Studio:
    """Refuses a detector that cannot be had before any GPU second is spent."""
    studio = desk.backend.studio
    for i, recipe_pass in recipe.active:
        check_detectors(studio, recipe_pass.target, f"recipe.passes[{i}].target")
    return studio


def _empty(recipe: Recipe) -> str:
    looks = f"Recipe {recipe.name!r} has no enabled pass that looks for something: nothing is painted."
    return "" if recipe.active else looks
