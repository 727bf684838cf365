"""The report of the demo: one HTML file with all pictures embedded."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from retouch.api.pages.html import compare, document, remarks, table, tiles
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


def page(shown: Sequence[Shown], folder: Path, remark: str) -> str:
    """The report as HTML. `folder` has the pictures of the scenes, `remark` is the notice of the engine."""
    parts = "".join(_photo(one, folder) for one in shown)
    head = f'<h1>Retouch</h1><p class="remark">{html.escape(remark)}</p>'
    return document("Retouch: demo report", head + parts)


def _photo(one: Shown, folder: Path) -> str:
    pictures = {what: _inline(folder / f"{one.name}-{what}.png") for what in _CAPTIONS}
    rest = "".join(
        f'<figure><img src="{pictures[what]}" alt="{caption}"><figcaption>{caption}</figcaption></figure>'
        for what, caption in _CAPTIONS.items()
        if what not in ("before", "after")
    )
    return _PHOTO.format(
        name=html.escape(one.name.capitalize()),
        told=html.escape(one.told),
        compared=compare(pictures["before"], pictures["after"], one.name),
        figures=tiles(one.figures),
        rest=rest,
        reports=table(one.reports, without=("Pass",)),
        warnings=remarks(one.warnings),
    )


def _inline(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


_CAPTIONS = {
    "before": "Before",
    "after": "After",
    "truth": "The photograph before it was spoilt",
    "mask": "Composite mask: where it is black, no pixel has changed",
    "plan": "Plan: the region in red, in blue the crop the model sees",
}
_PHOTO = """<section><h2>{name}</h2><p>{told}</p><div class="row">
{compared}<div class="figures">{figures}</div></div>{warnings}
<div class="row">{rest}</div>{reports}</section>
"""
