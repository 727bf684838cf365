"""Recipes by name: the built-in JSON files beside this one, and a person's own folder."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from retouch.errors import BadInput, Missing, RetouchError, TooLarge, convert_errors, did_you_mean
from retouch.knobs import load
from retouch.recipe import Recipe

_LOG = logging.getLogger(__name__)
BUILT_IN = Path(__file__).parent
MAX_BYTES = 4 * 1024 * 1024
"""Of a recipe's JSON: the most passes with the longest prompts, and no more."""


def plain(text: str, path: str = "") -> Any:
    """JSON as data. BadInput with its line and column where it is none."""
    try:
        return json.loads(text)
    except RecursionError:
        raise BadInput("it is nested too deeply.", path=path, hint="A recipe is a JSON object.") from None
    except ValueError as error:
        raise BadInput(f"{error}.", path=path, hint="A recipe is a JSON object.") from None


def read(path: Path) -> Recipe:
    """One recipe file; BadInput names the file and the JSON path of a fault."""
    try:
        text = _text(path)
        with convert_errors(
            lambda cause: BadInput(f"it is no recipe ({cause}).", hint="A recipe is a JSON object.")
        ):
            return load(Recipe, plain(text))
    except UnicodeDecodeError as error:
        raise BadInput(f"{error}.", path=path.name, hint="A recipe is text in UTF-8.") from None
    except BadInput as error:
        place = f"{path.name}: {error.path}" if error.path else path.name
        raise BadInput(error.what, path=place, hint=error.hint) from None


def _text(path: Path) -> str:
    if not path.is_file() and path.exists():  # a pipe would be waited for without end
        raise BadInput("it is no file.", hint="A recipe is a JSON file.")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge(f"more than {MAX_BYTES} bytes are no recipe.", hint="Is that the right file?")
    return data.decode("utf-8-sig")


def built_in() -> tuple[Recipe, ...]:
    return tuple(read(path) for path in sorted(BUILT_IN.glob("*.json")))


def files(own: Path | None) -> Iterator[tuple[Path, Recipe | RetouchError]]:
    """A person's own files in order, each with its recipe or with why it cannot be read."""
    for path in sorted(own.glob("*.json")) if own and own.is_dir() else ():
        try:
            yield path, read(path)
        except RetouchError as error:
            yield path, error
        except OSError as error:
            yield path, RetouchError(f"it cannot be read ({error.strerror}).", path=path.name)


def recipes(own: Path | None = None) -> dict[str, Recipe]:
    """All recipes by name; a person's own replaces a built-in of its name, in whichever case.

    One of their files that cannot be read is logged and left out: the others still serve.
    """
    found = {recipe.name.lower(): recipe for recipe in built_in()}
    for path, said in files(own):
        if isinstance(said, Recipe):
            found[said.name.lower()] = said
        else:
            _LOG.warning("Retouch: recipe %s is left out: %s", path.name, said)
    return {recipe.name: recipe for recipe in found.values()}


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
