"""The tone of a picture: black-and-white, or toned as sepia, cyanotype, selenium and duotone are.

All colours of such a picture lie on one curve in RGB, with one colour for each luma. The curve is the mean
colour at each luma, fitted again without the colours that lie off it. What is painted gets the curve's colour
of its own luma. Levels are 0..255; luma is that of ITU-R BT.601.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
SAMPLED = 512
"""Pixels along the long side of what a picture is judged by."""
AVERAGED = 4
"""Pixels a side that are averaged before a curve is fitted: JPEG keeps colours at half the resolution."""
NEUTRAL, EXACT, COLOURED = 4, 2, 12
"""Levels between the channels of a pixel: up to the first it is grey, up to the second it was made so, beyond
the third it is a colour."""
NEARLY_ALL = 0.99
"""Share of a picture that lies on its curve. The rest may be a date stamp, or one coloured thing."""
MOSTLY, APART = 0.6, 0.9
"""A picture with selective colour is grey in at least the first share, and of what is not coloured at least
the second share is grey exactly. Photographs in colour have all shades between the two."""
FARTHEST = ((0.5, 2.5), (0.95, 8.0), (0.99, 24.0))
"""Shares of a toned picture, and how many levels off the curve they are at most. Of the photographs of
scikit-image, toned ones saved as JPEG of quality 85 have up to 1.7, 6.4 and 16 (9 and 21 of a steep
cyanotype); those in colour have from 1.4, 10.7 and 22 up."""
BESIDE = 16.0
"""Levels off the curve from which a colour has no part in fitting it."""
LEAST_LEVELS, LEAST_RANGE = 24, 40
"""Luma levels that occur in a photograph, and from the darkest to the lightest hundredth of a toned one. Flat
colours, line drawings and a clear sky tell nothing of a tone."""
MIDTONES, LEAST_MIDTONES = (8, 247), 0.05
"""Of a drawing on white, fewer pixels than this share lie between these levels."""
LEAST_CELLS = 100
"""Cells from which a curve can be told."""
STEPS, SMOOTH = 4, 0.5
"""Points of a curve to a level of luma, and levels over which it is smoothed: where red and green are cut off
at white, or all is dark, blue changes much while the luma hardly does."""
CUT_OFF = (3, 252)
"""Beyond these levels a channel may be cut off, and the curve says little."""
OFF_GREY, OFF_CURVE = 10.0, 18.0
"""Levels off the curve, of 5 x 5 pixels averaged, from which a place has a colour of its own."""
AROUND = 0.08
"""Of the side of what is painted: how far around such a place colours are let in."""
_PLACES = np.arange(255 * STEPS + 1, dtype=np.float32) / STEPS
"""Luma at each point of a curve."""


@dataclass(frozen=True, eq=False)
class Tone:
    """`curve` is (255 * STEPS + 1, 3) float32: the colour at each luma. `grey`: its channels are the same."""

    curve: np.ndarray
    grey: bool

    @classmethod
    def of(cls, pixels: np.ndarray) -> Tone | None:
        """That of a picture, (height, width, 3) uint8; None for one in colour, or that tells too little."""
        step = max(-(-max(pixels.shape[:2]) // SAMPLED), 1)
        sample = np.ascontiguousarray(pixels[::step, ::step]).reshape(-1, 3)
        if not _is_photograph(sample):
            return None
        return (
            cls.of_grey()
            if _is_grey(sample)
            else _fit_curve(_average_cells(pixels), sample.astype(np.float32))
        )

    @classmethod
    def of_grey(cls) -> Tone:
        return cls(np.repeat(_PLACES[:, None], 3, axis=1), True)

    def apply(self, levels: np.ndarray) -> np.ndarray:
        """`levels`, (.., 3) of 0..255, in the curve's colours of their luma: float32 of the same shape."""
        luma = np.clip(levels, 0, 255).astype(np.float32) @ LUMA
        if self.grey:
            return np.repeat(luma[..., None], 3, axis=-1)
        return np.stack([np.interp(luma, _PLACES, self.curve[:, c]) for c in range(3)], -1).astype(np.float32)

    def distance(self, levels: np.ndarray) -> np.ndarray:
        """Levels from (.., 3) to the curve's colours of their luma, in the channel that is farthest off."""
        return np.abs(levels - self.apply(levels)).max(-1)

    def find_coloured(self, pixels: np.ndarray) -> np.ndarray:
        """Where (height, width, 3) uint8 pixels have a colour of their own: (height, width) bool."""
        smooth = cv2.blur(pixels, (5, 5)).astype(np.float32)
        off = self.distance(smooth) > (OFF_GREY if self.grey else OFF_CURVE)
        return cv2.erode(off.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)


def let_in(coloured: np.ndarray, side: float) -> np.ndarray | None:
    """How far colours are kept, (height, width) float32 0..1: all of `coloured`, fading out around it.

    `side` is that of what is painted, in pixels. None where nothing is coloured.
    """
    if not coloured.any():
        return None
    reach = max(round(side * AROUND), 2)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    grown = cv2.dilate(coloured.astype(np.uint8), disc).astype(np.float32)
    return cv2.blur(grown, (reach, reach))


def chroma(levels: np.ndarray) -> np.ndarray:
    """The largest less the smallest channel of (.., 3) levels."""
    return levels.max(-1) - levels.min(-1)


def _is_photograph(sample: np.ndarray) -> bool:
    """Whether (pixels, 3) uint8 have shades enough."""
    luma = np.rint(sample @ LUMA).astype(np.int64)
    counts = np.bincount(luma, minlength=256)
    low, high = MIDTONES
    midtones = np.count_nonzero((luma >= low) & (luma <= high)) / len(luma)
    return np.count_nonzero(counts >= max(len(luma) * 2e-4, 1)) >= LEAST_LEVELS and midtones >= LEAST_MIDTONES


def _is_grey(sample: np.ndarray) -> bool:
    """Whether (pixels, 3) uint8 are of a black-and-white photograph, which may have selective colour."""
    apart = chroma(sample.astype(np.int16))
    if np.mean(apart <= NEUTRAL) >= NEARLY_ALL:
        return True
    luma = sample @ LUMA
    shown = apart[(luma > MIDTONES[0]) & (luma < MIDTONES[1])]
    exact = np.count_nonzero(shown <= EXACT)
    return exact >= MOSTLY * len(shown) and exact >= APART * np.count_nonzero(shown <= COLOURED)


def _average_cells(pixels: np.ndarray) -> np.ndarray:
    """(cells, 3) float32: means of squares of pixels."""
    step = max(max(pixels.shape[:2]) // (SAMPLED * AVERAGED), 1)
    sample = np.ascontiguousarray(pixels[::step, ::step])
    size = [max(round(side / AVERAGED), 1) for side in sample.shape[1::-1]]
    return cv2.resize(sample, size, interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float32)


def _fit_curve(cells: np.ndarray, sample: np.ndarray) -> Tone | None:
    """The curve that (cells, 3) float32 lie on, None where they lie on none.

    Half of the cells are judged by the curve of the other half: few cells are always near their own. The
    curve is that of the (pixels, 3) `sample`: where it bends, a mean of two of its colours is not on it.
    """
    if len(cells) < LEAST_CELLS:
        return None
    fitting, judged = cells[::2], cells[1::2]
    tone = Tone(_curve(fitting), False)
    for _ in range(2):
        beside = tone.distance(fitting) <= BESIDE
        if np.mean(beside) < MOSTLY:
            return None
        tone = Tone(_curve(fitting[beside]), False)
    darkest, lightest = np.quantile(cells @ LUMA, [0.01, 0.99])
    if lightest - darkest < LEAST_RANGE or not _is_near(judged, tone):
        return None
    return Tone(_curve(sample[tone.distance(sample) <= BESIDE]), False)


def _is_near(cells: np.ndarray, tone: Tone) -> bool:
    whole = (cells.min(-1) > CUT_OFF[0]) & (cells.max(-1) < CUT_OFF[1])
    off = tone.distance(cells[whole])
    return len(off) > 0 and all(np.quantile(off, share) <= most for share, most in FARTHEST)


def _curve(cells: np.ndarray) -> np.ndarray:
    """The mean colour at each luma; beyond the darkest and the lightest those go on."""
    place = np.rint(np.clip(cells @ LUMA, 0, 255) * STEPS).astype(np.int64)
    weighted = [np.bincount(place, weights, len(_PLACES)) for weights in (None, *cells.T)]
    spread = SMOOTH * STEPS
    kernel = cv2.getGaussianKernel(6 * int(np.ceil(spread)) + 1, spread)[:, 0]
    count, *sums = (np.convolve(one, kernel, "same") for one in weighted)
    known = count > 1e-3
    means = [np.interp(_PLACES, _PLACES[known], one[known] / count[known]) for one in sums]
    return np.stack(means, axis=1).astype(np.float32)
