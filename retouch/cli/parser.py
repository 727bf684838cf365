"""The parser of the command line: a verb, photographs, and a flag for every declared knob."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from retouch import __version__
from retouch.api.requests.fix import FixRequest
from retouch.api.requests.inpaint import InpaintRequest
from retouch.api.requests.outpaint import OutpaintRequest
from retouch.app.backend import add_arguments
from retouch.cli import history, prompts, recipes
from retouch.cli.short_help import ShortHelpParser
from retouch.errors import plain_number
from retouch.knobs import Knob, KnobPath, knob_paths, knobs_of
from retouch.recipes.recipe import Pass
from retouch.recipes.target import Target

ABOUT = "Find what is wrong in photographs and repaint it, here or through a WebUI."
OWN = (
    "image",
    "image_id",
    "task",
    "key",
    "recipe",
    "people",
    "return_masks",
    "return_history",
    "return_steps",
    "mask",
    "box",
    "sketch",
    "answer",
    "shape.merge",
    "state",
    "repaint",
    "revert",
    "choose",
    "keep_later",
    "max_stages",
    "side_order",
    "stage_prompts",
)
"""Fields of a request without a flag: the command line fills them or does not use them."""
OF_PASSES = ("denoising_strength",)
COMMON = (
    *("prompt", "negative_prompt", "seed", "denoising_strength", "variations", "intent"),
    *("confidence", "top_k", "left", "top", "right", "bottom", "aspect"),
)
"""Names of the knobs that --help lists. --help-all lists every knob."""
RARE_OPTIONS = (
    *("force", "json", "sketch", "unclick", "device", "segmenter", "refine_edges", "side_order"),
    *("demo_noise", "models_dir", "recipes", "offline"),
)
"""Other options that only --help-all lists, by their `dest`."""


def build_parser() -> argparse.ArgumentParser:
    """A command for each verb. `plan` of the parsed arguments is true if nothing is to be painted."""
    top = ShortHelpParser(prog="python -m retouch", description=ABOUT)
    top.add_argument("--version", action="version", version=f"retouch {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, (what, add) in _VERBS.items():
        example = f"Example: python -m retouch {_EXAMPLES[verb]}"
        command = verbs.add_parser(verb, help=what, description=what.capitalize() + ".", epilog=example)
        command.set_defaults(plan=verb == "plan")
        add(command)
        _add_files(command)
        add_arguments(command.add_argument_group("without --url"))
        command.set_rare(*_rare_actions(command))
    for name, alone in (("recipes", recipes), ("history", history)):
        alone.add(verbs.add_parser(name, help=alone.ABOUT, description=alone.ABOUT.capitalize() + "."))
    return top


def _rare_actions(command: argparse.ArgumentParser) -> list[argparse.Action]:
    """The options of knobs that are not COMMON, and RARE_OPTIONS."""
    knobs = [action for action in command._actions if getattr(action, "is_knob", False)]
    rare = [action for action in knobs if action.dest.rpartition(".")[2] not in COMMON]
    return rare + [action for action in command._actions if action.dest in RARE_OPTIONS]


def _add_files(command: argparse.ArgumentParser) -> None:
    command.add_argument("photos", nargs="+", metavar="PHOTO", help="files, folders or globs")
    help_text = "the folder for the results. Default retouched."
    command.add_argument("-o", "--out", type=Path, default=Path("retouched"), metavar="DIR", help=help_text)
    command.add_argument("--force", action="store_true", help="do again what is done")
    command.add_argument("--json", action="store_true", help="one line of JSON a photograph")
    command.add_argument("--url", metavar="URL", help="a running WebUI or Retouch to work there")


def _add_plan(group: Any) -> None:
    help_text = "say what would be painted, as JSON; paint nothing"
    group.add_argument("--plan", action="store_true", help=help_text)


def _add_history(command: argparse.ArgumentParser) -> None:
    help_text = "write a .retouch file beside each: any step can be taken back later"
    command.add_argument("--history", action="store_true", help=help_text)


def _add_run(command: argparse.ArgumentParser) -> None:
    command.add_argument("recipe", metavar="RECIPE", help="by name, or a JSON file")
    _add_history(command)
    add_knobs(command.add_argument_group("how to paint"), fix_knobs())


def _add_target(command: argparse.ArgumentParser) -> None:
    command.add_argument("--target", action="append", metavar="DETECTOR", help="as face; may be given again")
    add_knobs(command.add_argument_group("what to look for"), target_knobs())


def _add_planned_fix(command: argparse.ArgumentParser) -> None:
    _add_target(command)
    command.add_argument("--recipe", metavar="NAME|FILE", help="by name, or a JSON file")
    add_knobs(command.add_argument_group("how to paint"), [*fix_knobs(), *pass_knobs()])


def _add_fix(command: argparse.ArgumentParser) -> None:
    _add_planned_fix(command)
    _add_history(command)
    _add_plan(command)


def _add_segment(command: argparse.ArgumentParser) -> None:
    prompts.add_arguments(command.add_argument_group("what to outline"))
    command.add_argument("--everything", action="store_true", help="every thing in the picture")


def _add_inpaint(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("what to repaint")
    group.add_argument("--mask", type=Path, metavar="FILE", help="white is repainted")
    group.add_argument(
        "--sketch", type=Path, metavar="FILE", help="painted over it first; transparent elsewhere"
    )
    prompts.add_arguments(group)
    add_knobs(command.add_argument_group("how to paint"), inpaint_knobs())
    _add_history(command)
    _add_plan(command)


def _add_outpaint(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("how far, and how")
    sides = knobs_of(OutpaintRequest)["side_order"]
    group.add_argument("--side-order", metavar="SIDE,...", help=f"{sides.help} {', '.join(sides.choices)}.")
    add_knobs(group, outpaint_knobs())
    _add_plan(command)


_EXAMPLES = {
    "run": "run 'Face polish' holiday -o fixed",
    "fix": "fix portrait.png --target face --denoising-strength 0.35",
    "inpaint": "inpaint photo.png --click 400,300 --intent remove --variations 4",
    "outpaint": "outpaint photo.png --aspect 16:9",
    "plan": "plan portrait.png --recipe 'Full refine'",
    "detect": "detect group.jpg --target face --target hand",
    "segment": "segment photo.png --click 400,300",
}
_VERBS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "run": ("a folder through a recipe, and a page of before and after", _add_run),
    "fix": ("find and repaint", _add_fix),
    "inpaint": ("repaint what is pointed at", _add_inpaint),
    "outpaint": ("extend in stages, to a margin, a size or an aspect", _add_outpaint),
    "plan": ("say what a fix would paint, as JSON; paint nothing", _add_planned_fix),
    "detect": ("find: a picture of what was found, and masks", _add_target),
    "segment": ("outline what is pointed at: a picture of it, and masks", _add_segment),
}


def target_knobs() -> list[KnobPath]:
    """The knobs of a target that are no lists and need no mask of the person."""
    knobs = knob_paths(Target)
    return [
        knob_path
        for knob_path in knobs
        if knob_path.plain_type is not tuple and knob_path.path != "user_mask"
    ]


def pass_knobs() -> list[KnobPath]:
    """The knobs of a pass that one flag sets in all passes. Their defaults are those of the recipe."""
    knobs = [knob_path for knob_path in knob_paths(Pass) if knob_path.path in OF_PASSES]
    return [dataclasses.replace(knob_path, default=None) for knob_path in knobs]


def fix_knobs() -> list[KnobPath]:
    """The knobs of a fix. The command line has no mask for it."""
    return [knob_path for knob_path in knob_paths(FixRequest) if knob_path.path not in (*OWN, "mask_channel")]


def inpaint_knobs() -> list[KnobPath]:
    """The knobs of an inpaint that have a flag."""
    return [knob_path for knob_path in knob_paths(InpaintRequest) if knob_path.path not in OWN]


def outpaint_knobs() -> list[KnobPath]:
    """The knobs of an outpaint that have a flag."""
    return [knob_path for knob_path in knob_paths(OutpaintRequest) if knob_path.path not in OWN]


def add_knobs(group: Any, knobs: Sequence[KnobPath]) -> None:
    """Add a flag for each knob. The loader checks the bounds, as for every client."""
    for knob_path in knobs:
        knob, flag = knob_path.knob, "--" + knob_path.path.rpartition(".")[2].replace("_", "-")
        options = {"help": _help(knob_path).replace("%", "%%"), "default": None, "dest": knob_path.path}
        if knob_path.plain_type is bool:
            options["action"] = argparse.BooleanOptionalAction
        elif knob.choices:
            options["choices"] = knob.choices
        else:
            options |= {"type": knob_path.plain_type, "metavar": knob_path.plain_type.__name__}
        group.add_argument(flag, **options).is_knob = True


def _help(knob_path: KnobPath) -> str:
    """The help of a knob with its bounds and its default."""
    return f"{knob_path.knob.help}{_bounds(knob_path.knob)}{_default(knob_path.default)}"


def _bounds(knob: Knob) -> str:
    if knob.low is None or knob.high is None:
        return ""
    return f" {plain_number(knob.low)} to {plain_number(knob.high)}."


def _default(value: Any) -> str:
    """The default in words; "" for one that says nothing, such as a blank text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or value == "":
        return ""
    return f" Default {value if isinstance(value, str) else plain_number(value)}."


def given_knobs(args: argparse.Namespace, knobs: Sequence[KnobPath]) -> dict[str, Any]:
    """The values of the flags on the command line, by dotted path."""
    values = {knob_path.path: getattr(args, knob_path.path) for knob_path in knobs}
    return {path: value for path, value in values.items() if value is not None}
