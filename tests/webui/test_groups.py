"""What may share a sampling call in the WebUI, and what may not."""

from __future__ import annotations

from modules import shared, trace

from retouch.image.geometry import Box
from tests.webui.driver import FACES, LEFT, RIGHT, changed, inner, recipe

THIRD = Box(64, 320, 128, 384)


def test_each_region_gets_its_own_prompt_and_negative_prompt(webui):
    webui.txt2img(recipe({"prompt": "old man [SEP] girl", "negative_prompt": "beard [SEP] hat"}))
    (said,) = inner()
    assert said["prompts"] == ["old man", "girl"]
    assert said["negatives"] == ["beard", "hat"]


def test_regions_with_different_loras_are_sampled_separately(webui):
    """The WebUI reads the tags of a batch's first prompt only."""
    webui.detectors.faces.boxes = (LEFT, RIGHT, THIRD)
    prompt = "[FOR 1] a <lora:one:1> [FOR 2] b <lora:two:0.5> [FOR 3] c <lora:one:1>"
    webui.txt2img(recipe({"prompt": prompt}))
    found = {said["networks"]: said["batch"] for said in inner()}
    assert found == {("<lora:one:1>",): 2, ("<lora:two:0.5>",): 1}


def test_lora_of_the_picture_is_active_in_fixes_and_later_batches(webui):
    webui.txt2img(FACES, prompt="a <lora:mine:1>", n_iter=2)
    assert {said["networks"] for said in trace.of("sampling")} == {("<lora:mine:1>",)}


def test_lora_of_a_pass_is_inactive_in_the_next_batch(webui):
    webui.txt2img(recipe({"prompt": "<lora:face:1> face"}), prompt="a <lora:mine:1>", n_iter=2)
    assert [said["networks"] for said in trace.of("sampling")] == [
        ("<lora:mine:1>",),
        ("<lora:face:1>",),
        ("<lora:mine:1>",),
        ("<lora:face:1>",),
    ]


def test_negative_prompts_of_unequal_length_are_sampled_separately(webui):
    """Joined, they would not fit one tensor, and the WebUI would fail."""
    long = ", ".join(["blurry"] * 60)
    plain = webui.txt2img(recipe({"negative_prompt": f"hat [SEP] {long}"}))
    assert [len(said["prompts"]) for said in inner()] == [1, 1]
    assert plain.warnings == ""


def test_negatives_that_grow_while_sampling_are_sampled_apart(webui):
    long = " ".join(["blurry"] * 80)
    webui.txt2img(recipe({"negative_prompt": f"hat [SEP] [hat:{long}:0.5]"}))
    assert [len(said["prompts"]) for said in inner()] == [1, 1]


def test_dpm_adaptive_paints_every_region_alone(webui):
    """Its error norm is the batch's: mates would change each other."""
    asked = recipe({"sampler": "DPM adaptive"})
    both = webui.txt2img(asked)
    assert [said["batch"] for said in inner()] == [1, 1]
    webui.detectors.faces.boxes = (LEFT,)
    left = webui.txt2img(asked)
    assert not changed(both.pictures[0], left.pictures[0])[LEFT.slices].any()


def test_fix_uses_the_variation_seed_of_the_picture(webui):
    """With the picture itself given, whatever differs was painted by the fix."""
    given = {**FACES, "skip_img2img": True}
    plain, varied, again, other = (
        webui.img2img(given, subseed_strength=strength, subseed=subseed).pictures[0]
        for strength, subseed in ((0.0, 7), (0.5, 7), (0.5, 7), (0.5, 8))
    )
    assert varied == again
    assert len({plain.digest, varied.digest, other.digest}) == 3


def test_masked_content_reaches_the_sampler(webui):
    made = {
        content: webui.txt2img(recipe({"masked_content": content, "denoising_strength": 0.9}))
        .pictures[0]
        .digest
        for content in ("original", "fill", "latent noise", "latent nothing")
    }
    assert len(set(made.values())) == 4


def test_each_crop_is_sampled_with_its_own_denoise_mask(webui):
    """A half of the region outside the picture's edge must not shape the other's mask."""
    webui.detectors.faces.boxes = (LEFT, RIGHT)
    both = webui.txt2img(FACES).pictures[0]
    webui.detectors.faces.boxes = (RIGHT,)
    right = webui.txt2img(recipe({"seed": 101})).pictures[0]
    assert not changed(both, right)[RIGHT.slices].any()
    assert all(said["masked"] for said in inner())


def test_clip_skip_of_a_pass_applies_to_that_pass_only(webui):
    shared.opts.data["CLIP_stop_at_last_layers"] = 2
    webui.txt2img(recipe({"clip_skip": 1}, {}))
    assert [said["clip_skip"] for said in inner()] == [1, 2]
    assert shared.opts.CLIP_stop_at_last_layers == 2
