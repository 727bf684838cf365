"""Find the regions of a target in a picture.

Detectors and the text segmenter search the picture. The mask, the whole picture and tiles need no model.
Seams and the regions of a pass come from the reports of earlier passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from retouch.detectors.tilted import find_tilted
from retouch.detectors.unsharp import find_unsharp
from retouch.errors import BadInput
from retouch.image.background import make_background_region, note_background
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.seam import seam_score
from retouch.image.region import Region, distinct, merge_regions
from retouch.image.thickness import greatest_thickness
from retouch.image.tiles import cells
from retouch.pipeline.finders import Finders
from retouch.pipeline.ranking import seam_excess
from retouch.pipeline.report import Report
from retouch.pipeline.step_masks import border_sides
from retouch.recipes.selection import select, why_none
from retouch.recipes.target import Target
from retouch.segmenters.base import Click, Prompt

SEARCH_MARGIN_SHARE = 0.25
"""Margin around a region of an earlier pass, as a share of its longer side, in which things are searched
for."""
BAND = 0.04
"""Half the width of a seam band, as a share of the thickness of the painted region."""
NARROWEST, WIDEST = 6, 32
"""Bounds of that half width in pixels. Guides blur mask edges over 4 to 12, which is where a seam is."""


@dataclass(frozen=True, eq=False)
class PassContext:
    """The picture as it is now, the person's mask on it, and the reports of earlier passes."""

    picture: Picture
    user_mask: Mask | None = None
    past: tuple[Report, ...] = ()

    @property
    def size(self) -> Size:
        return self.picture.size


def find_target(view: PassContext, target: Target, finders: Finders) -> tuple[Region, ...]:
    """The chosen regions of one target, in order, each thing once. Raises the errors of `found_by`."""
    return select_regions(found_by(view, target, finders), view, target)


def found_by(view: PassContext, target: Target, finders: Finders) -> tuple[Region, ...]:
    """The regions of one target, each thing once, before selection.

    Raises BadInput if the target needs a mask or an earlier pass that is missing, and errors of detectors and
    segmenters.
    """
    regions = FINDERS[target.what](view, target, finders)
    if not (target.tilted or target.what == "regions of a pass"):
        regions = [replace(region, turn=0.0) for region in regions]
    return distinct(regions)


def select_regions(regions: Sequence[Region], view: PassContext, target: Target) -> tuple[Region, ...]:
    """The regions that are to be painted, in order."""
    return select(regions, _selection(target), view.size, _bounding(view, target))


def rejection(regions: Sequence[Region], view: PassContext, target: Target) -> str:
    """The reason why no region is chosen."""
    return why_none(regions, _selection(target), view.size, _bounding(view, target))


def _selection(target: Target) -> Target:
    """The target as a selection. What a person points at is not filtered by the confidence of detectors."""
    return replace(target, confidence=0.0) if target.what == "points" else target


def _bounding(view: PassContext, target: Target) -> Mask | None:
    return view.user_mask if target.kind.bounded else None


def _find_by_detectors(view: PassContext, target: Target, finders: Finders) -> list[Region]:
    def look(picture: Picture) -> list[Region]:
        detectors = [finders.detector(model) for model in target.models]
        return [
            region
            for detector in detectors
            for region in detector.find(picture, target.confidence, target.classes)
        ]

    if target.tilted:
        return _within(view, target, lambda picture: find_tilted(picture, look))
    return _within(view, target, look)


def _find_by_words(view: PassContext, target: Target, finders: Finders) -> list[Region]:
    prompt = Prompt(text=", ".join(target.classes))

    def look(picture: Picture) -> list[Region]:
        return list(finders.segmenter("").segment(picture, prompt).regions)

    return _within(view, target, look)


def _find_by_points(view: PassContext, target: Target, finders: Finders) -> list[Region]:
    """The default mask of the segmenter for the points and the box."""
    width, height = view.size
    spots = zip(target.points[::2], target.points[1::2], strict=True)
    clicks = tuple(Click(min(int(x * width), width - 1), min(int(y * height), height - 1)) for x, y in spots)
    box = None
    if target.box:
        left, top, right, bottom = target.box
        box = Box.covering(left * width, top * height, right * width, bottom * height)
    best = finders.segmenter("").segment(view.picture, Prompt(clicks, box)).best
    return [best] if best else []


def _find_unsharp(view: PassContext, target: Target, finders: Finders) -> list[Region]:
    return _within(view, target, lambda picture: list(find_unsharp(picture.pixels, target.unsharp_below)))


def _within(view: PassContext, target: Target, look: Callable[[Picture], list[Region]]) -> list[Region]:
    """The regions that `look` finds in the picture, or in a crop around each region of an earlier pass."""
    if target.of_pass is None:
        return look(view.picture)
    regions = []
    for outer in _find_earlier(view, target):
        side = round(max(outer.box.size) * SEARCH_MARGIN_SHARE)
        box = outer.box.grown(side) & view.size.box
        crop = Picture(np.ascontiguousarray(view.picture.pixels[box.slices]))
        inside = [region.moved(box.left, box.top) for region in look(crop)]
        regions += [region for region in inside if _holds(outer.box, region)]
    return regions


def _holds(box: Box, region: Region) -> bool:
    x, y = region.box.center
    return box.left <= x < box.right and box.top <= y < box.bottom


def _find_masked(view: PassContext, target: Target, finders: Finders) -> list[Region]:
    region = Region.of_mask(_mask(view), "mask")
    return [note_background(region, view.size)] if region else []


def _mask(view: PassContext) -> Mask:
    if view.user_mask is None:
        raise BadInput(
            "there is no mask.", path="target.what", hint="Paint a mask, or choose another target."
        )
    return view.user_mask


def _find_background(view: PassContext, target: Target, finders: Finders) -> list[Region]:
    """All pixels outside the mask. Without a mask, all pixels outside the regions of the detectors or the
    text.
    """
    mask = view.user_mask
    if mask is None:
        look = _find_by_words if not target.models and target.classes else _find_by_detectors
        subjects = look(view, target, finders)
        if not subjects:
            return []
        mask = merge_regions(subjects).mask(view.size)
    region = make_background_region(view.picture, mask)
    return [region] if region else []


def _find_whole(view: PassContext, target: Target, finders: Finders) -> list[Region]:
    return [Region.of_box(view.size.box, "picture")]


def _find_tiles(view: PassContext, target: Target, finders: Finders) -> list[Region]:
    """Tiles that meet in the middle of their overlap. With a mask blur of half the overlap each tile fades
    out.
    """
    overlap = min(target.overlap, target.tile // 2)
    return [Region.of_box(cell, "tile") for cell in cells(view.size, target.tile, overlap)]


def _find_seams(view: PassContext, target: Target, finders: Finders) -> list[Region]:
    """A band along the edge of each painted region whose seam is above the target's limit.

    Without earlier passes the person's mask is taken as the region painted before.
    """
    if not view.past and view.user_mask is not None:
        visible = seam_score(view.picture.pixels, view.user_mask) or 0.0
        whole = Region(view.size.box, view.user_mask)
        bands = [_band(whole, view.size)] if visible > target.seam_above else []
    else:
        reports = [
            report
            for report in _of_pass(view, target)
            if report.kept and seam_excess(report.quality) > target.seam_above
        ]
        regions = [
            Region(report.best.box, report.best.mask, background=report.step.background)
            for report in reports
            if report.best
        ]
        bands = [_band(region, view.size) for region in regions]
    return [band for band in bands if band is not None]


def _band(region: Region, canvas: Size) -> Region | None:
    """A band along the edge of a painted region, or None if it is empty. For a background only on its own
    side.
    """
    core = Mask.where(region.shape.core)
    thickness = greatest_thickness(core, border_sides(region.box, canvas))
    half = min(max(NARROWEST, round(thickness * BAND)), WIDEST)
    window = region.box.grown(half + 1) & canvas.box
    mask = core.crop(window.relative_to(region.box))
    outer = mask if region.background else mask.grown(half)
    band = Region.of_mask(Mask.where(outer.solid & ~mask.grown(-half).solid), "seam")
    return band and replace(band.moved(window.left, window.top), background=region.background)


def _find_again(view: PassContext, target: Target, finders: Finders) -> list[Region]:
    return _find_earlier(view, target)


def _find_earlier(view: PassContext, target: Target) -> list[Region]:
    """The regions of earlier passes: the cores of their composite masks."""
    steps = [report.step for report in _of_pass(view, target)]
    regions = []
    for step in steps:
        region = Region.of_mask(Mask.where(step.composite.core), step.label, step.score)
        if region is not None:
            moved = region.moved(step.frame.crop.left, step.frame.crop.top)
            regions.append(replace(moved, turn=step.turn, background=step.background))
    return regions


def _of_pass(view: PassContext, target: Target) -> list[Report]:
    """The reports of the target's pass, or of all passes."""
    wanted = target.of_pass
    return [r for r in view.past if wanted is None or r.step.pass_index == wanted - 1]


FINDERS: dict[str, Callable[[PassContext, Target, Finders], list[Region]]] = {
    "detectors": _find_by_detectors,
    "text": _find_by_words,
    "points": _find_by_points,
    "mask": _find_masked,
    "background": _find_background,
    "whole picture": _find_whole,
    "tiles": _find_tiles,
    "seam": _find_seams,
    "unsharp": _find_unsharp,
    "regions of a pass": _find_again,
}
