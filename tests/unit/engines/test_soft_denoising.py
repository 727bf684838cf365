"""A cell of mask value m is repainted in the last ceil(m * n) of n steps."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from retouch.engines.soft_denoising import OPAQUE, first_step

STEPS = pytest.mark.parametrize("steps", [1, 2, 3, 5, 20, 150])
ALPHA = np.arange(256)


@STEPS
def test_number_of_last_steps_is_the_masks_share_rounded_up(steps):
    share = [math.ceil(Fraction(int(alpha), OPAQUE) * steps) for alpha in ALPHA]
    assert (steps - first_step(ALPHA, steps)).tolist() == share


@STEPS
def test_step_repaints_pixels_once_progress_exceeds_their_threshold(steps):
    for i in range(steps):
        done = [Fraction(i + 1, steps) > 1 - Fraction(int(alpha), OPAQUE) for alpha in ALPHA]
        assert (i >= first_step(ALPHA, steps)).tolist() == done


@STEPS
def test_mask_255_repaints_all_steps_1_the_last_and_0_none(steps):
    assert [int(first_step(alpha, steps)) for alpha in (0, 1, OPAQUE)] == [steps, steps - 1, 0]


def test_half_opaque_mask_repaints_half_of_the_steps():
    assert [first_step(127, steps) for steps in (2, 8, 20, 50)] == [1, 4, 10, 25]
    assert [first_step(128, steps) for steps in (1, 5, 21)] == [0, 2, 10]
