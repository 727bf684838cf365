"""What is painted meets the picture at the mask's edge, and far inside it stays as it was painted."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.membrane import MOST, REACH, find_edge_shift

SIDE = 300
INSIDE = np.s_[60:240, 60:240]


@pytest.fixture
def under() -> np.ndarray:
    ramp = np.linspace(60, 180, SIDE, dtype=np.float32)
    return np.broadcast_to(ramp[None, :, None], (SIDE, SIDE, 3)).copy()


@pytest.fixture
def outside() -> np.ndarray:
    outside = np.ones((SIDE, SIDE), np.uint8)
    outside[INSIDE] = 0
    return outside


@pytest.mark.parametrize("step", [-20.0, -3.0, 8.0, 24.0])
def test_a_step_is_taken_off_at_the_edge_and_fades_inwards(under, outside, step):
    shift = find_edge_shift(under, under + step, outside)
    assert np.abs(shift[60:62, 100:200] + step).max() < 0.1 * abs(step)
    depth = np.abs(shift[60:150, 150, 0])
    assert (np.diff(depth) <= 1e-3).all()
    assert not depth[REACH:].any()


def test_a_step_that_varies_along_the_edge_is_followed(under, outside):
    step = np.float32(15) * np.cos(np.arange(SIDE, dtype=np.float32) / 40)[:, None, None]
    shift = find_edge_shift(under, under + step, outside)
    assert np.abs(shift[70:230, 60] + step[70:230, 0]).max() < 2


def test_new_content_is_no_step(under, outside):
    assert np.abs(find_edge_shift(under, under + 200, outside)).max() <= MOST + 1e-3


def test_texture_at_the_edge_is_no_step(under, outside):
    noise = np.random.default_rng(3).normal(0, 8, under.shape).astype(np.float32)
    assert np.abs(find_edge_shift(under, under + noise, outside)[INSIDE]).mean() < 1


def test_nothing_is_shifted_where_all_or_nothing_is_outside(under, outside):
    for same in (np.zeros_like(outside), np.ones_like(outside)):
        assert not find_edge_shift(under, under + 9, same).any()


def test_what_meets_already_is_not_shifted(under, outside):
    assert not find_edge_shift(under, under, outside).any()
