"""Masks from clicks, a box or a text.

A segmenter on the GPU waits in the host's queue: at the same time as a generation it would take its memory.
The classical segmenter, and any segmenter on the CPU, answers at once. The preparation that a new picture
starts in the background follows the same rule.
"""

from __future__ import annotations

import contextlib
import dataclasses
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from retouch.api.masks import sent_mask
from retouch.api.messages import unique
from retouch.api.requests.segment import MaskRequest, PictureRequest, SegmentRequest
from retouch.api.serialize import region_json
from retouch.errors import BadInput
from retouch.image.geometry import Box
from retouch.image.matting import refine_edge
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.image.thickness import greatest_thickness
from retouch.knobs import load
from retouch.segmenters.base import Click, Prompt, Segmentation, Segmenter
from retouch.segmenters.candidates import change_candidates
from retouch.segmenters.prompt_checks import check_prompt
from retouch.segmenters.registry import CLASSICAL

if TYPE_CHECKING:
    from retouch.api.context import ApiContext


def picture(context: ApiContext, body: Any) -> dict[str, Any]:
    """Store a picture and prepare the segmenter for it in the background, so that the first click is fast."""
    request = load(PictureRequest, body)
    segmenter = context.segmenter(request.segmenter)
    opened, name = context.open(request)
    context.background.submit(lambda: _look(context, segmenter, opened))
    width, height = opened.size
    return {"image_id": name, "width": width, "height": height, "warnings": list(opened.baggage.notes)}


def _look(context: ApiContext, segmenter: Segmenter, picture: Picture) -> None:
    with _turn(context, segmenter):
        segmenter.prepare(picture)


def answer_segment(context: ApiContext, body: Any) -> dict[str, Any]:
    request = load(SegmentRequest, body)
    picture, name = context.open(request)
    prompt = None if request.everything else check_prompt(_prompt(request), picture.size)
    segmenter = context.segmenter(request.segmenter)
    of = (name, segmenter.name)
    memory = context.segmenter_states.get(of, request.memory)
    with _turn(context, segmenter, request):
        segmentation = _segment(segmenter, picture, prompt, memory)
    forgotten = _FORGOTTEN if request.memory and memory is None else ""
    if request.refine_edges:
        segmentation = change_candidates(segmentation, lambda region: snap_to_edges(picture, region))
    regions = segmentation.regions
    canvas = picture.size if request.whole_masks else None
    return {
        "image_id": name,
        "masks": [{**region_json(r, canvas), "area": r.shape.area} for r in regions],
        "default": segmentation.default if regions else None,
        "memory": context.segmenter_states.put(of, segmentation.memory),
        "segmenter": segmenter.name,
        "warnings": unique(picture.baggage.notes, forgotten),
    }


_FORGOTTEN = "The memory named is gone, or of another picture or segmenter: this is a first look."


def _segment(segmenter: Segmenter, picture: Picture, prompt: Prompt | None, memory: Any) -> Segmentation:
    if prompt is None:
        return Segmentation(segmenter.everything(picture))
    return segmenter.segment(picture, prompt, memory)


def _prompt(request: SegmentRequest) -> Prompt:
    clicks = tuple(Click(point.x, point.y, point.positive) for point in request.points)
    return Prompt(clicks, Box(*request.box) if request.box else None, request.text)


def _turn(
    context: ApiContext, segmenter: Segmenter, request: SegmentRequest | None = None
) -> AbstractContextManager[Any]:
    """The host's queue if the GPU is used, else nothing. Detectors find a text, and use the GPU too."""
    words = request is not None and request.text
    if (segmenter.name == CLASSICAL and not words) or context.backend.device() == "cpu":
        return contextlib.nullcontext()
    return context.backend.busy("segment", request.task if request else "", paints=False)


SNAP = 0.025
"""Share of a region's thickness by which its outline may move to an edge of the picture."""


def snap_to_edges(picture: Picture, region: Region, radius: int = 0) -> Region:
    """The region with its outline on edges of the picture, at full resolution.

    `radius` is in pixels, 0 for SNAP. Only the surroundings of the region are computed.
    """
    radius = radius or max(2, round(greatest_thickness(region.shape) * SNAP))
    window = region.box.grown(4 * radius) & picture.size.box
    mask = refine_edge(picture.crop(window), region.within(window), radius)
    box = mask.bounds
    if box is None:
        return region
    return dataclasses.replace(region, box=box.shifted(window.left, window.top), shape=mask.crop(box))


def mask(context: ApiContext, body: Any) -> dict[str, Any]:
    """A mask snapped to edges of the picture. With radius 0 it is returned as it is read."""
    request = load(MaskRequest, body)
    picture, name = context.open(request)
    sent = sent_mask(request, picture)
    region = Region.of_mask(sent.mask)
    if region is None:
        raise BadInput("is empty.", path="mask", hint="White is what is meant.")
    snapped = snap_to_edges(picture, region, request.radius) if request.radius else region
    return {
        "image_id": name,
        **region_json(snapped),
        "area": snapped.shape.area,
        "mask_reading": sent.reading,
        "warnings": unique(picture.baggage.notes, sent.warnings),
    }
