"""X/Y/Z plot."""

from __future__ import annotations

import contextlib

import pytest
from modules import processing, script_callbacks, scripts

from retouch.knobs import knob_paths
from retouch.recipes.infotext import recipe_in
from retouch.recipes.recipe import Pass
from retouch.webui.job_request import OVERRIDES
from retouch.webui.panel.outpaint_section import CHANGES, KNOB_PATHS, outpaint_in
from tests.webui.driver import inner

PASS_AXES = [knob_path.path for knob_path in knob_paths(Pass) if knob_path.knob.axis]
OUTPAINT_AXES = [knob_path.path for knob_path in KNOB_PATHS if knob_path.knob.axis]


@pytest.fixture
def xyz(webui):
    return next(s.module for s in scripts.scripts_data if s.script_class.__module__ == "xyz_grid.py")


def axis(xyz, label: str):
    return next(a for a in xyz.axis_options if a.label == f"[Retouch] {label}")


def draw(webui, xyz, label: str, values: list, **widgets) -> tuple:
    """A row with the accordion as the page has it: closed unless opened."""
    p = processing.StableDiffusionProcessingTxt2Img(
        prompt="a portrait", seed=100, subseed=7, sampler_name="Euler", outpath_samples="out"
    )
    with webui.generating(), contextlib.closing(p):
        webui.prepare(p, webui.values(**widgets))
        return p, xyz.draw(p, axis(xyz, label), values)


def test_axes_are_added_once_however_often_the_page_is_built(webui, xyz):
    before = [a.label for a in xyz.axis_options]
    script_callbacks.before_ui_callback()
    assert [a.label for a in xyz.axis_options] == before
    assert len(set(before)) == len(before)
    assert sum(label.startswith("[Retouch]") for label in before) == len(PASS_AXES) + len(OUTPAINT_AXES)


def test_axis_values_apply_with_the_accordion_disabled(webui, xyz):
    _, row = draw(webui, xyz, "Denoising strength", ["0.3", "0.7"])
    assert [said["strength"] for said in inner()] == [0.3, 0.7]
    assert len({result.images[0].tobytes() for result in row}) == 2


def test_infotext_of_each_cell_has_its_axis_value(webui, xyz):
    from modules.infotext_utils import parse_generation_parameters

    _, row = draw(webui, xyz, "Denoising strength", ["0.3", "0.7"])
    said = [recipe_in(parse_generation_parameters(cell.infotexts[0])) for cell in row]
    assert [(r.name, r.passes[0].denoising_strength) for r in said] == [("Custom", 0.3), ("Custom", 0.7)]


def test_axis_values_are_removed_from_the_job(webui, xyz):
    p, _ = draw(webui, xyz, "Steps", ["5"])
    assert not hasattr(p, OVERRIDES)
    assert "retouch" not in vars(p)


def test_overrides_of_two_axes_combine_within_one_cell_only(webui, xyz):
    from copy import copy

    p = processing.StableDiffusionProcessingTxt2Img(prompt="a")
    for steps in (5, 6):
        cell = copy(p)
        axis(xyz, "Steps").apply(cell, steps, [])
        if steps == 5:
            axis(xyz, "CFG scale").apply(cell, 3.0, [])
            assert getattr(cell, OVERRIDES) == {"steps": 5, "cfg_scale": 3.0}
        else:
            assert getattr(cell, OVERRIDES) == {"steps": 6}


VALUES = {
    "target.models": "hand",
    "target.confidence": "0.5",
    "target.order": "left to right",
    "prompt": "x",
    "negative_prompt": "y",
    "denoising_strength": "0.2",
    "masked_content": "fill",
    "steps": "11",
    "cfg_scale": "4.5",
    "sampler": "Euler",
    "scheduler": "Karras",
    "checkpoint": "two.safetensors",
    "vae": "soft.vae.pt",
    "clip_skip": "2",
    "noise_multiplier": "1.1",
    "seed": "5",
    "shape.grow": "-3",
    "shape.blur": "7",
    "shape.padding": "64",
    "shape.work_side": "512",
    "shape.area": "whole picture",
}


@pytest.mark.parametrize("path", PASS_AXES)
def test_every_axis_sets_its_knob(webui, xyz, path):
    from modules.infotext_utils import parse_generation_parameters

    from retouch.knobs import dump, get_path, knob_paths
    from retouch.recipes.recipe import Pass

    leaf = next(leaf for leaf in knob_paths(Pass) if leaf.path == path)
    webui.detectors.hands.boxes = webui.detectors.faces.boxes
    _, (cell,) = draw(webui, xyz, leaf.knob.label, [VALUES[path]])
    used = get_path(recipe_in(parse_generation_parameters(cell.infotexts[0])).passes[0], path)
    assert str(dump(used)).strip("[]'") == VALUES[path]
    assert not cell.comments


def test_invalid_axis_value_is_reported_in_its_cell_only(webui, xyz):
    _, (bad, good) = draw(webui, xyz, "Denoising strength", ["7", "0.5"])
    assert "denoising_strength" in bad.comments
    assert "Retouch warnings" in bad.infotexts[0]
    assert "Retouch warnings" not in good.infotexts[0]


def test_axes_list_samplers_masked_contents_and_detectors(webui, xyz):
    assert axis(xyz, "Sampling method").choices()[0] == "Euler"
    assert axis(xyz, "Masked content").choices()[:4] == ["original", "fill", "latent noise", "latent nothing"]
    assert axis(xyz, "Detectors").choices() == ["face", "hand"]


FOLD = {
    "outpaint_right": 128,
    "outpaint_attempts": 1,
    "outpaint_cleanup": 0,
    "outpaint_masked_content": "fill",
}
CHANGED = {
    **VALUES,
    "stage_size": "64",
    "overlap": "72",
    "feather": "8",
    "denoising_strength": "0.5",
    "aspect": "2:1",
    "seed_step": "same",
    "refine": "0.2",
}


@pytest.mark.parametrize("path", OUTPAINT_AXES)
def test_every_axis_of_the_extension_sets_its_knob_with_everything_closed(webui, xyz, path):
    from modules.infotext_utils import parse_generation_parameters

    leaf = next(leaf for leaf in KNOB_PATHS if leaf.path == path)
    fold = FOLD if path != "aspect" else {**FOLD, "outpaint_right": 0}
    _, (cell,) = draw(webui, xyz, f"{leaf.knob.label} (outpaint)", [CHANGED[path]], **fold)
    asked = outpaint_in(parse_generation_parameters(cell.infotexts[0]))
    assert str(getattr(asked, path)) == CHANGED[path]
    assert cell.images[0].size[0] > 512
    assert not cell.comments
    assert recipe_in(parse_generation_parameters(cell.infotexts[0])) is None, "no face is mended unasked"


def test_stage_size_cells_extend_equally_and_report_invalid_sizes(webui, xyz):
    p, row = draw(webui, xyz, "Stage size (outpaint)", ["64", "128", "999999"], **FOLD)
    assert [cell.images[0].size for cell in row] == [(640, 512), (640, 512), (512, 512)]
    assert len(inner()) == 3
    assert "axis.stage_size" in row[2].comments
    assert not hasattr(p, CHANGES)
    assert not getattr(p, "retouch_outpaint", None)


def test_an_axis_changes_what_an_api_request_asks_for(webui, xyz):
    p = processing.StableDiffusionProcessingTxt2Img(
        prompt="a", seed=1, sampler_name="Euler", outpath_samples="out"
    )
    request = {
        "enabled": True,
        "recipe": {"name": "None", "passes": []},
        "outpaint": {"right": 128, "attempts": 1, "cleanup": 0},
    }
    with webui.generating(), contextlib.closing(p):
        webui.prepare(p, request)
        row = xyz.draw(p, axis(xyz, "Stage size (outpaint)"), ["64", "128"])
    assert [len(call["prompts"]) for call in inner()] == [1, 1, 1]
    assert {cell.images[0].size for cell in row} == {(640, 512)}
