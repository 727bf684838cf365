"""HTML parts of the reports. They need no network and support light and dark colour schemes."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any


def document(title: str, body: str) -> str:
    """A complete HTML document with the style and the script of the reports. `body` is HTML."""
    return _PAGE.format(title=html.escape(title), style=_STYLE, body=body, script=_SCRIPT)


def compare(before: str, after: str, name: str) -> str:
    """Two pictures of equal size, given as URLs, with a slider that moves the boundary between them."""
    return _COMPARE.format(before=html.escape(before), after=html.escape(after), name=html.escape(name))


def tiles(figures: Mapping[str, float]) -> str:
    """A tile for each figure: its name and its value."""
    return "".join(
        f"<div><b>{value:,}</b><span>{html.escape(what)}</span></div>" for what, value in figures.items()
    )


def remarks(warnings: Sequence[str]) -> str:
    """The warnings as a list, escaped. "" if there are none."""
    return "".join(f'<p class="warning">{html.escape(text)}</p>' for text in warnings)


def table(reports: Sequence[Mapping[str, Any]], without: Collection[str] = ()) -> str:
    """A table with one row a report; "" without reports. Columns without any value are left out."""
    columns = {
        head: [say(report) for report in reports] for head, say in _COLUMNS.items() if head not in without
    }
    filled_columns = {head: cells for head, cells in columns.items() if any(cells)}
    heads = "".join(f"<th>{head}" for head in filled_columns)
    rows = "".join(f"<tr>{_cells(row)}" for row in zip(*filled_columns.values(), strict=True))
    return f'<div class="wide"><table><tr>{heads}{rows}</table></div>' if reports else ""


def _cells(row: Sequence[str]) -> str:
    return "".join(f"<td>{html.escape(text)}" for text in row)


def _measurement(*names: str) -> Callable[[Mapping[str, Any]], str]:
    """A function that formats these quality values with two decimals. An unknown value is a dash."""

    def say(report: Mapping[str, Any]) -> str:
        quality = report.get("quality") or {}
        values = [quality.get(name) for name in names]
        if all(value is None for value in values):
            return ""
        return " → ".join("–" if value is None else f"{value:.2f}" for value in values)

    return say


def _commas(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda report: ", ".join(map(str, report[name]))


_COLUMNS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "Region": lambda report: f"{report['number']} {report['label']}",
    "Pass": lambda report: str(report["pass"]),
    "Score": lambda report: f"{report['score']:.2f}",
    "Box": _commas("box"),
    "Crop": _commas("crop"),
    "Painted at": lambda report: "x".join(map(str, report["work"])),
    "Seed": lambda report: str(report["seed"]),
    "Outcome": lambda report: f"{report['outcome']} {report['why']}".strip(),
    "Confidence": _measurement("confidence_before", "confidence_after"),
    "Seam": _measurement("seam_before", "seam"),
    "Sharpness": _measurement("sharpness_before", "sharpness"),
    "Colours moved": _measurement("drift_rim"),
}
"""Heading -> cell text of a report. The measured columns use the names in `Quality.as_dict`."""
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{style}</style>
<main>{body}</main><script>{script}</script></html>
"""
_COMPARE = """<div class="compare"><div><img src="{before}" loading="lazy" alt="{name} before">
<img class="after" src="{after}" loading="lazy" alt="{name} after"><i>Before</i><i>After</i></div>
<input type="range" min="0" max="100" value="50" aria-label="Before and after"></div>
"""
_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8882}
body{font:16px/1.5 system-ui,sans-serif;margin:0}main{max-width:64rem;margin:auto;padding:2rem 1rem}
h1{margin:0}h2{overflow-wrap:anywhere}
.remark{max-width:44rem;border-left:4px solid #ffb020;padding:.2rem 1rem}
section{border-top:1px solid var(--line);margin-top:2rem}
.row{display:flex;flex-wrap:wrap;gap:1.5rem;margin:1rem 0}
img{display:block;width:100%;border-radius:6px}figure{margin:0;flex:1 1 18rem}
figcaption{opacity:.7;font-size:.9rem}.compare{flex:2 1 24rem;max-width:32rem}
.compare div{position:relative;--at:50%}
.compare .after{position:absolute;inset:0;clip-path:inset(0 0 0 var(--at))}
.compare div::after{content:"";position:absolute;inset:0 auto 0 var(--at);width:2px;margin-left:-1px;
background:#fff;box-shadow:0 0 3px #000}
.compare i{position:absolute;top:.5rem;left:.5rem;padding:0 .5rem;border-radius:4px;color:#fff;
background:#0009;font:.8rem/1.6 system-ui,sans-serif}
.compare i+i{left:auto;right:.5rem}.compare input{width:100%;margin:.5rem 0 0}
.figures{flex:1 1 14rem;display:grid;grid-template-columns:1fr 1fr;gap:.75rem;align-content:start}
.figures div{background:var(--soft);border-radius:6px;padding:.6rem .8rem}
.figures b{display:block;font-size:1.4rem}.figures span{font-size:.85rem;opacity:.75}
.warning{color:#c60}.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.85rem}
td,th{text-align:left;white-space:nowrap;padding:.3rem .5rem;border-bottom:1px solid var(--line)}
"""
_SCRIPT = """
for (const slider of document.querySelectorAll(".compare input"))
  slider.oninput = () => slider.previousElementSibling.style.setProperty("--at", slider.value + "%");
"""
