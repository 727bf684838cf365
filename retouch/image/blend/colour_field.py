"""Colour-field correction: what an autoencoder did to the colours, known around a hole, undone in it.

Painted pixels that are kept anyway show by how much the painting shifted them. That residual is averaged
over cells, and a smooth surface is fitted to it which also spans the hole, with what depends on the painted
colours instead, such as a loss of contrast (see `surface`).

New content at the rim is no shift. Its cells are found by iterated reweighting (Geman and McClure, 1987)
from a coarse scale to a fine one (graduated non-convexity: Blake and Zisserman, 1987) and left out.
All levels are of 0..255, and all distances between them in RGB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.image.blend.smooth_surface import Evidence, Surface, SurfaceFit, basis
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask

LARGEST_SHIFT = 60.0
"""A residual beyond is new content: autoencoders shift smooth areas by a few levels, and even checkpoints
that darken everything stay below half of this."""
SCALES = (32.0, 16.0, 8.0, 6.0, 5.0)
"""The error at which a cell has lost three quarters of its say, from the first fit to the last."""
AGREEING = 10.0
"""A cell within this of the fit agrees with it: about the loss of detail of an autoencoder."""
ALIKE = 12.0
"""What is shown of the painting has no say when it is this far from what the kept pixels tell."""
CELLS = 64
"""Cells along the window's long side: the field is smooth, so more would only cost time."""
FREEDOM, TONE_FREEDOM = 600, 300
"""The energy of a fit, and of its tone, in variances of the noise of one cell summed over the channels, that
a painting without a shift seldom has: measured on photographs, for neighbouring cells err alike."""
LEAST_NOISE = 0.5
"""The variance of a cell at best, levels squared. Rounding makes less, but a surface that followed every
part of a level would run away where it is continued beyond what is known, at the picture's border."""
KNOTS = 60
"""Degrees of freedom that a fit uses up."""
STRONGEST_TONE = 0.25
"""Levels per level: contrast may be changed by so much at most."""
SOFT = 3
"""Cells over which painted colours are averaged: finer ones tell of lost detail, not of a tone."""
DARKEST, LIGHTEST, CUT_OFF_SAY = 8, 247, 0.1
"""Beyond these levels a shift is cut off at black or white and looks smaller than it is. What is there
has little say, and some, for there may be nothing else. It is counted by cells: chosen pixel by pixel, the
lighter grains of something dark would be compared with the mean that is left when grain is lost."""
REACH, NEAREST = 0.75, 32
"""How far around the hole to look: in its own sides, and at least this many pixels."""
_BESIDE = np.ones((3, 3), np.uint8)
"""A cell beside new content has some of it, blurred by the autoencoder."""


@dataclass(frozen=True, eq=False)
class Field:
    """A correction in levels, to be added to what was painted: by place, and by what was painted there.

    `knots` are (rows, columns, 3) spline coefficients over `domain`: left, top, right, bottom as shares
    of the crop. `tone` is (3, 4): the channels' levels per painted level, and constants. `agreement`,
    0..1, is the share of kept pixels that this field explains.
    """

    knots: np.ndarray
    domain: tuple[float, float, float, float]
    tone: np.ndarray
    agreement: float

    def shift(self, painted: np.ndarray, crop: Size, spot: Box) -> np.ndarray:
        """What to add to `painted`, the pixels `spot` of a crop of this size: (height, width, 3) float32."""
        shift = self._by_place(crop, spot)
        if self.tone.any():
            shift = shift + cv2.transform(painted.astype(np.float32), self.tone)
        return np.clip(shift, -LARGEST_SHIFT, LARGEST_SHIFT)

    def _by_place(self, crop: Size, spot: Box) -> np.ndarray:
        """(height, width, 3) float32: the spline alone."""
        left, top, right, bottom = self.domain
        rows = (np.arange(spot.top, spot.bottom) + 0.5) / crop.height
        columns = (np.arange(spot.left, spot.right) + 0.5) / crop.width
        down = basis((rows - top) / (bottom - top), self.knots.shape[0])
        along = basis((columns - left) / (right - left), self.knots.shape[1])
        half = np.einsum("ik,klc->icl", down, self.knots).reshape(-1, along.shape[1]).astype(np.float32)
        planes = (half @ along.T.astype(np.float32)).reshape(len(down), 3, len(along))
        return planes.transpose(0, 2, 1)


def reliance(agreement: float, denoising_strength: float) -> float:
    """How much of a field to apply, 0..1.

    Up to 0.6 of denoising strength all of it when half of the kept pixels agree, nothing when a quarter
    does. From there to 1, where new colours are asked for, ever more have to: 9 of 10, and half.
    """
    new = min(max((denoising_strength - 0.6) / 0.4, 0.0), 1.0)
    enough, too_few = 0.5 + 0.4 * new, 0.25 + 0.25 * new
    return min(max((agreement - too_few) / (enough - too_few), 0.0), 1.0)


def inside_say(denoising_strength: float, masked_content: str = "original") -> float:
    """How much the painted inside may tell of its own shift, 0..1.

    A pass of low strength keeps the colours that it was given, so that a small difference there is the
    autoencoder's: without this, a region that is fixed again and again drifts by what its surroundings
    cannot show. From 0.6 on, and where something else was filled in, the inside is new.
    """
    return max(0.0, 1 - denoising_strength / 0.6) if masked_content == "original" else 0.0


def field(
    original: np.ndarray, painted: np.ndarray, composite: Mask, denoise: Mask, inside: float = 0.0
) -> Field | None:
    """The correction that `painted` needs to match `original`, both (height, width, 3) of one crop.

    `composite` shows through what was painted, `denoise` was repainted; both are of the crop's size. What
    is kept of the original counts as evidence; what is shown counts `inside` times as much, 0..1, and
    only where it is within a few levels of what the kept pixels tell. None when no pixel is kept.
    """
    spot = composite.bounds
    if spot is None:
        return None
    reach = max(round(REACH * max(spot.size)), NEAREST)
    window = spot.grown(reach) & composite.size.box
    at = window.slices
    kept, shown = _evidence(original[at], painted[at], composite.alpha[at], denoise.alpha[at])
    if kept.weight.sum() < 1:
        return None
    centre = np.einsum("ij,ijc->c", kept.weight, kept.colour) / kept.weight.sum()
    shown = shown.weighing(shown.weight * inside)
    knots, tone, agreement = _fit(kept.about(centre), shown.about(centre))
    width, height = composite.size
    domain = (window.left / width, window.top / height, window.right / width, window.bottom / height)
    return Field(knots, domain, np.column_stack([tone.T, -centre @ tone]).astype(np.float32), agreement)


def _evidence(
    original: np.ndarray, painted: np.ndarray, covered: np.ndarray, repainted: np.ndarray
) -> tuple[Evidence, Evidence]:
    """(kept, shown): means over cells of (height, width, 3) pixels, parted by an alpha 0..255."""
    kept = 255 - covered
    residual = cv2.subtract(original, painted, dtype=cv2.CV_32F)
    size = _cells(kept.shape[1], kept.shape[0])
    whole, weight, known, tinted, all_known, all_tinted, colour = (
        cv2.resize(np.asarray(plane, np.float32), size, interpolation=cv2.INTER_AREA)
        for plane in (
            cv2.inRange(original, np.full(3, DARKEST), np.full(3, LIGHTEST)),
            *(kept, residual * kept[..., None], np.multiply(kept, repainted, dtype=np.float32)),
            *(residual, repainted, painted),
        )
    )
    rest = (255 - weight, 255 * all_known - known, 255 * all_tinted - tinted)
    say = CUT_OFF_SAY + (1 - CUT_OFF_SAY) / 255 * whole
    colour = cv2.blur(colour, (SOFT, SOFT))
    return _mean(say, weight, known, tinted, colour), _mean(say, *rest, colour)


def _mean(
    say: np.ndarray, weight: np.ndarray, residual: np.ndarray, repainted: np.ndarray, colour: np.ndarray
) -> Evidence:
    """Evidence of so much say from sums weighted by 0..255."""
    some = np.maximum(weight, 1e-2)
    return Evidence(say * weight / 255, residual / some[..., None], repainted / some / 255, colour)


def _cells(width: int, height: int) -> tuple[int, int]:
    side = max(max(width, height) / CELLS, 1)
    return max(round(width / side), 1), max(round(height / side), 1)


def _fit(kept: Evidence, shown: Evidence) -> tuple[np.ndarray, np.ndarray, float]:
    """(knots, tone, agreement): what explains most of the evidence, and the share of what is kept it does."""
    surface = Surface.over(*kept.weight.shape)
    plausible = kept.weight * cv2.erode(_biweight(kept.error(), LARGEST_SHIFT), _BESIDE)
    used = kept.weighing(plausible)
    fit, error = surface.fit([used]), kept.error()
    for scale in SCALES:
        error = kept.error(surface.evaluate(fit, kept))
        used = kept.weighing(plausible * _trust(error, scale))
        fit = surface.fit([used], _noise(surface, fit, [used]).mean())
    agreement = float(kept.weight[(error <= AGREEING) & (plausible > 0)].sum() / kept.weight.sum())
    every = [used]
    if shown.weight.any():
        alike = cv2.erode(_biweight(shown.error(surface.evaluate(fit, shown)), ALIKE), _BESIDE)
        every.append(shown.weighing(shown.weight * alike))
        fit = surface.fit(every, _noise(surface, fit, [used]).mean())
    return *_shrink_to_noise(surface, fit, every), agreement


def _shrink_to_noise(
    surface: Surface, fit: SurfaceFit, every: Sequence[Evidence]
) -> tuple[np.ndarray, np.ndarray]:
    """(knots, tone): each as far as it is more than fitting to mere noise gives."""
    tone = fit.tone * min(1.0, STRONGEST_TONE / max(float(np.linalg.norm(fit.tone, 2)), 1e-9))
    noise = _noise(surface, fit, every)
    tone = tone * _sure(np.einsum("ac,ab,bc->c", tone, fit.firmness, tone) / noise, TONE_FREEDOM)
    rest = [seen.without(tone) for seen in every]
    fit = surface.fit(rest, noise.mean())
    power = _squares([(seen, surface.evaluate(fit, seen)) for seen in rest])
    return fit.where_repainted * _sure(power / _noise(surface, fit, rest), FREEDOM), tone


def _noise(surface: Surface, fit: SurfaceFit, every: Sequence[Evidence]) -> np.ndarray:
    """(3,): the variance of what a fit leaves of one cell, by channel, levels squared."""
    left = _squares([(seen, seen.value - surface.evaluate(fit, seen)) for seen in every])
    count = sum(float(seen.weight.sum()) for seen in every) - KNOTS
    return np.maximum(left / max(count, 1.0), LEAST_NOISE)


def _squares(every: Sequence[tuple[Evidence, np.ndarray]]) -> np.ndarray:
    """(3,): the weighted sum of squares over all cells, by channel."""
    return np.sum([np.einsum("ij,ijc->c", seen.weight, values**2) for seen, values in every], axis=0)


def _biweight(error: np.ndarray, largest: float) -> np.ndarray:
    """Beaton and Tukey: 1 for no error, 0 from the largest on."""
    return np.maximum(1 - (error / largest) ** 2, 0) ** 2


def _trust(error: np.ndarray, scale: float) -> np.ndarray:
    """Geman and McClure: 1 for no error, a quarter at `scale`, nothing far beyond."""
    return 1 / (1 + (error / scale) ** 2) ** 2


def _sure(energy: np.ndarray, freedom: float) -> float:
    """How much of a fit to believe, 0..1, by its energy in each channel and that of a fit to mere noise.

    After the positive-part estimator of James and Stein (1961), so that a painter that shifts nothing is
    left alone; squared, so that what is well above the noise is hardly shrunk.
    """
    return max(0.0, 1 - (freedom / max(float(energy.sum()), 1e-9)) ** 2)
