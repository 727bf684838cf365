"""Aim: what a target names, as regions of a picture.

Detectors and words look at the picture; the mask, the whole and tiles need no model; seams and the regions
of a pass come from what earlier passes reported.
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

AROUND = 0.25
"""Of a region's side: how far around it one looks for what is in it."""
BAND = 0.04
"""Of the thickness of what was painted: half the width of the band along its edge."""
NARROWEST, WIDEST = 6, 32
"""Pixels of that; guides blur mask edges over 4 to 12, which is where a seam is."""


@dataclass(frozen=True, eq=False)
class PassContext:
    """A picture as it is now, the person's mask on it, and what earlier passes did to it."""

    picture: Picture
    user_mask: Mask | None = None
    past: tuple[Report, ...] = ()

    @property
    def size(self) -> Size:
        return self.picture.size


def find_target(view: PassContext, target: Target, eyes: Finders) -> tuple[Region, ...]:
    """The regions of one target, chosen and in order, each thing once. Raises what `found_by` does."""
    return select_regions(found_by(view, target, eyes), view, target)


def found_by(view: PassContext, target: Target, eyes: Finders) -> tuple[Region, ...]:
    """The regions of one target, each thing once, before any is chosen.

    BadInput when it asks for a mask or a pass that there is not; what a detector or a segmenter raises.
    """
    found = FINDERS[target.what](view, target, eyes)
    if not (target.tilted or target.what == "regions of a pass"):
        found = [replace(region, turn=0.0) for region in found]
    return distinct(found)


def select_regions(found: Sequence[Region], view: PassContext, target: Target) -> tuple[Region, ...]:
    """Those that are to be painted, in order."""
    return select(found, target, view.size, _bounding(view, target))


def rejection(found: Sequence[Region], view: PassContext, target: Target) -> str:
    """Why none of what was found is chosen."""
    return why_none(found, target, view.size, _bounding(view, target))


def _bounding(view: PassContext, target: Target) -> Mask | None:
    return view.user_mask if target.kind.bounded else None


def _find_by_detectors(view: PassContext, target: Target, eyes: Finders) -> list[Region]:
    def look(picture: Picture) -> list[Region]:
        finders = [eyes.detector(model) for model in target.models]
        return [r for d in finders for r in d.find(picture, target.confidence, target.classes)]

    if target.tilted:
        return _within(view, target, lambda picture: find_tilted(picture, look))
    return _within(view, target, look)


def _find_by_words(view: PassContext, target: Target, eyes: Finders) -> list[Region]:
    words = Prompt(text=", ".join(target.classes))

    def look(picture: Picture) -> list[Region]:
        return list(eyes.segmenter("").segment(picture, words).regions)

    return _within(view, target, look)


def _find_by_points(view: PassContext, target: Target, eyes: Finders) -> list[Region]:
    """The best mask that the segmenter has for the points and the box."""
    width, height = view.size
    spots = zip(target.points[::2], target.points[1::2], strict=True)
    clicks = tuple(Click(min(int(x * width), width - 1), min(int(y * height), height - 1)) for x, y in spots)
    box = None
    if target.box:
        left, top, right, bottom = target.box
        box = Box.covering(left * width, top * height, right * width, bottom * height)
    return list(eyes.segmenter("").segment(view.picture, Prompt(clicks, box)).regions[:1])


def _find_unsharp(view: PassContext, target: Target, eyes: Finders) -> list[Region]:
    return _within(view, target, lambda picture: list(find_unsharp(picture.pixels, target.unsharp_below)))


def _within(view: PassContext, target: Target, look: Callable[[Picture], list[Region]]) -> list[Region]:
    """What is seen in the picture, or in each region of an earlier pass, looked at from nearby."""
    if target.of_pass is None:
        return look(view.picture)
    found = []
    for outer in _find_earlier(view, target):
        side = round(max(outer.box.size) * AROUND)
        box = outer.box.grown(side) & view.size.box
        crop = Picture(np.ascontiguousarray(view.picture.pixels[box.slices]))
        inside = [r.moved(box.left, box.top) for r in look(crop)]
        found += [r for r in inside if _holds(outer.box, r)]
    return found


def _holds(box: Box, region: Region) -> bool:
    x, y = region.box.center
    return box.left <= x < box.right and box.top <= y < box.bottom


def _find_masked(view: PassContext, target: Target, eyes: Finders) -> list[Region]:
    region = Region.of_mask(_mask(view), "mask")
    return [note_background(region, view.size)] if region else []


def _mask(view: PassContext) -> Mask:
    if view.user_mask is None:
        raise BadInput(
            "there is no mask.", path="target.what", hint="Mask something, or take another target."
        )
    return view.user_mask


def _find_background(view: PassContext, target: Target, eyes: Finders) -> list[Region]:
    """What the mask leaves out; without a mask, what the detectors or the words leave out."""
    mask = view.user_mask
    if mask is None:
        look = _find_by_words if not target.models and target.classes else _find_by_detectors
        subjects = look(view, target, eyes)
        if not subjects:
            return []
        mask = merge_regions(subjects).mask(view.size)
    region = make_background_region(view.picture, mask)
    return [region] if region else []


def _find_whole(view: PassContext, target: Target, eyes: Finders) -> list[Region]:
    return [Region.of_box(view.size.box, "picture")]


def _find_tiles(view: PassContext, target: Target, eyes: Finders) -> list[Region]:
    """Tiles that meet in the middle of what they share: with a mask blur of half of it each fades out."""
    overlap = min(target.overlap, target.tile // 2)
    return [Region.of_box(cell, "tile") for cell in cells(view.size, target.tile, overlap)]


def _find_seams(view: PassContext, target: Target, eyes: Finders) -> list[Region]:
    """A band along the edge of what was painted before, wherever the seam there is worth it.

    Where nothing was, the person's mask is taken for what they painted before they came here.
    """
    if not view.past and view.user_mask is not None:
        visible = seam_score(view.picture.pixels, view.user_mask) or 0.0
        whole = Region(view.size.box, view.user_mask)
        bands = [_band(whole, view.size)] if visible > target.seam_above else []
    else:
        kept = [r for r in _of_pass(view, target) if r.kept and seam_excess(r.quality) > target.seam_above]
        found = [Region(r.best.box, r.best.mask, background=r.step.background) for r in kept if r.best]
        bands = [_band(region, view.size) for region in found]
    return [band for band in bands if band is not None]


def _band(region: Region, canvas: Size) -> Region | None:
    """Along the edge of what was painted; of a background only on its own side."""
    core = Mask.where(region.shape.core)
    thickness = greatest_thickness(core, border_sides(region.box, canvas))
    half = min(max(NARROWEST, round(thickness * BAND)), WIDEST)
    window = region.box.grown(half + 1) & canvas.box
    mask = core.crop(window.relative_to(region.box))
    outer = mask if region.background else mask.grown(half)
    band = Region.of_mask(Mask.where(outer.solid & ~mask.grown(-half).solid), "seam")
    return band and replace(band.moved(window.left, window.top), background=region.background)


def _find_again(view: PassContext, target: Target, eyes: Finders) -> list[Region]:
    return _find_earlier(view, target)


def _find_earlier(view: PassContext, target: Target) -> list[Region]:
    """What was painted before, or was to be: the cores of the composite masks."""
    steps = [report.step for report in _of_pass(view, target)]
    found = []
    for step in steps:
        region = Region.of_mask(Mask.where(step.composite.core), step.label, step.score)
        if region is not None:
            moved = region.moved(step.frame.crop.left, step.frame.crop.top)
            found.append(replace(moved, turn=step.turn, background=step.background))
    return found


def _of_pass(view: PassContext, target: Target) -> list[Report]:
    """Of the pass that is named, or of all of them."""
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
