from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.detectors.tiling import (
    Searcher,
    by_score,
    merged_passes,
    search,
    sides,
    wanted_labels,
    whole_only,
)
from retouch.errors import BadInput
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region

SEES = 64
"""The stand-in detector shrinks to this and sees nothing below 4 px there, as networks do."""


def look(pixels: np.ndarray) -> Sequence[Region]:
    """White rectangles, if they are large enough after shrinking."""
    scale = SEES / max(pixels.shape)
    _, _, stats, _ = cv2.connectedComponentsWithStats((pixels[..., 0] > 200).astype(np.uint8))
    boxes = [Box(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:]]
    return [
        Region.of_box(b, "white", min(max(b.size) * scale / 16, 1)) for b in boxes if max(b.size) * scale >= 4
    ]


def black(width: int, height: int, *boxes: Box) -> np.ndarray:
    pixels = np.zeros((height, width, 3), np.uint8)
    for box in boxes:
        pixels[box.slices] = 255
    return pixels


def test_a_small_thing_in_a_large_picture_is_found_once_where_it_is() -> None:
    small = Box(1733, 1211, 1753, 1231)
    pixels = black(2000, 1500, small)
    assert look(pixels) == []
    assert [r.box for r in search(pixels, look, 128)] == [small]


def test_a_large_thing_cut_by_every_tile_is_found_once_and_whole() -> None:
    large = Box(100, 100, 1800, 1300)
    assert [r.box for r in search(black(2000, 1500, large), look, 128)] == [large]


@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.integers(0, 7), st.integers(12, 70)),
        max_size=9,
        unique_by=lambda p: p[:2],
    )
)
def test_every_thing_is_found_exactly_once(cells: list[tuple[int, int, int]]) -> None:
    boxes = [Box(x * 100 + 9, y * 100 + 9, x * 100 + 9 + s, y * 100 + 9 + s) for x, y, s in cells]
    found = search(black(1200, 800, *boxes), look, 128)
    assert sorted(r.box for r in found) == sorted(boxes)


def test_picture_no_larger_than_a_tile_is_searched_once() -> None:
    seen = []
    search(black(128, 100), lambda pixels: seen.append(pixels.shape) or [], 128)
    assert seen == [(100, 128, 3)]


@given(st.integers(1, 9000), st.integers(64, 900))
def test_pyramid_sides_shrink_at_most_by_half_down_to_the_smallest(longest: int, smallest: int) -> None:
    levels = (longest, *sides(longest, smallest))
    assert all(b < a <= 2 * b + 2 for a, b in itertools.pairwise(levels))
    assert levels[-1] <= max(smallest, 1) or longest <= smallest


def test_detection_of_a_part_never_replaces_the_whole() -> None:
    whole = Region.of_box(Box(0, 0, 100, 100), "face", 0.5)
    part = Region.of_box(Box(10, 10, 60, 60), "face", 0.9)
    assert merged_passes([[whole], [part]]) == [whole]


def test_higher_score_of_a_second_pass_replaces_the_first_detection() -> None:
    far = Region.of_box(Box(0, 0, 100, 100), "face", 0.5)
    near = Region.of_box(Box(3, 2, 102, 99), "face", 0.9)
    assert merged_passes([[far], [near]]) == [near]


def test_things_of_different_labels_may_overlap() -> None:
    person = Region.of_box(Box(0, 0, 100, 300), "person", 0.9)
    tie = Region.of_box(Box(40, 50, 60, 100), "tie", 0.8)
    assert merged_passes([[person, tie]]) == [person, tie]


def test_people_whose_boxes_overlap_but_not_their_masks_stay_two() -> None:
    box, alpha = Box(0, 0, 100, 100), np.tri(100, dtype=np.uint8) * 255
    one, other = Region(box, Mask(alpha), "person", 0.9), Region(box, Mask(255 - alpha), "person", 0.8)
    assert merged_passes([[one, other]]) == [one, other]


def test_order_is_by_score_then_place() -> None:
    a, b = Region.of_box(Box(5, 0, 9, 9), "x", 0.7), Region.of_box(Box(0, 0, 4, 9), "x", 0.7)
    c = Region.of_box(Box(9, 9, 20, 20), "x", 0.9)
    assert by_score([a, b, c]) == by_score([c, b, a]) == (c, b, a)


def test_classes_are_matched_whatever_their_case() -> None:
    assert wanted_labels(("Cat",), ("cat", "dog"), "animals") == {"cat"}
    assert wanted_labels((), ("cat", "dog"), "animals") == {"cat", "dog"}
    with pytest.raises(BadInput, match=r"animals finds no 'cta'. Did you mean 'cat'\?"):
        wanted_labels(("cta",), ("cat", "dog"), "animals")


def test_searcher_drops_low_confidence_and_clips_to_the_picture() -> None:
    def over_the_edge(pixels: np.ndarray, confidence: float) -> list[Region]:
        return [Region.of_box(Box(-5, -5, 10, 10), "a", 0.9), Region.of_box(Box(20, 20, 30, 30), "a", 0.1)]

    searcher = Searcher("test", ("a",), over_the_edge, whole_only)
    found = searcher.find(Picture(black(64, 64)), 0.3)
    assert [r.box for r in found] == [Box(0, 0, 10, 10)]


def test_whole_only_makes_no_tiles() -> None:
    assert sides(max(Size(4000, 3000)), whole_only(Size(4000, 3000))) == ()
