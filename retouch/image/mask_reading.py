"""Read a mask file by one rule for all entry points, and describe how it was read.

The rule, with `channel` "auto":

1. An opaque file: its grey levels. 0 keeps, the highest level of the file's type repaints, between are
strengths. 2. One plain colour with alpha: the alpha, as A1111 reads it. 3. The photograph itself with parts
erased: the erased parts. 4. Levels 0 and 1 are off and on. 16-bit and float levels are scaled to 0..255. 5.
Levels near black and near white become 0 and 255 in a file with the noise of lossy compression. 6. Colours,
and alpha and grey levels that disagree, have two readings. The file is refused; the error names both.

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
from retouch.image.mask import MASK_CHANNELS, Mask
from retouch.image.picture import Picture

EQUAL_LEVELS = 16
"""Levels: the largest mean difference of two channels or two pictures that count as equal."""
COLOURED_LEVELS = 64
"""Levels between the channels of a pixel from which it counts as coloured: chroma noise has less."""
COLOURED = 0.05
"""Share of the pixels that are not black: with more coloured pixels the colours may have a meaning."""
FAINT = 16
"""Levels: a mask whose highest level is below has almost no effect."""
ASPECT = 0.02
"""The largest relative error of a mask's aspect, besides the rounding of its sides."""


@dataclass(frozen=True, eq=False)
class MaskReading:
    """A mask that was read from a file: `read_as` says how, and `warnings` are sentences for the person."""

    mask: Mask
    read_as: str
    warnings: tuple[str, ...] = ()


def sentence(read_as: str, mask: Mask) -> str:
    """A sentence: how a mask was read, and which share of its canvas is above 0."""
    share = np.count_nonzero(mask.alpha) / mask.alpha.size
    return f"mask read as {read_as}; {share_in_words(share)} of the picture"


def share_in_words(share: float) -> str:
    """A share 0..1 in percent, never rounded to 0 or 100 unless it is.

    >>> share_in_words(0.25), share_in_words(0.0001)
    ('25.0 %', 'less than 0.1 %')
    """
    if 0 < share < 0.001:
        return "less than 0.1 %"
    return "more than 99.9 %" if 0.999 < share < 1 else f"{100 * share:.1f} %"


def read_mask(
    data: bytes, size: Size, path: str = "mask", channel: str = "auto", under: Picture | None = None
) -> MaskReading:
    """The mask in a file, scaled to `size`.

    `channel` is one of MASK_CHANNELS. `under` is the picture that the mask belongs to, and `path` the JSON
    path of the file for errors. Raises BadPicture or TooLarge for a file that cannot be read, and BadInput
    when two readings are likely, when the file lacks the `channel`, and for another aspect.
    """
    layers = convert(data, layers_of, path)
    reading = _with_warnings(_Chooser(layers, path, under).reading(channel))
    return fit_reading(reading, size, path)


def host_mask(image: Image.Image) -> Mask:
    """The mask in a PIL image of the WebUI, of the image's size, by A1111's rule.

    It is the alpha if that is not opaque everywhere, else the grey levels (`create_binary_mask` without
    rounding).
    """
    layers = layers_of(image)
    channel = "luminance" if layers.alpha is None else "alpha"
    return _Chooser(layers, "mask", None).reading(channel).mask


@dataclass(frozen=True, eq=False)
class _Chooser:
    """Chooses the layer of a file that is the mask."""

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
            warning = "The mask is the picture with parts erased: what was erased is repainted."
            return dataclasses.replace(self._read_erased(), warnings=(*layers.remarks, warning))
        raise BadInput(
            "has transparency and different grey levels: it can be read by either.",
            path=self.path,
            hint=f"Set mask_channel to one of {', '.join(MASK_CHANNELS[1:])}.",
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
            warning = "The mask's levels are 0 and 1: 1 is read as 255, repainted in full."
            return MaskReading(
                Mask(levels * np.uint8(255)), f"off and on ({read_as} 0 and 1)", (*layers.remarks, warning)
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
        bright = np.count_nonzero(colours.max(2) >= COLOURED_LEVELS)
        if np.count_nonzero(spread >= COLOURED_LEVELS) > COLOURED * bright:
            raise BadInput(
                "has colours: it can be read by their brightness, or each colour may mean something.",
                path=self.path,
                hint="Send black and white, or set mask_channel to luminance to take the brightness.",
            )

    def _under_nothing(self) -> MaskReading:
        """The reading of a file that is transparent everywhere: its grey levels if it has several."""
        grey = self.layers.grey
        if int(grey.max()) == int(grey.min()):
            return self._alpha()
        self._refuse_colours()
        warning = "The mask is transparent all over: the grey levels under its transparency are read."
        reading = self._grey()
        return dataclasses.replace(reading, warnings=(*reading.warnings, warning))

    def _plain(self) -> bool:
        """Whether all visible pixels have one colour."""
        alpha, colours = np.asarray(self.layers.alpha), np.asarray(self.layers.colours)
        visible = colours[alpha >= min(128, int(alpha.max()))].astype(int)
        return bool((np.ptp(visible, axis=0) <= EQUAL_LEVELS).all())

    def _agree(self) -> bool:
        """Whether grey levels and alpha are equal, with or without premultiplied alpha."""
        alpha, grey = np.asarray(self.layers.alpha, np.float64), np.asarray(self.layers.grey, np.float64)
        visible = (alpha > 0) & ((grey > 0) | (alpha > EQUAL_LEVELS))
        return min(_apart(grey, alpha, visible), _apart(grey * alpha / 255, alpha, visible)) <= EQUAL_LEVELS

    def _of_the_picture(self) -> bool:
        """Whether the visible colours are those of the picture."""
        if self.under is None:
            return False
        alpha, colours = np.asarray(self.layers.alpha), np.asarray(self.layers.colours)
        height, width = alpha.shape
        picture = np.asarray(
            Image.fromarray(self.under.pixels).resize((width, height), Image.Resampling.BILINEAR)
        )
        return _apart(colours.mean(2), picture.mean(2), alpha >= OPAQUE) <= EQUAL_LEVELS / 2


def _apart(one: np.ndarray, other: np.ndarray, where: np.ndarray) -> float:
    """The mean difference in levels of two (height, width) arrays over the pixels `where`; 0 for none."""
    return float(np.abs(one.astype(np.float64) - other)[where].mean()) if where.any() else 0.0


def _is_framed(alpha: np.ndarray) -> bool:
    """Whether three quarters of the border are opaque: erased parts lie inside a picture."""
    border = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
    return float((border >= 128).mean()) >= 0.75


def _with_warnings(reading: MaskReading) -> MaskReading:
    """The reading with a warning if its mask has almost no effect."""
    top = int(reading.mask.alpha.max())
    if not 0 < top < FAINT:
        return reading
    warning = (
        f"The mask's highest level is {top} of 255: hardly anything of what is painted will be seen. "
        "If its levels are labels, write 255 where it is to be repainted."
    )
    return dataclasses.replace(reading, warnings=(*reading.warnings, warning))


def surrounds(mask: Mask) -> bool:
    """Whether more than half of the picture and most of its border is masked, but not all, as in an inverted
    mask."""
    return mask.alpha.size / 2 < mask.area < mask.alpha.size and _is_framed(mask.alpha)


def fit_reading(reading: MaskReading, size: Size, path: str = "mask") -> MaskReading:
    """The reading with its mask scaled to `size`. Raises BadInput for another aspect."""
    mine = reading.mask.size
    if mine == size:
        return reading
    check_aspect(mine, size, path)
    image = Image.fromarray(reading.mask.alpha).resize((size.width, size.height), Image.Resampling.BILINEAR)
    warning = f"The {path} is {mine} and was scaled to {size}."
    return dataclasses.replace(reading, mask=Mask(np.asarray(image)), warnings=(warning, *reading.warnings))


def check_aspect(mine: Size, size: Size, path: str) -> None:
    """Raise BadInput when the aspects differ by more than rounding."""
    if _same_aspect(mine, size):
        return
    turned = " It looks turned by 90 degrees." if _same_aspect(Size(mine.height, mine.width), size) else ""
    raise BadInput(
        f"is {mine}, which is another aspect than {size}.{turned}",
        path=path,
        hint=f"Send it as {size}, or at that aspect.",
    )


def _same_aspect(mine: Size, size: Size) -> bool:
    """Whether the aspects are equal up to the rounding of a side to whole pixels, or up to ASPECT."""
    width, height = mine.height * size.width / size.height, mine.width * size.height / size.width
    rounded = abs(width - mine.width) <= 1 or abs(height - mine.height) <= 1
    return rounded or abs(width / mine.width - 1) <= ASPECT
