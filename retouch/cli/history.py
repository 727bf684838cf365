"""`python -m retouch history FILE`: list the steps of a picture; revert or repaint any of them."""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retouch.app.backend import add_arguments
from retouch.cli import output_files, prompts
from retouch.errors import BadInput, PaintFailed
from retouch.image.codec import decoder, encoder
from retouch.pipeline.history_file import ENDING

if TYPE_CHECKING:
    from retouch.cli.client import Client

ABOUT = "list the steps of a .retouch file; take some back, or paint them again"
STEPS = ("revert", "restore", "repaint")


def add(command: argparse.ArgumentParser) -> None:
    command.set_defaults(plan=False)
    command.add_argument("file", type=Path, metavar=f"FILE{ENDING}", help="as fix --history wrote it")
    group = command.add_argument_group("what becomes of its steps")
    for name, what in zip(STEPS, ("taken back", "shown again", "painted with another seed"), strict=True):
        group.add_argument(f"--{name}", metavar="N,...", default="", help=f"steps to be {what}")
    group.add_argument("--choose", metavar="N:V,...", default="", help="variation V of step N")
    group.add_argument("--repaint-later", action="store_true", help="repaint what was painted upon them")
    command.add_argument("-o", "--out", type=Path, metavar="PICTURE", help="write it, and its history beside")
    command.add_argument("--url", metavar="URL", help="a running WebUI or Retouch to paint there")
    add_arguments(command.add_argument_group("without --url"))


def run(args: argparse.Namespace, client: Client) -> int:
    """Run the command and return the exit status. Raises RetouchError for wrong arguments or an interrupt."""
    body: dict[str, Any] = {name: _numbers(getattr(args, name), f"--{name}") for name in STEPS}
    pairs = [_numbers(pair, "--choose", ":", 2) for pair in filter(None, args.choose.split(","))]
    body["choose"] = [{"step": step, "variation": variation} for step, variation in pairs]
    body["later"] = "repaint" if args.repaint_later else "keep"
    request = {"file": prompts.file(args.file, "FILE"), "return_file": args.out is not None, **body}
    answer = client.answer("history", request)
    for step in answer["steps"]:
        print(_line(step))
    for warning in answer.get("warnings", ()):
        print(warning, file=sys.stderr)
    if args.out:
        _write(answer["image"], args.out)
        if answer["file"]:
            output_files.put(output_files.beside(args.out), base64.b64decode(answer["file"]))
        for warning in answer["warnings"]:
            print(f"retouch: {warning}", file=sys.stderr)
    if answer["stopped"]:
        raise PaintFailed("it was interrupted.", hint="What was finished is kept.")
    return output_files.status_of(answer)


def _write(image: str, out: Path) -> None:
    """Write the picture. Print the properties that its format loses."""
    picture = decoder.decode_base64(image)
    for lost in encoder.losses(picture, encoder.kind_of(out)):
        print(f"retouch: {lost}", file=sys.stderr)
    encoder.write(picture, out)


def _numbers(text: str, path: str, between: str = ",", count: int | None = None) -> list[int]:
    words = text.split(between) if text else []
    if not all(word.strip().isdecimal() for word in words) or count not in (None, len(words)):
        raise BadInput(f"{text!r} is not understood.", path=path, hint="As 2,3; for --choose as 2:1,3:4.")
    return [int(word) for word in words]


def _line(step: dict[str, Any]) -> str:
    """A step as a line of text."""
    many, (left, top, *_) = len(step["variations"]), step["box"]
    order = f"pass {step['pass']}" if step["repaintable"] else "not to be painted again"
    parts = [
        f"{'on' if step['on'] else 'off':<3} {step['step']:>3}  {order}",
        f"{step['label'] or 'region'} at {left},{top}",
        f"seed {step['variations'][step['chosen'] - 1]['seed']}",
        f"variation {step['chosen']} of {many}" if many > 1 else "",
        f"under {', '.join(map(str, step['upon_it']))}" if step["upon_it"] else "",
    ]
    return "  ".join(filter(None, parts))
