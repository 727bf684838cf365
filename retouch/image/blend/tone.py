"""The tone of a picture: black-and-white, or toned as sepia, cyanotype, selenium and duotone are.

All colours of such a picture lie on one curve in RGB, with one colour for each luma. The curve is the mean
colour at each luma, fitted again without outliers. A painted pixel gets the colour of the curve at its own
luma. Levels are 0..255; luma is that of ITU-R BT.601.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
SAMPLED = 512
"""Pixels along the long side of the sample that classifies a picture."""
AVERAGED = 4
"""Side in pixels of the cells that are averaged before a fit: JPEG keeps colours at half the resolution."""
NEUTRAL, EXACT, COLOURED = 4, 2, 12
"""Levels between the channels of a pixel. Up to the first it counts as grey, up to the second as exactly
grey, above the third as coloured."""
NEARLY_ALL = 0.99
"""Share of a picture that lies on its curve. The rest may be a date stamp, or one coloured thing."""
MOSTLY, APART = 0.6, 0.9
"""In a picture with selective colour at least the first share of pixels is grey. Of those that are not
coloured at least the second share is exactly grey. Photographs in colour have all shades between the two."""
FARTHEST = ((0.5, 2.5), (0.95, 8.0), (0.99, 24.0))
"""Quantiles of the distance of a toned picture's colours from the curve, and their limits in levels. Of the
photographs of scikit-image, toned ones saved as JPEG of quality 85 have up to 1.7, 6.4 and 16 (9 and 21 of a
steep cyanotype); those in colour have from 1.4, 10.7 and 22 up."""
OUTLIER_LEVELS = 16.0
"""Levels: a colour farther off the curve is an outlier of the fit."""
LEAST_LEVELS, LEAST_RANGE = 24, 40
"""Luma levels that occur in a photograph, and the range of luma of a toned one, from the 1st to the 99th
percentile. Flat colours, line drawings and a clear sky have less."""
MIDTONES, LEAST_MIDTONES = (8, 247), 0.05
"""Levels of midtones, and the least share of pixels in them: a drawing on white has fewer."""
LEAST_CELLS = 100
"""The fewest cells to which a curve is fitted."""
STEPS, SMOOTH = 4, 0.5
"""Points of a curve per level of luma, and the standard deviation of its smoothing in levels. Where red and
green are clipped at white, or in the shadows, blue changes much while the luma hardly does."""
CUT_OFF = (3, 252)
"""Levels beyond which a channel may be clipped, so that the curve is uncertain."""
OFF_GREY, OFF_CURVE = 10.0, 18.0
"""Levels off the curve, averaged over 5 x 5 pixels, from which a pixel counts as coloured."""
COLOUR_MARGIN_SHARE = 0.08
"""Share of the painted side: the distance around coloured pixels at which colours are kept."""
_PLACES = np.arange(255 * STEPS + 1, dtype=np.float32) / STEPS
"""Luma at each point of a curve."""


@dataclass(frozen=True, eq=False)
class Tone:
    """The colour at each luma.

    `curve` is (255 * STEPS + 1, 3) float32 RGB levels 0..255. `grey` is True when its channels are equal.
    """

    curve: np.ndarray
    grey: bool

    @classmethod
    def of(cls, pixels: np.ndarray) -> Tone | None:
        """The tone of a picture, (height, width, 3) uint8 RGB. None for a colour picture or one with few
        shades.

        >>> ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(64, axis=0)
        >>> Tone.of(ramp).grey
        True
        >>> Tone.of(np.random.default_rng(0).integers(0, 256, (64, 256, 3), np.uint8)) is None
        True
        """
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
        """The tone of black-and-white: all three channels are the luma."""
        return cls(np.repeat(_PLACES[:, None], 3, axis=1), True)

    def apply(self, levels: np.ndarray) -> np.ndarray:
        """The colours of the curve at the luma of `levels`, (.., 3) RGB: float32 0..255 of the same shape.

        Levels beyond 0..255 are clipped.

        >>> Tone.of_grey().apply(np.float32([[100, 0, 0]])).round(1)
        array([[29.9, 29.9, 29.9]], dtype=float32)
        """
        luma = np.clip(levels, 0, 255).astype(np.float32) @ LUMA
        if self.grey:
            return np.repeat(luma[..., None], 3, axis=-1)
        return np.stack([np.interp(luma, _PLACES, self.curve[:, c]) for c in range(3)], -1).astype(np.float32)

    def distance(self, levels: np.ndarray) -> np.ndarray:
        """The distance of `levels`, (.., 3) RGB 0..255, from the curve at their luma: (..,) float32 levels.

        It is that of the channel that is farthest off.
        """
        return np.abs(levels - self.apply(levels)).max(-1)

    def find_coloured(self, pixels: np.ndarray) -> np.ndarray:
        """(height, width) bool: the pixels of a (height, width, 3) uint8 picture that lie off the curve."""
        smooth = cv2.blur(pixels, (5, 5)).astype(np.float32)
        coloured = self.distance(smooth) > (OFF_GREY if self.grey else OFF_CURVE)
        return cv2.erode(coloured.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)


def let_in(coloured: np.ndarray, side: float) -> np.ndarray | None:
    """The share at which painted colours are kept: (height, width) float32 0..1.

    It is 1 at `coloured` pixels, (height, width) bool, and falls to a half at a distance of 8 % of `side`,
    the painted side in pixels, above 0. None when no pixel is coloured.
    """
    if not coloured.any():
        return None
    reach = max(round(side * COLOUR_MARGIN_SHARE), 2)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    grown = cv2.dilate(coloured.astype(np.uint8), disc).astype(np.float32)
    return cv2.blur(grown, (reach, reach))


def chroma(levels: np.ndarray) -> np.ndarray:
    """The largest minus the smallest channel of RGB levels: an array of shape (..,), of the type of `levels`.

    `levels` have shape (.., 3) and range 0..255.

    >>> chroma(np.array([[200, 50, 120], [7, 7, 7]]))
    array([150,   0])
    """
    return levels.max(-1) - levels.min(-1)


def _is_photograph(sample: np.ndarray) -> bool:
    """Whether (pixels, 3) uint8 have enough shades for a photograph."""
    luma = np.rint(sample @ LUMA).astype(np.int64)
    counts = np.bincount(luma, minlength=256)
    low, high = MIDTONES
    midtones = np.count_nonzero((luma >= low) & (luma <= high)) / len(luma)
    return np.count_nonzero(counts >= max(len(luma) * 2e-4, 1)) >= LEAST_LEVELS and midtones >= LEAST_MIDTONES


def _is_grey(sample: np.ndarray) -> bool:
    """Whether (pixels, 3) uint8 are a black-and-white photograph, with or without selective colour."""
    chromas = chroma(sample.astype(np.int16))
    if np.mean(chromas <= NEUTRAL) >= NEARLY_ALL:
        return True
    luma = sample @ LUMA
    midtones = chromas[(luma > MIDTONES[0]) & (luma < MIDTONES[1])]
    exact = np.count_nonzero(midtones <= EXACT)
    return exact >= MOSTLY * len(midtones) and exact >= APART * np.count_nonzero(midtones <= COLOURED)


def _average_cells(pixels: np.ndarray) -> np.ndarray:
    """(cells, 3) float32 levels: means over square cells of (height, width, 3) uint8 pixels."""
    step = max(max(pixels.shape[:2]) // (SAMPLED * AVERAGED), 1)
    sample = np.ascontiguousarray(pixels[::step, ::step])
    size = [max(round(side / AVERAGED), 1) for side in sample.shape[1::-1]]
    return cv2.resize(sample, size, interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float32)


def _fit_curve(cells: np.ndarray, sample: np.ndarray) -> Tone | None:
    """The curve on which (cells, 3) float32 levels lie, None when they lie on none.

    The fit to half of the cells is tested on the other half, because few cells are always near their own
    curve. The result is fitted to the (pixels, 3) float32 `sample`: where a curve bends, the mean of two of
    its colours is not on it.
    """
    if len(cells) < LEAST_CELLS:
        return None
    fitting, testing = cells[::2], cells[1::2]
    tone = Tone(_curve(fitting), False)
    for _ in range(2):
        inliers = tone.distance(fitting) <= OUTLIER_LEVELS
        if np.mean(inliers) < MOSTLY:
            return None
        tone = Tone(_curve(fitting[inliers]), False)
    darkest, lightest = np.quantile(cells @ LUMA, [0.01, 0.99])
    if lightest - darkest < LEAST_RANGE or not _is_near(testing, tone):
        return None
    return Tone(_curve(sample[tone.distance(sample) <= OUTLIER_LEVELS]), False)


def _is_near(cells: np.ndarray, tone: Tone) -> bool:
    unclipped = (cells.min(-1) > CUT_OFF[0]) & (cells.max(-1) < CUT_OFF[1])
    distances = tone.distance(cells[unclipped])
    return len(distances) > 0 and all(np.quantile(distances, share) <= most for share, most in FARTHEST)


def _curve(cells: np.ndarray) -> np.ndarray:
    """(255 * STEPS + 1, 3) float32: the mean of (cells, 3) colours at each luma, constant beyond their
    range."""
    place = np.rint(np.clip(cells @ LUMA, 0, 255) * STEPS).astype(np.int64)
    weighted = [np.bincount(place, weights, len(_PLACES)) for weights in (None, *cells.T)]
    spread = SMOOTH * STEPS
    kernel = cv2.getGaussianKernel(6 * int(np.ceil(spread)) + 1, spread)[:, 0]
    count, *sums = (np.convolve(one, kernel, "same") for one in weighted)
    known = count > 1e-3
    means = [np.interp(_PLACES, _PLACES[known], one[known] / count[known]) for one in sums]
    return np.stack(means, axis=1).astype(np.float32)
