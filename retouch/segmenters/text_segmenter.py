"""A segmenter that also takes words: detectors find the things, and the segmenter outlines them."""

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
    """A Segmenter: `inner` for clicks and boxes, and for a text one region for each thing that `words` finds.

    With a text, a box or clicks choose among these regions.
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
        """Raise Missing when no installed detector can find one of the things. Loads no model."""
        self.words.demand(text)

    def segment(self, picture: Picture, prompt: Prompt, memory: Any = None) -> Segmentation:
        checked = check_prompt(prompt, picture.size)
        if not checked.text:
            return self.inner.segment(picture, checked, memory)
        regions = (r for r in self.words.find(picture, checked.text) if _is_chosen(r, checked))
        return Segmentation(
            rank_regions((self._outline(picture, r, checked.fine) for r in regions), checked.clicks)
        )

    def _outline(self, picture: Picture, region: Region, fine: bool) -> Region:
        """The region with an outline: a detector's own outline stays, and a box becomes that of its
        content."""
        if region.shape.area < region.box.area:
            return region
        outline = self.inner.segment(picture, Prompt(box=region.box, fine=fine)).best
        return replace(outline, label=region.label, score=region.score) if outline else region


def _is_chosen(region: Region, prompt: Prompt) -> bool:
    inside = prompt.box is None or (region.box & prompt.box).area * 2 >= region.box.area
    return inside and not violations(region, prompt.clicks)
