"""ADetailer's arguments to a recipe: each field, the defaults, and any valid payload."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch import ASSETS
from retouch.api.installed_models import known_detectors
from retouch.errors import BadInput, Missing
from retouch.knobs import dump, get_path, load
from retouch.recipes.adetailer.arguments import KNOBS, TabArguments
from retouch.recipes.adetailer.conversion import Conversion, convert
from retouch.recipes.adetailer.payload import Payload, Tab, read_payload
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target
from tests.helpers import values_of

FACE = "face_yolov8n.pt"


def models(*installed: str, downloadable: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    here = [{"name": name, "kind": "yolo", "installed": True} for name in installed]
    return here + [{"name": name, "kind": "yolo", "installed": False} for name in downloadable]


HERE = known_detectors(models(FACE, "hand_yolov8n.pt", "yolov8x-worldv2.pt", "face", "eyes"))


def converted(*tabs: dict[str, Any], detectors=HERE) -> Conversion:
    return convert(read_payload([True, False, *tabs]), detectors)


def pass_of(**fields: Any) -> Pass:
    (made,) = converted({"ad_model": FACE, **fields}).recipe.passes
    return made


def test_default_tab_converts_to_the_documented_defaults():
    conversion = converted({"ad_model": FACE})
    (made,) = conversion.recipe.passes
    assert made == Pass(
        target=Target(
            models=(FACE,), confidence=0.3, order="confidence", top_k=0, top_by="area", user_mask="touching"
        ),
        shape=Shape(grow=2, blur=10, padding=32, area="only masked", merge="none", work_side=None),
        denoising_strength=0.4,
    )
    assert made.gate.mode == "off"
    assert (made.steps, made.cfg_scale, made.sampler, made.scheduler) == (None, None, None, None)
    assert (made.checkpoint, made.vae, made.clip_skip, made.noise_multiplier) == (None, None, None, None)
    assert (conversion.recipe.name, conversion.skip_img2img, conversion.warnings) == ("ADetailer", False, ())


ONE_FIELD = [
    ("ad_prompt", "[PROMPT], smile [SEP] [SKIP]", "prompt", "[PROMPT], smile [SEP] [SKIP]"),
    ("ad_negative_prompt", "blurry", "negative_prompt", "blurry"),
    ("ad_confidence", 0.6, "target.confidence", 0.6),
    ("ad_mask_filter_method", "Confidence", "target.top_by", "confidence"),
    ("ad_mask_k", 3, "target.top_k", 3),
    ("ad_mask_k", 3, "target.order", "largest first"),
    ("ad_mask_min_ratio", 0.01, "target.min_area", 0.01),
    ("ad_mask_max_ratio", 0.5, "target.max_area", 0.5),
    ("ad_dilate_erode", 8, "shape.grow", 4),
    ("ad_dilate_erode", 1, "shape.grow", 0),
    ("ad_dilate_erode", -8, "shape.grow", -4),
    ("ad_x_offset", 7, "shape.x_offset", 7),
    ("ad_y_offset", 7, "shape.y_offset", -7),
    ("ad_mask_merge_invert", "Merge", "shape.merge", "merge"),
    ("ad_mask_merge_invert", "Merge and Invert", "shape.merge", "merge and invert"),
    ("ad_mask_blur", 0, "shape.blur", 0),
    ("ad_mask_blur", 8, "shape.blur", 20),
    ("ad_denoising_strength", 0.7, "denoising_strength", 0.7),
    ("ad_inpaint_only_masked", False, "shape.area", "whole picture"),
    ("ad_inpaint_only_masked", False, "shape.padding", None),
    ("ad_inpaint_only_masked_padding", 64, "shape.padding", 64),
    ("ad_use_inpaint_width_height", True, "shape.work_side", 512),
    ("ad_inpaint_width", 1024, "shape.work_side", None),
    ("ad_use_steps", True, "steps", 28),
    ("ad_steps", 9, "steps", None),
    ("ad_use_cfg_scale", True, "cfg_scale", 7.0),
    ("ad_cfg_scale", 3, "cfg_scale", None),
    ("ad_use_sampler", True, "sampler", "DPM++ 2M"),
    ("ad_use_sampler", True, "scheduler", "Karras"),
    ("ad_sampler", "Euler", "sampler", None),
    ("ad_scheduler", "Karras", "scheduler", None),
    ("ad_use_checkpoint", True, "checkpoint", None),
    ("ad_checkpoint", "other", "checkpoint", None),
    ("ad_use_vae", True, "vae", None),
    ("ad_vae", "other", "vae", None),
    ("ad_use_noise_multiplier", True, "noise_multiplier", 1.0),
    ("ad_noise_multiplier", 0.9, "noise_multiplier", None),
    ("ad_use_clip_skip", True, "clip_skip", 1),
    ("ad_clip_skip", 2, "clip_skip", None),
    ("ad_restore_face", True, "restore_faces", True),
]


@pytest.mark.parametrize(("field", "value", "path", "expected"), ONE_FIELD)
def test_field_converts_to_its_knob(field, value, path, expected):
    assert get_path(pass_of(**{field: value}), path) == expected


@pytest.mark.parametrize(
    ("fields", "path", "expected"),
    [
        ({"ad_use_steps": True, "ad_steps": 9}, "steps", 9),
        ({"ad_use_cfg_scale": True, "ad_cfg_scale": 3.5}, "cfg_scale", 3.5),
        (
            {"ad_use_checkpoint": True, "ad_checkpoint": "other.safetensors"},
            "checkpoint",
            "other.safetensors",
        ),
        ({"ad_use_checkpoint": True, "ad_checkpoint": "Use same checkpoint"}, "checkpoint", None),
        ({"ad_use_vae": True, "ad_vae": "one.pt"}, "vae", "one.pt"),
        ({"ad_use_vae": True, "ad_vae": "Use same VAE"}, "vae", None),
        ({"ad_use_sampler": True, "ad_sampler": "Euler a"}, "sampler", "Euler a"),
        ({"ad_use_sampler": True, "ad_sampler": "Euler a", "ad_scheduler": "Beta"}, "scheduler", "Beta"),
        ({"ad_use_sampler": True, "ad_sampler": "Use same sampler"}, "sampler", None),
        ({"ad_use_noise_multiplier": True, "ad_noise_multiplier": 1.1}, "noise_multiplier", 1.1),
        ({"ad_use_clip_skip": True, "ad_clip_skip": 2}, "clip_skip", 2),
        (
            {"ad_use_inpaint_width_height": True, "ad_inpaint_width": 768, "ad_inpaint_height": 768},
            "shape.work_side",
            768,
        ),
        ({"ad_mask_k": 2, "ad_mask_filter_method": "Confidence"}, "target.order", "confidence"),
    ],
)
def test_switched_fields_convert_together(fields, path, expected):
    assert get_path(pass_of(**fields), path) == expected
    assert converted({"ad_model": FACE, **fields}).warnings == ()


CONTROLNET = {"ad_controlnet_model": "tile", "ad_controlnet_weight": 0.5}


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"ad_mask_k": 5000}, "ad_mask_k", "5000 is above"),
        ({"ad_dilate_erode": -4000}, "ad_dilate_erode", "'Mask grow' is -512"),
        ({"ad_x_offset": 9000}, "ad_x_offset", "'Mask x offset' is 2048"),
        ({"ad_y_offset": 9000}, "ad_y_offset", "'Mask y offset' is -2048"),
        ({"ad_mask_blur": 200}, "ad_mask_blur", "'Mask blur' is 256"),
        ({"ad_inpaint_only_masked_padding": 5000}, "ad_inpaint_only_masked_padding", "5000 is above"),
        ({"ad_use_steps": True, "ad_steps": 900}, "ad_steps", "'Steps' is 150"),
        ({"ad_use_cfg_scale": True, "ad_cfg_scale": 0}, "ad_cfg_scale", "0 is below"),
        ({"ad_mask_min_ratio": 0.1}, "ad_mask_min_ratio", "area of the mask"),
        ({"ad_mask_max_ratio": 0.5}, "ad_mask_max_ratio", "area of the mask"),
        ({"ad_mask_min_ratio": 0.5, "ad_mask_max_ratio": 0.1}, "ad_mask_min_ratio", "left out"),
        (
            {"ad_use_inpaint_width_height": True, "ad_inpaint_height": 768},
            "ad_inpaint_width",
            "512 x 768 is not used",
        ),
        ({"ad_model_classes": "cat"}, "ad_model_classes", "'cat' is not used"),
        ({"ad_prompt": "[SKIP], smile"}, "ad_prompt", "leaves its regions"),
        ({"ad_prompt": "[FOR left] smile"}, "ad_prompt", "for one region"),
        (CONTROLNET, "ad_controlnet_model", "'tile' is not used"),
        (CONTROLNET, "ad_controlnet_weight", "0.5 is not used"),
        ({**CONTROLNET, "ad_controlnet_module": "tile_resample"}, "ad_controlnet_module", "is not used"),
        ({**CONTROLNET, "ad_controlnet_guidance_start": 0.1}, "ad_controlnet_guidance_start", "is not used"),
        ({**CONTROLNET, "ad_controlnet_guidance_end": 0.9}, "ad_controlnet_guidance_end", "is not used"),
    ],
)
def test_difference_is_told_with_path_value_and_substitute(fields, field, words):
    warnings = converted({"ad_model": FACE, **fields}).warnings
    (told,) = [warning for warning in warnings if warning.startswith(f"args[2].{field}: ")]
    assert words in told
    assert told.endswith(".")


def test_fields_that_adetailer_does_not_use_are_not_told():
    unused = {"ad_steps": 900, "ad_inpaint_width": 333, "ad_controlnet_weight": 0.5, "is_api": []}
    assert converted({"ad_model": FACE, **unused}).warnings == ()


def test_tabs_become_passes_in_their_order():
    made = converted({"ad_model": "hand_yolov8n.pt"}, {}, {"ad_model": FACE}).recipe
    assert [one.target.models for one in made.passes] == [("hand_yolov8n.pt",), (FACE,)]
    assert {one.if_missing for one in made.passes} == {"skip"}


def test_tab_whose_ratios_exclude_each_other_is_left_out():
    conversion = converted({"ad_model": FACE, "ad_mask_min_ratio": 1, "ad_mask_max_ratio": 0})
    assert conversion.recipe.passes == ()


def test_switch_that_is_off_leaves_no_pass_and_is_told():
    conversion = convert(read_payload([False, True, {"ad_model": FACE}]), HERE)
    assert conversion.recipe.passes == ()
    assert conversion.skip_img2img
    assert conversion.warnings == ("args[0]: false switches ADetailer off: nothing is painted.",)


@pytest.mark.parametrize(
    ("model", "name", "words"),
    [
        (FACE, FACE, ""),
        ("face_yolov9c.pt", "face", "the role 'face' is used"),
        ("Eyes.pt", "eyes", "the role 'eyes' is used"),
        ("mediapipe_face_full", "mediapipe face full", ""),
        ("mediapipe_face_short", "face", "the role 'face' is used"),
        ("mediapipe_face_mesh", "face", "the role 'face' is used"),
        ("mediapipe_face_mesh_eyes_only", "eyes", "the role 'eyes' is used"),
        ("hand_yolov8n.pt", "hand_yolov8n.pt", "is downloaded at its first use"),
        ("person_yolov8n-seg.pt", "person_yolov8n-seg.pt", ""),
        ("yolov8x-worldv2.pt", "yolov8x-worldv2.pt", ""),
    ],
)
def test_model_that_is_not_installed_maps_to_its_role(model, name, words):
    here = known_detectors(
        models(FACE, "face", "eyes", "mediapipe face full", downloadable=("hand_yolov8n.pt",))
    )
    conversion = converted({"ad_model": model}, detectors=here)
    assert conversion.recipe.passes[0].target.models == (name,)
    assert bool(conversion.warnings) == bool(words)
    assert all(words in warning for warning in conversion.warnings)


def test_classes_of_a_world_model_are_split_at_commas():
    tab = {"ad_model": "yolov8x-worldv2.pt", "ad_model_classes": "cat, red hat,"}
    conversion = converted(tab)
    assert conversion.recipe.passes[0].target == Target(
        models=("yolov8x-worldv2.pt",), classes=("cat", "red hat")
    )
    assert conversion.warnings == ()


def test_classes_of_a_missing_world_model_become_a_text_target():
    tab = {"ad_model": "yolov8s-world.pt", "ad_model_classes": "cat"}
    conversion = converted(tab)
    assert conversion.recipe.passes[0].target == Target(what="text", classes=("cat",))
    assert "the target 'text'" in conversion.warnings[0]


@given(st.lists(values_of(TabArguments), max_size=4))
def test_any_valid_payload_converts_to_a_recipe_that_loads(tabs):
    payload = Payload(tuple(Tab(f"args[{n}]", tab) for n, tab in enumerate(tabs)))
    conversion = convert(payload, HERE)
    assert load(Recipe, dump(conversion.recipe)) == conversion.recipe
    assert len(conversion.recipe.passes) == len(conversion.paths) <= len(payload.active)
    assert all(warning.startswith("args[") for warning in conversion.warnings)


@given(values_of(TabArguments))
def test_tab_written_as_json_is_read_back(tab):
    plain = {field.name: getattr(tab, field.name) for field in dataclasses.fields(TabArguments)}
    (read,) = read_payload([plain]).tabs
    assert read.arguments == tab


def test_every_field_of_adetailer_is_in_a_test_of_its_conversion():
    tested = {field for field, *_ in ONE_FIELD}
    elsewhere = {"ad_model", "ad_model_classes", "ad_tab_enable", "ad_inpaint_height", "is_api"}
    controlnet = {name for name in KNOBS if name.startswith("ad_controlnet_")}
    assert tested | elsewhere | controlnet == set(KNOBS)


def test_every_field_is_in_the_table_of_the_docs():
    page = (ASSETS / "docs" / "from-adetailer.md").read_text("utf-8")
    rows = "".join(line for line in page.splitlines() if line.startswith("| `"))
    assert [name for name in KNOBS if f"`{name}`" not in rows] == []


def test_error_of_a_missing_model_gets_the_path_of_its_tab():
    conversion = converted({"ad_tab_enable": False}, {"ad_model": FACE})
    with pytest.raises(Missing) as error, conversion.errors_at_tabs():
        raise Missing("no.", path="recipe.passes[0].target.models[0]")
    assert error.value.path == "args[3].ad_model"
    with pytest.raises(BadInput) as other, conversion.errors_at_tabs():
        raise BadInput("no.", path="mask")
    assert other.value.path == "mask"
