"""The request of the command line. The same request is sent for every photograph."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retouch.api.requests.fix import FixRequest
from retouch.api.requests.inpaint import InpaintRequest
from retouch.api.requests.outpaint import OutpaintRequest
from retouch.cli import output_files, parser, prompts
from retouch.cli.client import Client
from retouch.cli.input_files import InputFile
from retouch.cli.parser import given_knobs
from retouch.errors import BadInput, Missing, did_you_mean
from retouch.knobs import dump, knobs_of, load, replace, unflatten
from retouch.recipes import library
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.target import Target


@dataclass(frozen=True)
class CliRequest:
    """One verb with its body. `keep` writes an answer to the target.

    `pointed` are the fields of a SegmentRequest, if the mask is to be segmented in each photograph.
    """

    verb: str
    body: dict[str, Any]
    keep: Callable[[InputFile, dict[str, Any]], None]
    pointed: dict[str, Any] | None = None

    @property
    def recipe(self) -> Recipe:
        """The recipe of a fix."""
        return load(Recipe, self.body["recipe"], "recipe")

    def answer(self, client: Client, image: str) -> dict[str, Any]:
        """The answer for one photograph in base64."""
        about = {"image": image} if self.pointed is None else prompts.mask(client, image, self.pointed)
        answer = client.answer(self.verb, {**self.body, **about})
        if answer.get("history"):
            history_request = {"history": answer["history"], "return_file": True}
            history = client.answer("history", history_request)
            warnings = [text for text in history["warnings"] if text not in answer["warnings"]]
            answer = {**answer, "history_file": history["file"], "warnings": [*answer["warnings"], *warnings]}
        return answer

    def planned(self) -> CliRequest:
        """The request for the plan of this one."""
        body = {"verb": self.verb, **self.body}
        return dataclasses.replace(self, verb="plan", body=body, keep=output_files.keep_plan)


def request_from(args: argparse.Namespace, client: Client) -> CliRequest:
    """The request without its picture. It is checked before any work."""
    request = _REQUESTS[args.verb](args, client)
    return request.planned() if args.plan else request


def _run(args: argparse.Namespace, client: Client) -> CliRequest:
    return _fixing(args, _recipe_named(args.recipe, client, "RECIPE"))


def _fix(args: argparse.Namespace, client: Client) -> CliRequest:
    return _fixing(args, _recipe(args, client))


def _fixing(args: argparse.Namespace, recipe: Recipe) -> CliRequest:
    fields = {"recipe": dump(recipe), "return_history": getattr(args, "history", False)}
    request = load(FixRequest, {**given_knobs(args, parser.fix_knobs()), **fields})
    return CliRequest("fix", dump(request), output_files.keep_fix)


def _inpaint(args: argparse.Namespace, _client: Client) -> CliRequest:
    """The mask is read once from its file, or segmented in each photograph."""
    body = {**unflatten(given_knobs(args, parser.inpaint_knobs())), "return_history": args.history}
    load(InpaintRequest, body)
    prompt, files = prompts.prompt(args), {"mask": args.mask, "sketch": args.sketch}
    sent = {name: prompts.file(path, f"--{name}") for name, path in files.items() if path}
    if prompt and args.mask:
        raise BadInput("what to repaint is said twice.", path="--mask", hint="Leave it or the pointing out.")
    if not prompt and not sent:
        raise BadInput("nothing is pointed at.", hint="Give --click, --box, --text, --mask or --sketch.")
    return CliRequest("inpaint", {**body, **sent}, output_files.keep_inpaint, prompt or None)


def _outpaint(args: argparse.Namespace, _client: Client) -> CliRequest:
    order = {"side_order": args.side_order.split(",")} if args.side_order else {}
    request = load(OutpaintRequest, {**given_knobs(args, parser.outpaint_knobs()), **order})
    return CliRequest("outpaint", dump(request), output_files.keep_outpaint)


def _detect(args: argparse.Namespace, _client: Client) -> CliRequest:
    target = {**given_knobs(args, parser.target_knobs()), "models": args.target or ["face"]}
    return CliRequest("detect", {"targets": [dump(load(Target, target))]}, output_files.keep_detect)


def _segment(args: argparse.Namespace, _client: Client) -> CliRequest:
    body = {**prompts.prompt(args), "everything": args.everything, "whole_masks": True}
    return CliRequest("segment", body, output_files.keep_segment)


_REQUESTS: dict[str, Callable[[argparse.Namespace, Client], CliRequest]] = {
    "run": _run,
    "fix": _fix,
    "plan": _fix,
    "inpaint": _inpaint,
    "outpaint": _outpaint,
    "detect": _detect,
    "segment": _segment,
}


def _recipe(args: argparse.Namespace, client: Client) -> Recipe:
    """The recipe by name or file, with the values of the flags in its passes."""
    if args.recipe and args.target:
        raise BadInput("a recipe has its own targets.", path="--target", hint="Leave one out.")
    target, painting = given_knobs(args, parser.target_knobs()), given_knobs(args, parser.pass_knobs())
    changes = {**painting, **{f"target.{name}": value for name, value in target.items()}}
    recipe = _recipe_without_flags(args, client)
    return dataclasses.replace(recipe, passes=tuple(replace(p, changes) for p in recipe.passes))


def _recipe_without_flags(args: argparse.Namespace, client: Client) -> Recipe:
    if args.target:
        return Recipe("Command line", passes=(Pass(target=Target(models=tuple(args.target))),))
    return _recipe_named(args.recipe or str(FixRequest().recipe), client, "--recipe")


def _recipe_named(name: str, client: Client, path: str) -> Recipe:
    """The recipe of that name at the client, or of that file. Errors name `path`."""
    if name.lower().endswith(".json"):
        return _read(Path(name), path)
    known = {fields.get("name", Recipe().name): fields for fields in client.recipes()["recipes"]}
    lower = {name.lower(): name for name in known}
    if name.strip().lower() not in lower:
        raise Missing(f"no recipe is called {name!r}.", path=path, hint=did_you_mean(name, known))
    fields = known[lower[name.strip().lower()]]
    return load(Recipe, {name: fields[name] for name in knobs_of(Recipe) if name in fields}, "recipe")


def _read(file: Path, path: str) -> Recipe:
    try:
        return library.read(file)
    except OSError as error:
        fault = f"{file} cannot be read ({error.strerror})."
        raise Missing(fault, path=path, hint="Give a recipe's name or its JSON file.") from None
