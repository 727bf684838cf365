"""Keep the tone of the picture: candidates in a black-and-white or sepia picture lose their own colours."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from retouch.image.blend.tone import Tone, let_in
from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.pipeline.step import Step

TOLD = 6.0
"""Mean change in levels from which the reader is told."""
REMARK = (
    "The picture is {kind}, and so is what was painted: its own colours were taken out. "
    "Set keep_tone to off to let them in."
)


@dataclass(frozen=True, eq=False)
class Toning:
    """The tone for one step's crop.

    `free`, (height, width) float32 of the crop's size, is how much of the candidate's colours stays, 0..1;
    None for 0 everywhere.
    """

    tone: Tone
    free: np.ndarray | None

    @classmethod
    def of(cls, tone: Tone | None, crop: np.ndarray, step: Step) -> Toning | None:
        """The toning of a step by its `keep_tone`; None if colours stay everywhere.

        `crop` has the original pixels, (height, width, 3) uint8. `tone` is the tone of the whole picture.
        """
        if tone is None or step.how.keep_tone == "off":
            return None
        if step.how.keep_tone == "all":
            return cls(tone, None)
        coloured = tone.find_coloured(crop)
        if step.hole is not None:
            coloured &= step.hole.alpha == 0
        free = let_in(coloured, float(step.composite.area) ** 0.5)
        if free is not None and step.hole is not None and free[step.hole.alpha > 0].any():
            return None  # a coloured thing continues beyond the border
        return cls(tone, free)

    def patch(self, patch: Picture) -> Picture:
        """A patch, at work size, in the tone."""
        levels = self._apply(patch.pixels, self.free)
        return Picture(np.rint(np.clip(levels, 0, 255)).astype(np.uint8))

    def spot(self, levels: np.ndarray, spot: Box) -> np.ndarray:
        """Levels of the box `spot` of the crop, (height, width, 3), in the tone, as float32."""
        return self._apply(levels, None if self.free is None else self.free[spot.slices])

    def remark(self, before: Picture, after: Picture, alpha: np.ndarray) -> str:
        """The remark about a patch; "" if it hardly changed. `shown` is the composite alpha, (height, width)
        uint8.
        """
        change = np.abs(after.pixels.astype(np.float32) - before.pixels).max(-1)
        weight = alpha.astype(np.float32)
        mean_change = float((change * weight).sum() / max(float(weight.sum()), 1.0))
        return (
            REMARK.format(kind="black-and-white" if self.tone.grey else "toned")
            if mean_change >= TOLD
            else ""
        )

    def _apply(self, levels: np.ndarray, free: np.ndarray | None) -> np.ndarray:
        toned = self.tone.apply(levels)
        if free is None:
            return toned
        height, width = levels.shape[:2]
        if free.shape != (height, width):
            free = cv2.resize(free, (width, height), interpolation=cv2.INTER_LINEAR)
        return toned + (levels - toned) * free[..., None]
