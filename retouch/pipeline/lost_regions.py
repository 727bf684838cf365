"""Warnings for regions that were not painted because their mask is empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.region import Region
from retouch.pipeline.plan import shape_regions
from retouch.pipeline.step import Plan
from retouch.recipes.shape import Shape


def loss_warnings(
    regions: Sequence[Region], plan: Plan, shape: Shape, canvas: Size, limit: Mask | None
) -> tuple[str, ...]:
    """A sentence for each region that has no step in the plan because shape or limit removed its mask.

    `limit`, of the canvas' size, is the mask of pixels that may change; None for all. A region that its
    prompt skips has no warning.
    """
    shaped = shape_regions(regions, shape, canvas)
    planned = {step.number for step in plan.steps}
    unplanned = [(n, r) for n, r in enumerate(shaped, 1) if n not in planned]
    reasons = [(n, _reason(r, shape, canvas, limit)) for n, r in unplanned]
    warnings = [f"Region {n} ({shaped[n - 1].label}) was not painted: {why}." for n, why in reasons if why]
    return (*_shifted_away(regions, shape, canvas), *warnings)


def _shifted_away(regions: Sequence[Region], shape: Shape, canvas: Size) -> Iterator[str]:
    moved = [region.moved(shape.x_offset, shape.y_offset).clipped(canvas) for region in regions]
    count = sum(region is None for region in moved)
    if count:
        yield (
            f"{count} of {len(regions)} regions were not painted: they lie outside of the picture after the "
            f"shift by {shape.x_offset}, {shape.y_offset} pixels."
        )
    elif shape.merge == "merge and invert" and regions and not shape_regions(regions, shape, canvas):
        yield "Nothing was painted: the regions cover the whole picture, so the inverted mask is empty."


def _reason(region: Region, shape: Shape, canvas: Size, limit: Mask | None) -> str:
    """The reason why the mask of a shaped region is empty, or "" if it is not."""
    if region.shape.empty:
        return f"it lies outside of the picture after the shift by {shape.x_offset}, {shape.y_offset} pixels"
    window = region.box.grown(2 + max(shape.grow or 0, 0) + (shape.blur or 0)) & canvas.box
    mask = region.within(window)
    if shape.grow and shape.grow < 0:
        mask = mask.grown(shape.grow)
        if mask.empty:
            return f"its mask is empty after shrinking by {-shape.grow} pixels"
    if limit is not None and (mask & limit.crop(window)).empty:
        return "it lies outside of the inpaint mask"
    return ""
