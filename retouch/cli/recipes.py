"""`python -m retouch recipes ACTION`: see recipes, check, keep, share and read them, here or on a WebUI."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from retouch.app.backend import add_arguments
from retouch.errors import Missing, RetouchError, did_you_mean
from retouch.knobs import dump, load
from retouch.recipes.checks import contradictions
from retouch.recipes.library import pretty
from retouch.recipes.recipe import Recipe
from retouch.recipes.sharing import Received, read_text, share

if TYPE_CHECKING:
    from retouch.cli.client import Client

ABOUT = "list, show, check, save, share, read or remove recipes"


def add(command: argparse.ArgumentParser) -> None:
    """Each action with its own words; without one, `list`."""
    command.set_defaults(action="list", plan=False)
    _add_place(command)
    actions = command.add_subparsers(dest="action", metavar="ACTION")
    for action, (what, word, _) in _ACTIONS.items():
        made = actions.add_parser(action, help=what, description=what.capitalize() + ".")
        if word:
            made.add_argument("what", metavar=word, nargs="+" if action == "check" else None)
        if action == "save":
            made.add_argument("--replace", action="store_true", help="write over your own of that name")


def _add_place(command: argparse.ArgumentParser) -> None:
    command.add_argument("--url", metavar="URL", help="a running WebUI or Retouch whose recipes are meant")
    add_arguments(command.add_argument_group("without --url"))


def run(args: argparse.Namespace, door: Client) -> int:
    """The exit status; RetouchError for what was asked wrongly."""
    _, _, act = _ACTIONS[args.action or "list"]
    return act(args, door)


def _list(args: argparse.Namespace, door: Client) -> int:
    said = door.recipes()
    for one in said["recipes"]:
        name = one.get("name", "Custom")
        mine = "*" if name in said.get("own", ()) else " "
        print(f"{mine} {name:<24} {one.get('description', '')}".rstrip())
    _remark(*said.get("warnings", ()))
    return 0


def _show(args: argparse.Namespace, door: Client) -> int:
    print(pretty(_find_recipe(args.what, door)), end="")
    return 0


def _check(args: argparse.Namespace, door: Client) -> int:
    """Every file is looked at, whatever is wrong with one. 1 when something is."""
    return max(_check_file(Path(name)) for name in args.what)


def _check_file(path: Path) -> int:
    try:
        received = _file(path)
    except RetouchError as error:
        _remark(f"{path.name}: {error}")
        return 1
    print(f"{path.name}: {received.recipe.name}, {_count(received.recipe)}{_older(received)}")
    _remark(*(f"{path.name}: {text}" for text in contradictions(received.recipe)))
    return 0


def _save(args: argparse.Namespace, door: Client) -> int:
    recipe = _file(Path(args.what)).recipe
    said = door.answer("recipes/save", {"recipe": dump(recipe), "replace": args.replace})
    print(f"saved: {said['recipe']['name']}")
    _remark(*said["warnings"])
    return 0


def _share(args: argparse.Namespace, door: Client) -> int:
    print(share(_find_recipe(args.what, door)))
    return 0


def _read(args: argparse.Namespace, door: Client) -> int:
    received = read_text(sys.stdin.read() if args.what == "-" else args.what)
    print(pretty(received.recipe), end="")
    _remark(_older(received).strip(", "), *contradictions(received.recipe))
    return 0


def _remove(args: argparse.Namespace, door: Client) -> int:
    said = door.answer("recipes/remove", {"name": args.what})
    again = "; the built-in one is used again" if said["restored"] else ""
    print(f"removed: {said['removed']}{again}")
    return 0


def _find_recipe(asked: str, door: Client) -> Recipe:
    """By name, or from a file."""
    if asked.lower().endswith(".json"):
        return _file(Path(asked)).recipe
    known = {one.get("name", "Custom"): one for one in door.recipes()["recipes"]}
    for name, said in known.items():
        if name.lower() == asked.strip().lower():
            return load(Recipe, said, "recipe")
    raise Missing(f"no recipe is called {asked!r}.", path="NAME", hint=did_you_mean(asked, known))


def _file(path: Path) -> Received:
    try:
        return read_text(path.read_text("utf-8-sig"))
    except OSError as error:
        fault = f"{path} cannot be read ({error.strerror})."
        raise Missing(fault, path="FILE", hint="Give a recipe's JSON file.") from None
    except UnicodeDecodeError:
        raise Missing(f"{path} is not text.", path="FILE", hint="Give a recipe's JSON file.") from None


def _count(recipe: Recipe) -> str:
    return f"{len(recipe.passes)} pass" + ("" if len(recipe.passes) == 1 else "es")


def _older(received: Received) -> str:
    return f", written as schema {received.migrated}" if received.migrated else ""


def _remark(*texts: str) -> None:
    for text in filter(None, texts):
        print(f"retouch: {text}", file=sys.stderr)


_ACTIONS: dict[str, tuple[str, str, Callable[[argparse.Namespace, Client], int]]] = {
    "list": ("list them, your own with a star", "", _list),
    "show": ("print one as JSON", "NAME", _show),
    "check": ("say what is wrong with files", "FILE", _check),
    "save": ("keep a file among your own", "FILE", _save),
    "share": ("print one as a string to send to others", "NAME", _share),
    "read": ("print what a share string or a generation text holds; - reads standard input", "TEXT", _read),
    "remove": ("take one of your own away", "NAME", _remove),
}
