"""The person's own recipes: list them with the built-in ones, read a pasted recipe, save, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retouch.api.installed_models import known_detectors
from retouch.api.messages import unique
from retouch.knobs import dump, load
from retouch.recipes import library, sharing
from retouch.recipes.checks import contradictions
from retouch.recipes.library import RecipeLibrary
from retouch.recipes.target import KINDS, kinds_by_knob

if TYPE_CHECKING:
    from retouch.api.context import ApiContext

from retouch.api.requests.recipes import ReadRequest, RemoveRequest, SaveRequest


def list_recipes(context: ApiContext) -> dict[str, Any]:
    """Every recipe in the form of a request, the names of the `own` ones, a warning for each unreadable file.

    `uses` lists, for each knob that not every kind of target uses, the kinds that use it. `masked` lists the
    kinds that use the mask.
    """
    own_library = RecipeLibrary(context.backend.own_recipes)
    mine, by_name = own_library.own(), library.recipes(context.backend.own_recipes)
    own = [name for name in by_name if name.lower() in mine]
    every = [dump(recipe) for recipe in by_name.values()]
    masked = [kind.name for kind in KINDS.values() if kind.uses_mask]
    listed = {"recipes": every, "own": own, "warnings": own_library.faults()}
    return {**listed, "uses": kinds_by_knob(), "masked": masked}


def save(context: ApiContext, body: Any) -> dict[str, Any]:
    request = load(SaveRequest, body)
    saved = RecipeLibrary(context.backend.own_recipes).save(request.recipe, request.replace)
    return {"recipe": dump(saved), "warnings": list(contradictions(saved)), "share": sharing.share(saved)}


def read(context: ApiContext, body: Any) -> dict[str, Any]:
    """`migrated` is the older schema the text was written in, null for today's."""
    detectors = known_detectors(context.backend.models())
    received = sharing.read_text(load(ReadRequest, body).text, detectors)
    recipe = received.recipe
    newer = (
        f"It was of schema {received.migrated} and is now of {recipe.schema}." if received.migrated else ""
    )
    return {
        "recipe": dump(recipe),
        "migrated": received.migrated,
        "warnings": unique(newer, received.remarks, contradictions(recipe)),
        "share": sharing.share(recipe),
    }


def remove(context: ApiContext, body: Any) -> dict[str, Any]:
    """`restored` is the built-in recipe that is used again under that name, null where there is none."""
    name = load(RemoveRequest, body).name
    before = RecipeLibrary(context.backend.own_recipes).remove(name)
    return {"removed": name, "restored": before and dump(before)}
