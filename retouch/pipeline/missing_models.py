"""Find models that a recipe needs and that are not installed, before anything is painted."""

from __future__ import annotations

import dataclasses

from retouch.errors import RetouchError
from retouch.pipeline.finders import Finders
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.target import Target
from retouch.segmenters.text_segmenter import TextSegmenter


def drop_unavailable_passes(
    finders: Finders, recipe: Recipe, path: str = "recipe"
) -> tuple[Recipe, tuple[str, ...]]:
    """(the recipe without passes that lack a model and may be skipped, a remark for each of them).

    Raises the error of the first missing model of another pass, at its JSON path below `path`.
    """
    passes, remarks = list(recipe.passes), []
    for index, recipe_pass in recipe.active:
        error = _lacking(finders, recipe_pass.target)
        if error is None:
            continue
        if recipe_pass.if_missing == "refuse":
            raise type(error)(error.what, path=f"{path}.passes[{index}].{error.path}", hint=error.hint)
        passes[index] = _off(recipe_pass)
        remarks.append(f"Pass {index + 1} is skipped: {error.what} {error.hint}".rstrip())
    return dataclasses.replace(recipe, passes=tuple(passes)), tuple(remarks)


def _off(recipe_pass: Pass) -> Pass:
    return dataclasses.replace(recipe_pass, enabled=False)


def _lacking(finders: Finders, target: Target) -> RetouchError | None:
    """The error of the first missing model of a target, or None. No model is loaded."""
    models = target.models if "models" in target.kind.knobs else ()
    for i, model in enumerate(models):
        try:
            finders.detector(model)
        except RetouchError as error:
            return type(error)(error.what, path=f"target.models[{i}]", hint=error.hint)
    if "classes" in target.kind.knobs and target.classes and not models:
        return _text_segmenter_error(finders, target)
    return None


def _text_segmenter_error(finders: Finders, target: Target) -> RetouchError | None:
    try:
        segmenter = finders.segmenter("")
        if isinstance(segmenter, TextSegmenter):
            segmenter.demand(", ".join(target.classes))
    except RetouchError as error:
        return type(error)(error.what, path="target.classes", hint=error.hint)
    return None
