import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.image.geometry import Box, Size
from retouch.image.mask import EXACT_LEVELS, LEVEL_STEP, Mask
from tests.helpers import boxes_in, masks, sizes, wild_boxes


def nearest(solid: np.ndarray) -> np.ndarray:
    """Squared distance of every pixel to the nearest solid one, by trying them all."""
    ys, xs = np.nonzero(solid)
    y, x = np.indices(solid.shape)
    return ((y[..., None] - ys) ** 2 + (x[..., None] - xs) ** 2).min(-1, initial=10**9)


@given(st.data(), st.integers(1, 40))
def test_mask_grows_by_exactly_the_given_radius(data, pixels):
    mask = data.draw(masks(data.draw(sizes(1, 30))))
    assert np.array_equal(mask.grown(pixels).solid, nearest(mask.solid) <= pixels**2)


@given(st.data(), st.integers(1, 40))
def test_mask_shrinks_by_exactly_the_given_radius(data, pixels):
    mask = data.draw(masks(data.draw(sizes(1, 30))))
    assert np.array_equal(mask.grown(-pixels).solid, nearest(~mask.solid) > pixels**2)


@pytest.mark.parametrize("pixels", [1, 7, 100, 500, 900])
def test_one_pixel_grows_to_a_disc_of_that_radius_at_any_size(pixels):
    side = 2 * pixels + 11
    middle = side // 2
    disc = Mask.of_box(Size(side, side), Box(middle, middle, middle + 1, middle + 1)).grown(pixels)
    y, x = np.ogrid[:side, :side]
    assert np.array_equal(disc.solid, (x - middle) ** 2 + (y - middle) ** 2 <= pixels**2)
    assert disc.bounds == Box(middle, middle, middle + 1, middle + 1).grown(pixels)
    assert disc.grown(-pixels).solid[middle, middle]


def test_mask_grown_by_0_is_unchanged():
    mask = Mask.of_box(Size(9, 9), Box(2, 2, 5, 5))
    assert mask.grown(0) == mask


@given(st.data(), st.integers(1, 9))
def test_growing_never_lowers_and_shrinking_never_raises_alpha(data, pixels):
    mask = data.draw(masks(data.draw(sizes())))
    assert (mask.grown(pixels).alpha >= mask.alpha).all()
    assert (mask.grown(-pixels).alpha <= mask.alpha).all()


def test_shrinking_does_not_remove_pixels_at_the_picture_border():
    size = Size(20, 20)
    assert Mask.full(size).grown(-50) == Mask.full(size)
    assert Mask.of_box(size, Box(0, 0, 10, 20)).grown(-3).bounds == Box(0, 0, 7, 20)


def test_blank_mask_stays_blank_after_every_operation():
    blank = Mask.blank(Size(8, 5))
    for mask in (blank.grown(9), blank.grown(-9), blank.feathered(9), blank.without_holes()):
        assert mask == blank
    assert blank.bounds is None
    assert blank.empty


@given(st.data(), st.integers(1, 12))
def test_feathered_mask_is_255_where_solid_and_0_one_pixel_beyond_the_fade(data, pixels):
    hard = Mask.where(data.draw(masks(data.draw(sizes(1, 30)))).solid)
    soft, distance = hard.feathered(pixels).alpha, nearest(hard.solid)
    assert (soft[hard.solid] == 255).all()
    assert (soft[distance >= (pixels + 1) ** 2] == 0).all()
    assert (soft[(distance > 0) & (distance <= pixels**2)] > 0).all()
    order = np.argsort(distance, axis=None)
    assert (np.diff(soft.ravel()[order].astype(int)) <= 0).all()


def test_feathering_falls_smoothly():
    row = Mask.of_box(Size(60, 1), Box(0, 0, 20, 1)).feathered(19).alpha[0].astype(int)
    steps = np.diff(row)
    assert (steps <= 0).all()
    assert steps.min() >= -22
    assert row[29] in (127, 128)  # half way at half the distance


def test_mask_feathered_by_0_is_unchanged():
    mask = Mask.of_box(Size(9, 9), Box(2, 2, 5, 5))
    assert mask.feathered(0) == mask


@given(st.data())
def test_cut_with_any_window_copies_its_pixels_and_is_zero_elsewhere(data):
    size = data.draw(sizes(1, 30))
    mask, window = data.draw(masks(size)), data.draw(wild_boxes(60))
    padded = np.pad(mask.alpha, 130)
    expected = padded[window.shifted(130, 130).slices]
    assert np.array_equal(mask.crop(window).alpha, expected)


@given(st.data())
def test_mask_bounds_are_the_smallest_box_of_all_marked_pixels(data):
    size = data.draw(sizes())
    box = data.draw(boxes_in(size))
    assert Mask.of_box(size, box).bounds == box
    mask = data.draw(masks(size))
    if mask.bounds:
        cut = mask.crop(mask.bounds).alpha
        assert cut.any(0)[[0, -1]].all()
        assert cut.any(1)[[0, -1]].all()
        assert np.count_nonzero(cut) == np.count_nonzero(mask.alpha)


@given(st.data())
def test_masks_combine_pixel_by_pixel(data):
    size = data.draw(sizes())
    a, b = data.draw(masks(size)), data.draw(masks(size))
    assert np.array_equal((a | b).alpha, np.maximum(a.alpha, b.alpha))
    assert np.array_equal((a & b).alpha, np.minimum(a.alpha, b.alpha))
    assert (a - b) == (a & b.inverted())
    assert a.inverted().inverted() == a
    assert a.area == np.count_nonzero(a.core)


def test_without_holes_fills_enclosed_holes_but_not_bays():
    alpha = np.full((12, 20), 255, np.uint8)
    alpha[3:6, 3:6] = 0
    alpha[4:8, 14:] = 0
    whole = Mask(alpha).without_holes()
    assert (whole.alpha[3:6, 3:6] == 255).all()
    assert (whole.alpha[4:8, 14:] == 0).all()


def test_small_islands_are_dropped_with_their_soft_edges():
    size = Size(40, 20)
    small = Mask.of_box(size, Box(3, 3, 6, 6)).feathered(2)
    large = Mask.of_box(size, Box(20, 5, 30, 15)).feathered(2)
    assert (small | large).without_islands(small.area + 1) == large
    assert (small | large).without_islands(small.area) == small | large


def test_an_ellipse_fills_its_box():
    ellipse = Mask.of_ellipse(Size(50, 40), Box(5, 6, 45, 30))
    assert ellipse.bounds == Box(5, 6, 45, 30)
    assert ellipse.area == pytest.approx(np.pi * 20 * 12, rel=0.02)


def test_a_polygon_is_filled():
    triangle = Mask.of_polygon(Size(20, 20), np.array([[2, 2], [15, 2], [2, 15]]))
    assert triangle.solid[4, 4]
    assert not triangle.solid[14, 14]


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((3, 3, 3), np.uint8),
        np.zeros((3, 3), np.float32),
        np.zeros((0, 3), np.uint8),
        np.zeros((3, 3), bool),
    ],
)
def test_array_that_is_no_mask_is_refused(array):
    with pytest.raises(ValueError, match="a mask needs"):
        Mask(array)


def test_mask_copies_its_alpha_and_is_read_only():
    source = np.zeros((3, 3), np.uint8)
    mask = Mask(source)
    source[:] = 255
    assert mask.empty
    with pytest.raises(ValueError, match="read-only"):
        mask.alpha[0, 0] = 1


@given(st.data(), st.integers(1, 12))
def test_growth_is_grey_dilation_by_a_disc(data, pixels):
    size = data.draw(sizes(1, 14))
    shades = data.draw(st.lists(st.integers(0, 255), min_size=1, max_size=5))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    alpha = random.choice(np.array(shades, np.uint8), (size.height, size.width))
    y, x = np.indices(alpha.shape)
    near = (y[..., None] - y.ravel()) ** 2 + (x[..., None] - x.ravel()) ** 2 <= pixels**2
    assert np.array_equal(Mask(alpha).grown(pixels).alpha, np.where(near, alpha.ravel(), 0).max(-1))
    assert np.array_equal(Mask(alpha).grown(-pixels).alpha, np.where(near, alpha.ravel(), 255).min(-1))


@given(st.data(), st.integers(1, 20), st.integers(1, 254))
def test_growing_and_feathering_scale_with_the_alpha_of_an_even_mask(data, pixels, shade):
    solid = Mask.where(data.draw(masks(data.draw(sizes(1, 30)))).solid)
    faint = Mask(solid.alpha // 255 * np.uint8(shade))
    for way in (Mask.grown, Mask.feathered):
        strong, weak = way(solid, pixels).alpha, way(faint, pixels).alpha
        assert np.abs(weak - strong.astype(float) * shade / 255).max() <= 1


@given(st.data(), st.integers(1, 12))
def test_growing_and_feathering_are_monotonic_in_the_mask(data, pixels):
    mask = data.draw(masks(data.draw(sizes(1, 30))))
    more = mask | data.draw(masks(mask.size))
    for way in (Mask.grown, Mask.feathered):
        slack = LEVEL_STEP - 1 if max(map(shade_count, (mask, more))) > EXACT_LEVELS else 0
        assert (way(mask, pixels).alpha.astype(int) - way(more, pixels).alpha).max() <= slack


def shade_count(mask: Mask) -> int:
    return len(np.unique(mask.alpha)) - 1


def test_area_holes_and_islands_are_found_in_a_faint_mask():
    ring = np.zeros((30, 40), np.uint8)
    ring[5:25, 5:25], ring[10:20, 10:20], ring[3, 35] = 90, 0, 90
    mask = Mask(ring)
    assert mask.area == 20 * 20 - 10 * 10 + 1
    assert (mask.without_holes().alpha[10:20, 10:20] == 90).all()
    assert mask.without_islands(2).alpha[3, 35] == 0
    assert mask.without_islands(2).area == 300
