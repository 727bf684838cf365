"""A colour sketch. Its colours are the start of the painting, and its area is masked."""

from __future__ import annotations

from dataclasses import dataclass

from retouch.errors import BadInput
from retouch.image.blend.composite import blend_patch
from retouch.image.codec import decoder
from retouch.image.codec.mask_layers import without_noise
from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.mask_reading import check_aspect
from retouch.image.picture import Picture
from retouch.knobs import replace
from retouch.recipes.intents import SKETCHED
from retouch.recipes.recipe import Pass


@dataclass(frozen=True, eq=False)
class Sketch:
    """Colours with alpha, of a canvas' size."""

    drawn: Picture
    alpha: Mask
    remarks: tuple[str, ...] = ()

    @property
    def mask(self) -> Mask:
        """The mask: opaque at every drawn pixel, so that the sketch does not show through."""
        return Mask.where(self.alpha.alpha > 0)

    def on(self, picture: Picture) -> Picture:
        """The picture with the sketch composited onto it."""
        return picture.with_pixels(blend_patch(picture.pixels, self.drawn.pixels, self.alpha))


def open_sketch(text: str, canvas: Size) -> Sketch | None:
    """The sketch at the size of the canvas. None without a sketch, or if it is fully transparent.

    Raises BadInput for a sketch without an alpha channel or with another aspect ratio.
    """
    if not text:
        return None
    sent = decoder.decode_base64(text, "sketch")
    if sent.alpha is None:
        hint = "Send an RGBA PNG that is transparent where nothing is drawn."
        raise BadInput("has no transparency.", path="sketch", hint=hint)
    remarks = ()
    if sent.size != canvas:
        check_aspect(sent.size, canvas, "sketch")
        remarks = (f"The sketch is {sent.size} and was scaled to {canvas}.",)
        sent = decoder.from_pil(sent.pil().resize(canvas))
    alpha = None if sent.alpha is None else without_noise(sent.alpha)[0]
    if alpha is None or not alpha.any():
        return None
    return Sketch(sent, Mask(alpha), remarks)


def with_sketch_defaults(how: Pass) -> Pass:
    """The pass with the defaults under which the drawn colours guide the result."""
    return replace(how, SKETCHED)
