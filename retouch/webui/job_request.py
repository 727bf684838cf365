"""The request of a surrounding job: Retouch's own arguments, else those for ADetailer."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retouch.api.requests.script import AutofixRequest
from retouch.knobs import replace
from retouch.recipes import library
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.sampling import Overrides
from retouch.webui.adetailer_script import has_request, served_conversion
from retouch.webui.panel.panel import request_from
from retouch.webui.service import own_recipes

if TYPE_CHECKING:
    from retouch.recipes.adetailer.conversion import Conversion

OVERRIDES = "retouch_overrides"
"""Attribute of `p` with the changes of an X/Y/Z axis: {dotted path in the first pass: value}."""

TWO_REQUESTS = "The arguments for ADetailer are not used: the request has arguments for Retouch."


@dataclass(frozen=True)
class JobRequest:
    """A request with its recipe in full, after the request's sampling and the X/Y/Z axes.

    `remarks` are sentences on the request. `conversion` is that of a request for ADetailer.
    """

    request: AutofixRequest
    recipe: Recipe
    remarks: tuple[str, ...] = ()
    conversion: Conversion | None = None

    @property
    def asks_for_work(self) -> bool:
        return bool(self.recipe.active or (self.request.skip_img2img and self.request.outpaint))

    def errors_in_request(self) -> AbstractContextManager[None]:
        """Context manager: errors about the recipe get the path in the arguments for ADetailer."""
        return self.conversion.errors_at_tabs() if self.conversion else contextlib.nullcontext()


def find_request(p: Any, args: Sequence[Any]) -> JobRequest | None:
    """The request of a job, None where nothing is to be done. Raises BadInput and Missing with a path."""
    asked = _own_request(p, args) or _served_request(p)
    if asked is None or asked.asks_for_work:
        return asked
    for remark in asked.remarks:
        p.comment(f"Retouch: {remark}")
    return None


def _own_request(p: Any, args: Sequence[Any]) -> JobRequest | None:
    changes = getattr(p, OVERRIDES, None)
    request = request_from([True, *args[1:]] if changes and not isinstance(args[0], dict) else args)
    if request is None:
        return None
    named = library.recipe(request.recipe, own_recipes()).knowing(request.people)
    recipe = _apply_axes(_with_overrides(named, request), changes or {})
    return JobRequest(request, recipe, (TWO_REQUESTS,) if has_request(p) else ())


def _served_request(p: Any) -> JobRequest | None:
    conversion = served_conversion(p)
    if conversion is None:
        return None
    request = AutofixRequest(recipe=conversion.recipe, skip_img2img=conversion.skip_img2img)
    return JobRequest(request, conversion.recipe, conversion.warnings, conversion)


def _with_overrides(recipe: Recipe, request: AutofixRequest) -> Recipe:
    """The recipe with the request's sampling values in every pass that leaves them blank."""
    overrides = {f.name: getattr(request, f.name) for f in dataclasses.fields(Overrides)}

    def fill_blanks(recipe_pass: Pass) -> Pass:
        blank = {name: value for name, value in overrides.items() if getattr(recipe_pass, name) is None}
        return dataclasses.replace(recipe_pass, **blank)

    return dataclasses.replace(
        recipe, passes=tuple(fill_blanks(recipe_pass) for recipe_pass in recipe.passes)
    )


def _apply_axes(recipe: Recipe, changes: dict[str, Any]) -> Recipe:
    """The recipe with the changes of an X/Y/Z axis in its first pass."""
    if not changes:
        return recipe
    first, *rest = recipe.passes or (Pass(),)
    return dataclasses.replace(recipe, name="Custom", passes=(replace(first, changes, "axis"), *rest))
