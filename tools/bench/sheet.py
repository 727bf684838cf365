"""A page of crops to compare: each compositing method on the same painting."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tools.bench.rivals import Putting
from tools.bench.seam_cases import Case
from tools.bench.seam_painters import Painter

MOST = 6.0
"""Differences are shown this many times larger, about mid grey."""


def write(
    path: Path, made: Sequence[Case], painters: Mapping[str, Painter], ways: Mapping[str, Putting]
) -> None:
    """Write one row a case with the painters in turn. The difference from the truth is below each crop."""
    names = list(painters)
    rows = [_row(case, names[i % len(names)], painters, ways) for i, case in enumerate(made)]
    heads = "".join(f"<th>{html.escape(name)}" for name in ("", "truth", "painted", *ways))
    path.write_text(_PAGE.format(heads=heads, rows="".join(rows), most=MOST), "utf-8")


def _row(case: Case, name: str, painters: Mapping[str, Painter], ways: Mapping[str, Putting]) -> str:
    truth, paint = case.truth.pixels, case.paint(painters[name])
    shown = [truth, paint(case.region), *(put(truth, paint, case.region).pixels for put in ways.values())]
    cells = "".join(f"<td>{_image(pixels)}{_image(_larger(truth, pixels))}" for pixels in shown)
    return f"<tr><th>{html.escape(case.name)}<br><small>{html.escape(name)}</small>{cells}"


def _larger(truth: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    grey = 128 + MOST * (pixels.astype(np.float32) - truth)
    return np.rint(grey).clip(0, 255).astype(np.uint8)


def _image(pixels: np.ndarray) -> str:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=90)
    data = base64.b64encode(out.getvalue()).decode("ascii")
    return f'<img src="data:image/webp;base64,{data}" alt="">'


_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Retouch: seams</title>
<style>body{{font:14px system-ui,sans-serif;margin:1rem}}img{{display:block;width:150px;margin-bottom:2px}}
th{{text-align:left;vertical-align:bottom;padding:4px}}td{{padding:4px}}</style>
<h1>The same painting, put back in several ways</h1>
<p>Below each crop: its difference from the truth, {most:g} times larger, about mid grey.</p>
<table><tr>{heads}{rows}</table></html>
"""
