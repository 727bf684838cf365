import dataclasses
import json

import pytest
from hypothesis import given

from retouch.errors import BadInput
from retouch.image.frame import Frame
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.pipeline.report import Report
from retouch.pipeline.report_infotext import params
from retouch.recipes.infotext import RECIPE, REGIONS, recipe_in
from retouch.recipes.prompts import PromptPair
from retouch.recipes.recipe import Recipe
from tests.helpers import face_pass, recipe_of, step_of, values_of

STEP = step_of(
    Frame(Box(10, 20, 74, 84), Size(64, 64)),
    Mask.full(Size(64, 64)),
    box=Box(20, 30, 60, 70),
    pass_index=1,
    seed=7,
    prompt="a face",
)


@given(values_of(Recipe))
def test_a_recipe_comes_back_from_its_infotext_without_its_description(recipe):
    assert recipe_in(params(recipe)) == dataclasses.replace(recipe, description="")


def test_defaults_are_left_out_and_everything_is_on_one_line():
    said = params(recipe_of(face_pass(prompt="two\nlines")))
    assert "\n" not in said[RECIPE]
    assert "denoising_strength" not in said[RECIPE]
    assert list(said) == [RECIPE]


def test_infotext_lists_every_painted_region():
    reports = [Report(STEP), Report(STEP, "skipped", "interrupted")]
    regions = json.loads(params(Recipe(), reports, PromptPair("a park", "ugly"))[REGIONS])
    words = {"prompt": "a face", "negative": ""}
    assert regions[0] == {"pass": 2, "box": [20, 30, 60, 70], "seed": 7, **words}
    assert regions[1] == {**regions[0], "left": "interrupted"}


def test_infotext_omits_prompts_equal_to_the_pictures():
    (region,) = json.loads(params(Recipe(), [Report(STEP)], PromptPair("a face", ""))[REGIONS])
    assert set(region) == {"pass", "box", "seed"}


@pytest.mark.parametrize("said", [{}, {RECIPE: ""}, {"Steps": "20"}])
def test_infotext_without_the_recipe_key_has_no_recipe(said):
    assert recipe_in(said) is None


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{", RECIPE),
        ("[" * 100_000, RECIPE),
        ("9" * 5000, RECIPE),
        ("[]", RECIPE),
        ('{"passes":[{"stps":1}]}', f"{RECIPE}.passes[0].stps"),
    ],
)
def test_damaged_recipe_of_an_infotext_is_refused_with_its_path(text, path):
    with pytest.raises(BadInput) as caught:
        recipe_in({RECIPE: text})
    assert caught.value.path == path
