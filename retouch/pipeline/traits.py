"""Traits of a picture that candidates get: tone, compression and grain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retouch.image.blend.grain import Grain
from retouch.image.blend.jpeg_compression import Compression
from retouch.image.blend.tone import Tone
from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.pipeline.step import Step


@dataclass(eq=False)
class Traits:
    """The traits of a picture, each measured at its first use. `whole` is the picture of which it is a crop.

    Tone and grain are measured on the whole picture, compression on the crop, whose block grid may differ.
    """

    picture: Picture
    whole: Picture

    @cached_property
    def tone(self) -> Tone | None:
        """The tone of the whole picture, or None."""
        return Tone.of(self.whole.pixels)

    @cached_property
    def grain(self) -> Grain | None:
        """The grain of the whole picture, or None."""
        return Grain.of(self.whole.pixels)

    @cached_property
    def compression(self) -> Compression | None:
        """The compression of the picture, or None."""
        return Compression.of(self.picture.pixels)

    def apply(self, over: np.ndarray, step: Step, spot: Box) -> np.ndarray:
        """Levels (height, width, 3) of `spot`, a box of the step's crop, with compression and grain added.

        Grain is added last, because it was measured after compression. Without traits `over` itself is
        returned.
        """
        levels = self._compress(over, step, spot) if step.how.compression else over
        return self._add_grain(levels, step, spot) if step.how.grain else levels

    def _compress(self, over: np.ndarray, step: Step, spot: Box) -> np.ndarray:
        if self.compression is None:
            return over
        crop = step.frame.crop
        return self.compression.apply(over, crop.left + spot.left, crop.top + spot.top, step.how.compression)

    def _add_grain(self, over: np.ndarray, step: Step, spot: Box) -> np.ndarray:
        if self.grain is None:
            return over
        lacking = self.grain.missing(over, step.composite.alpha[spot.slices])
        return over + self.grain.make(over, step.seed, lacking * step.how.grain) if lacking else over
