"""The generation text against the WebUI's own grammar, restated here."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.image.geometry import Size
from retouch.image.picture import Metadata, Picture
from retouch.image.region import Region
from retouch.pipeline import report_infotext
from retouch.pipeline.plan import PassWork, plan_pass
from retouch.pipeline.report import Report
from retouch.recipes import infotext
from retouch.recipes.recipe import Generation, Pass, Recipe
from retouch.recipes.sampling import Sampling
from retouch.recipes.target import Target
from tests.stand import BOX, photo

PARAM = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
"""What A1111 v1.10 takes for one key and value of the last line."""
RECIPE = Recipe("Mine", passes=(Pass(target=Target(models=("face",)), prompt="a, b: c"),))
MADE = Generation("a red\nfox", "blurry, bad", 7, 3, 0.5, Sampling(9, 5.5, "Euler a", "Karras", clip_skip=2))


def parsed(text: str) -> dict[str, str]:
    *_, last = text.split("\n")
    return {key: unquoted(value) for key, value in PARAM.findall(last)}


def unquoted(value: str) -> str:
    return json.loads(value) if value[:1] == '"' else value


def reports() -> list[Report]:
    regions = [Region.of_box(BOX, "face", 0.9)]
    made = plan_pass(photo().size, regions, PassWork(0, RECIPE.passes[0]), MADE, Size(512, 512))
    return [Report(step) for step in made.steps]


def test_a_generation_reads_back_key_by_key():
    text = report_infotext.text(MADE, photo(), RECIPE, reports())
    assert text.startswith("a red\nfox\nNegative prompt: blurry, bad\nSteps: 9, Sampler: Euler a,")
    said = parsed(text)
    recipe, regions = said.pop(infotext.RECIPE), said.pop(infotext.REGIONS)
    assert said == {
        "Steps": "9",
        "Sampler": "Euler a",
        "Schedule type": "Karras",
        "CFG scale": "5.5",
        "Seed": "7",
        "Clip skip": "2",
        "Variation seed": "3",
        "Variation seed strength": "0.5",
        "Size": "240x200",
    }
    assert infotext.recipe_in({infotext.RECIPE: recipe}) == RECIPE
    assert json.loads(regions)[0]["box"] == list(BOX)


def test_blank_fields_are_left_out():
    said = parsed(report_infotext.text(Generation(), photo(), RECIPE))
    assert set(said) == {"Steps", "CFG scale", "Seed", "Size", infotext.RECIPE}


def test_picture_keeps_its_generation_text():
    before = "a cat, sitting\nSteps: 20, Sampler: DDIM, Seed: 1, Size: 64x64"
    picture = dataclasses.replace(photo(), baggage=Metadata(text=((infotext.CHUNK, before),)))
    once = report_infotext.text(MADE, picture, RECIPE, reports())
    assert once.startswith(before)
    assert infotext.recipe_in(parsed(once)) == RECIPE
    again = dataclasses.replace(photo(), baggage=Metadata(text=((infotext.CHUNK, once),)))
    assert report_infotext.text(MADE, again, RECIPE, reports()) == once


def with_text(text: str) -> Picture:
    return dataclasses.replace(photo(), baggage=Metadata(text=((infotext.CHUNK, text),)))


def test_infotext_of_an_earlier_run_is_replaced():
    kept = "a cat, Retouch: none\nSteps: 20, Sampler: DDIM, Seed: 1"
    earlier = {infotext.WARNINGS: "no face, none", infotext.SKIPPED: True, infotext.RECIPE: {}, "Model": "m"}
    said = report_infotext.text(MADE, with_text(f"{kept}, {infotext.line(earlier)}"), RECIPE)
    assert said == f"{kept}, Model: m, {infotext.line(report_infotext.params(RECIPE))}"
    plain = {infotext.SKIPPED: True, infotext.WARNINGS: "none"}
    assert (
        report_infotext.text(MADE, with_text(f"{kept}, {infotext.line(plain)}"), RECIPE).count("Retouch") == 2
    )


@pytest.mark.parametrize("before", ["a cat", "a cat: red, sitting\nNegative prompt: dog"])
def test_infotext_is_appended_to_a_text_of_prompts_only(before):
    said = report_infotext.text(MADE, with_text(before), RECIPE, reports())
    *above, _ = said.split("\n")
    assert "\n".join(above) == before
    assert len(parsed(said)) >= 3
    assert infotext.recipe_in(parsed(said)) == RECIPE
    assert report_infotext.text(MADE, with_text(said), RECIPE, reports()) == said


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z][A-Za-z \-/]{1,20}", fullmatch=True).map(str.strip), st.text(), max_size=5
    )
)
def test_any_parameter_round_trips_through_an_infotext_line(params):
    params = {
        key: value for key, value in params.items() if len(key) > 1 and value.strip() == value and value
    }
    line = infotext.line(params)
    assert "\n" not in line
    assert parsed(line) == params


def test_generation_is_read_from_the_pictures_own_text():
    text = 'a cat,\non a mat\nNegative prompt: dogs\nSteps: 20, Sampler: Euler a, Model: "a, b", Seed: 7'
    made = infotext.made_with(with_text(text))
    assert made.prompt == "a cat,\non a mat"
    assert made.negative_prompt == "dogs"
    assert made.params["Sampler"] == "Euler a"
    assert made.params["Model"] == "a, b"
    assert infotext.made_with(with_text("only words")) is None
    assert infotext.made_with(with_text("")) is None
