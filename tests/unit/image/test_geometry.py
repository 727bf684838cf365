import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.image.geometry import Box, Margins, Size, iou
from tests.helpers import sizes, wild_boxes


def test_box_has_width_height_area_center_and_slices():
    box = Box(2, 3, 12, 8)
    assert (box.width, box.height, box.area, box.size) == (10, 5, 50, Size(10, 5))
    assert box.center == (7.0, 5.5)
    assert box.slices == (slice(3, 8), slice(2, 12))


def test_size_has_area_aspect_box_and_text():
    size = Size(64, 32)
    assert (size.area, size.aspect, size.box, str(size)) == (2048, 2.0, Box(0, 0, 64, 32), "64x32")


@given(wild_boxes(), sizes(1, 300))
def test_box_moved_inside_fits_and_is_clipped_only_where_too_long(box, bounds):
    inside = box.inside(bounds)
    assert bounds.box.contains(inside)
    assert inside.width == min(box.width, bounds.width)
    assert inside.height == min(box.height, bounds.height)


@given(wild_boxes(), sizes(1, 300))
def test_box_already_inside_is_not_moved(box, bounds):
    if bounds.box.contains(box):
        assert box.inside(bounds) == box


@given(wild_boxes(), wild_boxes())
def test_intersection_is_symmetric_and_cover_contains_both_boxes(a, b):
    assert (a & b) == (b & a)
    assert (a | b).contains(a)
    assert (a | b).contains(b)
    if not (a & b).empty:
        assert a.contains(a & b)
        assert b.contains(a & b)


@given(wild_boxes(), wild_boxes())
def test_iou_is_symmetric_bounded_and_one_only_for_itself(a, b):
    assert iou(a, b) == iou(b, a)
    assert 0 <= iou(a, b) <= 1
    assert iou(a, a) == 1
    assert (iou(a, b) == 1) == (a == b)


def test_iou_of_known_boxes():
    assert iou(Box(0, 0, 10, 10), Box(5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert iou(Box(0, 0, 10, 10), Box(10, 0, 20, 10)) == 0


@given(wild_boxes(), st.integers(0, 99))
def test_growing_by_a_number_grows_every_side(box, pixels):
    grown = box.grown(pixels)
    assert grown == Box(box.left - pixels, box.top - pixels, box.right + pixels, box.bottom + pixels)


def test_growing_by_margins_grows_each_side_by_its_own():
    assert Box(10, 10, 20, 20).grown(Margins(1, 2, 3, 4)) == Box(9, 8, 23, 24)


@given(wild_boxes(), wild_boxes())
def test_relative_coordinates_shifted_back_are_the_box(box, origin):
    assert box.relative_to(origin).shifted(origin.left, origin.top) == box


@given(wild_boxes(), st.integers(1, 400), st.integers(1, 400))
def test_box_around_a_center_has_the_given_size(box, width, height):
    around = Box.around(box.center, Size(width, height))
    assert around.size == Size(width, height)
    assert abs(around.center[0] - box.center[0]) <= 0.5
    assert abs(around.center[1] - box.center[1]) <= 0.5


def test_covering_box_contains_every_touched_pixel():
    assert Box.covering(0.1, -0.1, 1.0, 2.01) == Box(0, -1, 1, 3)


def test_intersection_of_disjoint_boxes_is_empty_with_area_0():
    common = Box(0, 0, 5, 5) & Box(9, 9, 12, 12)
    assert common.empty
    assert common.area == 0
