"""The tabs in a generation text of ADetailer."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.errors import BadInput
from retouch.pipeline.report_infotext import params as retouch_params
from retouch.recipes import infotext, sharing
from retouch.recipes.adetailer.arguments import KNOBS, TabArguments
from retouch.recipes.adetailer.generation_text import read_tabs
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.target import Target
from tests.helpers import values_of

HEAD = {"Steps": 20, "Sampler": "Euler a", "Seed": 4, "Size": "832x1216"}
FACE = {"ADetailer model": "face_yolov8n.pt", "ADetailer confidence": "0.3"}


def text_of(params: dict[str, Any]) -> str:
    return infotext.write_infotext("a cat", "blurry", {**HEAD, **params, "Version": "v1.10.1"})


def suffix(number: int) -> str:
    return "" if number == 1 else f" {number}{ {2: 'nd', 3: 'rd'}.get(number, 'th') }"


def keys_of(tab: TabArguments, number: int) -> dict[str, str]:
    """What ADetailer writes of a tab that is not at its defaults. Blank texts are left out."""
    values = {name: getattr(tab, name) for name in KNOBS if name not in ("is_api", "ad_tab_enable")}
    return {
        f"ADetailer {KNOBS[name].label}{suffix(number)}": str(value)
        for name, value in values.items()
        if value not in (None, "" if getattr(TabArguments(), name) == "" else None)
    }


def read(params: dict[str, Any]) -> list[tuple[str, TabArguments]]:
    found = read_tabs(params)
    assert found is not None
    return [(tab.path, tab.arguments) for tab in found[0].tabs]


@given(st.lists(values_of(TabArguments), min_size=1, max_size=4))
def test_tabs_written_as_a_generation_text_are_read_back(tabs):
    keys: dict[str, str] = {}
    plain = [
        dataclasses.replace(tab, ad_model=f"{n}.pt", ad_tab_enable=True, is_api=True)
        for n, tab in enumerate(tabs)
    ]
    for number, tab in enumerate(plain, 1):
        keys.update(keys_of(tab, number))
    assert [tab for _, tab in read(keys)] == plain


def test_left_out_fields_are_at_their_defaults():
    assert read(FACE) == [("ADetailer", TabArguments("face_yolov8n.pt"))]


def test_number_of_a_key_is_that_of_its_tab_and_gaps_are_allowed():
    keys = {f"ADetailer model{suffix(n)}": f"{n}.pt" for n in (11, 2, 4)}
    assert [(path, tab.ad_model) for path, tab in read(keys)] == [
        ("ADetailer tab 2", "2.pt"),
        ("ADetailer tab 4", "4.pt"),
        ("ADetailer tab 11", "11.pt"),
    ]


def test_labels_of_older_versions_are_read():
    older = {"ADetailer dilate/erode": "8", "ADetailer mask only top k largest": "2"}
    ((_, tab),) = read({**FACE, **older, "ADetailer mask merge/invert": "Merge"})
    assert (tab.ad_dilate_erode, tab.ad_mask_k, tab.ad_mask_merge_invert) == (8, 2, "Merge")


def test_unknown_keys_are_told_and_the_version_is_not():
    found = read_tabs({**FACE, "ADetailer version": "25.3.0", "ADetailer colour 2nd": "red"})
    assert found is not None
    assert found[1] == ["ADetailer colour 2nd: red is not known and is not used."]


@pytest.mark.parametrize(
    "params", [{}, HEAD, {"ADetailer version": "25.3.0"}, {"ADetailer confidence": "0.3"}]
)
def test_text_without_a_model_has_no_tab(params):
    assert read_tabs(params) is None


def test_invalid_value_is_refused_with_its_tab_and_field():
    with pytest.raises(BadInput) as error:
        read_tabs({**FACE, "ADetailer model 2nd": "hand.pt", "ADetailer mask blur 2nd": "-1"})
    assert error.value.path == "ADetailer tab 2.ad_mask_blur"


def test_whole_generation_text_is_read_as_a_recipe():
    words = 'smile, "wide": <lora:a:1>'
    received = sharing.read_text(text_of({**FACE, "ADetailer prompt": words, "ADetailer foo": 1}))
    (made,) = received.recipe.passes
    assert (made.prompt, made.target.models) == (words, ("face_yolov8n.pt",))
    assert received.remarks == ("ADetailer foo: 1 is not known and is not used.",)


def test_recipe_of_retouch_in_the_text_wins():
    own = Recipe("Custom", passes=(Pass(target=Target(models=("hand",))),))
    assert sharing.read_text(text_of({**FACE, **retouch_params(own)})).recipe == own


def test_text_with_neither_is_refused():
    with pytest.raises(BadInput, match="there is no recipe in this text"):
        sharing.read_text(text_of({}))
