"""FastSAM: a detector that outlines all things at once; prompts choose among them.

X. Zhao and others, Fast Segment Anything, 2023, arXiv:2306.12156.
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
from retouch.segmenters.candidates import order_candidates
from retouch.segmenters.compute_once import ComputeOnce
from retouch.segmenters.prompt_checks import check_prompt, violations

CONFIDENCE = 0.25
OFFERED = 3
PICTURES = 8


class FastSam:
    """A Segmenter from the detector of a FastSAM file. It detects once for each picture."""

    def __init__(self, detector: Detector) -> None:
        self.name, self._detector = detector.name, detector
        self._seen: ComputeOnce[tuple[Region, ...]] = ComputeOnce(PICTURES)

    def prepare(self, picture: Picture) -> None:
        self.everything(picture)

    def everything(self, picture: Picture) -> tuple[Region, ...]:
        return self._seen.get(picture.digest, lambda: self._look(picture))

    def segment(self, picture: Picture, prompt: Prompt, memory: Any = None) -> Segmentation:
        """The regions that agree with most clicks, or that fit the box best."""
        checked = check_prompt(prompt, picture.size)
        regions = self.everything(picture)
        if checked.box is not None:
            box = checked.box
            touching = [region for region in regions if not (region.box & box).empty]
            fitting = sorted(touching, key=lambda r: -iou(r.box, box))[:OFFERED]
            scored = [replace(region, score=iou(region.box, box)) for region in fitting]
            return order_candidates(scored, checked.clicks)
        return order_candidates(_obeying(regions, checked), checked.clicks)

    def _look(self, picture: Picture) -> tuple[Region, ...]:
        return tuple(replace(r, label="") for r in self._detector.find(picture, CONFIDENCE, ()))


def _obeying(found: Sequence[Region], prompt: Prompt) -> tuple[Region, ...]:
    """Of the regions that hold a positive click, those that agree with the most clicks."""
    positives = [click for click in prompt.clicks if click.positive]
    holding = [r for r in found if violations(r, positives) < len(positives)]
    fewest = min((violations(r, prompt.clicks) for r in holding), default=0)
    best = [r for r in holding if violations(r, prompt.clicks) == fewest]
    return tuple(sorted(best, key=lambda r: (-r.score, r.shape.area))[:OFFERED])
