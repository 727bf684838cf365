"""FastSAM: a detector that outlines every thing at once; prompts only choose among what it found.

Zhao et al., Fast Segment Anything, 2023.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from retouch.detectors.base import Detector
from retouch.image.geometry import iou
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.segmenters.base import Prompt, Segmentation
from retouch.segmenters.compute_once import ComputeOnce
from retouch.segmenters.prompt_checks import check_prompt, rank_regions, violations

CONFIDENCE = 0.25
OFFERED = 3
PICTURES = 8


class FastSam:
    """A Segmenter made of a FastSAM file's detector. Each picture is looked at once."""

    def __init__(self, detector: Detector) -> None:
        self.name, self._detector = detector.name, detector
        self._seen: ComputeOnce[tuple[Region, ...]] = ComputeOnce(PICTURES)

    def prepare(self, picture: Picture) -> None:
        self.everything(picture)

    def everything(self, picture: Picture) -> tuple[Region, ...]:
        return self._seen.get(picture.digest, lambda: self._look(picture))

    def segment(self, picture: Picture, prompt: Prompt, memory: Any = None) -> Segmentation:
        """The things that obey most clicks, smallest first, or that fit the box best."""
        asked = check_prompt(prompt, picture.size)
        found = self.everything(picture)
        if asked.box is not None:
            box = asked.box
            fitting = sorted(found, key=lambda r: -iou(r.box, box))[:OFFERED]
            return Segmentation(
                rank_regions((replace(r, score=iou(r.box, box)) for r in fitting), asked.clicks)
            )
        return Segmentation(_obeying(found, asked))

    def _look(self, picture: Picture) -> tuple[Region, ...]:
        return tuple(replace(r, label="") for r in self._detector.find(picture, CONFIDENCE, ()))


def _obeying(found: Sequence[Region], prompt: Prompt) -> tuple[Region, ...]:
    """Of what holds a positive click, what obeys the most clicks."""
    meant = [click for click in prompt.clicks if click.positive]
    held = [r for r in found if violations(r, meant) < len(meant)]
    fewest = min((violations(r, prompt.clicks) for r in held), default=0)
    best = [r for r in held if violations(r, prompt.clicks) == fewest]
    return tuple(sorted(best, key=lambda r: (-r.score, r.shape.area))[:OFFERED])
