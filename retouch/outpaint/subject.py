"""The margins of an extension, and the subject that is put on a line of thirds."""

from __future__ import annotations

from retouch.errors import Missing, RetouchError, add_remark
from retouch.image.geometry import Box, Margins, Size
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.outpaint.canvas_size import CanvasSize
from retouch.pipeline.pipeline import Pipeline
from retouch.recipes.target import Target

SUBJECTS = ("face", "person")
"""Detectors of a subject, in order. The first one that finds a region decides."""


def margins_of(request: CanvasSize, size: Size, borders: Margins, subject: Box | None) -> Margins:
    """Pixels to add on each side: the transparent borders, and the margins of the request beyond them.

    `subject` is the box of the subject in pixels of the opaque part. Without a request the borders alone are
    filled. Raises BadInput if there are neither, and TooLarge.
    """
    if not any(borders):
        return request.of(size, subject)
    filled = size.box.grown(borders).size
    if not request.is_set:
        return borders
    shifted = subject and subject.shifted(borders.left, borders.top)
    return Margins(*(a + b for a, b in zip(borders, request.of(filled, shifted), strict=True)))


def find_subject(request: CanvasSize, picture: Picture, pipeline: Pipeline) -> tuple[Box | None, str]:
    """(the box of the largest face or else person, a remark if a subject is requested and not found)."""
    if not request.wants_subject:
        return None, ""
    for name in SUBJECTS:
        regions = _find(name, picture, pipeline)
        if regions:
            return max(regions, key=lambda region: region.shape.area).box, ""
    return None, "No face and no person was found: the picture's middle is put on a line of thirds."


def _find(name: str, picture: Picture, pipeline: Pipeline) -> tuple[Region, ...]:
    """The regions of a detector. If the detector is missing or fails, there are none: a place is not worth an
    error.
    """
    try:
        return pipeline.detect(picture, Target(models=(name,)))
    except Missing:
        return ()
    except RetouchError as error:
        add_remark(f"The detector {name!r} failed, so the subject may be missing: {error}")
        return ()
