"""How far a picture is extended on each side, and the subject that is kept on a line of thirds."""

from __future__ import annotations

from retouch.errors import Missing, RetouchError, add_remark
from retouch.image.geometry import Box, Margins, Size
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.outpaint.canvas_size import CanvasSize
from retouch.pipeline.pipeline import Pipeline
from retouch.recipes.target import Target

SUBJECTS = ("face", "person")
"""Who may be kept on a line of thirds: the first that is found."""


def margins_of(request: CanvasSize, size: Size, borders: Margins, subject: Box | None) -> Margins:
    """The transparent borders and what is asked beyond them; nothing need be asked where there are some."""
    if not any(borders):
        return request.of(size, subject)
    whole = size.box.grown(borders).size
    if not request.asked:
        return borders
    seen = subject and subject.shifted(borders.left, borders.top)
    return Margins(*(a + b for a, b in zip(borders, request.of(whole, seen), strict=True)))


def find_subject(request: CanvasSize, picture: Picture, studio: Pipeline) -> tuple[Box | None, str]:
    """(the box of the largest face, or else person, a remark when it is wanted and there is none)."""
    if not request.wants_subject:
        return None, ""
    for name in SUBJECTS:
        found = _find(name, picture, studio)
        if found:
            return max(found, key=lambda region: region.shape.area).box, ""
    return None, "No face and no person was found: the picture's middle is kept on a line of thirds."


def _find(name: str, picture: Picture, studio: Pipeline) -> tuple[Region, ...]:
    """Nothing where there is no such detector, or it fails: a place is no reason to refuse."""
    try:
        return studio.detect(picture, Target(models=(name,)))
    except Missing:
        return ()
    except RetouchError as error:
        add_remark(f"It was not looked for {name!r}: {error}")
        return ()
