"""A colour sketch: painted colours are both the mask and what painting starts from."""

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
        """Opaque wherever anything was drawn, so that nothing of it shows through what is painted."""
        return Mask.where(self.alpha.alpha > 0)

    def on(self, picture: Picture) -> Picture:
        """The picture with the sketch burnt in."""
        return picture.with_pixels(blend_patch(picture.pixels, self.drawn.pixels, self.alpha))


def open_sketch(text: str, canvas: Size) -> Sketch | None:
    """A sketch of the canvas' size; None without one, or where nothing is drawn on it.

    BadInput when it has no transparency: then it would be another picture; and for another aspect.
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
    """`how` with the defaults that let the drawn colours steer the result."""
    return replace(how, SKETCHED)
