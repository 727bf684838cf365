"""Traits of a picture that what is painted into it gets: its tone, its compression and its grain."""

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
    """Of a picture; each is measured when it is first asked for. `whole` is what the picture is a crop of.

    Tone and grain are those of the whole. Where blocks of compression begin is known of the picture only.
    """

    picture: Picture
    whole: Picture

    @cached_property
    def tone(self) -> Tone | None:
        return Tone.of(self.whole.pixels)

    @cached_property
    def grain(self) -> Grain | None:
        return Grain.of(self.whole.pixels)

    @cached_property
    def compression(self) -> Compression | None:
        return Compression.of(self.picture.pixels)

    def give(self, over: np.ndarray, step: Step, spot: Box) -> np.ndarray:
        """Levels (height, width, 3) of `spot`, a box of the step's crop, compressed and grained as it asks.

        In this order, for the grain was measured compressed. `over` itself where there is nothing to give.
        """
        made = self._compress(over, step, spot) if step.how.compression else over
        return self._add_grain(made, step, spot) if step.how.grain else made

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
