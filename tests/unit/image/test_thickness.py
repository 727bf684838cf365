import itertools

import cv2
import numpy as np
import pytest

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.thickness import RATIO, Sides, greatest_thickness, thickness_layers


def drawn(draw, width=600, height=500) -> Mask:
    alpha = np.zeros((height, width), np.uint8)
    draw(alpha)
    return Mask(alpha)


@pytest.mark.parametrize("side", [1, 3, 20, 100, 401])
def test_a_square_is_as_thick_as_its_side(side):
    (layer,) = thickness_layers(Mask.full(Size(side, side)))
    assert layer.thickness == pytest.approx(side, abs=1)
    assert layer.where.all()


@pytest.mark.parametrize("radius", [2, 15, 60, 200])
def test_a_disc_is_as_thick_as_its_diameter(radius):
    disc = drawn(lambda a: cv2.circle(a, (300, 250), radius, 255, -1))
    assert greatest_thickness(disc) == pytest.approx(2 * radius, abs=3)
    assert len(thickness_layers(disc)) == 1


@pytest.mark.parametrize("width", [1, 4, 9])
def test_a_wire_is_as_thick_as_it_is_wide_however_long(width):
    for end in ((60, 40), (590, 470)):
        wire = drawn(lambda a, end=end: cv2.line(a, (10, 10), end, 255, width))
        assert greatest_thickness(wire) <= 1.5 * width + 2


def test_disc_on_a_thin_line_has_two_thickness_layers():
    def lollipop(alpha):
        cv2.line(alpha, (300, 150), (300, 490), 255, 8)
        cv2.circle(alpha, (300, 150), 100, 255, -1)

    layers = thickness_layers(drawn(lollipop))
    head = layers[-1]
    assert head.thickness == pytest.approx(200, rel=0.2)
    assert head.where[150, 220]
    assert not head.where[480, 300]
    assert layers[0].where[480, 300]


def test_thickness_layers_are_nested_and_the_first_is_the_whole_mask():
    mask = drawn(lambda a: cv2.fillPoly(a, [np.array([[0, 0], [599, 250], [0, 499]])], 255))
    layers = thickness_layers(mask)
    assert np.array_equal(layers[0].where, mask.alpha > 0)
    assert len(layers) >= 3
    for outer, inner in itertools.pairwise(layers):
        assert not (inner.where & ~outer.where).any()
        assert inner.thickness >= outer.thickness * RATIO * 0.99


def test_thickness_assumes_a_mask_continues_beyond_given_sides():
    strip = Mask.of_box(Size(200, 50), Box(0, 0, 200, 50))
    assert greatest_thickness(strip) == pytest.approx(50, abs=1)
    half = Mask.of_box(Size(400, 200), Box(0, 0, 400, 60))
    assert greatest_thickness(half, Sides(left=True, top=True, right=True)) == pytest.approx(120, abs=2)
    assert greatest_thickness(Mask.full(Size(90, 70)), Sides(True, True, True, True)) == 70


@pytest.mark.parametrize("shade", [8, 100, 127, 128, 255])
def test_thickness_is_independent_of_the_mask_level(shade):
    disc = drawn(lambda a: cv2.circle(a, (300, 250), 80, shade, -1))
    assert greatest_thickness(disc) == pytest.approx(160, abs=3)


def test_a_blank_mask_has_no_thickness():
    assert greatest_thickness(Mask.blank(Size(9, 9))) == 0
