"""`POST adetailer`: ADetailer's arguments in, the answer of `fix` out."""

from __future__ import annotations

import pytest

from retouch.api.service import ApiService
from retouch.errors import BadInput, Missing
from retouch.image.codec import encoder
from tests.stand import Stand, photo

IMAGE = encoder.encode_base64(photo())
TAB = {"ad_model": "face", "ad_denoising_strength": 0.5, "ad_use_steps": True, "ad_steps": 9}
RECIPE = {
    "name": "ADetailer",
    "passes": [
        {
            "target": {"models": ["face"]},
            "shape": {"grow": 2, "blur": 10, "padding": 32},
            "steps": 9,
            "denoising_strength": 0.5,
        }
    ],
}


@pytest.fixture
def service() -> ApiService:
    return ApiService(Stand())


def without_ids(answer: dict) -> dict:
    changing = ("image_id", "source_id", "history", "reports", "seconds", "steps")
    return {key: value for key, value in answer.items() if key not in changing}


@pytest.mark.parametrize(
    "form",
    [
        {"args": [True, False, TAB]},
        {"args": [TAB]},
        {"args": TAB},
        {"alwayson_scripts": {"ADetailer": {"args": [True, False, TAB]}}},
    ],
)
def test_answer_equals_that_of_fix_with_the_converted_recipe(service, form):
    common = {"image": IMAGE, "prompt": "a portrait", "seed": 5, "sampler": "Euler a"}
    answer = service.answer("adetailer", {**common, **form})
    assert without_ids(answer) == without_ids(service.answer("fix", {**common, "recipe": RECIPE}))
    assert answer["outcome"] == "changed"


def test_plan_equals_that_of_fix_and_paints_nothing():
    stand = Stand()
    service = ApiService(stand)
    common = {"image": IMAGE, "seed": 5}
    planned = service.answer("plan", {"verb": "adetailer", **common, "args": TAB})
    assert planned == {
        **service.answer("plan", {"verb": "fix", **common, "recipe": RECIPE}),
        "image_id": planned["image_id"],
    }
    assert stand.engine.calls == []


def test_differences_are_the_first_warnings(service):
    scripts = {"ADetailer": {"args": [{**TAB, "ad_controlnet_model": "tile"}]}, "Soft": {}}
    for verb, more in (("adetailer", {}), ("plan", {"verb": "adetailer"})):
        warnings = service.answer(verb, {"image": IMAGE, "alwayson_scripts": scripts, **more})["warnings"]
        assert warnings[0].startswith("alwayson_scripts.Soft is not used")
        assert warnings[1].startswith("alwayson_scripts.ADetailer.args[0].ad_controlnet_model: 'tile'")


def test_request_fields_of_fix_are_passed_on(service):
    body = {"image": IMAGE, "args": TAB, "return_masks": True, "return_history": True, "seed": 7}
    answer = service.answer("adetailer", body)
    assert answer["history"]
    assert answer["reports"][0]["mask"]
    assert answer["seed"] == 7


def test_model_that_is_not_installed_is_answered_by_its_role(service):
    answer = service.answer("adetailer", {"image": IMAGE, "args": {"ad_model": "face_yolov8n.pt"}})
    assert answer["outcome"] == "changed"
    assert (
        "args.ad_model: 'face_yolov8n.pt' is not installed: the role 'face' is used." in answer["warnings"][0]
    )


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({}, "args"),
        ({"args": TAB, "alwayson_scripts": {}}, "args"),
        ({"args": [True, {"ad_confidence": 2}]}, "args[1].ad_confidence"),
        ({"args": [{"ad_tap_enable": True}]}, "args[0].ad_tap_enable"),
        ({"alwayson_scripts": {"ADetailer": {"args": 3}}}, "alwayson_scripts.ADetailer.args"),
        ({"alwayson_scripts": {"Other": {}}}, "alwayson_scripts"),
        ({"args": TAB, "recipe": "Crowd"}, "recipe"),
        ({"args": TAB, "box": [1, 2]}, "box"),
    ],
)
def test_invalid_arguments_are_refused_with_their_path(service, fields, path):
    with pytest.raises(BadInput) as error:
        service.answer("adetailer", {"image": IMAGE, **fields})
    assert error.value.path == path
    assert error.value.hint


def test_only_tab_with_a_missing_model_is_refused_with_its_path(service):
    with pytest.raises(Missing) as error:
        service.answer("adetailer", {"image": IMAGE, "args": [True, False, {"ad_model": "toes.pt"}]})
    assert error.value.path == "args[2].ad_model"


def test_missing_model_beside_another_tab_is_left_out_with_a_warning(service):
    answer = service.answer("adetailer", {"image": IMAGE, "args": [{"ad_model": "toes.pt"}, TAB]})
    assert answer["outcome"] == "changed"
    assert any("'toes.pt'" in warning for warning in answer["warnings"])
