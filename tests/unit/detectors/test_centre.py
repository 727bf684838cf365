from __future__ import annotations

import pytest

from retouch.detectors.centre import CenterDetector
from retouch.errors import BadInput
from retouch.image.geometry import Box
from tests.stand import photo


def test_the_center_is_the_ellipse_in_the_middle_half():
    (region,) = CenterDetector().find(photo(240, 200), 1.0)
    assert region.box == Box(60, 50, 180, 150)
    assert (region.label, region.score) == ("center", 1.0)
    assert region.shape.alpha[50, 60] == 255
    assert region.shape.alpha[0, 0] == 0
    assert region.shape.bounds == Box(0, 0, 120, 100)


def test_center_region_fits_the_smallest_picture():
    (region,) = CenterDetector().find(photo(16, 17), 0.3)
    assert region.box == Box(4, 4, 12, 13)


def test_another_class_is_refused():
    assert CenterDetector().find(photo(), 0.3, ("Center",))
    with pytest.raises(BadInput):
        CenterDetector().find(photo(), 0.3, ("face",))
