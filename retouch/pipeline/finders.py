"""Finders: the detectors and the segmenter that find the regions of a target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from retouch.detectors.base import Detector
from retouch.segmenters.base import Segmenter


@dataclass(frozen=True)
class Finders:
    """Detectors and segmenters by name. Both raise Missing for an unknown name."""

    detector: Callable[[str], Detector]
    segmenter: Callable[[str], Segmenter]
