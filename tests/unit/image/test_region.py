import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.errors import BadInput
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.region import Region, distinct, merge_regions, overlap
from retouch.image.tiles import overlapping_tiles, whole_in_tile
from retouch.recipes.selection import ORDERS, Selection, select
from tests.helpers import boxes_in, found, masks, sizes, square, wild_boxes

CANVAS = Size(1000, 800)
SMALL = Region.of_box(square(40, 300, 50), "face", 0.9)
MIDDLE = Region.of_box(square(450, 350, 100), "face", 0.5)
LARGE = Region.of_box(square(700, 20, 200), "face", 0.7)
ALL = (SMALL, MIDDLE, LARGE)


def chosen(**choice):
    return select(ALL, Selection(**{"confidence": 0.0, **choice}), CANVAS)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("confidence", (SMALL, LARGE, MIDDLE)),
        ("left to right", (SMALL, MIDDLE, LARGE)),
        ("right to left", (LARGE, MIDDLE, SMALL)),
        ("top to bottom", (LARGE, SMALL, MIDDLE)),
        ("largest first", (LARGE, MIDDLE, SMALL)),
        ("smallest first", (SMALL, MIDDLE, LARGE)),
        ("center outward", (MIDDLE, LARGE, SMALL)),
    ],
)
def test_select_sorts_regions_by_the_given_order(order, expected):
    assert chosen(order=order) == expected


def test_every_order_is_offered_and_tested():
    assert len(ORDERS) == 7


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"confidence": 0.6}, (SMALL, LARGE)),
        ({"confidence": 0.9}, (SMALL,)),
        ({"min_area": 0.01}, (LARGE, MIDDLE)),
        ({"max_area": 0.0125}, (SMALL, MIDDLE)),
        ({"min_area": 0.0125, "max_area": 0.0125}, (MIDDLE,)),
        ({"top_k": 1, "top_by": "area"}, (LARGE,)),
        ({"top_k": 2, "top_by": "confidence"}, (SMALL, LARGE)),
        ({"top_k": 1, "top_by": "center"}, (MIDDLE,)),
        ({"top_k": 9}, (SMALL, LARGE, MIDDLE)),
        ({"order": "left to right", "index": (2,)}, (MIDDLE,)),
        ({"order": "left to right", "index": (3, 1)}, (SMALL, LARGE)),
        ({"index": (4,)}, ()),
        ({"order": "left to right", "top_k": 2, "index": (2,)}, (LARGE,)),
    ],
)
def test_select_filters_by_confidence_area_top_k_and_index(choice, expected):
    assert sorted(chosen(**choice), key=lambda r: r.box) == sorted(expected, key=lambda r: r.box)


def test_area_bounds_apply_to_the_mask_not_to_the_box():
    thin = Region(square(0, 0, 100), Mask.of_box(Size(100, 100), Box(0, 0, 100, 10)))
    assert select([thin], Selection(max_area=0.00125), CANVAS) == (thin,)
    assert select([thin], Selection(max_area=0.00124), CANVAS) == ()


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("touching", (SMALL, MIDDLE)),
        ("inside", (SMALL,)),
        ("outside", (LARGE, MIDDLE)),
        ("ignore", (SMALL, LARGE, MIDDLE)),
    ],
)
def test_user_mask_selects_regions_by_their_relation_to_it(where, expected):
    painted = Mask.of_box(CANVAS, Box(0, 0, 480, 800))
    assert select(ALL, Selection(confidence=0, user_mask=where), CANVAS, painted) == expected


def test_blank_user_mask_touches_no_region():
    blank = Mask.blank(CANVAS)
    assert select(ALL, Selection(confidence=0), CANVAS, blank) == ()
    assert len(select(ALL, Selection(confidence=0, user_mask="outside"), CANVAS, blank)) == 3


@given(st.permutations(found(square(0, 0), square(300, 0), square(0, 300), square(300, 300))))
def test_ties_are_broken_by_place_so_that_detector_order_does_not_matter(regions):
    for order in ORDERS:
        once = select(regions, Selection(order=order), CANVAS)
        assert once == select(sorted(regions, key=lambda r: r.box), Selection(order=order), CANVAS)


def test_area_bounds_the_wrong_way_round_are_refused():
    with pytest.raises(BadInput) as caught:
        Selection(min_area=0.5, max_area=0.1)
    assert caught.value.path == "min_area"


def test_duplicate_of_two_detectors_keeps_the_better_score():
    first = Region.of_box(square(100, 100), "face", 0.8)
    again = Region.of_box(square(104, 98), "face", 0.9)
    elsewhere = Region.of_box(square(400, 100), "face", 0.3)
    assert distinct([first, again, elsewhere]) == (again, elsewhere)


def test_partial_detection_of_a_tile_is_dropped_for_the_whole():
    whole = Region.of_box(Box(100, 100, 200, 200), "face", 0.9)
    half = Region.of_box(Box(100, 100, 150, 200), "face", 0.8)
    assert distinct([half, whole]) == (whole,)


def test_a_face_survives_inside_its_person():
    person = Region.of_box(Box(100, 50, 300, 600), "person", 0.95)
    face = Region.of_box(Box(160, 60, 240, 150), "face", 0.9)
    assert set(map(id, distinct([person, face]))) == {id(person), id(face)}


def test_duplicate_under_another_label_is_dropped():
    face = Region.of_box(square(100, 100), "face", 0.9)
    head = Region.of_box(square(102, 100), "head", 0.6)
    assert distinct([face, head]) == (face,)


def test_regions_whose_boxes_overlap_but_whose_masks_do_not_are_two():
    size = Size(100, 100)
    upper = np.triu(np.full((100, 100), 255, np.uint8), 1)
    one = Region(square(0, 0), Mask(upper), "face", 0.9)
    other = Region(square(0, 0), Mask(upper.T.copy()), "face", 0.8)
    assert overlap(one, other) == 0
    assert distinct([one, other]) == (one, other)
    assert overlap(one, Region(square(0, 0), Mask.full(size))) == 1


@given(st.data())
def test_overlap_counts_common_pixels_over_the_smaller(data):
    canvas = data.draw(sizes(2, 40))
    a, b = (Region.of_mask(data.draw(masks(canvas))) for _ in range(2))
    if a and b:
        both = (a.mask(canvas).core & b.mask(canvas).core).sum()
        smaller = max(min(a.shape.area, b.shape.area), 1)
        assert overlap(a, b) == overlap(b, a) == both / smaller


@given(st.data())
def test_a_region_from_a_mask_gives_the_mask_back(data):
    canvas = data.draw(sizes())
    mask = data.draw(masks(canvas))
    region = Region.of_mask(mask, "face", 0.5)
    assert (region is None) == mask.empty
    if region:
        assert region.mask(canvas) == mask
        assert (region.label, region.score) == ("face", 0.5)


@given(wild_boxes(60), sizes(1, 60))
def test_clipped_region_lies_on_the_canvas(box, canvas):
    clipped = Region.of_box(box).clipped(canvas)
    assert (clipped is None) == (box & canvas.box).empty
    if clipped:
        assert clipped.box == box & canvas.box
        assert clipped.shape == Mask.full(clipped.box.size)


def test_a_shape_that_does_not_fit_its_box_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        Region(square(0, 0, 10), Mask.full(Size(9, 10)))


@given(st.data())
def test_merged_regions_are_the_union(data):
    canvas = Size(50, 40)
    regions = [Region.of_box(data.draw(boxes_in(canvas)), str(i), i / 5) for i in range(3)]
    one = merge_regions(regions)
    union = regions[0].mask(canvas) | regions[1].mask(canvas) | regions[2].mask(canvas)
    assert one.mask(canvas) == union
    assert (one.label, one.score) == ("0", 0.4)


@given(sizes(1, 700), st.integers(2, 200), st.data())
def test_tiles_cover_the_canvas_with_the_given_overlap(canvas, tile, data):
    shared = data.draw(st.integers(0, tile - 1))
    if canvas.area / (tile - shared) ** 2 > 2000:
        return
    cut = overlapping_tiles(canvas, tile, shared)
    seen = np.zeros((canvas.height, canvas.width), int)
    for box in cut:
        seen[box.slices] += 1
        assert canvas.box.contains(box)
        assert box.size == Size(min(tile, canvas.width), min(tile, canvas.height))
    assert (seen > 0).all()
    lefts = sorted({box.left for box in cut})
    assert all(a + tile - b >= shared for a, b in itertools.pairwise(lefts))
    assert lefts[-1] + min(tile, canvas.width) == canvas.width


@pytest.mark.parametrize("shared", [-1, 100, 101])
def test_tile_overlap_negative_or_as_large_as_the_tile_is_refused(shared):
    with pytest.raises(ValueError, match="cannot share"):
        overlapping_tiles(CANVAS, 100, shared)


@pytest.mark.parametrize(
    ("box", "whole"),
    [
        (Box(120, 120, 180, 180), True),
        (Box(100, 120, 180, 180), False),
        (Box(120, 120, 200, 180), False),
        (Box(120, 101, 180, 199), True),
        (Box(120, 120, 180, 200), False),
    ],
)
def test_region_at_an_inner_tile_edge_is_not_whole(box, whole):
    tile = Box(100, 100, 200, 200)
    assert whole_in_tile(Region.of_box(box), tile, CANVAS) is whole


def test_region_at_the_picture_edge_counts_as_whole():
    tile = Box(0, 0, 200, 200)
    assert whole_in_tile(Region.of_box(Box(0, 0, 50, 50)), tile, CANVAS)
    assert whole_in_tile(Region.of_box(Box(0, 0, 1000, 800)), CANVAS.box, CANVAS)
