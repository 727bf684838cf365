"""The command line: `python -m retouch VERB PHOTO... -o DIR`, here or through a WebUI.

Files, folders and globs; what is already done is left alone, a file that fails is named and the
rest go on. Exit status 0 when all went well, 1 when a file failed, 2 when nothing could be begun.
"""

from __future__ import annotations

import argparse
import base64
import dataclasses
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from retouch import pointing, presets, results
from retouch.answers import Desk
from retouch.errors import BadInput, Missing, RetouchError, did_you_mean
from retouch.flags import add_knobs, given
from retouch.knobs import Leaf, dump, knobs_of, leaves, load, nested, replace
from retouch.outpainting import OutpaintRequest
from retouch.photos import Photo, photos
from retouch.recipe import Pass, Recipe, Target
from retouch.remote import Unreachable, connect
from retouch.request import FixRequest, InpaintRequest
from retouch.standalone import add_arguments, backend_of
from retouch.tally import Tally

OWN = (
    "image",
    "image_id",
    "task",
    "recipe",
    "return_masks",
    "mask",
    "box",
    "sketch",
    "answer",
    "shape.merge",
    "way",
    "again",
    "revert",
    "order",
    "stage_prompts",
)
"""Fields of a request the command line fills by itself, or has no use for."""
OF_PASSES = ("denoising_strength",)
OF_A_PHOTO = ("image", "points", "box", "mask")
"""What one photograph may be at fault with, and another of another size not."""


class Door(Protocol):
    """Where requests go: a `Desk` here, or a `Remote`."""

    def answer(self, verb: str, body: dict[str, Any]) -> dict[str, Any]: ...

    def recipes(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Work:
    """One verb, asked the same way of every photograph. `keep` writes an answer to the target.

    `pointed` is a thing to outline in each, where the verb needs a mask of it.
    """

    verb: str
    body: dict[str, Any]
    keep: Callable[[Photo, dict[str, Any]], None]
    pointed: dict[str, Any] | None = None

    def answer(self, door: Door, image: str) -> dict[str, Any]:
        """Of one photograph, in base64."""
        about = {"image": image} if self.pointed is None else pointing.mask(door, image, self.pointed)
        return door.answer(self.verb, {**self.body, **about})


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m retouch", description=_first_line(__doc__))
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, (what, add) in _VERBS.items():
        command = verbs.add_parser(verb, help=what, description=what.capitalize() + ".")
        _add_files(command)
        add(command)
        add_arguments(command.add_argument_group("without --url"))
    return top


def _add_target(command: argparse.ArgumentParser) -> None:
    command.add_argument("--target", action="append", metavar="DETECTOR", help="as face; may be given again")
    add_knobs(command.add_argument_group("what to look for"), _target_leaves())


def _add_fix(command: argparse.ArgumentParser) -> None:
    _add_target(command)
    command.add_argument("--recipe", metavar="NAME|FILE", help="by name, or a JSON file")
    add_knobs(command.add_argument_group("how to paint"), _paint_leaves())


def _add_segment(command: argparse.ArgumentParser) -> None:
    pointing.add_arguments(command.add_argument_group("what to outline"))
    command.add_argument("--everything", action="store_true", help="every thing in the picture")


def _add_inpaint(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("what to repaint")
    group.add_argument("--mask", type=Path, metavar="FILE", help="white is repainted")
    group.add_argument(
        "--sketch", type=Path, metavar="FILE", help="painted over it first; transparent elsewhere"
    )
    pointing.add_arguments(group)
    add_knobs(command.add_argument_group("how to paint"), _inpaint_leaves())


def _add_outpaint(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("how far, and how")
    sides = knobs_of(OutpaintRequest)["order"]
    group.add_argument("--order", metavar="SIDE,...", help=f"{sides.help} {', '.join(sides.choices)}.")
    add_knobs(group, _outpaint_leaves())


_VERBS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "fix": ("find and repaint", _add_fix),
    "inpaint": ("repaint what is pointed at", _add_inpaint),
    "outpaint": ("extend in stages, to a margin, a size or an aspect", _add_outpaint),
    "plan": ("say what a fix would paint, as JSON; paint nothing", _add_fix),
    "detect": ("find: a picture of what was found, and masks", _add_target),
    "segment": ("outline what is pointed at: a picture of it, and masks", _add_segment),
}


def _first_line(doc: str | None) -> str:
    return (doc or "").splitlines()[0]


def _add_files(command: argparse.ArgumentParser) -> None:
    command.add_argument("photos", nargs="+", metavar="PHOTO", help="files, folders or globs")
    command.add_argument("-o", "--out", type=Path, default=Path("retouched"), metavar="DIR")
    command.add_argument("--force", action="store_true", help="do again what is done")
    command.add_argument("--json", action="store_true", help="one line of JSON a photograph")
    command.add_argument("--url", metavar="URL", help="a running WebUI or Retouch to work there")


def _target_leaves() -> list[Leaf]:
    """Of a target, what one word can say and means something without a mask of the person's."""
    found = leaves(Target)
    return [leaf for leaf in found if leaf.plain_type is not tuple and leaf.path != "user_mask"]


def _paint_leaves() -> list[Leaf]:
    asked = [leaf for leaf in leaves(FixRequest) if leaf.path not in OWN]
    return [*asked, *(leaf for leaf in leaves(Pass) if leaf.path in OF_PASSES)]


def _inpaint_leaves() -> list[Leaf]:
    return [leaf for leaf in leaves(InpaintRequest) if leaf.path not in OWN]


def _outpaint_leaves() -> list[Leaf]:
    return [leaf for leaf in leaves(OutpaintRequest) if leaf.path not in OWN]


def main(words: Sequence[str] | None = None, door: Door | None = None) -> int:
    """Do what the command line says; `door` stands in for the one it names. The exit status."""
    args = parser().parse_args(words)
    try:
        door = door or _door(args)
        named = photos(args.photos, args.out, results.ENDINGS[args.verb])
        work = _work(args, door)
    except RetouchError as error:
        return _refuse(error)
    return _run(named, work, door, args)


def _door(args: argparse.Namespace) -> Door:
    return connect(args.url) if args.url else Desk(backend_of(args))


def _refuse(error: RetouchError) -> int:
    print(f"retouch: {error}", file=sys.stderr)
    return 2


def _work(args: argparse.Namespace, door: Door) -> Work:
    """The request without its picture, checked as far as it can be before any work."""
    keep = results.KEEPERS[args.verb]
    if args.verb == "segment":
        asked = pointing.prompt(args)
        return Work("segment", {**asked, "everything": args.everything, "whole_masks": True}, keep)
    if args.verb == "inpaint":
        return _inpaint(args, keep)
    if args.verb == "outpaint":
        order = {"order": args.order.split(",")} if args.order else {}
        return Work(
            "outpaint", dump(load(OutpaintRequest, {**given(args, _outpaint_leaves()), **order})), keep
        )
    if args.verb == "detect":
        target = {**given(args, _target_leaves()), "models": args.target or ["face"]}
        return Work("detect", {"targets": [dump(load(Target, target))]}, keep)
    asked = [leaf for leaf in _paint_leaves() if leaf.path not in OF_PASSES]
    request = load(FixRequest, {**given(args, asked), "recipe": dump(_recipe(args, door))})
    body = dump(request)
    return Work(args.verb, {"verb": "fix", **body} if args.verb == "plan" else body, keep)


def _inpaint(args: argparse.Namespace, keep: Callable[[Photo, dict[str, Any]], None]) -> Work:
    """A mask is read from its file, once, or outlined in each photograph."""
    body = nested(given(args, _inpaint_leaves()))
    load(InpaintRequest, body)
    asked, files = pointing.prompt(args), {"mask": args.mask, "sketch": args.sketch}
    sent = {name: pointing.file(path, f"--{name}") for name, path in files.items() if path}
    if asked and args.mask:
        raise BadInput("what to repaint is said twice.", path="--mask", hint="Leave it or the pointing out.")
    if not asked and not sent:
        raise BadInput("nothing is pointed at.", hint="Give --click, --box, --text, --mask or --sketch.")
    return Work("inpaint", {**body, **sent}, keep, asked or None)


def _recipe(args: argparse.Namespace, door: Door) -> Recipe:
    """The recipe named or written, with what the flags say of its passes."""
    if args.recipe and args.target:
        raise BadInput("a recipe has its own targets.", path="--target", hint="Leave one out.")
    target = given(args, _target_leaves())
    own = {leaf.path: leaf for leaf in leaves(Pass)}
    painting = given(args, [own[path] for path in OF_PASSES])
    recipe = _asked_recipe(args, door)
    changes = {**painting, **{f"target.{name}": value for name, value in target.items()}}
    return dataclasses.replace(recipe, passes=tuple(replace(p, changes) for p in recipe.passes))


def _asked_recipe(args: argparse.Namespace, door: Door) -> Recipe:
    if args.target:
        return Recipe("Command line", passes=(Pass(target=Target(models=tuple(args.target))),))
    asked = args.recipe or str(FixRequest().recipe)
    if asked.lower().endswith(".json"):
        return _read(Path(asked))
    known = {said["name"].lower(): said for said in door.recipes()["recipes"]}
    if asked.lower() not in known:
        names = [said["name"] for said in known.values()]
        hint = did_you_mean(asked, names)
        raise Missing(f"no recipe is called {asked!r}.", path="--recipe", hint=hint)
    return load(Recipe, known[asked.lower()], "recipe")


def _read(path: Path) -> Recipe:
    try:
        return presets.read(path)
    except OSError as error:
        fault = f"{path} cannot be read ({error.strerror})."
        raise Missing(fault, path="--recipe", hint="Give a recipe's name or its JSON file.") from None


def _run(named: Sequence[Photo], work: Work, door: Door, args: argparse.Namespace) -> int:
    with Tally(len(named), quiet=args.json) as tally:
        try:
            for photo in named:
                if photo.done and not args.force:
                    tally.skip(photo.target)
                else:
                    _one(photo, work, door, tally)
        except KeyboardInterrupt:
            return tally.interrupted()
        except RetouchError as error:  # the request itself is at fault: no other file fares better
            tally.close()
            return _refuse(error)
    return tally.status()


def _one(photo: Photo, work: Work, door: Door, tally: Tally) -> None:
    try:
        image = base64.b64encode(photo.source.read_bytes()).decode("ascii")
        answer = work.answer(door, image)
        results.check(answer)
        photo.target.parent.mkdir(parents=True, exist_ok=True)
        work.keep(photo, answer)
    except (RetouchError, OSError) as error:
        if _of_the_request(error):
            raise
        tally.fail(photo.source, error)
    else:
        tally.finish(photo, results.line(photo, answer), answer.get("warnings", ()))


def _of_the_request(error: Exception) -> bool:
    """True when every other photograph would fail in the same way."""
    if not isinstance(error, RetouchError):
        return False
    at_fault = error.status in (404, 422) and error.path and not error.path.startswith(OF_A_PHOTO)
    return isinstance(error, Unreachable) or bool(at_fault)
