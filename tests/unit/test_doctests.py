"""The examples in docstrings run, and the numeric modules have some."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "retouch"
SHOWN_BY_EXAMPLE = {
    "retouch.detectors.mtcnn_candidates",
    "retouch.detectors.mtcnn_stages",
    "retouch.detectors.unsharp",
    "retouch.image.blend.colour_field",
    "retouch.image.blend.composite",
    "retouch.image.blend.grain",
    "retouch.image.blend.jpeg_compression",
    "retouch.image.blend.membrane",
    "retouch.image.blend.smooth_surface",
    "retouch.image.blend.tone",
    "retouch.image.colour_space",
    "retouch.image.fill.border",
    "retouch.image.fill.content_aware",
    "retouch.image.fill.noise",
    "retouch.image.fill.smooth",
    "retouch.image.frame",
    "retouch.image.mask",
    "retouch.image.matting",
    "retouch.image.quality.colour_drift",
    "retouch.image.quality.edge_profile",
    "retouch.image.quality.measure",
    "retouch.image.quality.psnr",
    "retouch.image.quality.repetition",
    "retouch.image.quality.seam",
    "retouch.image.quality.sharpness",
    "retouch.image.quality.visibility",
    "retouch.image.quality.zones",
    "retouch.image.rotation",
    "retouch.image.thickness",
    "retouch.segmenters.geodesic",
}
"""Modules that implement a method of the field: each has at least one example."""


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


WITH_EXAMPLES = {module_of(path) for path in PACKAGE.rglob("*.py") if ">>> " in path.read_text("utf-8")}


@pytest.mark.parametrize("name", sorted(WITH_EXAMPLES | SHOWN_BY_EXAMPLE))
def test_module_examples_give_the_printed_results(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0
    assert result.attempted > 0
