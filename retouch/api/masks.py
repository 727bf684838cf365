"""The mask of a request: read by the rule of `mask_reading`, placed on the picture, and described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from retouch.errors import BadInput
from retouch.image.codec import decoder
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.mask_reading import read_mask, sentence, surrounds
from retouch.image.picture import Picture

INVERTED = (
    "The mask is white along its border and on most of the picture: if black is to be repainted, invert it."
)


class Masked(Protocol):
    """A request with a mask, its box (None for the whole picture), and the channel to read."""

    @property
    def mask(self) -> str: ...

    @property
    def box(self) -> tuple[int, ...] | None: ...

    @property
    def mask_channel(self) -> str: ...


@dataclass(frozen=True, eq=False)
class SentMask:
    """A mask of the picture's size; `reading` is a sentence on how it was read and how much it covers."""

    mask: Mask
    reading: str
    warnings: tuple[str, ...] = ()


def sent_mask(request: Masked, picture: Picture, invert: bool = False) -> SentMask:
    """The mask at the size of the picture. `invert` inverts it. The mask may be blank.

    Raises BadInput with the path `mask` or `box` if the mask cannot be read, or if its meaning is ambiguous.
    """
    canvas, spot = picture.size, Box(*request.box) if request.box else picture.size.box
    if not canvas.box.contains(spot):
        raise BadInput(
            f"{list(spot)} does not lie within {canvas}.", path="box", hint="Cut mask and box to it."
        )
    if not request.mask:
        raise BadInput("is required.", path="mask", hint="PNG as base64; white is repainted.")
    data = decoder.file_bytes(request.mask, "mask")
    read = read_mask(data, spot.size, "mask", request.mask_channel, picture.crop(spot))
    placed = read.mask.crop(canvas.box.relative_to(spot))
    if invert:
        reading = sentence(f"{read.read_as}, inverted", placed.inverted())
        return SentMask(placed.inverted(), reading, read.warnings)
    doubt = (INVERTED,) if request.mask_channel == "auto" and surrounds(placed) else ()
    return SentMask(placed, sentence(read.read_as, placed), (*read.warnings, *doubt))
