import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.image.geometry import Box, Size
from retouch.segmenters.base import Click
from retouch.segmenters.sam.square_input import SquareInput
from tests.helpers import noise


def blob(fit: SquareInput, box: Box, count: int = 64) -> np.ndarray:
    """Logits positive in `box` (canvas), negative outside, falling evenly with the distance to its edge."""
    cells = (np.arange(count) + 0.5) * fit.side / count
    x, y = np.meshgrid(cells, cells)
    places = fit.canvas(np.stack([x, y], -1))
    left, top, right, bottom = box
    gap = np.minimum.reduce(
        [places[..., 0] - left, right - places[..., 0], places[..., 1] - top, bottom - places[..., 1]]
    )
    return gap.astype(np.float32)


@given(
    st.builds(Size, st.integers(40, 900), st.integers(40, 900)),
    st.booleans(),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_canvas_to_input_coordinates_and_back_is_identity(size, stretch, where):
    fit = SquareInput.of(size.box.shifted(7, 3), 256, stretch)
    point = np.array(where) * size + [7, 3]
    there = fit.points(point)
    assert (there >= -1e-6).all()
    assert (there <= 256 + 1e-6).all()
    assert fit.canvas(there) == pytest.approx(point)


def test_the_longer_side_fills_the_input_or_both_when_stretched():
    assert SquareInput.of(Box(0, 0, 600, 300), 256).inner == (256, 128)
    assert SquareInput.of(Box(0, 0, 300, 601), 256).inner == (128, 256)
    assert SquareInput.of(Box(0, 0, 600, 300), 256, stretch=True).inner == (256, 256)


def test_input_image_of_an_unscaled_fit_is_the_crop():
    picture = noise(Size(300, 200))
    fit = SquareInput.of(Box(10, 20, 138, 84), 128)
    assert np.array_equal(fit.image(picture.pixels), picture.pixels[20:84, 10:138])


@pytest.mark.parametrize("stretch", [False, True])
@pytest.mark.parametrize("crop", [Box(0, 0, 900, 600), Box(100, 50, 400, 450)])
def test_region_covers_positive_logits_at_picture_resolution(crop, stretch):
    fit, thing = SquareInput.of(crop, 256, stretch), Box(170, 130, 333, 300)
    region = fit.region(blob(fit, thing), 0.7)
    assert region is not None
    assert region.score == 0.7
    assert np.abs(np.array(region.box) - thing).max() <= 1
    assert region.shape.area == pytest.approx(thing.area, rel=0.03)


def test_region_does_not_depend_on_the_rows_per_band(monkeypatch):
    fit = SquareInput.of(Box(0, 0, 500, 700), 256)
    logits = np.random.default_rng(1).normal(size=(64, 64)).astype(np.float32)
    whole = fit.region(logits, 1.0)
    monkeypatch.setattr("retouch.segmenters.sam.square_input.ROWS", 13)
    assert fit.region(logits, 1.0) == whole


def test_logits_negative_or_only_in_the_padding_give_no_region():
    fit = SquareInput.of(Box(0, 0, 500, 700), 256)
    assert fit.region(np.full((64, 64), -1, np.float32), 1.0) is None
    beside = np.full((64, 64), -1, np.float32)
    beside[:, 60:] = 1  # where the square is padding
    assert fit.region(beside, 1.0) is None


def test_logit_at_a_click_has_the_sign_of_its_mask_pixel():
    fit = SquareInput.of(Box(0, 0, 640, 400), 256)
    logits = np.random.default_rng(2).normal(size=(64, 64)).astype(np.float32)
    region = fit.region(logits, 1.0)
    clicks = [Click(x, y) for x in range(0, 640, 37) for y in range(0, 400, 23)]
    solid = region.mask(Size(640, 400)).solid
    assert (fit.at(logits, clicks) > 0).tolist() == [bool(solid[c.y, c.x]) for c in clicks]


def test_logits_resampled_to_another_input_give_the_same_mask():
    whole, thing = SquareInput.of(Box(0, 0, 900, 600), 256), Box(400, 200, 520, 330)
    close = SquareInput.of(Box(350, 150, 570, 370), 256)
    through = close.region(whole.resampled(blob(whole, thing), close), 1.0)
    assert np.abs(np.array(through.box) - thing).max() <= 3
    back = close.resampled(blob(close, thing), whole)
    assert back[0, 0] == -10  # not seen, so not in the mask
