"""The demo's report: one HTML file that needs nothing beside it."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from retouch.raster import Picture

CROP, REGION = (64, 156, 255), (255, 92, 72)


@dataclass(frozen=True)
class Shown:
    """What was done to one photograph, what was measured, and what its regions reported."""

    name: str
    told: str
    figures: Mapping[str, float]
    reports: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()


def draw_plan(picture: Picture, plan: Mapping[str, Any]) -> Picture:
    """The picture with each step's region, the crop the model sees, and the size it sees it at."""
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
    """The report on photographs whose pictures lie in `folder`."""
    parts = "".join(_photo(one, folder) for one in shown)
    return _PAGE.format(remark=html.escape(remark), parts=parts, style=_STYLE, script=_SCRIPT)


def _photo(one: Shown, folder: Path) -> str:
    pictures = {what: _inline(folder / f"{one.name}-{what}.png") for what in _CAPTIONS}
    rest = "".join(
        f'<figure><img src="{pictures[what]}" alt="{caption}"><figcaption>{caption}</figcaption></figure>'
        for what, caption in _CAPTIONS.items()
        if what not in ("before", "after")
    )
    warnings = "".join(f'<p class="warning">{html.escape(text)}</p>' for text in one.warnings)
    return _PHOTO.format(
        name=html.escape(one.name.capitalize()),
        told=html.escape(one.told),
        before=pictures["before"],
        after=pictures["after"],
        figures=_figures(one.figures),
        rest=rest,
        reports=_reports(one.reports),
        warnings=warnings,
    )


def _inline(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


def _figures(figures: Mapping[str, float]) -> str:
    return "".join(f"<div><b>{value:,}</b><span>{what}</span></div>" for what, value in figures.items())


def _reports(reports: Sequence[Mapping[str, Any]]) -> str:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in _cells(r))}" for r in reports)
    heads = "".join(f"<th>{head}" for head in (*_HEADS, *_MEASURED))
    return f"<table><tr>{heads}{rows}</table>"


def _cells(report: Mapping[str, Any]) -> list[str]:
    said = [
        f"{report['number']} {report['label']}",
        f"{report['score']:.2f}",
        ", ".join(map(str, report["box"])),
        ", ".join(map(str, report["crop"])),
        "x".join(map(str, report["work"])),
        str(report["seed"]),
        f"{report['outcome']} {report['why']}".strip(),
        *(_measured(report.get("quality") or {}, *names) for names in _MEASURED.values()),
    ]
    return [html.escape(text) for text in said]


def _measured(quality: Mapping[str, float | None], *names: str) -> str:
    """One number, or the one before and the one after, as far as they are known."""
    values = [quality.get(name) for name in names]
    if all(value is None for value in values):
        return ""
    return " → ".join("–" if value is None else f"{value:.2f}" for value in values)


_HEADS = ("Region", "Score", "Box", "Crop", "Painted at", "Seed", "Outcome")
_MEASURED = {
    "Confidence": ("confidence_before", "confidence_after"),
    "Seam": ("seam_before", "seam"),
    "Sharpness": ("sharpness_before", "sharpness"),
    "Colours moved": ("drift_rim",),
}
"""Columns of what was measured, by the names in `Quality.as_dict`."""
_CAPTIONS = {
    "before": "Before",
    "after": "After",
    "truth": "The photograph before it was spoilt",
    "mask": "Composite mask: where it is black, no pixel has changed",
    "plan": "Plan: the region in red, in blue the crop the model sees",
}
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Retouch: demo report</title><style>{style}</style>
<main><h1>Retouch</h1><p class="remark">{remark}</p>{parts}</main><script>{script}</script></html>
"""
_PHOTO = """<section><h2>{name}</h2><p>{told}</p><div class="row">
<div class="compare"><img src="{before}" alt="Before"><img class="after" src="{after}" alt="After">
<input type="range" min="0" max="100" value="50" aria-label="Before and after"></div>
<div class="figures">{figures}</div></div>{warnings}
<div class="row">{rest}</div>{reports}</section>
"""
_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8882}
body{font:16px/1.5 system-ui,sans-serif;margin:0}main{max-width:64rem;margin:auto;padding:2rem 1rem}
h1{margin:0}.remark{max-width:44rem;border-left:4px solid #ffb020;padding:.2rem 1rem}
section{border-top:1px solid var(--line);margin-top:2rem}
.row{display:flex;flex-wrap:wrap;gap:1.5rem;margin:1rem 0}
img{display:block;width:100%;border-radius:6px}figure{margin:0;flex:1 1 18rem}
figcaption{opacity:.7;font-size:.9rem}.compare{position:relative;flex:2 1 24rem;max-width:32rem}
.compare .after{position:absolute;inset:0 0 auto;clip-path:inset(0 0 0 var(--at,50%))}
.compare input{width:100%;margin:.5rem 0 0}
.figures{flex:1 1 14rem;display:grid;grid-template-columns:1fr 1fr;gap:.75rem;align-content:start}
.figures div{background:var(--soft);border-radius:6px;padding:.6rem .8rem}
.figures b{display:block;font-size:1.4rem}.figures span{font-size:.85rem;opacity:.75}
.warning{color:#c60}table{border-collapse:collapse;width:100%;font-size:.9rem}
td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line)}
"""
_SCRIPT = """
for (const slider of document.querySelectorAll(".compare input"))
  slider.oninput = () => slider.parentNode.style.setProperty("--at", slider.value + "%");
"""
