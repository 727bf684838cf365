"""`python -m retouch recipes ACTION`: list, show, check, save, share, read or remove recipes."""

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
    """Add a parser for each action. Without an action, `list` runs."""
    command.set_defaults(action="list", plan=False)
    _add_place(command)
    actions = command.add_subparsers(dest="action", metavar="ACTION")
    for action, (what, word, _) in _ACTIONS.items():
        parser = actions.add_parser(action, help=what, description=what.capitalize() + ".")
        if word:
            parser.add_argument("what", metavar=word, nargs="+" if action == "check" else None)
        if action == "save":
            parser.add_argument("--replace", action="store_true", help="write over your own of that name")


def _add_place(command: argparse.ArgumentParser) -> None:
    command.add_argument("--url", metavar="URL", help="a running WebUI or Retouch whose recipes are meant")
    add_arguments(command.add_argument_group("without --url"))


def run(args: argparse.Namespace, client: Client) -> int:
    """Run the action and return the exit status. Raises RetouchError for wrong arguments."""
    _, _, act = _ACTIONS[args.action or "list"]
    return act(args, client)


def _list(args: argparse.Namespace, client: Client) -> int:
    answer = client.recipes()
    for recipe in answer["recipes"]:
        name = recipe.get("name", "Custom")
        mine = "*" if name in answer.get("own", ()) else " "
        print(f"{mine} {name:<24} {recipe.get('description', '')}".rstrip())
    _remark(*answer.get("warnings", ()))
    return 0


def _show(args: argparse.Namespace, client: Client) -> int:
    print(pretty(_find_recipe(args.what, client)), end="")
    return 0


def _check(args: argparse.Namespace, client: Client) -> int:
    """Check every file. Returns 1 if one has an error, else 0."""
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


def _save(args: argparse.Namespace, client: Client) -> int:
    recipe = _file(Path(args.what)).recipe
    answer = client.answer("recipes/save", {"recipe": dump(recipe), "replace": args.replace})
    print(f"saved: {answer['recipe']['name']}")
    _remark(*answer["warnings"])
    return 0


def _share(args: argparse.Namespace, client: Client) -> int:
    print(share(_find_recipe(args.what, client)))
    return 0


def _read(args: argparse.Namespace, client: Client) -> int:
    received = read_text(sys.stdin.read() if args.what == "-" else args.what)
    print(pretty(received.recipe), end="")
    _remark(_older(received).strip(", "), *received.remarks, *contradictions(received.recipe))
    return 0


def _remove(args: argparse.Namespace, client: Client) -> int:
    answer = client.answer("recipes/remove", {"name": args.what})
    again = "; the built-in one is used again" if answer["restored"] else ""
    print(f"removed: {answer['removed']}{again}")
    return 0


def _find_recipe(name: str, client: Client) -> Recipe:
    """The recipe of that name or file."""
    if name.lower().endswith(".json"):
        return _file(Path(name)).recipe
    known = {entry.get("name", "Custom"): entry for entry in client.recipes()["recipes"]}
    for known_name, fields in known.items():
        if known_name.lower() == name.strip().lower():
            return load(Recipe, fields, "recipe")
    raise Missing(f"no recipe is called {name!r}.", path="NAME", hint=did_you_mean(name, known))


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
