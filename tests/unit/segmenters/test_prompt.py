import pytest

from retouch.errors import BadInput
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.region import Region
from retouch.segmenters.base import Click, Prompt
from retouch.segmenters.prompt_checks import check_prompt, rank_regions, violations

CANVAS = Size(100, 60)


@pytest.mark.parametrize(
    ("prompt", "path", "what"),
    [
        (Prompt(), "points", "nothing is pointed at"),
        (Prompt(text="  "), "points", "nothing is pointed at"),
        (Prompt((Click(1, 1, False),)), "points", "not meant"),
        (Prompt((Click(1, 1), Click(100, 5))), "points[1]", r"\(100, 5\) lies outside 100x60"),
        (Prompt((Click(-1, 1),)), "points[0]", "outside"),
        (Prompt(box=Box(100, 0, 120, 9)), "box", "holds nothing"),
        (Prompt(box=Box(9, 9, 9, 20)), "box", "holds nothing"),
    ],
)
def test_empty_prompt_is_refused_with_its_path(prompt, path, what):
    with pytest.raises(BadInput, match=what) as error:
        check_prompt(prompt, CANVAS)
    assert error.value.path == path


def test_a_box_is_cut_to_the_canvas_and_the_rest_stays():
    prompt = Prompt((Click(99, 59), Click(0, 0, False)), Box(-5, 10, 300, 20), " a cat ", fine=False)
    assert check_prompt(prompt, CANVAS) == Prompt(prompt.clicks, Box(0, 10, 100, 20), "a cat", False)


def test_a_negative_click_is_enough_with_a_box():
    prompt = Prompt((Click(1, 1, False),), Box(0, 0, 9, 9))
    assert check_prompt(prompt, CANVAS) == prompt


def test_violations_count_clicks_left_out_and_taken_in():
    region = Region(Box(10, 10, 30, 30), Mask.of_ellipse(Size(20, 20), Box(0, 0, 20, 20)))
    middle, corner, far = (20, 20), (10, 10), (50, 50)
    assert violations(region, [Click(*middle), Click(*corner, False), Click(*far, False)]) == 0
    assert violations(region, [Click(*middle, False), Click(*corner), Click(*far)]) == 3


def test_agreement_with_clicks_ranks_before_the_score():
    obedient = Region.of_box(Box(0, 0, 10, 10), score=0.1)
    better = Region.of_box(Box(20, 20, 30, 30), score=0.9)
    best = Region.of_box(Box(0, 0, 12, 12), score=0.2)
    assert rank_regions([better, obedient, best], [Click(5, 5)]) == (best, obedient, better)
