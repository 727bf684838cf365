"""Generation text: each picture's own regions, and back into the widgets."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from modules import infotext_utils

from retouch.knobs import get_path
from retouch.pipeline.report_infotext import params
from retouch.recipes import library
from retouch.recipes.infotext import RECIPE, REGIONS, recipe_in
from retouch.recipes.library import UNNAMED
from retouch.recipes.recipe import Pass
from retouch.recipes.target import Target
from retouch.webui.panel.outpaint_section import WIDGETS
from retouch.webui.panel.panel import KNOB_PATHS, request_from
from retouch.webui.panel.widgets import widget_value
from tests.helpers import values_of
from tests.webui.driver import FACES, LEFT, RIGHT, recipe

TABS = 4


def read(infotext: str) -> dict:
    return infotext_utils.parse_generation_parameters(infotext)


def regions(infotext: str) -> list[dict]:
    return json.loads(read(infotext)[REGIONS])


def test_infotext_of_every_picture_lists_its_own_regions(webui):
    run = webui.txt2img(FACES, batch_size=2, n_iter=2)
    seeds = [[region["seed"] for region in regions(text)] for text in run.infotexts]
    assert seeds == [[100, 101], [101, 102], [102, 103], [103, 104]]
    assert [region["box"] for region in regions(run.infotexts[3])] == [list(LEFT), list(RIGHT)]


def test_generation_params_of_the_job_list_regions_of_every_picture(webui):
    run = webui.txt2img(FACES, batch_size=2, n_iter=2)
    told = run.processed.extra_generation_params[REGIONS]
    assert told == [read(text)[REGIONS] for text in run.infotexts]


def test_infotext_without_regions_has_only_the_recipe(webui):
    webui.detectors.faces.boxes = ()
    said = read(webui.txt2img(FACES).infotexts[0])
    assert RECIPE in said
    assert REGIONS not in said


def test_infotext_without_detections_omits_regions_of_earlier_pictures(webui):
    faces = webui.detectors.faces
    find, there = faces.find, iter([faces.boxes, (), faces.boxes])
    faces.find = lambda *given: (setattr(faces, "boxes", next(there)), find(*given))[1]
    run = webui.txt2img(FACES, n_iter=3)
    assert [REGIONS in read(text) for text in run.infotexts] == [True, False, True]


def test_infotext_has_region_prompts_that_differ_from_the_picture(webui):
    run = webui.txt2img(recipe({"prompt": "[PROMPT] [SEP] a girl, smiling"}))
    assert [region.get("prompt") for region in regions(run.infotexts[0])] == [None, "a girl, smiling"]


def test_saved_files_have_the_same_infotext(webui):
    from modules import trace

    run = webui.txt2img(FACES, batch_size=2)
    assert [said["info"] for said in trace.of("saved")] == run.infotexts


def fields(webui, is_img2img: bool = False) -> list[tuple]:
    """What a paste puts into the widgets that are args, without what is said of it beside them.

    As the WebUI took them when it built its page: a later build of the accordion has fields of its own.
    """
    mine = {component._id for component in webui.script(is_img2img).controls}
    taken = webui.runner(is_img2img).infotext_fields
    return [(component, read) for component, read in taken if component._id in mine]


def values_for(webui, passes: list[Pass], name: str = UNNAMED, skip: bool = False) -> list:
    padded = [*passes, *[Pass()] * (TABS - len(passes))]
    tabs = [widget_value(leaf, get_path(p, leaf.path)) for p in padded for leaf in KNOB_PATHS]
    return [True, name, skip, "", *tabs, *webui.values()[-WIDGETS:]]


def passes() -> st.SearchStrategy[list[Pass]]:
    words = st.lists(st.sampled_from(["face", "hand", "a.pt"]), min_size=1, max_size=2, unique=True)
    kinds = st.lists(st.sampled_from(["face", "left hand"]), min_size=1, max_size=2, unique=True)

    def looking(made: Pass, models: list[str], classes: list[str]) -> Pass:
        looks = {"models": tuple(models), "classes": tuple(classes), "points": (0.5, 0.25), "of_pass": None}
        target: Target = dataclasses.replace(made.target, **looks)
        return dataclasses.replace(made, target=target)

    return st.lists(st.builds(looking, values_of(Pass), words, kinds), min_size=1, max_size=TABS)


@given(passes())
@settings(max_examples=settings().max_examples // 3)  # each has the knobs of up to four passes
def test_widget_values_round_trip_through_request_and_infotext(started, made):
    values = values_for(started, made)
    request = request_from(values)
    text = infotext_utils.quote(params(request.recipe)[RECIPE])
    infotext = f"a prompt\nSteps: 20, Sampler: Euler, Seed: 1, Size: 512x512, {RECIPE}: {text}, Model: one"
    back = infotext_utils.pasted(fields(started), infotext)
    assert back == values
    assert request_from(back) == request


@pytest.mark.parametrize("name", sorted(library.recipes()))
def test_named_recipe_round_trips_through_the_infotext(webui, name):
    chosen = library.recipes()[name]
    values = values_for(webui, list(chosen.passes), name)
    request = request_from(values)
    assert request.recipe.name == name
    run = webui.txt2img(values)
    assert recipe_in(read(run.infotexts[0])).passes == chosen.passes
    assert infotext_utils.pasted(fields(webui), run.infotexts[0]) == values


def test_recipe_with_changed_widgets_is_named_custom(webui):
    run = webui.txt2img(webui.values(enable=True, denoising_strength_1=0.9))
    assert recipe_in(read(run.infotexts[0])).name == UNNAMED


def test_skip_img2img_round_trips_through_the_infotext(webui):
    values = webui.values(True, enable=True, skip_img2img=True)
    run = webui.img2img(values)
    assert infotext_utils.pasted(fields(webui, True), run.infotexts[0]) == values


def test_infotext_without_retouch_disables_it_and_keeps_the_tabs(webui):
    back = infotext_utils.pasted(fields(webui), webui.txt2img().infotexts[0])
    assert back[0] is False
    assert back[3:] == webui.values()[3:]


def test_damaged_infotext_keeps_the_tabs(webui):
    broken = f'p\nSteps: 1, Sampler: E, Seed: 1, {RECIPE}: "{{\\"passes\\": 3}}"'
    back = infotext_utils.pasted(fields(webui), broken)
    assert back[3:] == webui.values()[3:]


def test_infotext_has_request_fields_beside_the_recipe(webui):
    run = webui.txt2img({**recipe({}, {"steps": 9}), "steps": 7, "prompt": "a saint"})
    first, second = recipe_in(read(run.infotexts[0])).passes
    assert (first.steps, second.steps) == (7, 9)
    assert {region["prompt"] for region in regions(run.infotexts[0])} == {"a saint"}


@pytest.mark.parametrize("name", ["image", "image_id"])
def test_image_fields_of_an_accordion_request_are_refused(webui, name):
    run = webui.txt2img({**FACES, name: "x"})
    assert name in run.warnings
    assert "cannot be given here" in run.warnings


def test_variation_seed_of_the_request_changes_the_fix(webui):
    plain = webui.txt2img(FACES)
    varied = webui.txt2img({**FACES, "subseed": 5, "subseed_strength": 0.5})
    assert plain.pictures != varied.pictures
