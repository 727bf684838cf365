"""Detect and repaint by a recipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from retouch import infotext, presets, raster
from retouch.absent import present
from retouch.answers.history import Past, keep
from retouch.answers.parts import learn, remark_of, report_json, seeded, some, timed
from retouch.answers.segment import sent_region
from retouch.concerns import concerns
from retouch.execute import Report
from retouch.history import History
from retouch.knobs import dump, load
from retouch.mask import Mask
from retouch.prompts import quoted
from retouch.raster import Picture
from retouch.recipe import Recipe
from retouch.request import FixRequest
from retouch.studio import Canvas

if TYPE_CHECKING:
    from retouch.answers.desk import Desk


def fix(desk: Desk, body: Any) -> dict[str, Any]:
    request, recipe, picture, name = _asked(desk, body)
    mask, remarks = _mask(request, picture)
    runs, skipped = ready(desk, recipe)
    with desk.backend.busy("fix", request.task) as progress:
        studio = desk.backend.studio
        canvas = _canvas(desk, request, picture, mask)
        (result,) = studio.fix([canvas], runs, progress)
    learn(desk, result.reports)
    text = infotext.text(canvas.generation, picture, recipe, result.reports)
    masked = result.picture if request.return_masks else None
    unused = _unused_prompts(request, result.reports)
    said = (*remarks, *skipped, *result.warnings, *unused, remark_of(studio, result.reports))
    past = Past(History.of(picture, result.reports), {"infotext": text, "recipe": dump(recipe)})
    return {
        "history": keep(desk, past) if request.return_history else "",
        "image": raster.encode_base64(result.picture, {infotext.CHUNK: text}),
        "image_id": desk.kept.put(result.picture),
        "source_id": name,
        "reports": [report_json(report, masked) for report in result.reports],
        "warnings": some(picture.baggage.notes, said),
        "stopped": result.stopped,
        "seed": request.seed,
        "infotext": text,
    }


def plan(desk: Desk, body: Any) -> dict[str, Any]:
    """What `fix` would do with the same body; nothing is painted."""
    request, recipe, picture, name = _asked(desk, body)
    mask, remarks = _mask(request, picture)
    runs, skipped = ready(desk, recipe)
    with desk.backend.busy("plan", request.task):
        made = desk.backend.studio.plan(_canvas(desk, request, picture, mask), runs)
    said = {**made.summary(), **timed(desk, made.steps)}
    said["warnings"] = some(picture.baggage.notes, remarks, skipped, said["warnings"])
    return {"image_id": name, "seed": request.seed, **said}


def _asked(desk: Desk, body: Any) -> tuple[FixRequest, Recipe, Picture, str]:
    request = seeded(load(FixRequest, body))
    recipe = presets.recipe(request.recipe, desk.backend.own_recipes).knowing(request.people)
    return request, recipe, *desk.open(request)


def _mask(request: FixRequest, picture: Picture) -> tuple[Mask | None, list[str]]:
    """The person's own mask, None without one, and what is to be said of it."""
    if not request.mask:
        return None, []
    region, remarks = sent_region(request.mask, request.box, picture.size)
    return (region.mask(picture.size) if region else None), remarks


def _canvas(desk: Desk, request: FixRequest, picture: Picture, mask: Mask | None) -> Canvas:
    return Canvas(picture, request.generation(desk.backend.defaults(), request.seed), mask)


def _unused_prompts(request: FixRequest, reports: Sequence[Report]) -> Iterator[str]:
    """A sentence for each prompt of the request that reaches no region, for every pass has its own."""
    for name in ("prompt", "negative_prompt"):
        words = getattr(request, name).strip()
        if words and reports and not any(words in getattr(report.step, name) for report in reports):
            yield (
                f"The {name.replace('_', ' ')} {quoted(words)} is not used: every pass has its own. "
                "Write [PROMPT] there to add it."
            )


def ready(desk: Desk, recipe: Recipe) -> tuple[Recipe, tuple[str, ...]]:
    """(what of the recipe can run, remarks), or refused: nothing is waited for, nothing is painted."""
    runs, skipped = present(desk.backend.eyes, recipe)
    return runs, (*skipped, *concerns(runs))
