"""Regions that were to be painted and of which nothing is left to paint, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.region import Region
from retouch.pipeline.plan import shape_regions
from retouch.pipeline.step import Plan
from retouch.recipes.shape import Shape


def loss_warnings(
    regions: Sequence[Region], made: Plan, shape: Shape, canvas: Size, limit: Mask | None
) -> tuple[str, ...]:
    """A sentence for each of `regions` that `made` has no step for, where shape or limit took it away.

    `limit`, of the canvas' size, is where pixels may change; None for everywhere. A region whose prompt says
    that it is to be skipped is not told of.
    """
    shaped = shape_regions(regions, shape, canvas)
    planned = {step.number for step in made.steps}
    left = [(n, r) for n, r in enumerate(shaped, 1) if n not in planned]
    gone = [(n, _reason(r, shape, canvas, limit)) for n, r in left]
    told = [f"Region {n} ({shaped[n - 1].label}) was not painted: {why}." for n, why in gone if why]
    return (*_shifted_away(regions, shape, canvas), *told)


def _shifted_away(regions: Sequence[Region], shape: Shape, canvas: Size) -> Iterator[str]:
    moved = [region.moved(shape.x_offset, shape.y_offset).clipped(canvas) for region in regions]
    gone = sum(region is None for region in moved)
    if gone:
        yield (
            f"{gone} of {len(regions)} regions were not painted: they lie outside of the picture after the "
            f"shift by {shape.x_offset}, {shape.y_offset} pixels."
        )
    elif shape.merge == "merge and invert" and regions and not shape_regions(regions, shape, canvas):
        yield "Nothing was painted: the regions cover the whole picture, and inverted nothing is left."


def _reason(region: Region, shape: Shape, canvas: Size, limit: Mask | None) -> str:
    """Why nothing of a shaped region is left to paint, "" where something is."""
    if region.shape.empty:
        return f"nothing of it is in the picture after the shift by {shape.x_offset}, {shape.y_offset} pixels"
    window = region.box.grown(2 + max(shape.grow or 0, 0) + (shape.blur or 0)) & canvas.box
    mask = region.within(window)
    if shape.grow and shape.grow < 0:
        mask = mask.grown(shape.grow)
        if mask.empty:
            return f"nothing of it is left once its mask is shrunk by {-shape.grow} pixels"
    if limit is not None and (mask & limit.crop(window)).empty:
        return "it lies outside of what the inpaint mask lets change"
    return ""
