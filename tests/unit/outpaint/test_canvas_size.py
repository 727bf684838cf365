import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.errors import BadInput, TooLarge
from retouch.image.geometry import Box, Margins, Size
from retouch.knobs import load
from retouch.outpaint.canvas_size import CanvasSize, aspect_of, extended_size

SQUARE = Size(512, 512)


@given(
    st.integers(64, 900),
    st.integers(64, 900),
    st.sampled_from(["16:9", "9:16", "4:5", "1:1", "21:9", "2.39:1"]),
)
def test_aspect_is_reached_to_the_pixel_without_cropping(width, height, aspect):
    size = Size(width, height)
    try:
        margins = CanvasSize(aspect=aspect).of(size)
    except BadInput:
        assert abs(size.aspect - aspect_of(aspect)) * min(size) <= 1.5 * max(aspect_of(aspect), 1)
        return
    whole = extended_size(size, margins)
    assert min(margins) >= 0
    assert 0 in (whole.width - width, whole.height - height)
    assert abs(whole.width - whole.height * aspect_of(aspect)) <= max(aspect_of(aspect), 1)


@pytest.mark.parametrize(
    ("across", "left"), [("left", 0), ("centre", 256), ("right", 512), ("third", 85), ("two thirds", 427)]
)
def test_picture_lies_at_the_given_place_of_the_canvas(across, left):
    margins = CanvasSize(width=1024, horizontal=across).of(SQUARE)
    assert margins == Margins(left, 0, 512 - left, 0)


@pytest.mark.parametrize(("subject", "middle"), [(Box(100, 0, 200, 512), 341), (Box(350, 0, 450, 512), 683)])
def test_subject_is_placed_on_the_nearer_third(subject, middle):
    margins = CanvasSize(width=1024, horizontal="subject").of(SQUARE, subject)
    assert margins.left + (subject.left + subject.right) / 2 == pytest.approx(middle, abs=1)


def test_subject_is_placed_as_near_to_a_third_as_the_canvas_allows():
    edge = CanvasSize(width=600, horizontal="subject").of(SQUARE, Box(480, 0, 512, 512))
    assert edge == Margins(0, 0, 88, 0)


def test_margins_follow_from_factor_size_or_given_margins():
    assert CanvasSize(factor=2.0).of(SQUARE) == Margins(256, 256, 256, 256)
    assert CanvasSize(height=700, vertical="top").of(SQUARE) == Margins(0, 0, 0, 188)
    assert CanvasSize(left=8, bottom=40).of(Size(300, 200)) == Margins(8, 0, 0, 40)


@pytest.mark.parametrize(
    ("asked", "size", "path"),
    [
        ({}, SQUARE, "left"),
        ({"factor": 1.0}, SQUARE, "factor"),
        ({"aspect": "1:1"}, SQUARE, "aspect"),
        ({"width": 100}, SQUARE, "width"),
        ({"right": 64}, Size(16, 16), "image"),
        ({"right": 64}, Size(1, 900), "image"),
    ],
)
def test_impossible_size_is_refused_with_its_path(asked, size, path):
    with pytest.raises(BadInput) as caught:
        CanvasSize(**asked).of(size)
    assert caught.value.path == path
    assert caught.value.hint


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"left": -8}, "left"),
        ({"aspect": "wide"}, "aspect"),
        ({"aspect": "100:1"}, "aspect"),
        ({"aspect": "0:3"}, "aspect"),
        ({"aspect": "16:9", "left": 4}, "aspect"),
        ({"factor": 0.5}, "factor"),
        ({"horizontal": "below"}, "horizontal"),
    ],
)
def test_contradictory_outpaint_request_is_refused_without_a_picture(asked, path):
    with pytest.raises(BadInput) as caught:
        load(CanvasSize, asked)
    assert caught.value.path == path


def test_a_canvas_over_the_limit_is_refused():
    with pytest.raises(TooLarge):
        CanvasSize(factor=16.0).of(Size(4000, 4000))
