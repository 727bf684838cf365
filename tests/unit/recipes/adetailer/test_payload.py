"""The forms in which ADetailer's arguments are sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.errors import BadInput
from retouch.recipes.adetailer.arguments import KNOBS, TabArguments
from retouch.recipes.adetailer.payload import read_payload, read_scripts

FACE = {"ad_model": "face_yolov8n.pt"}
HAND = {"ad_model": "hand_yolov8n.pt"}


@pytest.mark.parametrize(
    ("data", "enabled", "skip", "paths"),
    [
        ([True, False, FACE, HAND], True, False, ["args[2]", "args[3]"]),
        ([True, True, FACE], True, True, ["args[2]"]),
        ([True, FACE], True, False, ["args[1]"]),
        ([False, FACE], False, False, []),
        ([FACE, HAND], True, False, ["args[0]", "args[1]"]),
        (FACE, True, False, ["args"]),
        ({"args": [True, False, FACE]}, True, False, ["args.args[2]"]),
        ({"args": FACE}, True, False, ["args.args"]),
        ([True, False], True, False, []),
        ([], True, False, []),
        ([{**FACE, "ad_tab_enable": False}, {"ad_model": "None"}, {}, HAND], True, False, ["args[3]"]),
    ],
)
def test_every_form_is_read_to_its_tabs_and_switches(data, enabled, skip, paths):
    payload = read_payload(data)
    assert (payload.enabled, payload.skip_img2img) == (enabled, skip)
    assert [tab.path for tab in payload.active] == paths


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ("x", "args"),
        (None, "args"),
        (3, "args"),
        ([True, False, True, FACE], "args[2]"),
        ([FACE, True], "args[1]"),
        ([None], "args[0]"),
        ([FACE] * 17, "args"),
        ({"args": [FACE], "model": 1}, "args.model"),
        ([True, False, {**FACE, "ad_mask_k_largest": 1}], "args[2].ad_mask_k_largest"),
        ([{"model": "face"}], "args[0].model"),
    ],
)
def test_anything_else_is_refused_with_its_path(data, path):
    with pytest.raises(BadInput) as error:
        read_payload(data)
    assert error.value.path == path
    assert error.value.hint


def test_title_in_alwayson_scripts_is_read_in_any_case():
    payload, others = read_scripts({"adetailer": {"args": [FACE]}, "ControlNet": {}})
    assert [tab.path for tab in payload.active] == ["alwayson_scripts.adetailer.args[0]"]
    assert others == ["alwayson_scripts.ControlNet is not used: only 'ADetailer' is read here."]


def test_alwayson_scripts_without_adetailer_are_refused():
    with pytest.raises(BadInput, match="has no 'ADetailer'"):
        read_scripts({"Retouch": {"args": []}})


def test_texts_are_read_as_numbers_and_booleans():
    sent = {"ad_confidence": "0.5", "ad_mask_k": "2", "ad_use_steps": "True", "ad_restore_face": 1}
    (tab,) = read_payload(sent).tabs
    expected = TabArguments(ad_confidence=0.5, ad_mask_k=2, ad_use_steps=True, ad_restore_face=True)
    assert tab.arguments == expected


BAD = {
    bool: st.sampled_from(["perhaps", 2, 0.5, None, [], {}]),
    int: st.sampled_from(["four", 1.5, None, [], {}, float("nan"), 10**40]),
    float: st.sampled_from(["much", None, [], {}, float("inf"), True]),
    str: st.sampled_from([3, None, [], {}, True, "\ud800"]),
}


@given(st.sampled_from(sorted(set(KNOBS) - {"is_api", "ad_checkpoint", "ad_vae"})), st.data())
def test_value_of_a_wrong_type_is_refused_with_its_path(name, data):
    value = data.draw(BAD[type(getattr(TabArguments(), name))])
    with pytest.raises(BadInput) as error:
        read_payload([True, False, {**FACE, name: value}])
    assert error.value.path == f"args[2].{name}"


def bounds() -> list[tuple[str, float]]:
    ends = [(name, knob.low, -1) for name, knob in KNOBS.items() if knob.low is not None]
    ends += [(name, knob.high, 1) for name, knob in KNOBS.items() if knob.high is not None]
    return [(name, end + step) for name, end, step in ends]


@pytest.mark.parametrize(("name", "value"), bounds())
def test_number_out_of_adetailers_bounds_is_refused_with_its_path(name, value):
    with pytest.raises(BadInput, match="out of bounds") as error:
        read_payload({**FACE, name: value})
    assert error.value.path == f"args.{name}"


@pytest.mark.parametrize("name", ["ad_mask_filter_method", "ad_mask_merge_invert"])
def test_unknown_choice_is_refused_with_its_path(name):
    with pytest.raises(BadInput, match="is not allowed") as error:
        read_payload({**FACE, name: "merge"})
    assert error.value.path == f"args.{name}"
