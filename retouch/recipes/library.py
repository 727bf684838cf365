"""Recipes by name: the built-in JSON files beside this one, and a person's own folder."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import logging
import os
import re
import tempfile
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retouch.errors import BadInput, Missing, RetouchError, TooLarge, convert_errors, did_you_mean
from retouch.knobs import dump, load
from retouch.recipes.recipe import Recipe

_LOG = logging.getLogger(__name__)
BUILT_IN = Path(__file__).parent / "presets"
MAX_BYTES = 4 * 1024 * 1024
"""Bytes of a recipe's JSON: enough for the most passes with the longest prompts."""


def plain(text: str, path: str = "") -> Any:
    """The data in a JSON text. BadInput, with line and column, for invalid JSON."""
    try:
        return json.loads(text)
    except RecursionError:
        raise BadInput("it is nested too deeply.", path=path, hint="A recipe is a JSON object.") from None
    except ValueError as error:
        raise BadInput(f"{error}.", path=path, hint="A recipe is a JSON object.") from None


def read(path: Path) -> Recipe:
    """The recipe in a file. BadInput names the file and the JSON path of an error."""
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
    if not path.is_file() and path.exists():  # reading a pipe would block
        raise BadInput("it is no file.", hint="A recipe is a JSON file.")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge(f"more than {MAX_BYTES} bytes are no recipe.", hint="Is that the right file?")
    return data.decode("utf-8-sig")


def built_in() -> tuple[Recipe, ...]:
    """The recipes that come with Retouch, in the order of their files."""
    return tuple(read(path) for path in sorted(BUILT_IN.glob("*.json")))


def files(own: Path | None) -> Iterator[tuple[Path, Recipe | RetouchError]]:
    """A person's own files in order, each with its recipe or with the error why it cannot be read."""
    for path in sorted(own.glob("*.json")) if own and own.is_dir() else ():
        try:
            yield path, read(path)
        except RetouchError as error:
            yield path, error
        except OSError as error:
            yield path, RetouchError(f"it cannot be read ({error.strerror}).", path=path.name)


def recipes(own: Path | None = None) -> dict[str, Recipe]:
    """All recipes by name. A person's own recipe replaces a built-in one of the same name, in any case.

    A file that cannot be read is logged and left out.
    """
    by_name = {recipe.name.lower(): recipe for recipe in built_in()}
    for path, outcome in files(own):
        if isinstance(outcome, Recipe):
            by_name[outcome.name.lower()] = outcome
        else:
            _LOG.warning("Retouch: recipe %s is left out: %s", path.name, outcome)
    return {recipe.name: recipe for recipe in by_name.values()}


def recipe(asked: str | Recipe, own: Path | None = None) -> Recipe:
    """The recipe itself, or the one of this name in any case. Missing suggests the closest name."""
    if isinstance(asked, Recipe):
        return asked
    by_name = recipes(own)
    by_lower = {name.lower(): name for name in by_name}
    name = by_lower.get(asked.strip().lower())
    if name is None:
        raise Missing(f"no recipe is called {asked!r}.", path="recipe", hint=did_you_mean(asked, by_name))
    return by_name[name]


MAX_OWN = 500
UNNAMED = "Custom"
"""The name of settings that are no named recipe."""
_LONGEST_STEM = 48
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
"""Names that Windows reserves, with any ending."""
_writing = threading.Lock()


def pretty(recipe: Recipe) -> str:
    """The JSON of a recipe's file: its version, and every knob that is not at its default."""
    return json.dumps(dump(recipe), ensure_ascii=False, indent=2) + "\n"


@dataclass(frozen=True)
class RecipeLibrary:
    """A person's own recipes. `folder` need not exist yet; None for no folder."""

    folder: Path | None

    def own(self) -> dict[str, Recipe]:
        """The recipes that can be read, by name in lower case."""
        return {
            outcome.name.lower(): outcome for _, outcome in files(self.folder) if isinstance(outcome, Recipe)
        }

    def faults(self) -> list[str]:
        """One sentence for each file that cannot be read."""
        return [str(outcome) for _, outcome in files(self.folder) if isinstance(outcome, RetouchError)]

    def save(self, recipe: Recipe, replace: bool = False) -> Recipe:
        """Write a recipe atomically and return it as written. A built-in recipe of its name stays unchanged.

        Raises BadInput for an invalid name, and for a used one without `replace`; TooLarge for too many
        recipes; Missing without a folder.
        """
        named = dataclasses.replace(recipe, name=_check_name(recipe.name))
        with _writing, _disk(self._folder()) as folder:
            paths = self._files(named.name)
            if not replace:
                self._refuse_taken(named.name, bool(paths))
            if not paths and sum(1 for _ in folder.glob("*.json")) >= MAX_OWN:
                fault = f"there are {MAX_OWN} recipes of your own already."
                raise TooLarge(fault, path="recipe", hint="Remove some first.")
            folder.mkdir(parents=True, exist_ok=True)
            _put(paths[-1] if paths else _free(folder, named.name), pretty(named))
        return named

    def remove(self, name: str) -> Recipe | None:
        """Delete a recipe. Returns the built-in one of the same name, which is available again, or None.

        Raises Missing for an unknown name, and BadInput for a built-in recipe.
        """
        before = _built_in(name)
        with _writing, _disk(self._folder()):
            paths = self._files(name)
            for path in paths:
                path.unlink(missing_ok=True)
        if not paths and before:
            hint = "Only your own recipes can be removed."
            raise BadInput(f"{before.name!r} is built in.", path="name", hint=hint)
        if not paths:
            hint = did_you_mean(name, [recipe.name for recipe in self.own().values()])
            raise Missing(f"you have no recipe called {name!r}.", path="name", hint=hint)
        return before

    def _folder(self) -> Path:
        if self.folder is None:
            raise Missing("there is no folder for your own recipes.", hint="Start with --recipes DIR.")
        return self.folder

    def _files(self, name: str) -> list[Path]:
        """The files with a recipe of this name; the last one is used."""
        wanted = name.strip().lower()
        readable = [(path, recipe) for path, recipe in files(self.folder) if isinstance(recipe, Recipe)]
        return [path for path, recipe in readable if recipe.name.lower() == wanted]

    @staticmethod
    def _refuse_taken(name: str, mine: bool) -> None:
        if mine:
            fault, hint = f"you have a recipe called {name!r} already.", "Take another name, or `replace` it."
            raise BadInput(fault, path="recipe.name", hint=hint)
        if built_in := _built_in(name):
            fault = f"{built_in.name!r} is built in and cannot be changed."
            hint = "Take another name, or `replace` it by your own, which can be removed again."
            raise BadInput(fault, path="recipe.name", hint=hint)


def _built_in(name: str) -> Recipe | None:
    wanted = name.strip().lower()
    return next((recipe for recipe in built_in() if recipe.name.lower() == wanted), None)


def _check_name(name: str) -> str:
    """The name on one line, without blanks around it. BadInput for an invalid one."""
    plain = " ".join(name.split())
    if not plain:
        raise BadInput("is blank.", path="recipe.name", hint="Give the recipe a name.")
    if not plain.isprintable():
        raise BadInput(f"{plain!r} cannot be shown.", path="recipe.name", hint="Letters, digits, signs.")
    if plain.lower() == UNNAMED.lower():
        fault = f"{plain!r} is what settings without a name are called."
        raise BadInput(fault, path="recipe.name", hint="Take another name.")
    return plain


def _free(folder: Path, name: str) -> Path:
    """A path for this name that does not exist yet, so that no other recipe is overwritten."""
    stem = stem_of(name)
    stems = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(path for path in (folder / f"{stem}.json" for stem in stems) if not os.path.lexists(path))


def stem_of(name: str) -> str:
    """A recipe's name as a file name without ending, valid on every system and without a path."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    stem = re.sub(r"[\W_]+", "-", plain).strip("-")[:_LONGEST_STEM].strip("-")
    return f"recipe-{stem}".strip("-") if not stem or _DEVICES.fullmatch(stem) else stem


def _put(path: Path, text: str) -> None:
    """Write a file atomically, through a temporary file."""
    handle, name = tempfile.mkstemp(".part", path.stem, path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _disk(folder: Path) -> Iterator[Path]:
    """Convert an OSError to a RetouchError that names no path of the server."""
    try:
        yield folder
    except OSError as error:
        fault = f"your own recipes cannot be written ({error.strerror})."
        hint = "Is the disk full, or the folder not yours?"
        raise RetouchError(fault, path="recipe", hint=hint) from error
