"""The exemplar-based fill and the measures of bench `removal`, and the outlines of bench `clicks`."""

from __future__ import annotations

import numpy as np
import pytest

from tools.bench.exemplar import RADIUS, fill_by_exemplars
from tools.bench.photo_outlines import OUTLINES, Outline
from tools.bench.removal import FILLS, FillScore, gradient_distance, mean_of


def stripes() -> np.ndarray:
    columns = np.where(np.arange(64) // 4 % 2, 40, 200).astype(np.uint8)
    return np.repeat(np.broadcast_to(columns, (64, 64))[..., None], 3, 2).copy()


def hole(top: int = 24, left: int = 24) -> np.ndarray:
    made = np.zeros((64, 64), bool)
    made[top : top + 14, left : left + 14] = True
    return made


def hide_pixels(mask: np.ndarray) -> np.ndarray:
    return np.where(mask[..., None], 128, stripes()).astype(np.uint8)


@pytest.mark.parametrize("mask", [hole(), hole(0, 0), hole(50, 24)], ids=["inside", "corner", "border"])
def test_exemplars_continue_stripes_exactly(mask):
    assert np.array_equal(fill_by_exemplars(hide_pixels(mask), mask), stripes())


def test_exemplars_fill_nothing_without_a_whole_source_patch():
    mask = np.ones((64, 64), bool)
    mask[: 2 * RADIUS] = False
    assert np.array_equal(fill_by_exemplars(hide_pixels(mask), mask), hide_pixels(mask))


@pytest.mark.parametrize("name", FILLS)
def test_every_fill_keeps_the_pixels_outside_the_hole(name):
    made = FILLS[name](hide_pixels(hole()), hole())
    assert made.dtype == np.uint8
    assert np.array_equal(made[~hole()], stripes()[~hole()])
    assert not np.array_equal(made[hole()], hide_pixels(hole())[hole()])


def test_gradient_distance_is_zero_for_a_shift_and_large_for_blur():
    moved, flat = np.roll(stripes(), 8, axis=1), np.full((64, 64, 3), 120, np.uint8)
    assert gradient_distance(stripes(), moved, hole()) == 0
    assert gradient_distance(stripes(), flat, hole()) > 10


def test_mean_leaves_out_removals_without_a_seam():
    mean = mean_of([FillScore(10, 0.5, 2, None, 1), FillScore(20, 0.7, 4, 0.3, 3)])
    assert (mean.psnr, mean.gradients, mean.seam, mean.seconds) == (15, 3, 0.3, 2)


@pytest.mark.parametrize("outline", OUTLINES, ids=lambda one: f"{one.photograph}-{one.thing}")
def test_outline_lies_on_its_photograph(outline: Outline):
    assert outline.mask.shape == outline.picture.pixels.shape[:2]
    assert 0.001 < outline.mask.mean() < 0.8
