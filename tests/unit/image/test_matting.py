import numpy as np
import pytest

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.matting import refine_edge
from retouch.image.picture import Picture
from tests.helpers import flat, noise

SIZE = Size(160, 120)


def disc(radius: float, wobble: float = 0) -> np.ndarray:
    y, x = np.mgrid[: SIZE.height, : SIZE.width]
    turn = np.arctan2(y - 60, x - 80)
    return np.hypot(x - 80, y - 60) < radius + wobble * np.sin(5 * turn)


def painted(alpha: np.ndarray) -> Picture:
    """Dark on light, a little noisy, mixed as `alpha` 0..1 says."""
    rng = np.random.default_rng(0)
    inside, outside = (
        np.array(c) + rng.normal(0, 6, (*alpha.shape, 3)) for c in ((60, 50, 80), (190, 200, 170))
    )
    return Picture(
        (alpha[..., None] * inside + (1 - alpha[..., None]) * outside).clip(0, 255).astype(np.uint8)
    )


def error(mask: Mask, alpha: np.ndarray) -> float:
    return float(np.abs(mask.alpha / 255 - alpha).mean())


def test_a_rough_mask_snaps_to_the_edge():
    truth = disc(35).astype(float)
    rough = Mask.where(disc(35, wobble=5))
    assert error(refine_edge(painted(truth), rough, 8), truth) < 0.1 * error(rough, truth)


def test_refined_edge_of_a_soft_object_is_soft():
    y, x = np.mgrid[: SIZE.height, : SIZE.width]
    truth = ((40 - np.hypot(x - 80, y - 60)) / 10).clip(0, 1)
    rough = Mask.where(truth > 0.5)
    after = refine_edge(painted(truth), rough, 12)
    assert error(after, truth) < 0.6 * error(rough, truth)
    assert np.count_nonzero((after.alpha > 20) & (after.alpha < 235)) > 500


def test_refined_edge_includes_thin_strands_missed_by_the_mask():
    truth = disc(30)
    truth[58:60, 100:125] = True
    truth[30:100:12, 78:80] = True
    after = refine_edge(painted(truth.astype(float)), Mask.where(disc(30)), 20)
    assert after.alpha[59, 113] > 128
    assert after.alpha[64, 113] < 64


def test_far_from_the_edge_nothing_changes():
    mask = Mask.where(disc(35))
    after = refine_edge(noise(SIZE), mask, 6)
    far = ~(mask.grown(7).solid & ~mask.grown(-7).solid)
    assert np.array_equal(after.alpha[far], mask.alpha[far])


def test_refined_edge_keeps_the_outline_in_a_plain_colour():
    mask = Mask.where(disc(35))
    after = refine_edge(flat(SIZE, (90, 120, 90)), mask, 6)
    assert np.count_nonzero(after.solid != mask.solid) < 0.03 * mask.area


@pytest.mark.parametrize("mask", [Mask.blank(SIZE), Mask.full(SIZE)], ids=["blank", "full"])
def test_a_mask_without_an_edge_stays(mask):
    assert refine_edge(noise(SIZE), mask, 8) == mask


def test_refine_edge_accepts_tiny_pictures_and_thin_masks():
    for size in (Size(1, 1), Size(3, 200), Size(50, 2)):
        mask = Mask.of_box(size, Box(0, 0, max(1, size.width // 2), size.height))
        assert refine_edge(noise(size), mask, 10).size == size


def test_refine_edge_radius_0_is_a_no_op_and_other_size_is_refused():
    mask = Mask.where(disc(35))
    assert refine_edge(noise(SIZE), mask, 0) is mask
    with pytest.raises(ValueError, match="a mask of 160x120"):
        refine_edge(noise(Size(10, 10)), mask, 5)
