"""Colour-field correction: measure the colour shift of an autoencoder around a hole and undo it in the hole.

The kept pixels of a crop are painted too. The residual original - painted of these pixels is the colour
shift. It is averaged over cells, and a smooth surface is fitted to the means. The surface also spans the
hole. A second term of the fit depends linearly on the painted colour, such as a loss of contrast (see
`smooth_surface`).

New content at the rim is no shift. Iterated reweighting finds its cells and leaves them out (S. Geman and
D. McClure, Statistical methods for tomographic image reconstruction, 1987), with scales from coarse to fine
(graduated non-convexity: A. Blake and A. Zisserman, Visual Reconstruction, MIT Press 1987).
All levels are 0..255, and all distances between them are Euclidean in RGB.
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
"""Levels. A larger residual is new content: autoencoders shift smooth areas by a few levels, and even
checkpoints that darken everything stay below half of this."""
SCALES = (32.0, 16.0, 8.0, 6.0, 5.0)
"""Levels of error at which a cell has lost three quarters of its weight, from the first fit to the last."""
AGREEING_LEVELS = 10.0
"""Levels. A cell with at most this error agrees with the fit: about an autoencoder's loss of detail."""
CHANGED_LEVELS = 12.0
"""Levels. A painted cell inside the mask has no weight when its error from the fit of the kept pixels is this
large."""
FIELD_CELLS = 64
"""Cells along the window's long side: the field is smooth, so more would only cost time."""
FREEDOM, TONE_FREEDOM = 600, 300
"""Energy of a fit, and of its tone, that a painting without a shift seldom exceeds. Unit: variances of the
noise of one cell, summed over the channels. Measured on photographs, because errors of neighbouring cells
correlate."""
LEAST_NOISE = 0.5
"""Least variance of a cell, levels squared. Rounding alone gives less, but a surface that follows fractions
of a level diverges where it extrapolates, at the picture's border."""
KNOTS = 60
"""Degrees of freedom that a fit uses up."""
STRONGEST_TONE = 0.25
"""Levels per level: the largest change of contrast."""
SOFT = 3
"""Cells over which painted colours are averaged: finer differences are lost detail, not a tone."""
DARKEST, LIGHTEST, CUT_OFF_SAY = 8, 247, 0.1
"""Beyond these levels a shift is clipped at black or white and looks smaller than it is. Such pixels have a
small weight. It is not 0, for there may be no others. The weight is computed by cell: if pixels were selected
one by one, the lighter grains of a dark area would be compared with the mean that is left when grain is
lost."""
RING_SHARE, LEAST_RING = 0.75, 32
"""Width of the ring of evidence around the hole: a share of the hole's longer side, and the least, in
pixels."""
_BESIDE = np.ones((3, 3), np.uint8)
"""A cell next to new content has some of it, blurred by the autoencoder."""


@dataclass(frozen=True, eq=False)
class Field:
    """A correction to add to the painted pixels. It depends on the place and on the painted colour.

    Attributes
    ----------
    knots : (rows, columns, 3) float64
        Coefficients of cubic B-splines over `domain`, in levels, by channel.
    domain : (left, top, right, bottom)
        The part of the crop that the splines cover, as shares 0..1 of its width and height.
    tone : (3, 4) float32
        Levels per painted level of each channel, and a constant in levels.
    agreement : float
        0..1, the share of kept pixels that this field explains.
    """

    knots: np.ndarray
    domain: tuple[float, float, float, float]
    tone: np.ndarray
    agreement: float

    def shift(self, painted: np.ndarray, crop: Size, spot: Box) -> np.ndarray:
        """The correction for the pixels `spot` of a crop: (height, width, 3) float32, -60..60 levels.

        `painted` are the painted pixels of `spot`, (height, width, 3) levels 0..255, uint8 or float32. `crop`
        is the size of the crop at the scale of `painted`, and `spot` lies in it.
        """
        shift = self._by_place(crop, spot)
        if self.tone.any():
            shift = shift + cv2.transform(painted.astype(np.float32), self.tone)
        return np.clip(shift, -LARGEST_SHIFT, LARGEST_SHIFT)

    def _by_place(self, crop: Size, spot: Box) -> np.ndarray:
        """(height, width, 3) float32 levels: the spline alone."""
        left, top, right, bottom = self.domain
        rows = (np.arange(spot.top, spot.bottom) + 0.5) / crop.height
        columns = (np.arange(spot.left, spot.right) + 0.5) / crop.width
        down = basis((rows - top) / (bottom - top), self.knots.shape[0])
        along = basis((columns - left) / (right - left), self.knots.shape[1])
        half = np.einsum("ik,klc->icl", down, self.knots).reshape(-1, along.shape[1]).astype(np.float32)
        planes = (half @ along.T.astype(np.float32)).reshape(len(down), 3, len(along))
        return planes.transpose(0, 2, 1)


def reliance(agreement: float, denoising_strength: float) -> float:
    """The strength 0..1 at which to apply a field of this `agreement`, 0..1.

    Up to `denoising_strength` 0.6 the strength is 1 when half of the kept pixels agree and 0 when a quarter
    agrees. From 0.6 to 1 both limits rise, to 9 of 10 and to half, because a strong pass paints new colours.

    >>> reliance(0.5, 0.4), reliance(0.25, 0.4), reliance(0.5, 1.0)
    (1.0, 0.0, 0.0)
    """
    new = min(max((denoising_strength - 0.6) / 0.4, 0.0), 1.0)
    enough, too_few = 0.5 + 0.4 * new, 0.25 + 0.25 * new
    return min(max((agreement - too_few) / (enough - too_few), 0.0), 1.0)


def inside_say(denoising_strength: float, masked_content: str = "original") -> float:
    """The weight 0..1 of painted pixels inside the mask as evidence of their own colour shift.

    A pass of low `denoising_strength`, 0..1, keeps the colours of its input. A small difference inside the
    mask is then due to the autoencoder, and without this evidence a region that is fixed repeatedly drifts.
    From 0.6 on, and for any masked content but "original", the inside is new and the weight is 0.

    >>> inside_say(0.3), inside_say(0.6), inside_say(0.3, "fill")
    (0.5, 0.0, 0.0)
    """
    return max(0.0, 1 - denoising_strength / 0.6) if masked_content == "original" else 0.0


def field(
    original: np.ndarray, painted: np.ndarray, composite: Mask, denoise: Mask, inside: float = 0.0
) -> Field | None:
    """The colour correction that `painted` needs to match `original`, two versions of one crop.

    Parameters
    ----------
    original, painted : (height, width, 3) uint8
        RGB levels 0..255 of the crop before and after painting, at one scale.
    composite, denoise : Mask
        (height, width) uint8, 0..255, of the crop's size: what the composite shows of `painted`, and what
        the engine repainted.
    inside : float
        0..1, the weight of shown pixels as evidence, relative to kept ones (see `inside_say`). They count
        only where they differ by less than `CHANGED_LEVELS` levels from the fit of the kept pixels.

    Returns
    -------
    Field or None
        None when the composite mask is blank, or when no pixel near it is kept.

    References
    ----------
    S. Geman and D. McClure, Statistical methods for tomographic image reconstruction, 1987.
    A. Blake and A. Zisserman, Visual Reconstruction, MIT Press 1987.
    W. James and C. Stein, Estimation with quadratic loss, 1961.

    Examples
    --------
    A painter that darkens everything by 10 levels; the field adds them in the hole:

    >>> original = np.full((64, 64, 3), 128, np.uint8)
    >>> hole = Mask.of_box(Size(64, 64), Box(24, 24, 40, 40))
    >>> correction = field(original, original - 10, hole, hole)
    >>> shift = correction.shift((original - 10)[hole.bounds.slices], Size(64, 64), hole.bounds)
    >>> np.rint(shift[8, 8])
    array([10., 10., 10.], dtype=float32)
    """
    spot = composite.bounds
    if spot is None:
        return None
    reach = max(round(RING_SHARE * max(spot.size)), LEAST_RING)
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
    """(kept, shown): means over cells of (height, width, 3) uint8 pixels, separated by an alpha 0..255."""
    kept = 255 - covered
    residual = cv2.subtract(original, painted, dtype=cv2.CV_32F)
    size = _cells(kept.shape[1], kept.shape[0])
    unclipped, weight, kept_residual, kept_repainted, whole_residual, whole_repainted, colour = (
        cv2.resize(np.asarray(plane, np.float32), size, interpolation=cv2.INTER_AREA)
        for plane in (
            cv2.inRange(original, np.full(3, DARKEST), np.full(3, LIGHTEST)),
            *(kept, residual * kept[..., None], np.multiply(kept, repainted, dtype=np.float32)),
            *(residual, repainted, painted),
        )
    )
    shown_sums = (255 - weight, 255 * whole_residual - kept_residual, 255 * whole_repainted - kept_repainted)
    share = CUT_OFF_SAY + (1 - CUT_OFF_SAY) / 255 * unclipped
    colour = cv2.blur(colour, (SOFT, SOFT))
    return _mean(share, weight, kept_residual, kept_repainted, colour), _mean(share, *shown_sums, colour)


def _mean(
    share: np.ndarray, weight: np.ndarray, residual: np.ndarray, repainted: np.ndarray, colour: np.ndarray
) -> Evidence:
    """Evidence of one `share` 0..1 by cell, from sums that are weighted by 0..255."""
    total = np.maximum(weight, 1e-2)
    return Evidence(share * weight / 255, residual / total[..., None], repainted / total / 255, colour)


def _cells(width: int, height: int) -> tuple[int, int]:
    side = max(max(width, height) / FIELD_CELLS, 1)
    return max(round(width / side), 1), max(round(height / side), 1)


def _fit(kept: Evidence, shown: Evidence) -> tuple[np.ndarray, np.ndarray, float]:
    """(knots, tone, agreement): the robust fit, and the share of the kept evidence that it explains."""
    surface = Surface.over(*kept.weight.shape)
    plausible = kept.weight * cv2.erode(_biweight(kept.error(), LARGEST_SHIFT), _BESIDE)
    used = kept.weighing(plausible)
    fit, error = surface.fit([used]), kept.error()
    for scale in SCALES:
        error = kept.error(surface.evaluate(fit, kept))
        used = kept.weighing(plausible * _trust(error, scale))
        fit = surface.fit([used], _noise(surface, fit, [used]).mean())
    agreement = float(kept.weight[(error <= AGREEING_LEVELS) & (plausible > 0)].sum() / kept.weight.sum())
    evidence = [used]
    if shown.weight.any():
        similar = cv2.erode(_biweight(shown.error(surface.evaluate(fit, shown)), CHANGED_LEVELS), _BESIDE)
        evidence.append(shown.weighing(shown.weight * similar))
        fit = surface.fit(evidence, _noise(surface, fit, [used]).mean())
    return *_shrink_to_noise(surface, fit, evidence), agreement


def _shrink_to_noise(
    surface: Surface, fit: SurfaceFit, evidence: Sequence[Evidence]
) -> tuple[np.ndarray, np.ndarray]:
    """(knots, tone): each shrunk towards 0 by the energy that a fit to noise alone has."""
    tone = fit.tone * min(1.0, STRONGEST_TONE / max(float(np.linalg.norm(fit.tone, 2)), 1e-9))
    noise = _noise(surface, fit, evidence)
    tone = tone * _sure(np.einsum("ac,ab,bc->c", tone, fit.firmness, tone) / noise, TONE_FREEDOM)
    toneless = [cells.without(tone) for cells in evidence]
    fit = surface.fit(toneless, noise.mean())
    power = _squares([(cells, surface.evaluate(fit, cells)) for cells in toneless])
    return fit.where_repainted * _sure(power / _noise(surface, fit, toneless), FREEDOM), tone


def _noise(surface: Surface, fit: SurfaceFit, evidence: Sequence[Evidence]) -> np.ndarray:
    """(3,) levels squared: the variance of a cell's residual from a fit, by channel."""
    residual = _squares([(cells, cells.value - surface.evaluate(fit, cells)) for cells in evidence])
    count = sum(float(cells.weight.sum()) for cells in evidence) - KNOTS
    return np.maximum(residual / max(count, 1.0), LEAST_NOISE)


def _squares(pairs: Sequence[tuple[Evidence, np.ndarray]]) -> np.ndarray:
    """(3,): the weighted sum of squares over all cells, by channel."""
    return np.sum([np.einsum("ij,ijc->c", cells.weight, values**2) for cells, values in pairs], axis=0)


def _biweight(error: np.ndarray, largest: float) -> np.ndarray:
    """The weight of A. Beaton and J. Tukey (1974): 1 for no error, 0 from `largest` on."""
    return np.maximum(1 - (error / largest) ** 2, 0) ** 2


def _trust(error: np.ndarray, scale: float) -> np.ndarray:
    """The weight of S. Geman and D. McClure (1987): 1 for no error, a quarter at `scale`, 0 far beyond."""
    return 1 / (1 + (error / scale) ** 2) ** 2


def _sure(energy: np.ndarray, freedom: float) -> float:
    """The factor 0..1 by which to shrink a fit of this `energy`, (3,), by channel.

    `freedom` is the energy of a fit to noise alone.

    After the positive-part estimator of W. James and C. Stein (1961), so that the output of a painter without
    a shift stays unchanged. The ratio is squared, so that a fit well above the noise is hardly shrunk.
    """
    return max(0.0, 1 - (freedom / max(float(energy.sum()), 1e-9)) ** 2)
