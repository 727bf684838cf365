"""The recipe in a pasted generation text: Retouch's own, else that of ADetailer's tabs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from retouch.errors import RetouchError
from retouch.recipes.infotext import RECIPE, recipe_in
from retouch.recipes.recipe import Recipe
from retouch.webui import service
from retouch.webui.adetailer_script import is_adetailer_loaded


@dataclass(frozen=True)
class PastedRecipe:
    """The recipe of a generation text. `enables` is whether the text asks for Retouch.

    `recipe` is None without one and for a damaged one, whose fault is `error`.
    """

    recipe: Recipe | None = None
    enables: bool = False
    remarks: tuple[str, ...] = ()
    error: str = ""


@dataclass
class _LastPaste:
    """The recipe of the last parameters. The host asks for each widget, with the same dictionary."""

    kept: tuple[Mapping[str, Any], PastedRecipe] | None = None

    def find(self, params: Mapping[str, Any]) -> PastedRecipe:
        kept = self.kept
        if kept is None or kept[0] is not params:
            self.kept = kept = (params, _read(params))
        return kept[1]


_LAST = _LastPaste()


def pasted_recipe(params: Mapping[str, Any]) -> PastedRecipe:
    """The recipe in the parameters of a pasted generation text."""
    return _LAST.find(params)


def _read(params: Mapping[str, Any]) -> PastedRecipe:
    try:
        if params.get(RECIPE) or is_adetailer_loaded():
            return PastedRecipe(recipe_in(params), RECIPE in params)
        return _read_adetailer(params)
    except RetouchError as error:
        return PastedRecipe(enables=RECIPE in params, error=str(error))


def _read_adetailer(params: Mapping[str, Any]) -> PastedRecipe:
    from retouch.recipes.adetailer.generation_text import read_tabs

    found = read_tabs(params)
    if found is None:
        return PastedRecipe(enables=RECIPE in params)
    payload, unknown = found
    conversion = service.convert_adetailer(payload)
    return PastedRecipe(conversion.recipe, True, (*unknown, *conversion.warnings))
