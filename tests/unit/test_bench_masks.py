"""The measures of bench `masks`: areas, sampling calls, and the two rules that are kept for comparison."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.pipeline.run import run_plans
from retouch.pipeline.step import Plan
from retouch.testing import Counted
from tools.bench.masks_cost import Inverting, calls_of, changed_by, cost_of
from tools.bench.masks_rules import BEFORE, NOW, RULES, WEBUI, flat
from tools.bench.masks_unions import union_ratio
from tools.bench.masks_zoo import SHAPES, marks, parts

CANVAS = Size(600, 400)
SPECK = Mask.of_box(CANVAS, Box(100, 80, 120, 100))
SPECKS = SPECK | Mask.of_box(CANVAS, Box(500, 300, 520, 320))


WIRE = Mask.of_box(CANVAS, Box(50, 200, 550, 201))
SIDE = 128
"""Native side of the painter in pixels: nothing here depends on how finely it paints."""


def planned(mask: Mask, rule: str, intent: str = "remove"):
    return RULES[rule](mask, intent, Inverting(SIDE))


@pytest.mark.parametrize("rule", RULES)
def test_changed_pixels_equal_the_cost_of_the_plan(rule):
    plan = planned(SPECK, rule)
    cost = cost_of(SPECK, plan)
    assert changed_by(plan, CANVAS) == cost.soft
    assert cost.marked == 400
    assert cost.solid <= cost.soft


def test_counted_sampling_calls_equal_those_of_the_engine():
    steps = planned(SPECK, BEFORE).steps * 3 + planned(WIRE, BEFORE).steps
    plan, engine = Plan(steps), Counted(Inverting(SIDE, batch_limit=2))
    run_plans([flat(CANVAS)], [plan], engine)
    assert calls_of(plan, 2) == len(engine.calls) == 3


@pytest.mark.parametrize(
    ("mask", "intent", "solid", "soft", "denoised"),
    [
        (SPECK, "remove", 1100, 1240, 1544),
        (SPECK, "fill", 664, 772, 1012),
        (SPECKS, "remove", 15584, 24216, 35808),
        (SPECKS, "fill", 10400, 17648, 27712),
    ],
)
def test_old_rule_plans_the_recorded_masks(mask, intent, solid, soft, denoised):
    (step,) = planned(mask, BEFORE, intent).steps
    cost = cost_of(mask, Plan((step,)))
    assert (cost.solid, cost.soft) == (solid, soft)
    assert np.count_nonzero(step.denoise.alpha) == denoised
    assert step.frame.crop == (CANVAS.box if mask is SPECKS else Box(78, 58, 142, 122))


def test_the_webui_repaints_ten_pixels_around_in_one_crop():
    (step,) = planned(SPECK, WEBUI).steps
    assert step.box == Box(90, 70, 130, 110)
    assert step.frame.crop == Box(58, 38, 162, 142)
    assert step.frame.work == Size(SIDE, SIDE)


def test_thin_line_is_not_covered_by_the_webui_rule_but_by_ours():
    assert cost_of(WIRE, planned(WIRE, WEBUI)).covered == 0
    assert cost_of(WIRE, planned(WIRE, NOW)).covered == 1


def test_union_ratio_of_a_single_thing_is_1():
    assert union_ratio([SPECK], "remove") == 1


def test_parts_of_a_mask_combine_to_the_mask():
    found = parts(SPECKS)
    assert len(found) == 2
    assert np.array_equal(np.maximum.reduce([part.alpha for part in found]), SPECKS.alpha)


def test_every_benchmark_shape_marks_less_than_half_of_the_picture():
    drawn = list(marks(512, (True, False)))
    assert {mark.shape for mark in drawn} == set(SHAPES)
    for mark in drawn:
        assert set(np.unique(mark.mask.alpha)) == {0, 255}, mark
        assert 0 < mark.mask.area < 0.5 * mark.mask.size.area, mark
