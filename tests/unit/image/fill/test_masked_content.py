import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.image.fill.border import fill_with_edge, fill_with_mirror
from retouch.image.fill.masked_content import FILLS, MASKED_CONTENT, fill_hole
from retouch.image.fill.noise import fill_with_noise as spectral
from retouch.image.fill.smooth import fill_smoothly
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from tests.helpers import flat, masks, noise, ramp, sizes


@given(st.data())
def test_unmasked_pixels_stay_bit_identical(data):
    size = data.draw(sizes())
    picture, mask = noise(size), data.draw(masks(size))
    kept = mask.alpha == 0
    assert np.array_equal(fill_smoothly(picture.pixels, mask)[kept], picture.pixels[kept])


@given(st.data())
def test_hole_in_a_plain_colour_is_filled_with_that_colour(data):
    size = data.draw(sizes(2))
    mask = data.draw(masks(size))
    if (mask.alpha == 0).any():
        pixels = flat(size, (10, 200, 90)).pixels.copy()
        pixels[mask.alpha == 255] = 255 - pixels[mask.alpha == 255]
        hard = Mask.where(mask.alpha == 255)
        assert np.abs(fill_smoothly(pixels, hard).astype(int) - (10, 200, 90)).max() <= 1


@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 90), Size(64, 64), Size(37, 5)])
def test_without_a_known_pixel_the_result_is_mid_grey(size):
    assert (fill_smoothly(noise(size).pixels, Mask.full(size)) == 127).all()


def test_fill_continues_the_picture_on_each_side():
    size = Size(96, 96)
    pixels = np.zeros((96, 96, 3), np.uint8)
    pixels[:, 48:] = 200
    hole = Mask.of_box(size, Box(32, 32, 64, 64))
    pixels[32:64, 32:64] = (255, 0, 255)
    made = fill_smoothly(pixels, hole)
    assert made[48, 34].max() < 60
    assert made[48, 61].min() > 140
    assert made[..., 1].max() <= 200


def test_fill_matches_its_golden_picture(golden):
    size = Size(96, 72)
    golden_mask = Mask.of_ellipse(size, Box(20, 12, 70, 60))
    golden(fill_hole(ramp(size), golden_mask, "fill"), "fill")


def test_masked_content_original_returns_the_picture_itself():
    picture, mask = noise(Size(40, 40)), Mask.of_box(Size(40, 40), Box(10, 10, 30, 30))
    assert MASKED_CONTENT[0] == "original"
    assert fill_hole(picture, mask, "original") is picture


@pytest.mark.parametrize("content", MASKED_CONTENT[1:])
def test_fill_replaces_all_hole_pixels_and_no_others(content):
    size = Size(48, 40)
    mask = Mask.of_ellipse(size, Box(10, 10, 36, 30))
    other = noise(size).pixels.copy()
    other[mask.solid] = 255 - other[mask.solid]
    made, again = (fill_hole(picture, mask, content).pixels for picture in (noise(size), Picture(other)))
    assert np.array_equal(made, again)
    assert np.array_equal(made[~mask.solid], noise(size).pixels[~mask.solid])


@pytest.mark.parametrize("content", FILLS)
def test_fill_accepts_a_full_and_a_blank_mask(content):
    picture = noise(Size(20, 16))
    assert fill_hole(picture, Mask.full(picture.size), content).size == picture.size
    assert fill_hole(picture, Mask.blank(picture.size), content) == picture


def test_fill_with_edge_repeats_the_edge_column():
    size = Size(60, 20)
    made = fill_with_edge(noise(size).pixels, Mask.of_box(size, Box(40, 0, 60, 20)))
    assert (made[:, 40:] == made[:, 39:40]).all()


def test_the_mirror_shows_the_picture_reversed_beyond_its_last_column():
    size = Size(60, 20)
    made = fill_with_mirror(noise(size).pixels, Mask.of_box(size, Box(40, 0, 60, 20)))
    assert np.array_equal(made[:, 40:], made[:, 38:18:-1])


def test_hole_larger_than_its_surroundings_gets_known_colours():
    size = Size(60, 20)
    pixels = noise(size).pixels
    made = fill_with_mirror(pixels, Mask.of_box(size, Box(10, 0, 60, 20)))
    assert (made[:, 25:] == pixels[:, 9:10]).all()


def test_noise_has_roughness_and_colour_of_its_surroundings():
    size = Size(128, 128)
    rough = np.random.default_rng(3).normal((90, 140, 60), 20, (128, 128, 3)).clip(0, 255).astype(np.uint8)
    hole = Box(40, 40, 90, 90)
    made = fill_hole(Picture(rough), Mask.of_box(size, hole), "noise").pixels[hole.slices].astype(float)
    assert made.std((0, 1)) == pytest.approx([20, 20, 20], abs=4)
    assert made.mean((0, 1)) == pytest.approx([90, 140, 60], abs=6)


def test_noise_fill_of_nearly_equal_pictures_is_uncorrelated():
    size = Size(128, 96)
    hole = Mask.of_box(size, Box(64, 0, 128, 96))
    seen = [noise(size).pixels, noise(size).pixels.copy()]
    seen[1][40, 30] = 255 - seen[1][40, 30]
    made = [spectral(pixels, hole)[:, 64:].mean(2) for pixels in seen]
    fine = [plane - cv2.GaussianBlur(plane, (0, 0), 8) for plane in made]
    assert abs(np.corrcoef(fine[0].ravel(), fine[1].ravel())[0, 1]) < 0.1
