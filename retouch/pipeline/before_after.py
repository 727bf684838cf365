"""Trial: what is measured of each painting of a region, the picture with it beside the picture without."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from retouch.image.colour_space import gray
from retouch.image.frame import Frame, resize
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.colour_drift import within
from retouch.image.quality.confidence import Confidence, score_at
from retouch.image.quality.edge_profile import EdgeProfile, outlines
from retouch.image.quality.measure import Quality
from retouch.image.quality.seam import excess
from retouch.image.quality.sharpness import contrast
from retouch.image.quality.zones import WIDEST, Zones
from retouch.image.region import Region
from retouch.image.rotation import RotatedFrame
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.step import Step

_LOG = logging.getLogger(__name__)

Look = Callable[[Picture], Sequence[Region]]
"""What a pass's own detectors see in a picture, however unsure they are."""

LARGEST = 1_000_000
"""Pixels of a window that are measured; a larger one is brought to this size first."""
LOOKED_AT = 384
"""Long side, in pixels, of the crop that detectors are shown: what was painted is about half as large."""
MARGIN = WIDEST + 2
"""Pixels around a mask that its measures look at."""


@dataclass(frozen=True, eq=False)
class BeforeAfter:
    """One region before it was painted: `pixels` are those of the step's crop, (height, width, 3) uint8."""

    step: Step
    pixels: np.ndarray
    look: Look | None = None

    @classmethod
    def of(cls, step: Step, canvas: np.ndarray, look: Look | None = None) -> BeforeAfter:
        """On a canvas as it is now, of which a copy of the crop is kept."""
        return cls(step, canvas[step.frame.crop.slices].copy(), look)

    def scores(self, candidate: Candidate, around: float | None = None) -> Quality:
        """The picture with the candidate put back, beside the picture without it.

        `around` is the drift of what the painter was to keep, which cannot be seen any more after putting
        back. Repetition is left out: it takes longest, and is a fault of extended pictures.
        """
        after = self.with_it(candidate)
        sure = Confidence(self._sure_before, self._sure(after))
        if self._before is None:
            return Quality(drift_around=around, confidence=sure)
        return dataclasses.replace(self._before.beside(after), drift_around=around, confidence=sure)

    def with_it(self, candidate: Candidate) -> np.ndarray:
        """The crop with a candidate put back."""
        pixels = self.pixels.copy()
        candidate.put(pixels, self.step.frame.crop)
        return pixels

    def under(self, candidate: Candidate) -> np.ndarray:
        """What was where a candidate goes."""
        return self.pixels[candidate.box.relative_to(self.step.frame.crop).slices]

    @cached_property
    def _before(self) -> _Before | None:
        return _Before.of(self.pixels, self.step.composite)

    @cached_property
    def _sure_before(self) -> float | None:
        return self._sure(self.pixels)

    def _sure(self, pixels: np.ndarray) -> float | None:
        """How sure the detectors are that the region is in the crop, None when they cannot be asked."""
        if self.look is None:
            return None
        small = resize(pixels, self._near.work)
        if self.step.turn:
            small = self._upright.take(pixels, small)
        try:
            seen = self.look(Picture(small.copy()))
        except Exception:  # a number that is missing must not cost what was painted
            _LOG.exception("a detector broke where it was to look again")
            return None
        return score_at(self._spot, [(region.box, region.score) for region in seen])

    @property
    def _near(self) -> Frame:
        """The crop, no larger than detectors are shown it."""
        size = self.step.frame.crop.size
        share = min(LOOKED_AT / max(size), 1)
        return Frame(size.box, Size(*(max(round(side * share), 1) for side in size)))

    @property
    def _upright(self) -> RotatedFrame:
        return RotatedFrame(
            self._near, self.step.box.relative_to(self.step.frame.crop).center, self.step.turn
        )

    @cached_property
    def _spot(self) -> Box:
        """Where the region is in what the detectors are shown: the crop, shrunk, and turned upright."""
        near, box = self._near, self.step.box.relative_to(self.step.frame.crop)
        if self.step.turn:
            mask = self.step.composite
            shape = self._upright.take_mask(mask, near.take_mask(mask))
            return Mask.where(shape.solid).bounds or near.work.box
        return Box(*(round(place * near.magnification) for place in box))


@dataclass(frozen=True, eq=False)
class _Before:
    """The part of a crop that measures look at, with what they say of it unpainted.

    `window` is that part; it is measured at `share` of its size, and so are the mask and its zones.
    """

    window: Box
    share: float
    pixels: np.ndarray
    zones: Zones
    edge: tuple[EdgeProfile, ...]
    seam: float | None
    sharpness: float | None

    @classmethod
    def of(cls, crop: np.ndarray, composite: Mask) -> _Before | None:
        """None when the mask has no edge to look at."""
        spot = composite.bounds
        if spot is None:
            return None
        window = spot.grown(MARGIN) & composite.size.box
        share = min((LARGEST / window.area) ** 0.5, 1)
        mask = Mask(_resize(composite.crop(window).alpha, share))
        zones, pixels = Zones.of(mask), _resize(crop[window.slices], share)
        if zones is None:
            return None
        edge = tuple(outlines(mask))
        return cls(window, share, pixels, zones, edge, excess(pixels, edge), _sharpness(pixels, zones))

    def beside(self, crop: np.ndarray) -> Quality:
        """Of the same crop with something painted on it."""
        after = _resize(crop[self.window.slices], self.share)
        return Quality(
            seam=excess(after, self.edge),
            seam_before=self.seam,
            drift_rim=within(self.pixels, after, self.zones, self.zones.rim),
            sharpness=_sharpness(after, self.zones),
            sharpness_before=self.sharpness,
        )


def _sharpness(pixels: np.ndarray, zones: Zones) -> float | None:
    return contrast(gray(pixels[zones.window.slices]), zones)


def _resize(pixels: np.ndarray, share: float) -> np.ndarray:
    """Pixels or alpha at a share, up to 1, of their size."""
    if share == 1:
        return pixels
    height, width = (max(round(side * share), 1) for side in pixels.shape[:2])
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
