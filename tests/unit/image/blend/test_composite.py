import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.image.blend.composite import blend_patch, keep_unchanged
from retouch.image.geometry import Size
from retouch.image.mask import Mask
from tests.helpers import masks, noise, sizes


@given(st.data())
def test_alpha_0_keeps_255_replaces_and_levels_between_interpolate(data):
    size = data.draw(sizes())
    under, over, mask = noise(size, 1).pixels, noise(size, 2).pixels, data.draw(masks(size))
    mixed = blend_patch(under, over, mask)
    assert np.array_equal(mixed[mask.alpha == 0], under[mask.alpha == 0])
    assert np.array_equal(mixed[mask.alpha == 255], over[mask.alpha == 255])
    assert (mixed >= np.minimum(under, over)).all()
    assert (mixed <= np.maximum(under, over)).all()


def test_every_mix_is_the_weighted_mean_rounded_to_nearest():
    alpha, under = np.meshgrid(np.arange(256), np.arange(256))
    for value in (0, 1, 100, 254, 255):
        expected = np.rint((under * (255 - alpha) + value * alpha) / 255)
        stacked = np.repeat(under[..., None], 3, 2).astype(np.uint8)
        mixed = blend_patch(stacked, np.full_like(stacked, value), Mask(alpha.astype(np.uint8)))
        assert np.array_equal(mixed[..., 0], expected)


@given(st.data())
def test_equal_pictures_mix_to_themselves(data):
    size = data.draw(sizes())
    pixels = noise(size).pixels
    assert np.array_equal(blend_patch(pixels, pixels, data.draw(masks(size))), pixels)


def test_blending_different_sizes_is_refused():
    with pytest.raises(ValueError, match="sizes differ"):
        blend_patch(noise(Size(4, 4)).pixels, noise(Size(4, 4)).pixels, Mask.full(Size(4, 5)))


@given(st.data())
def test_float_patch_of_whole_levels_blends_like_a_byte_patch(data):
    size = data.draw(sizes())
    under, over, mask = noise(size, 1).pixels, noise(size, 2).pixels, data.draw(masks(size))
    mixed = blend_patch(under, over.astype(np.float32), mask)
    assert np.array_equal(mixed, blend_patch(under, over, mask))


@given(st.data(), st.floats(-300, 300))
def test_levels_beyond_black_and_white_keep_the_outside_and_never_wrap(data, shift):
    size = data.draw(sizes())
    under, over, mask = noise(size, 1).pixels, noise(size, 2).pixels + shift, data.draw(masks(size))
    mixed, full = blend_patch(under, over, mask), mask.alpha == 255
    assert np.array_equal(mixed[mask.alpha == 0], under[mask.alpha == 0])
    assert np.abs(mixed[full] - over.clip(0, 255)[full]).max(initial=0) <= 0.501


def test_fractions_of_levels_are_rounded_once_after_mixing():
    under, over = np.full((1, 1, 3), 10, np.uint8), np.full((1, 1, 3), 11.4, np.float32)
    assert (blend_patch(under, over, Mask(np.full((1, 1), 128, np.uint8))) == 11).all()


@given(st.data())
def test_rounded_and_scaled_pixels_stay_bit_identical(data):
    size = data.draw(sizes())
    under = noise(size, 1).pixels
    seen = under + np.random.default_rng(2).uniform(-0.4, 0.4, under.shape)
    changed = data.draw(masks(size)).solid[..., None]
    over = seen + np.where(changed, (0, 0, 3), 0.5)
    back = keep_unchanged(under, over, seen)
    assert np.array_equal(np.where(changed, over, under), back)
