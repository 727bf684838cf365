from __future__ import annotations

import dataclasses

import pytest

from retouch.api.requests.inpaint import InpaintRequest
from retouch.api.service import ApiService
from retouch.knobs import load
from retouch.pipeline.step_masks import MaskMargins
from retouch.recipes.intents import EMPTY_SCENE, INTENTS
from retouch.recipes.prompts import PromptPair
from retouch.recipes.recipe import Pass


def test_intents_are_listed_in_the_order_of_their_buttons():
    assert list(INTENTS) == ["fill", "remove", "replace", "add", "refine"]
    assert [i.name for i in INTENTS.values() if i.prompt_needed] == ["replace", "add"]


@pytest.mark.parametrize("intent", INTENTS.values(), ids=str)
def test_defaults_sent_to_the_page_are_those_of_the_pass(intent):
    told = intent.summary()
    assert load(Pass, told["pass"]) == intent.how
    assert told["label"]
    assert told["description"]


def test_only_refine_starts_from_the_original():
    assert [i.name for i in INTENTS.values() if i.how.masked_content == "original"] == ["refine"]
    assert INTENTS["refine"].how.denoising_strength < min(
        i.how.denoising_strength for i in INTENTS.values() if i.name != "refine"
    )


def test_remove_prompts_the_background_and_negates_the_object():
    remove = INTENTS["remove"]
    assert remove.prompts_for(PromptPair("", ""), "a dog") == PromptPair(EMPTY_SCENE, "a dog")
    said = remove.prompts_for(PromptPair("wet sand", "blurry"), "a dog")
    assert said == PromptPair(f"wet sand, {EMPTY_SCENE}", "blurry, a dog")


def test_object_prompt_is_used_only_by_intent_refine():
    assert INTENTS["refine"].prompts_for(PromptPair("", ""), "a dog").prompt == "a dog"
    assert INTENTS["refine"].prompts_for(PromptPair("a cat", ""), "a dog").prompt == "a cat"
    for name in ("fill", "replace", "add"):
        assert INTENTS[name].prompts_for(PromptPair("", ""), "a dog") == PromptPair("", ""), name


def test_intent_remove_grows_the_mask_in_proportion_to_its_size():
    remove, fill = (INTENTS[name].how.shape for name in ("remove", "fill"))
    assert MaskMargins.of(1000, remove).grow == 80
    assert MaskMargins.of(10, remove).grow == 3
    assert MaskMargins.of(1000, dataclasses.replace(remove, grow=-3)).grow == -3
    assert MaskMargins.of(1000, fill).grow == 50


@pytest.mark.parametrize("place", range(len(INTENTS)), ids=list(INTENTS))
def test_intents_answer_has_the_default_of_every_knob_left_blank(place):
    told = ApiService.intents()["intents"][place]
    how = INTENTS[told["name"]].how
    blank = {field.name for field in dataclasses.fields(InpaintRequest) if field.default is None}
    known = {f.name for f in dataclasses.fields(Pass) if f.name in blank and getattr(how, f.name) is not None}
    assert {"colour_correction", "grain", "compression", "match_edge"} < known
    assert {name: told["pass"][name] for name in known} == {name: getattr(how, name) for name in known}
    assert load(InpaintRequest, {"image": "x", "mask": "x", **told["pass"]})
