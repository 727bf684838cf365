"""For people who come from ADetailer: its generation text is pasted, its name is served."""

from __future__ import annotations

from collections import namedtuple

import pytest
from modules import infotext_utils, scripts, shared

from retouch.recipes.infotext import RECIPE, recipe_in
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target
from retouch.webui import service
from retouch.webui.adetailer_script import AdetailerScript
from retouch.webui.panel.panel import request_from
from tests.webui.driver import FACES, Detectors, inner, outer, recipe

TEXT = (
    "a portrait\nNegative prompt: blurry\n"
    "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 100, Size: 512x512, "
    'ADetailer model: face, ADetailer prompt: "smile, red hair", ADetailer confidence: 0.4, '
    "ADetailer dilate erode: 8, ADetailer mask blur: 4, ADetailer denoising strength: 0.5, "
    "ADetailer inpaint only masked: True, ADetailer inpaint padding: 64, ADetailer use separate steps: True, "
    "ADetailer steps: 9, ADetailer model 2nd: hand, ADetailer confidence 2nd: 0.3, "
    "ADetailer mask only top k 2nd: 2, ADetailer ControlNet model 2nd: tile, ADetailer version: 25.3.0, "
    "Version: v1.10.1"
)
FACE_PASS = Pass(
    target=Target(models=("face",), confidence=0.4),
    shape=Shape(grow=4, blur=10, padding=64),
    prompt="smile, red hair",
    steps=9,
    denoising_strength=0.5,
    if_missing="skip",
)
TAB = {"ad_model": "face", "ad_prompt": "smile", "ad_confidence": 0.4}


def pasted(webui, text: str) -> list:
    """The values of the widgets that are args, after a paste."""
    mine = {component._id for component in webui.script().controls}
    fields = [field for field in webui.runner(False).infotext_fields if field[0]._id in mine]
    return infotext_utils.pasted(fields, text)


def passes_of(values: list) -> tuple[Pass, ...]:
    """The passes of the accordion with these values."""
    request = request_from(values)
    assert request is not None
    assert isinstance(request.recipe, Recipe)
    return request.recipe.passes


def passes_in(text: str) -> tuple[Pass, ...]:
    """The passes of Retouch's recipe in a generation text."""
    found = recipe_in(infotext_utils.parse_generation_parameters(text))
    assert found is not None
    return found.passes


def status(webui, text: str) -> str:
    """The line below the buttons, after a paste."""
    params = infotext_utils.parse_generation_parameters(text)
    html = [read for c, read in webui.runner(False).infotext_fields if c.elem_id.endswith("recipe_said")]
    return html[0](params)


def test_pasted_tabs_become_targets_of_the_accordion(webui):
    first, second = passes_of(pasted(webui, TEXT))
    assert first == FACE_PASS
    assert (second.target.models, second.target.top_k, second.target.order) == (("hand",), 2, "largest first")


def test_pasted_tabs_run_as_their_recipe(webui):
    run = webui.txt2img(pasted(webui, TEXT))
    assert passes_in(run.infotexts[0])[0] == FACE_PASS
    assert {prompt for said in inner() for prompt in said["prompts"]} == {"smile, red hair"}


def test_differences_of_pasted_tabs_are_shown(webui):
    assert "ADetailer tab 2.ad_controlnet_model: &#x27;tile&#x27; is not used" in status(webui, TEXT)


def test_recipe_of_retouch_wins_over_pasted_tabs(webui):
    own = webui.txt2img(recipe({"steps": 5})).infotexts[0]
    passes = passes_of(pasted(webui, f"{own}, {TEXT.splitlines()[-1]}"))
    assert [one.steps for one in passes] == [5]


def test_invalid_value_of_pasted_tabs_is_shown_and_keeps_the_tabs(webui):
    broken = TEXT.replace("ADetailer confidence: 0.4", "ADetailer confidence: 4")
    back = pasted(webui, broken)
    assert back[0] is False
    assert back[3:] == webui.values()[3:]
    assert "ADetailer.ad_confidence: 4 is out of bounds." in status(webui, broken)


Loaded = namedtuple("Loaded", ["path"])


def test_pasted_tabs_are_left_to_adetailer_where_it_is_loaded(webui, monkeypatch):
    monkeypatch.setattr(scripts, "scripts_data", [Loaded("/extensions/adetailer/scripts/!adetailer.py")])
    assert pasted(webui, TEXT)[0] is False


@pytest.fixture(scope="module")
def built(started) -> list[tuple]:
    """(owner, name, value) of what a start with the setting on has made: the page and the runners."""
    made = [(started, "page"), (scripts, "scripts_txt2img"), (scripts, "scripts_img2img")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "registry", Detectors)
        patch.setitem(shared.opts.data, "retouch_answer_adetailer", True)
        patch.setattr(started, "page", None)
        for _, name in made[1:]:
            patch.setattr(scripts, name, scripts.ScriptRunner())
        started.build()
        return [(owner, name, getattr(owner, name)) for owner, name in made]


@pytest.fixture
def serving(webui, built, monkeypatch):
    """A WebUI whose page was built with the setting on."""
    shared.opts.data["retouch_answer_adetailer"] = True
    for owner, name, value in built:
        monkeypatch.setattr(owner, name, value)
    return webui


def titles(webui) -> list[str]:
    return [script.title() for script in webui.runner(False).alwayson_scripts]


def test_name_is_not_served_unless_the_setting_is_on(webui):
    assert "ADetailer" not in titles(webui)


def test_name_is_served_where_the_setting_is_on(serving):
    assert titles(serving).count("ADetailer") == 1


def test_name_is_left_to_adetailer_where_it_is_loaded(serving, monkeypatch):
    assert AdetailerScript().show(False) is scripts.AlwaysVisible
    monkeypatch.setattr(scripts, "scripts_data", [Loaded("C:/x/scripts/!adetailer.py")])
    assert AdetailerScript().show(False) is False


def test_served_script_has_invisible_labelled_widgets_of_constant_number(serving):
    served = next(s for s in serving.runner(False).scripts if isinstance(s, AdetailerScript))
    again = served.ui(False)
    assert len(again) == len(served.controls) == 18
    assert len({widget.label for widget in again}) == 18
    assert all(widget.do_not_save_to_config and not widget.visible for widget in again)
    assert [widget.value for widget in again] == [False, False, *[""] * 16]


@pytest.mark.parametrize(
    "sent", [[True, False, TAB], [True, TAB], [TAB], [True, False, TAB, *[{"ad_model": "None"}] * 20]]
)
def test_request_for_adetailer_is_served_in_any_form(serving, sent):
    serving.sent["ADetailer"] = sent
    run = serving.txt2img()
    (call,) = inner()
    assert call["prompts"] == ["smile", "smile"]
    made = passes_in(run.infotexts[0])
    assert [(one.prompt, one.target.confidence) for one in made] == [("smile", 0.4)]
    assert run.warnings == ""


@pytest.mark.parametrize("sent", [None, [], [False, False, TAB], [True, False], [{"ad_model": "None"}]])
def test_nothing_is_painted_without_an_enabled_tab(serving, sent):
    if sent is not None:
        serving.sent["ADetailer"] = sent
    run = serving.txt2img()
    assert inner() == []
    assert RECIPE not in run.infotexts[0]


def test_served_request_paints_as_the_same_recipe_of_retouch(serving):
    serving.sent["ADetailer"] = [True, False, TAB]
    served = serving.txt2img()
    serving.sent.clear()
    own = serving.txt2img(
        recipe(
            {
                "target": {"models": ["face"], "confidence": 0.4},
                "shape": {"grow": 2, "blur": 10, "padding": 32},
                "prompt": "smile",
            }
        )
    )
    assert served.pictures == own.pictures


def test_differences_of_a_served_request_are_in_the_infotext(serving):
    serving.sent["ADetailer"] = [True, False, {**TAB, "ad_controlnet_model": "tile"}]
    run = serving.txt2img()
    assert "alwayson_scripts.ADetailer.args[2].ad_controlnet_model: 'tile' is not used" in run.infotexts[0]


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ({"ad_confidence": 4, "ad_model": "face"}, "args[2].ad_confidence: 4 is out of bounds"),
        ({"ad_model": "toes.pt"}, "args[2].ad_model: no detector is called 'toes.pt'"),
    ],
)
def test_invalid_served_request_is_told_and_keeps_the_picture(serving, tab, words):
    plain = serving.txt2img()
    serving.sent["ADetailer"] = [True, False, tab]
    run = serving.txt2img()
    assert words in run.warnings
    assert run.pictures == plain.pictures


def test_skip_img2img_of_a_served_request_runs_no_img2img(serving):
    serving.sent["ADetailer"] = [True, True, TAB]
    serving.img2img()
    assert outer() == []
    assert len(inner()) == 1


def test_own_request_of_retouch_wins_over_one_for_adetailer(serving):
    serving.sent["ADetailer"] = [True, False, TAB]
    run = serving.txt2img(FACES)
    assert {prompt for said in inner() for prompt in said["prompts"]} == {"a portrait"}
    assert "The arguments for ADetailer are not used" in run.infotexts[0]
