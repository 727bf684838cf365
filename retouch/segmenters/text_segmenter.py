"""A segmenter that is told in words as well: detectors find the things, the segmenter outlines them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.segmenters.base import Prompt, Segmentation, Segmenter
from retouch.segmenters.prompt_checks import check_prompt, rank_regions, violations
from retouch.segmenters.text_detector import TextDetector


@dataclass(frozen=True)
class TextSegmenter:
    """`inner` for clicks and boxes; for a text, a region for each thing that `words` finds.

    With a text, a box or clicks only choose among what was found.
    """

    inner: Segmenter
    words: TextDetector

    @property
    def name(self) -> str:
        return self.inner.name

    def prepare(self, picture: Picture) -> None:
        self.inner.prepare(picture)

    def everything(self, picture: Picture) -> tuple[Region, ...]:
        return self.inner.everything(picture)

    def demand(self, text: str) -> None:
        """Missing when no detector here could find one of the things; nothing is loaded or looked at."""
        self.words.demand(text)

    def segment(self, picture: Picture, prompt: Prompt, memory: Any = None) -> Segmentation:
        asked = check_prompt(prompt, picture.size)
        if not asked.text:
            return self.inner.segment(picture, asked, memory)
        found = (r for r in self.words.find(picture, asked.text) if _is_chosen(r, asked))
        return Segmentation(
            rank_regions((self._outline(picture, r, asked.fine) for r in found), asked.clicks)
        )

    def _outline(self, picture: Picture, region: Region, fine: bool) -> Region:
        """A detector's own outline stays; a mere box becomes the outline of what is in it."""
        if region.shape.area < region.box.area:
            return region
        drawn = self.inner.segment(picture, Prompt(box=region.box, fine=fine)).regions
        return replace(drawn[0], label=region.label, score=region.score) if drawn else region


def _is_chosen(region: Region, prompt: Prompt) -> bool:
    inside = prompt.box is None or (region.box & prompt.box).area * 2 >= region.box.area
    return inside and not violations(region, prompt.clicks)
