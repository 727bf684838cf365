"""Passes before hires fix: on the small picture, once, and the enlarging sees what they did."""

from __future__ import annotations

import pytest
import torch
from modules import shared, trace
from modules.processing import StableDiffusionProcessingTxt2Img, process_images

from retouch.errors import BadInput
from retouch.image.geometry import Box
from retouch.knobs import load
from retouch.recipes.recipe import Recipe
from retouch.webui.hires_fix import between
from tests.webui.driver import LEFT, RIGHT, changed, expected_errors, inner, only_in, outer, recipe

HIRES = {"enable_hr": True, "width": 512, "height": 512}
BEFORE = recipe({"hires": "before"})
REACH = 60


def enlarged(box: Box) -> Box:
    return Box(*(2 * side for side in box))


@pytest.mark.parametrize("upscaler", ["Latent", "Lanczos"])
def test_a_pass_before_hires_fix_paints_the_small_picture(webui, upscaler):
    torch.manual_seed(0)  # the WebUI encodes what its upscaler gives a little differently each time
    plain = webui.txt2img(hr_upscaler=upscaler, **HIRES)
    trace.clear()
    torch.manual_seed(0)
    fixed = webui.txt2img(BEFORE, hr_upscaler=upscaler, **HIRES)
    order = [said["inner"] for said in trace.of("sampling")]
    assert order == [False, True, False]
    (said,) = inner()
    assert said["batch"] == 2
    boxes = (enlarged(LEFT), enlarged(RIGHT))
    assert only_in(changed(plain.pictures[0], fixed.pictures[0]), boxes, REACH)


def test_passes_before_and_after_hires_fix_paint_and_are_reported(webui):
    both = recipe({"hires": "before"}, {"hires": "after"})
    run = webui.txt2img(both, batch_size=2, n_iter=2, **HIRES)
    assert [said["inner"] for said in trace.of("sampling")] == [False, True, False, True] * 2
    regions = run.processed.extra_generation_params["Retouch regions"]
    assert [said.count('"pass":1') for said in regions] == [2] * 4
    assert [said.count('"pass":2') for said in regions] == [2] * 4


def test_without_hires_fix_every_pass_is_at_the_end(webui):
    webui.txt2img(BEFORE)
    assert [said["inner"] for said in trace.of("sampling")] == [False, True]
    trace.clear()
    webui.img2img(BEFORE)
    assert [said["inner"] for said in trace.of("sampling")] == [False, True]


@pytest.mark.parametrize("upscaler", ["Latent", "Lanczos"])
def test_hires_fix_without_detections_is_bit_identical_to_plain(webui, upscaler):
    torch.manual_seed(0)
    plain = webui.txt2img(hr_upscaler=upscaler, **HIRES)
    webui.detectors.faces.boxes = ()
    torch.manual_seed(0)
    assert webui.txt2img(BEFORE, hr_upscaler=upscaler, **HIRES).pictures == plain.pictures


def test_pass_before_hires_fix_uses_the_checkpoint_of_the_first_sampling(webui):
    webui.txt2img(BEFORE, hr_checkpoint_name="two.safetensors", **HIRES)
    assert [said["name"] for said in trace.of("checkpoint loaded")] == [
        "two.safetensors",
        "one.safetensors",
        "two.safetensors",
    ]
    assert outer()[-1]["checkpoint"] == "two.safetensors"


def test_error_in_a_pass_before_hires_fix_is_only_reported(webui, monkeypatch):
    plain = webui.txt2img(**HIRES)

    def broken(*_):
        raise RuntimeError("no faces today")

    monkeypatch.setattr(type(webui.detectors.faces), "find", broken)
    run = webui.txt2img(BEFORE, **HIRES)
    expected_errors()
    assert run.pictures == plain.pictures
    assert "no faces today" in run.warnings


def test_reused_job_paints_each_pass_once_per_run(webui):
    p = StableDiffusionProcessingTxt2Img(prompt="a", seed=1, sampler_name="Euler a", **HIRES)
    webui.prepare(p, BEFORE)
    for _ in range(2):
        with webui.generating():
            process_images(p)
    assert [said["batch"] for said in inner()] == [2, 2]


def test_interrupt_in_the_first_sampling_paints_nothing(webui):
    shared.state.interrupted = True
    p = StableDiffusionProcessingTxt2Img(prompt="a", seed=1, sampler_name="Euler a", **HIRES)
    webui.prepare(p, BEFORE)
    called = []
    between(p, lambda pictures: called.append(pictures) or pictures)
    assert p.sample_hr_pass("latents", None, [1], [1], 0, ["a"]) == "latents"
    assert not called


def test_of_pass_across_hires_fix_is_refused():
    passes = [{"hires": "before"}, {"target": {"of_pass": 1}}]
    with pytest.raises(BadInput, match="hires fix") as error:
        load(Recipe, {"passes": passes})
    assert error.value.path == "passes[1].target.of_pass"
    alike = [passes[0], {**passes[1], "hires": "before"}]
    assert len(load(Recipe, {"passes": alike}).passes) == 2
