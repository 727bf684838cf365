"""Prompts of the segmenter from the command line: clicks, a box, a text, or a mask file."""

from __future__ import annotations

import argparse
import base64
from pathlib import Path
from typing import Any, Protocol

from retouch.errors import BadInput, Missing, PaintFailed

COORDINATES = {2: "x,y", 4: "left,top,right,bottom"}


class Segmenting(Protocol):
    """A client that answers `segment`."""

    def answer(self, verb: str, body: dict[str, Any]) -> dict[str, Any]: ...


def add_arguments(group: Any) -> None:
    group.add_argument("--click", action="append", metavar="X,Y", help="a pixel of it; may be given again")
    group.add_argument("--unclick", action="append", metavar="X,Y", help="a pixel that is not of it")
    group.add_argument("--box", metavar="L,T,R,B", help="pixels round it; R and B are the first outside")
    group.add_argument("--text", metavar="WORDS", help="what it is")
    group.add_argument("--segmenter", metavar="NAME", help="blank for the best that is installed")
    group.add_argument("--refine-edges", action="store_true", help="snap the outline to natural edges")


def prompt(args: argparse.Namespace) -> dict[str, Any]:
    """The fields of a SegmentRequest from the flags. Raises BadInput for text that is no coordinates."""
    points = [
        {"x": x, "y": y, "positive": positive}
        for flag, words, positive in (("--click", args.click, True), ("--unclick", args.unclick, False))
        for x, y in (_numbers(word, 2, flag) for word in words or ())
    ]
    box = _numbers(args.box, 4, "--box") if args.box else None
    fields = {"points": points, "box": box, "text": args.text, "segmenter": args.segmenter}
    return {key: value for key, value in {**fields, "refine_edges": args.refine_edges}.items() if value}


def _numbers(word: str, count: int, flag: str) -> list[int]:
    try:
        numbers = [int(part) for part in word.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count:
        raise BadInput(f"{word!r} is not {COORDINATES[count]}.", path=flag, hint="Whole pixels, from 0.")
    return numbers


def mask(client: Segmenting, image: str, prompt_fields: dict[str, Any]) -> dict[str, Any]:
    """The default mask of the prompt in a base64 picture, as fields of an InpaintRequest.

    Raises PaintFailed if the segmenter finds nothing.
    """
    answer = client.answer("segment", {**prompt_fields, "image": image})
    if not answer["masks"]:
        raise PaintFailed("what is pointed at is not there.", hint="Give --click, --box or --mask.")
    best = answer["masks"][answer.get("default") or 0]
    return {"image_id": answer["image_id"], "mask": best["mask"], "box": best["box"]}


def file(path: Path, flag: str) -> str:
    """A picture's file as base64."""
    try:
        return base64.b64encode(path.read_bytes()).decode("ascii")
    except OSError as error:
        fault = f"{path} cannot be read ({error.strerror})."
        raise Missing(fault, path=flag, hint="Give a PNG; white is repainted.") from None
