import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.fill import MASKED_CONTENT, filled, spread
from retouch.geometry import Box, Size
from retouch.mask import Mask
from tests.helpers import flat, masks, noise, ramp, sizes


@given(st.data())
def test_what_is_not_masked_stays_to_the_bit(data):
    size = data.draw(sizes())
    picture, mask = noise(size), data.draw(masks(size))
    kept = mask.alpha == 0
    assert np.array_equal(spread(picture.pixels, mask)[kept], picture.pixels[kept])


@given(st.data())
def test_one_colour_around_fills_the_hole_with_it(data):
    size = data.draw(sizes(2))
    mask = data.draw(masks(size))
    if (mask.alpha == 0).any():
        pixels = flat(size, (10, 200, 90)).pixels.copy()
        pixels[mask.alpha == 255] = 255 - pixels[mask.alpha == 255]
        hard = Mask.where(mask.alpha == 255)
        assert np.abs(spread(pixels, hard).astype(int) - (10, 200, 90)).max() <= 1


@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 90), Size(64, 64), Size(37, 5)])
def test_without_a_known_pixel_the_result_is_mid_grey(size):
    assert (spread(noise(size).pixels, Mask.full(size)) == 127).all()


def test_the_hole_continues_what_lies_on_each_side():
    size = Size(96, 96)
    pixels = np.zeros((96, 96, 3), np.uint8)
    pixels[:, 48:] = 200
    hole = Mask.of_box(size, Box(32, 32, 64, 64))
    pixels[32:64, 32:64] = (255, 0, 255)
    made = spread(pixels, hole)
    assert made[48, 34].max() < 60
    assert made[48, 61].min() > 140
    assert made[..., 1].max() <= 200


def test_the_fill_is_as_it_was(golden):
    size = Size(96, 72)
    golden_mask = Mask.of_ellipse(size, Box(20, 12, 70, 60))
    golden(filled(ramp(size), golden_mask, "fill"), "fill")


def test_original_leaves_the_picture_and_the_others_empty_the_hole():
    size = Size(40, 40)
    picture, mask = noise(size), Mask.of_box(size, Box(10, 10, 30, 30))
    assert MASKED_CONTENT[0] == "original"
    assert filled(picture, mask, "original") is picture
    for content in MASKED_CONTENT[1:]:
        hole = filled(picture, mask, content).pixels[10:30, 10:30].astype(int)
        assert hole.std() < picture.pixels[10:30, 10:30].std() / 2
