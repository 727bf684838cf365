"""Checks of a prompt before any computation, and the agreement of regions with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retouch.errors import BadInput
from retouch.image.geometry import Box, Size
from retouch.image.mask import SOLID
from retouch.image.region import Region
from retouch.segmenters.base import Click, Prompt


def check_prompt(prompt: Prompt, canvas: Size) -> Prompt:
    """The prompt with its box clipped to the canvas.

    Raises BadInput, with the JSON path, for an empty prompt, for negative clicks only, for a click outside
    the canvas, and for a box outside it.
    """
    if not (prompt.clicks or prompt.box or prompt.text.strip()):
        raise BadInput("nothing is pointed at.", path="points", hint="Give a point, a box or a text.")
    if not (prompt.box or prompt.text.strip() or any(click.positive for click in prompt.clicks)):
        raise BadInput("every point says what is not meant.", path="points", hint="Give a positive point.")
    for index, click in enumerate(prompt.clicks):
        if not (0 <= click.x < canvas.width and 0 <= click.y < canvas.height):
            where = f"points[{index}]"
            raise BadInput(f"({click.x}, {click.y}) lies outside {canvas}.", path=where, hint=_INSIDE)
    return Prompt(prompt.clicks, _cut(prompt.box, canvas), prompt.text.strip(), prompt.fine)


_INSIDE = "Count pixels from the upper left corner, from 0."


def _cut(box: Box | None, canvas: Size) -> Box | None:
    if box is None:
        return None
    inside = box & canvas.box
    if inside.empty:
        raise BadInput(f"{tuple(box)} holds nothing of {canvas}.", path="box", hint=_INSIDE)
    return inside


def violations(region: Region, clicks: Iterable[Click]) -> int:
    """The number of clicks that disagree with a region: positive ones outside, negative ones inside."""
    return sum(_covers(region, click) != click.positive for click in clicks)


def _covers(region: Region, click: Click) -> bool:
    x, y = click.x - region.box.left, click.y - region.box.top
    inside = 0 <= x < region.box.width and 0 <= y < region.box.height
    return inside and bool(region.shape.alpha[y, x] >= SOLID)


def rank_regions(regions: Iterable[Region], clicks: Sequence[Click]) -> tuple[Region, ...]:
    """The regions by agreement with clicks, then by score: a click has priority over any score."""
    return tuple(sorted(regions, key=lambda r: (violations(r, clicks), -r.score, r.box)))
