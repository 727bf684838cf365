"""The accordion: built often, always the same, and what a chosen recipe does to it."""

from __future__ import annotations

import copy
import itertools
import json

import gradio as gr
import pytest
from modules import infotext_utils, shared

from retouch.recipes.infotext import REGIONS
from retouch.recipes.library import UNNAMED
from retouch.webui.panel.outpaint_section import WIDGETS
from retouch.webui.panel.panel import KNOB_PATHS, Panel
from tests.webui.driver import inner


def built(script) -> list:
    with gr.Blocks():
        return script.ui(script.is_img2img)


def describe_components(components) -> list[tuple]:
    return [(c.elem_id, c.label, repr(c.value), type(c).__name__) for c in components]


@pytest.mark.parametrize("is_img2img", [False, True])
def test_repeated_builds_of_the_panel_are_equal(webui, is_img2img):
    """The API builds the page anew to learn its defaults, and puts args in by their place."""
    script = webui.script(is_img2img)
    before = {k: v for k, v in vars(script).items() if k != "infotext_fields"}
    builds = [describe_components(built(script)) for _ in range(3)]
    assert builds[0] == builds[1] == builds[2] == describe_components(script.controls)
    assert {k: v for k, v in vars(script).items() if k != "infotext_fields"} == before


def test_elem_ids_are_unique_and_prefixed_by_their_page(webui):
    tabs = [[c.elem_id for c in webui.script(flag).controls] for flag in (False, True)]
    both = list(itertools.chain(*tabs))
    assert len(set(both)) == len(both)
    assert all(name.startswith("script_txt2img_retouch_") for name in tabs[0])
    assert all(name.startswith("script_img2img_retouch_") for name in tabs[1])


def test_every_component_has_a_label_and_a_value(webui):
    """The WebUI asks each for both; a missing one costs the whole script its API."""
    assert all(c.label and c.value is not None for c in webui.script().controls)


def test_number_of_target_tabs_is_a_setting(webui):
    assert len(built(webui.script())) == 4 + 4 * len(KNOB_PATHS) + WIDGETS
    shared.opts.data["retouch_tabs"] = 2
    assert len(built(webui.script())) == 4 + 2 * len(KNOB_PATHS) + WIDGETS


def test_skipping_is_offered_in_img2img_only(webui):
    assert [webui.script(flag).controls[2].visible for flag in (False, True)] == [False, True]


def test_default_widgets_run_the_default_recipe(webui):
    """Opening the accordion and pressing Generate is the named recipe."""
    webui.txt2img(webui.values(enable=True))
    by_widgets = list(inner())
    webui.txt2img({"enabled": True, "recipe": webui.values()[1]})
    assert inner()[1:] == by_widgets


def test_prompts_of_people_reach_their_regions_and_round_trip(webui):
    words = "right: a man, (old:1.2)\nNegative prompt: hat\n1: a girl"
    values = webui.values(enable=True, people=words, target_order_1="left to right")
    run = webui.txt2img(values)
    (call,) = inner()
    assert call["prompts"] == ["a girl", "a man, (old:1.2)"]
    told = json.loads(infotext_utils.parse_generation_parameters(run.infotexts[0])[REGIONS])
    assert [region.get("negative") for region in told] == [None, "hat"]
    taken = [pair for pair in webui.runner(False).infotext_fields if pair[0] in webui.script().controls]
    back = infotext_utils.pasted(taken, run.infotexts[0])
    assert back == [True, UNNAMED, *values[2:]]


def test_unknown_person_is_reported_with_its_line_and_nothing_is_painted(webui):
    run = webui.txt2img(webui.values(enable=True, people="left: a girl\n\nlefft: a man"))
    assert "line 3: 'lefft' is nobody" in run.warnings
    assert inner() == []


def test_missing_script_args_take_the_widget_defaults(webui):
    """A short list of the API: the rest is what the page shows."""
    webui.txt2img([True])
    assert inner()[0]["strength"] == 0.4


def test_panels_share_no_components(webui):
    def elem_id(item: str) -> str:
        return f"x_{item}"

    with gr.Blocks():
        one, two = Panel(elem_id, False), Panel(elem_id, False)
        first = copy.copy(one.build())
        two.build()
    assert one.components == first
    assert not set(map(id, one.components)) & set(map(id, two.components))


def test_widget_values_become_the_knobs_of_their_pass(webui):
    values = webui.values(
        enable=True,
        target_models_1=["hand"],
        target_index_1="2, 3",
        shape_grow_1="-4",
        shape_padding_1="",
        sampler_1="As the picture",
        vae_1="soft.vae.pt",
        prompt_2="second",
        target_models_2=["face"],
    )
    from retouch.webui.panel.panel import request_from

    first, second = request_from(values).recipe.passes
    assert (first.target.models, first.target.index) == (("hand",), (2, 3))
    assert (first.shape.grow, first.shape.padding, first.sampler, first.vae) == (
        -4,
        None,
        None,
        "soft.vae.pt",
    )
    assert second.prompt == "second"
