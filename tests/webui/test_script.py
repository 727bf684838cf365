"""The always-visible script in txt2img and img2img: what is painted, together with what, and where."""

from __future__ import annotations

import numpy as np
import pytest
from modules import shared, trace
from modules.latents import pixels_of, tensor_of

from retouch.image.codec.decoder import from_pil
from retouch.image.geometry import Box
from retouch.webui.engine.tensors import floats_of, picture_of
from tests.webui.driver import FACES, LEFT, RIGHT, changed, inner, only_in, outer, photo, recipe

REACH = 40
"""Masks of a 64 px region end within this many pixels of it."""


def test_disabled_script_leaves_pictures_and_infotext_unchanged(webui):
    off = webui.txt2img(webui.values())
    assert inner() == []
    assert "Retouch" not in off.infotexts[0]
    plain = webui.txt2img()
    assert off.pictures == plain.pictures


def test_job_without_script_arguments_runs_without_retouch(webui, monkeypatch):
    """The API of A1111 sends none in the last second of the host's start."""
    plain = webui.txt2img()
    script = webui.script(False)
    monkeypatch.setattr(script, "args_to", script.args_from)
    assert webui.txt2img().pictures == plain.pictures
    assert inner() == []


@pytest.mark.parametrize("length", [1, 2, 3, 20, -1])
def test_wrong_number_of_script_arguments_is_reported_pictures_stay(length, webui, monkeypatch):
    plain = webui.txt2img()
    script = webui.script(False)
    values = webui.values(enable=True)
    count = length % len(values)
    monkeypatch.setattr(script, "args_to", script.args_from + count)
    run = webui.txt2img(values)
    assert run.pictures == plain.pictures
    assert f"{count} script arguments" in run.infotexts[0]


def test_every_region_of_a_batch_goes_through_one_sampling_call(webui):
    plain = webui.txt2img(batch_size=2, n_iter=2)
    trace.clear()
    fixed = webui.txt2img(FACES, batch_size=2, n_iter=2)
    assert [said["batch"] for said in inner()] == [4, 4]
    for before, after in zip(plain.pictures, fixed.pictures, strict=True):
        assert only_in(changed(before, after), (LEFT, RIGHT), REACH)


def test_four_pictures_of_two_regions_are_one_call_of_eight(webui):
    webui.txt2img(FACES, batch_size=4)
    assert [said["batch"] for said in inner()] == [8]


def test_batch_limit_setting_splits_sampling_calls(webui):
    shared.opts.data["retouch_batch_limit"] = 3
    webui.txt2img(FACES, batch_size=2)
    assert [said["batch"] for said in inner()] == [3, 1]


def test_crops_of_one_aspect_share_a_sampling_call(webui):
    tall = Box(200, 40, 260, 280)
    webui.detectors.faces.boxes = (LEFT, RIGHT, tall)
    webui.txt2img(FACES, batch_size=2)
    sizes = {said["size"]: said["batch"] for said in inner()}
    assert sizes[(512, 512)] == 4
    assert sorted(sizes.values()) == [2, 4]


def test_picture_of_a_batch_equals_that_of_its_own_job(webui):
    both = webui.txt2img(FACES, batch_size=2)
    alone = webui.txt2img(FACES, seed=101)
    assert both.pictures[1] == alone.pictures[0]


def test_repeated_job_gives_the_same_picture_and_random_state(webui):
    """The VAE samples from the global generator: it must be seeded for each crop, and given back."""
    import torch

    torch.manual_seed(1)
    first = webui.txt2img(FACES)
    expected = torch.rand(1)
    torch.manual_seed(1)
    assert webui.txt2img(FACES).pictures == first.pictures
    assert torch.rand(1) == expected
    torch.manual_seed(2)
    assert webui.txt2img(FACES).pictures == first.pictures


def test_regions_use_prompt_seed_and_sampling_of_the_picture(webui):
    shared.opts.data["CLIP_stop_at_last_layers"] = 2
    webui.txt2img(FACES, steps=9, cfg_scale=5.5, scheduler="Karras", styles=["oil"], seed=40)
    (said,) = inner()
    assert said["prompts"] == ["a portrait, oil"] * 2
    assert said["negatives"] == ["blurry"] * 2
    assert said["seeds"] == [40, 41]
    made = {key: said[key] for key in ("sampler", "scheduler", "cfg_scale", "clip_skip", "strength", "steps")}
    assert made == {
        "sampler": "Euler a",
        "scheduler": "Karras",
        "cfg_scale": 5.5,
        "clip_skip": 2,
        "strength": 0.4,
        "steps": int(0.4 * 9) + 1,
    }


def test_sampling_settings_of_a_pass_override_those_of_the_picture(webui):
    special = {"steps": 6, "cfg_scale": 3, "sampler": "euler", "clip_skip": 3, "noise_multiplier": 1.1}
    webui.txt2img(recipe({**special, "denoising_strength": 0.7, "seed": 5, "seed_step": "same"}))
    (said,) = inner()
    assert (said["sampler"], said["cfg_scale"], said["clip_skip"]) == ("Euler", 3, 3)
    assert (said["noise_multiplier"], said["strength"], said["seeds"]) == (1.1, 0.7, [5, 5])
    assert shared.opts.CLIP_stop_at_last_layers == 1


def test_later_pass_detects_on_the_painted_picture(webui):
    once = webui.txt2img(recipe({"denoising_strength": 0.5}))
    twice = webui.txt2img(recipe({"denoising_strength": 0.5}, {"denoising_strength": 0.5, "prompt": "blue"}))
    assert len(inner()) == 3
    assert twice.pictures != once.pictures
    assert [said["prompts"][0] for said in inner()[1:]] == ["a portrait", "blue"]


def test_img2img_without_a_mask_fixes_every_region(webui):
    plain = webui.img2img()
    fixed = webui.img2img(FACES)
    assert [said["batch"] for said in inner()] == [2]
    assert only_in(changed(plain.pictures[0], fixed.pictures[0]), (LEFT, RIGHT), REACH)


def test_hires_is_fixed_at_its_final_size(webui):
    place = Box(400, 400, 520, 520)
    webui.detectors.faces.boxes = (place,)
    fields = {"width": 256, "height": 256, "enable_hr": True, "hr_scale": 3.0}
    plain = webui.txt2img(**fields)
    fixed = webui.txt2img(FACES, **fields)
    assert fixed.pictures[0].size == (768, 768)
    assert only_in(changed(plain.pictures[0], fixed.pictures[0]), (place,), 80)
    assert [said["size"] for said in inner()] == [(512, 512)]


def test_denoising_strength_0_samples_and_encodes_nothing(webui):
    webui.txt2img(recipe({"denoising_strength": 0}))
    assert inner() == []
    assert trace.of("encoded") == []


def test_an_sdxl_checkpoint_paints_at_its_own_size(webui):
    shared.opts.set("sd_model_checkpoint", "xl.ckpt")
    webui.txt2img(FACES)
    assert inner()[0]["size"] == (1024, 1024)


def test_without_detections_no_checkpoint_is_loaded(webui):
    webui.detectors.faces.boxes = ()
    plain, looked = webui.txt2img(), webui.txt2img(recipe({"checkpoint": "two.safetensors"}))
    assert looked.pictures == plain.pictures
    assert trace.of("checkpoint loaded") == []
    assert inner() == []


def test_each_pass_uses_its_own_detector(webui):
    webui.detectors.hands.boxes = (Box(200, 300, 264, 364),)
    hands = {"target": {"models": ["hand"]}, "prompt": "detailed hand, [PROMPT]"}
    webui.txt2img(recipe(hands, {}))
    assert [said["prompts"] for said in inner()] == [["detailed hand, a portrait"], ["a portrait"] * 2]


def test_request_overrides_prompt_seed_and_steps_of_the_fix(webui):
    webui.txt2img({**FACES, "prompt": "a cat", "negative_prompt": "dog", "seed": 9, "steps": 12})
    said = inner()[0]
    assert (said["prompts"][0], said["negatives"][0], said["seeds"]) == ("a cat", "dog", [9, 10])
    assert said["steps"] == int(0.4 * 12) + 1
    assert outer()[0]["prompts"] == ["a portrait"]


def test_masks_are_returned_behind_the_pictures(webui):
    run = webui.txt2img({**FACES, "return_masks": True})
    assert len(run.processed.images) == len(run.infotexts) == 3
    left, right = (np.asarray(image) for image in run.processed.images[1:])
    assert left[LEFT.slices].all()
    assert not left[RIGHT.slices].any()
    assert right[RIGHT.slices].all()


def test_float_conversion_preserves_painted_levels_and_other_floats():
    """The WebUI cuts floats off: every value of ours survives that, its own floats stay its own."""
    rough = tensor_of(photo(256, 64)) * 0.999 + 0.0003
    before = picture_of(rough)
    assert np.array_equal(before.pixels, pixels_of(rough))
    painted = before.pixels.copy()
    painted[:32] = np.arange(256, dtype=np.uint8)[None, :, None]
    joined = floats_of(rough, before, before.with_pixels(painted))
    assert np.array_equal(pixels_of(joined), painted)
    assert (joined[:, 32:] == rough[:, 32:]).all()


def test_saved_pictures_equal_those_shown(webui):
    run = webui.txt2img(FACES, batch_size=2)
    saved = [from_pil(said["image"]) for said in trace.of("saved")]
    assert saved == run.pictures
    assert [said["info"] for said in trace.of("saved")] == run.infotexts
