"""Recipes by name: the built-in JSON files beside this one, and a person's own folder."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from retouch.errors import BadInput, Missing, RetouchError, did_you_mean
from retouch.knobs import load
from retouch.recipe import Recipe

_LOG = logging.getLogger(__name__)
BUILT_IN = Path(__file__).parent


def read(path: Path) -> Recipe:
    """One recipe file; BadInput names the file and the JSON path of a fault."""
    try:
        return load(Recipe, json.loads(path.read_text("utf-8")))
    except ValueError as error:  # not JSON, or not even text
        raise BadInput(f"{error}.", path=path.name, hint="A recipe is a JSON object.") from None
    except BadInput as error:
        raise BadInput(error.what, path=f"{path.name}: {error.path}", hint=error.hint) from None


def recipes(own: Path | None = None) -> dict[str, Recipe]:
    """All recipes by name; a person's own replaces a built-in of its name.

    One of their files that cannot be read is logged and left out: the others still serve.
    """
    found = [read(path) for path in sorted(BUILT_IN.glob("*.json"))]
    for path in sorted(own.glob("*.json")) if own and own.is_dir() else ():
        try:
            found.append(read(path))
        except (RetouchError, OSError) as error:
            _LOG.warning("Retouch: recipe %s is left out: %s", path.name, error)
    return {recipe.name: recipe for recipe in found}


def recipe(asked: str | Recipe, own: Path | None = None) -> Recipe:
    """The recipe itself, or the one of that name in any case; Missing lists what there is."""
    if isinstance(asked, Recipe):
        return asked
    known = recipes(own)
    by_lower = {name.lower(): name for name in known}
    name = by_lower.get(asked.strip().lower())
    if name is None:
        raise Missing(f"no recipe is called {asked!r}.", path="recipe", hint=did_you_mean(asked, known))
    return known[name]
