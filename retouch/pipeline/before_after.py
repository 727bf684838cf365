"""Measure each candidate of a region: compare the crop with the candidate and the crop without it."""

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
"""Returns the regions that a pass's own detectors find in a picture, at any confidence."""

LARGEST = 1_000_000
"""Maximum pixels of a window that is measured. A larger window is scaled down first."""
LOOKED_AT = 384
"""Maximum long side, in pixels, of the crop that the detectors get. The region is about half as long."""
MARGIN = WIDEST + 2
"""Pixels around a mask that its measures use."""


@dataclass(frozen=True, eq=False)
class BeforeAfter:
    """One region before it was painted. `pixels` is the step's crop, (height, width, 3) uint8.

    `look` is None if no detector can check the region.
    """

    step: Step
    pixels: np.ndarray
    look: Look | None = None

    @classmethod
    def of(cls, step: Step, canvas: np.ndarray, look: Look | None = None) -> BeforeAfter:
        """The region on the canvas as it is now. `canvas` is (height, width, 3) uint8; its crop is copied."""
        return cls(step, canvas[step.frame.crop.slices].copy(), look)

    def scores(self, candidate: Candidate, around: float | None = None) -> Quality:
        """The measures of the crop with the candidate put back, and of the crop without it.

        `around` is the colour drift of pixels that the engine should have kept. It cannot be measured after
        compositing. Repetition is not measured: it takes longest and concerns outpainting.
        """
        after = self.apply(candidate)
        confidence = Confidence(self._confidence_before, self._confidence(after))
        if self._before is None:
            return Quality(drift_around=around, confidence=confidence)
        return dataclasses.replace(self._before.compare(after), drift_around=around, confidence=confidence)

    def apply(self, candidate: Candidate) -> np.ndarray:
        """A copy of the crop, (height, width, 3) uint8, with a candidate put back."""
        pixels = self.pixels.copy()
        candidate.put(pixels, self.step.frame.crop)
        return pixels

    def original(self, candidate: Candidate) -> np.ndarray:
        """The original pixels in the candidate's box, (height, width, 3) uint8."""
        return self.pixels[candidate.box.relative_to(self.step.frame.crop).slices]

    @cached_property
    def _before(self) -> _Before | None:
        return _Before.of(self.pixels, self.step.composite)

    @cached_property
    def _confidence_before(self) -> float | None:
        return self._confidence(self.pixels)

    def _confidence(self, pixels: np.ndarray) -> float | None:
        """Confidence, 0..1, of the detectors that the region is in the crop; None if there is no detector or
        it fails.
        """
        if self.look is None:
            return None
        small = resize(pixels, self._near.work)
        if self.step.turn:
            small = self._upright.take(pixels, small)
        try:
            regions = self.look(Picture(small.copy()))
        except Exception:  # a missing measure must not discard the candidate
            _LOG.exception("a detector failed on a painted region")
            return None
        return score_at(self._spot, [(region.box, region.score) for region in regions])

    @property
    def _near(self) -> Frame:
        """The frame of the crop, scaled down for the detectors."""
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
        """The box of the region in the picture that the detectors get: scaled down and rotated upright."""
        near, box = self._near, self.step.box.relative_to(self.step.frame.crop)
        if self.step.turn:
            mask = self.step.composite
            shape = self._upright.take_mask(mask, near.take_mask(mask))
            return Mask.where(shape.solid).bounds or near.work.box
        return Box(*(round(place * near.magnification) for place in box))


@dataclass(frozen=True, eq=False)
class _Before:
    """The measured part of a crop, and its measures before painting.

    `window` is that part in pixels of the crop. Pixels, mask and zones are scaled by `share`, 0..1.
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
        """None if the mask has no edge to measure."""
        bounds = composite.bounds
        if bounds is None:
            return None
        window = bounds.grown(MARGIN) & composite.size.box
        share = min((LARGEST / window.area) ** 0.5, 1)
        mask = Mask(_resize(composite.crop(window).alpha, share))
        zones, pixels = Zones.of(mask), _resize(crop[window.slices], share)
        if zones is None:
            return None
        edge = tuple(outlines(mask))
        return cls(window, share, pixels, zones, edge, excess(pixels, edge), _sharpness(pixels, zones))

    def compare(self, crop: np.ndarray) -> Quality:
        """The measures of the same crop, (height, width, 3) uint8, after painting, with those before."""
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
    """Pixels or alpha scaled by `share`, up to 1."""
    if share == 1:
        return pixels
    height, width = (max(round(side * share), 1) for side in pixels.shape[:2])
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
