"""Read a mask file by one rule, whatever the door, and say how it was read.

The rule, with `channel` "auto":

1. Opaque file: its grey levels. 0 keeps, the highest level the file can hold repaints, between are strengths.
2. One plain colour with alpha: the alpha, as A1111 reads it.
3. The photograph itself with parts erased: what was erased.
4. Levels 0 and 1 are off and on. 16-bit and float levels are scaled to 0..255.
5. Levels near black and near white become 0 and 255 where the file has the noise of lossy compression.
6. Colours, and alpha and grey levels that disagree, have two readings: refused, and the error names them.

A file of the picture's aspect is scaled to its size; any other aspect is refused.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from PIL import Image

from retouch.errors import BadInput
from retouch.image.codec.decoder import convert
from retouch.image.codec.mask_layers import OPAQUE, Layers, layers_of, without_noise
from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture

CHANNELS = ("auto", "luminance", "alpha", "inverted alpha")
ALIKE = 16
"""Levels, on average, that two channels or two pictures may differ by and still say the same."""
SPREAD = 64
"""Levels between the channels of a pixel from which on it has a colour: chroma noise has less."""
COLOURED = 0.05
"""Share of what is not black in a file from which on its colours may mean something."""
FAINT = 16
"""Levels: a mask with none above leaves the picture as good as it is."""
ASPECT = 0.02
"""How far the aspect of a mask may be off, beyond the rounding of its sides."""


@dataclass(frozen=True, eq=False)
class MaskReading:
    """A mask as it was read: `read_as` in words, and what a person should know of it."""

    mask: Mask
    read_as: str
    warnings: tuple[str, ...] = ()


def sentence(read_as: str, mask: Mask) -> str:
    """How a mask was read and how much of its canvas is to be repainted, strongly or weakly."""
    share = np.count_nonzero(mask.alpha) / mask.alpha.size
    return f"mask read as {read_as}; {share_in_words(share)} of the picture"


def share_in_words(share: float) -> str:
    """A share 0..1 in percent, never rounded to 0 or 100 where it is neither."""
    if 0 < share < 0.001:
        return "less than 0.1 %"
    return "more than 99.9 %" if 0.999 < share < 1 else f"{100 * share:.1f} %"


def read_mask(
    data: bytes, size: Size, path: str = "mask", channel: str = "auto", under: Picture | None = None
) -> MaskReading:
    """The mask of `size` in a file. `channel` is one of CHANNELS, `under` the picture that it is for.

    BadPicture or TooLarge for no readable file; BadInput where two readings are likely, where the channel
    that is asked for is not there, and for another aspect.
    """
    layers = convert(data, layers_of, path)
    reading = _with_warnings(_Chooser(layers, path, under).reading(channel))
    return fit_reading(reading, size, path)


def host_mask(image: Image.Image) -> Mask:
    """The mask in an image that A1111 holds, of the image's size; which layer it is, is A1111's rule.

    Its alpha where that is not opaque, else its grey levels (`create_binary_mask` without rounding).
    """
    layers = layers_of(image)
    channel = "luminance" if layers.alpha is None else "alpha"
    return _Chooser(layers, "mask", None).reading(channel).mask


@dataclass(frozen=True, eq=False)
class _Chooser:
    """Which of a file's layers is the mask."""

    layers: Layers
    path: str
    under: Picture | None

    def reading(self, channel: str) -> MaskReading:
        if channel == "auto":
            return self._auto()
        alpha = self.layers.alpha
        if channel == "luminance":
            return self._grey()
        if alpha is None:
            hint = "Use mask_channel luminance, or send a file with transparency."
            raise BadInput(f"has no transparency to read as {channel}.", path=self.path, hint=hint)
        return self._alpha() if channel == "alpha" else self._read_erased()

    def _auto(self) -> MaskReading:
        layers = self.layers
        if layers.alpha is None:
            self._refuse_colours()
            return self._grey()
        if not layers.alpha.any():
            return self._under_nothing()
        if self._plain() or self._agree():
            return self._alpha()
        if self._of_the_picture() and _is_framed(layers.alpha):
            told = "The mask is the picture with parts erased: what was erased is repainted."
            return dataclasses.replace(self._read_erased(), warnings=(*layers.remarks, told))
        raise BadInput(
            "has transparency and different grey levels: it can be read by either.",
            path=self.path,
            hint=f"Set mask_channel to one of {', '.join(CHANNELS[1:])}.",
        )

    def _grey(self) -> MaskReading:
        return self._make_reading(self.layers.grey, "grey levels")

    def _alpha(self) -> MaskReading:
        return self._make_reading(np.asarray(self.layers.alpha), "alpha")

    def _read_erased(self) -> MaskReading:
        return self._make_reading(255 - np.asarray(self.layers.alpha), "what is transparent (inverted alpha)")

    def _make_reading(self, levels: np.ndarray, read_as: str) -> MaskReading:
        layers = self.layers
        if int(levels.max()) == 1:
            told = "The mask's levels are 0 and 1: 1 is read as 255, repainted in full."
            return MaskReading(
                Mask(levels * np.uint8(255)), f"off and on ({read_as} 0 and 1)", (*layers.remarks, told)
            )
        cleaned, noise = without_noise(levels, layers.lossy)
        if not noise:
            return MaskReading(Mask(cleaned), read_as, layers.remarks)
        read_as = f"{read_as} without the noise of lossy compression (up to {noise} levels)"
        return MaskReading(Mask(cleaned), read_as, layers.remarks)

    def _refuse_colours(self) -> None:
        colours = self.layers.colours
        if colours is None:
            return
        spread = colours.max(2) - colours.min(2)
        shown = np.count_nonzero(colours.max(2) >= SPREAD)
        if np.count_nonzero(spread >= SPREAD) > COLOURED * shown:
            raise BadInput(
                "has colours: it can be read by their brightness, or each colour may mean something.",
                path=self.path,
                hint="Send black and white, or set mask_channel to luminance to take the brightness.",
            )

    def _under_nothing(self) -> MaskReading:
        """Transparent all over: what lies under it is the mask where it has several levels."""
        grey = self.layers.grey
        if int(grey.max()) == int(grey.min()):
            return self._alpha()
        self._refuse_colours()
        told = "The mask is transparent all over: the grey levels under its transparency are read."
        made = self._grey()
        return dataclasses.replace(made, warnings=(*made.warnings, told))

    def _plain(self) -> bool:
        """One colour, wherever anything of it can be seen."""
        alpha, colours = np.asarray(self.layers.alpha), np.asarray(self.layers.colours)
        seen = colours[alpha >= min(128, int(alpha.max()))].astype(int)
        return bool((np.ptp(seen, axis=0) <= ALIKE).all())

    def _agree(self) -> bool:
        """Grey levels and alpha say the same, with or without one multiplied by the other."""
        alpha, grey = np.asarray(self.layers.alpha, np.float64), np.asarray(self.layers.grey, np.float64)
        shown = (alpha > 0) & ((grey > 0) | (alpha > ALIKE))
        return min(_apart(grey, alpha, shown), _apart(grey * alpha / 255, alpha, shown)) <= ALIKE

    def _of_the_picture(self) -> bool:
        """The colours that can be seen are those of the picture."""
        if self.under is None:
            return False
        alpha, colours = np.asarray(self.layers.alpha), np.asarray(self.layers.colours)
        height, width = alpha.shape
        picture = np.asarray(
            Image.fromarray(self.under.pixels).resize((width, height), Image.Resampling.BILINEAR)
        )
        return _apart(colours.mean(2), picture.mean(2), alpha >= OPAQUE) <= ALIKE / 2


def _apart(one: np.ndarray, other: np.ndarray, where: np.ndarray) -> float:
    """The mean difference in levels."""
    return float(np.abs(one.astype(np.float64) - other)[where].mean()) if where.any() else 0.0


def _is_framed(alpha: np.ndarray) -> bool:
    """Most of the border is opaque: what is transparent lies within, as what was erased does."""
    border = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
    return float((border >= 128).mean()) >= 0.75


def _with_warnings(reading: MaskReading) -> MaskReading:
    """With a warning of a mask that does hardly anything."""
    top = int(reading.mask.alpha.max())
    if not 0 < top < FAINT:
        return reading
    told = (
        f"The mask's highest level is {top} of 255: hardly anything of what is painted will be seen. "
        "If its levels are labels, write 255 where it is to be repainted."
    )
    return dataclasses.replace(reading, warnings=(*reading.warnings, told))


def surrounds(mask: Mask) -> bool:
    """More than half of the picture and most of its border is masked, but not all: as in an inverted mask."""
    return mask.alpha.size / 2 < mask.area < mask.alpha.size and _is_framed(mask.alpha)


def fit_reading(reading: MaskReading, size: Size, path: str = "mask") -> MaskReading:
    """The reading with its mask of `size`. BadInput for another aspect."""
    mine = reading.mask.size
    if mine == size:
        return reading
    check_aspect(mine, size, path)
    image = Image.fromarray(reading.mask.alpha).resize((size.width, size.height), Image.Resampling.BILINEAR)
    told = f"The {path} is {mine} and was scaled to {size}."
    return dataclasses.replace(reading, mask=Mask(np.asarray(image)), warnings=(told, *reading.warnings))


def check_aspect(mine: Size, size: Size, path: str) -> None:
    """BadInput where the aspects differ by more than rounding."""
    if _same_aspect(mine, size):
        return
    turned = " It looks turned by 90 degrees." if _same_aspect(Size(mine.height, mine.width), size) else ""
    raise BadInput(
        f"is {mine}, which is another aspect than {size}.{turned}",
        path=path,
        hint=f"Send it as {size}, or at that aspect.",
    )


def _same_aspect(mine: Size, size: Size) -> bool:
    """Alike but for the rounding of a side to whole pixels, and ASPECT."""
    width, height = mine.height * size.width / size.height, mine.width * size.height / size.width
    rounded = abs(width - mine.width) <= 1 or abs(height - mine.height) <= 1
    return rounded or abs(width / mine.width - 1) <= ASPECT
