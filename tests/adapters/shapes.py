"""Scenes for the small trained YOLO, bright shapes on a grey photograph; and YOLOs that are not trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import pytest
import ultralytics
from sklearn.datasets import load_sample_image
from ultralytics.nn.tasks import DetectionModel, SegmentationModel

from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture
from retouch.image.region import Region

SHAPES = Path(__file__).parents[1] / "data" / "shapes-seg.pt"
DISC, SQUARE = (240, 20, 30), (10, 230, 40)


def scene(size: Size, discs: Sequence[tuple[int, int, int]], squares: Sequence[Box] = ()) -> Picture:
    """Bright shapes on a grey photograph."""
    grey = cv2.cvtColor(load_sample_image("china.jpg"), cv2.COLOR_RGB2GRAY)
    pixels = cv2.cvtColor(cv2.resize(grey, size), cv2.COLOR_GRAY2RGB)
    for x, y, radius in discs:
        cv2.circle(pixels, (x, y), radius, DISC, -1)
    for box in squares:
        pixels[box.slices] = SQUARE
    return Picture(pixels)


def around(disc: tuple[int, int, int]) -> Box:
    x, y, radius = disc
    return Box(x - radius, y - radius, x + radius + 1, y + radius + 1)


def labels(regions: Sequence[Region]) -> list[str]:
    return sorted(region.label for region in regions)


def untrained(design: str, classes: int) -> Any:
    """A model of a design such as `yolo11n-seg.yaml`. Skips where ultralytics is older than the design."""
    kind = SegmentationModel if "-seg" in design else DetectionModel
    try:
        return kind(design, nc=classes, verbose=False)
    except FileNotFoundError:
        return pytest.skip(f"ultralytics {ultralytics.__version__} has no {design}")
