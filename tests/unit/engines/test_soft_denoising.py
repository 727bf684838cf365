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
def test_the_last_steps_are_its_share_rounded_up(steps):
    share = [math.ceil(Fraction(int(alpha), OPAQUE) * steps) for alpha in ALPHA]
    assert (steps - first_step(ALPHA, steps)).tolist() == share


@STEPS
def test_a_step_repaints_once_what_is_done_exceeds_what_is_held(steps):
    for i in range(steps):
        done = [Fraction(i + 1, steps) > 1 - Fraction(int(alpha), OPAQUE) for alpha in ALPHA]
        assert (i >= first_step(ALPHA, steps)).tolist() == done


@STEPS
def test_opaque_is_all_steps_nothing_is_none_and_a_trace_is_one(steps):
    assert [int(first_step(alpha, steps)) for alpha in (0, 1, OPAQUE)] == [steps, steps - 1, 0]


def test_half_a_mask_is_half_of_the_steps():
    assert [first_step(127, steps) for steps in (2, 8, 20, 50)] == [1, 4, 10, 25]
    assert [first_step(128, steps) for steps in (1, 5, 21)] == [0, 2, 10]
