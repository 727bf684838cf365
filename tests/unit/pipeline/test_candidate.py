import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.image.blend.composite import blend_patch
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.pipeline.candidate import Candidate, quantize_for_composite
from tests.helpers import flat, masks, noise, sizes

BOX = Box(10, 20, 40, 60)


def candidate(mask: Mask) -> Candidate:
    return Candidate(7, flat(BOX.size, (200, 100, 0)), BOX, mask)


def test_compositing_a_candidate_changes_only_its_masked_pixels():
    picture = noise(Size(100, 80))
    made = candidate(Mask.of_box(BOX.size, Box(5, 5, 20, 20))).on(picture)
    changed = (made.pixels != picture.pixels).any(2)
    spot = Box(15, 25, 30, 40)
    assert (made.pixels[spot.slices] == (200, 100, 0)).all()
    assert Mask.where(changed).bounds == spot
    assert picture == noise(Size(100, 80))


def test_compositing_a_candidate_on_too_small_a_picture_is_refused():
    with pytest.raises(ValueError, match="sizes differ"):
        candidate(Mask.full(BOX.size)).on(noise(Size(30, 30)))


def test_part_of_a_candidate_composites_as_the_whole_does():
    soft = Mask(noise(BOX.size).pixels[..., 0])
    window = Box(BOX.left + 3, BOX.top - 5, BOX.right + 4, BOX.bottom - 2)
    pixels = noise(Size(100, 80), 1).pixels.copy()
    there = pixels[window.slices].copy()
    candidate(soft).within(window).put(there, window)
    assert not np.array_equal(there, pixels[window.slices])
    candidate(soft).put(pixels)
    assert np.array_equal(there, pixels[window.slices])


@given(st.data())
def test_quantized_candidate_composites_as_the_unrounded_one(data):
    size = data.draw(sizes(1, 30))
    random = np.random.default_rng(data.draw(st.integers(0, 9999)))
    under = random.integers(0, 256, (size.height, size.width, 3), np.uint8)
    over = random.uniform(-20, 275, under.shape).astype(np.float32)
    mask = data.draw(masks(size))
    levels = quantize_for_composite(under, over, mask)
    assert levels.dtype == np.uint8
    assert np.array_equal(blend_patch(under, levels, mask), blend_patch(under, over, mask))
    assert np.abs(levels - np.clip(over, 0, 255)).max() <= 1


def test_quantizing_whole_levels_returns_the_input():
    levels = noise(Size(9, 9)).pixels
    assert quantize_for_composite(levels, levels, Mask.full(Size(9, 9))) is levels
