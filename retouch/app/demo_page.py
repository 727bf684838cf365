"""The report of the demo: one HTML file with all pictures embedded."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from retouch.api.pages.rendering import render
from retouch.api.pages.report_table import ReportTable, tabulate
from retouch.image.picture import Picture

CROP, REGION = (64, 156, 255), (255, 92, 72)


@dataclass(frozen=True)
class Shown:
    """One scene of the report: its description, its figures, the reports of its regions and its warnings."""

    name: str
    told: str
    figures: Mapping[str, float]
    reports: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _ScenePart:
    """A scene with its pictures as URLs and the table of its reports."""

    shown: Shown
    pictures: Mapping[str, str]
    table: ReportTable


def draw_plan(picture: Picture, plan: Mapping[str, Any]) -> Picture:
    """The picture with the box, the crop and the work size in pixels of each step drawn on it."""
    image = Image.fromarray(picture.pixels)
    pen = ImageDraw.Draw(image)
    for step in plan["steps"]:
        _frame(pen, step["crop"], CROP)
        _frame(pen, step["box"], REGION)
        work = "x".join(str(side) for side in step["work"])
        pen.text((step["crop"][0] + 5, step["crop"][1] + 4), f"{step['number']}: {work}", fill=CROP)
    return Picture(np.array(image))


def _frame(pen: ImageDraw.ImageDraw, box: Sequence[int], colour: tuple[int, int, int]) -> None:
    pen.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), outline=colour, width=2)


def render_report(shown: Sequence[Shown], folder: Path, remark: str) -> str:
    """The report as HTML. `folder` has the pictures of the scenes, `remark` is the notice of the engine."""
    scenes = [_embed_pictures(one, folder) for one in shown]
    return render("demo.html", remark=remark, scenes=scenes, captions=_CAPTIONS)


def _embed_pictures(shown: Shown, folder: Path) -> _ScenePart:
    names = ("before", "after", *_CAPTIONS)
    pictures = {name: _embed(folder / f"{shown.name}-{name}.png") for name in names}
    return _ScenePart(shown, pictures, tabulate(shown.reports, without=("Pass",)))


def _embed(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


_CAPTIONS = {
    "truth": "The photograph before it was spoilt",
    "mask": "Composite mask: where it is black, no pixel has changed",
    "plan": "Plan: the region in red, in blue the crop the model sees",
}
"""Captions of the pictures below the comparison."""
