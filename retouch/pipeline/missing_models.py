"""Models that a recipe needs and that are not here: found out before anything is painted."""

from __future__ import annotations

import dataclasses

from retouch.errors import RetouchError
from retouch.pipeline.finders import Finders
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.target import Target
from retouch.segmenters.text_segmenter import TextSegmenter


def drop_unavailable_passes(
    eyes: Finders, recipe: Recipe, path: str = "recipe"
) -> tuple[Recipe, tuple[str, ...]]:
    """(the recipe without the passes that lack a model and are then to be skipped, a remark for each).

    Raises what is wrong with the first model that a pass cannot do without, at its JSON path below `path`.
    """
    passes, remarks = list(recipe.passes), []
    for place, one in recipe.active:
        error = _lacking(eyes, one.target)
        if error is None:
            continue
        if one.if_missing == "refuse":
            raise type(error)(error.what, path=f"{path}.passes[{place}].{error.path}", hint=error.hint)
        passes[place] = _off(one)
        remarks.append(f"Pass {place + 1} is skipped: {error.what} {error.hint}".rstrip())
    return dataclasses.replace(recipe, passes=tuple(passes)), tuple(remarks)


def _off(one: Pass) -> Pass:
    return dataclasses.replace(one, enabled=False)


def _lacking(eyes: Finders, target: Target) -> RetouchError | None:
    """Why the target cannot be looked for, None when it can. Nothing is loaded."""
    models = target.models if "models" in target.kind.knobs else ()
    for i, model in enumerate(models):
        try:
            eyes.detector(model)
        except RetouchError as error:
            return type(error)(error.what, path=f"target.models[{i}]", hint=error.hint)
    if "classes" in target.kind.knobs and target.classes and not models:
        return _wordless(eyes, target)
    return None


def _wordless(eyes: Finders, target: Target) -> RetouchError | None:
    try:
        finder = eyes.segmenter("")
        if isinstance(finder, TextSegmenter):
            finder.demand(", ".join(target.classes))
    except RetouchError as error:
        return type(error)(error.what, path="target.classes", hint=error.hint)
    return None
