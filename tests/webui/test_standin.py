"""What was measured on the real WebUI, held of the stand-in too: were it kinder, the tests here would lie."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from modules import call_queue, extra_networks, infotext_utils, latents, processing, shared, trace

from tests.webui.dialect import FORGE
from tests.webui.driver import LEFT, inner, mask_of, outer, photo

ORDER = [
    "before_process",
    "process",
    "before_process_batch",
    "after_extra_networks_activate",
    "process_batch",
    "process_before_every_sampling",
    "post_sample",
    "postprocess_batch",
    "postprocess_batch_list",
    "postprocess_image",
    "postprocess_maskoverlay",
    "postprocess_image_after_composite",
    "postprocess",
]


class Listener:
    """Takes a script's place in the runner and says which of its methods are called."""

    filename, args_from, args_to, setup_for_ui_only = "listener.py", 0, 0, False


def listen(webui, monkeypatch) -> list[str]:
    heard: list[str] = []
    methods = {name: lambda self, *_, name=name, **__: heard.append(name) for name in ORDER}
    listener = type("Listening", (Listener,), methods)()
    for is_img2img in (False, True):
        monkeypatch.setattr(webui.runner(is_img2img), "alwayson_scripts", [listener])
        monkeypatch.setattr(webui.runner(is_img2img), "callback_map", {})
    return heard


@pytest.mark.parametrize("job", ["txt2img", "img2img"])
def test_hooks_come_in_the_webuis_order(webui, monkeypatch, job):
    heard = listen(webui, monkeypatch)
    getattr(webui, job)()
    assert heard == ORDER


@pytest.mark.parametrize(("sampler", "before"), [("Euler", False), ("DDIM", not FORGE)])
def test_masks_are_blended_at_every_step_and_at_the_end(webui, monkeypatch, sampler, before):
    """Those of the samplers that count in timesteps before the denoiser, the others' after it.

    Forge and Neo do so after it with all samplers.
    """
    heard: list = []
    blending = type("Blending", (Listener,), {"on_mask_blend": lambda self, p, mba: heard.append(mba)})()
    monkeypatch.setattr(webui.runner(True), "alwayson_scripts", [blending])
    monkeypatch.setattr(webui.runner(True), "callback_map", {})
    webui.img2img(mask=mask_of(LEFT), mask_blur=0, sampler_name=sampler, steps=8)
    assert [mba.is_final_blend for mba in heard] == [False] * len(trace.of("step")) + [True]
    assert heard[0].denoiser.mask_before_denoising is before


def test_hooks_of_a_batch_and_of_each_picture(webui, monkeypatch):
    heard = listen(webui, monkeypatch)
    webui.txt2img(batch_size=2, n_iter=2)
    assert heard.count("process") == heard.count("postprocess") == 1
    assert heard.count("postprocess_batch_list") == 2
    assert heard.count("postprocess_image_after_composite") == 4


def test_prompts_have_their_tags_again_once_a_batch_is_sampled(webui):
    run = webui.txt2img(prompt="a <lora:x:1>")
    assert outer()[0]["prompts"] == ["a "]
    assert run.p.prompts == ["a <lora:x:1>"]


def test_only_the_first_prompts_tags_count():
    assert extra_networks.parse_prompts(["a <lora:x:1>", "b <lora:y:1>"]) == (["a ", "b "], ["<lora:x:1>"])


def test_negatives_of_unequal_length_break_a_batch(webui):
    with pytest.raises(RuntimeError):
        webui.txt2img(prompt=["a", "b"], negative_prompt=["x", " ".join(["x"] * 90)], batch_size=2)


def test_the_vae_samples_from_the_global_generator():
    image = latents.tensor_of(photo(64, 64))[None]
    torch.manual_seed(1)
    first, second = latents.encoded(image), latents.encoded(image)
    assert not torch.equal(first, second)
    torch.manual_seed(1)
    assert torch.equal(latents.encoded(image), first)


def test_pictures_are_cut_off_not_rounded():
    assert latents.pixels_of(torch.full((3, 1, 1), 0.9999)).max() == 254


def test_only_dpm_adaptive_mixes_a_batch(webui):
    for sampler, alike in (("Euler", True), ("DPM adaptive", False)):
        both = webui.txt2img(prompt=["a", "b"], seed=[1, 2], batch_size=2, sampler_name=sampler)
        alone = webui.txt2img(prompt="b", seed=2, sampler_name=sampler)
        assert (both.pictures[1] == alone.pictures[0]) is alike


def test_what_lies_outside_an_inpaint_mask_is_untouched(webui):
    for whole in (True, False):
        run = webui.img2img(mask=mask_of(LEFT), mask_blur=0, inpaint_full_res=not whole, inpainting_fill=1)
        different = (np.asarray(run.processed.images[0]) != np.asarray(photo())).any(2)
        assert different[LEFT.slices].any()
        different[LEFT.slices] = False
        assert not different.any()


def test_interrupted_jobs_hand_back_what_there_is(webui):
    trace.on_step = lambda p, step: setattr(shared.state, "interrupted", step == 1)
    run = webui.txt2img(n_iter=2)
    assert len(run.pictures) == 1
    trace.on_step = None
    assert run.pictures != webui.txt2img().pictures


def test_an_unknown_override_is_an_error_and_a_known_one_is_undone(webui):
    with pytest.raises(KeyError):
        webui.txt2img(override_settings={"no such setting": 1})
    webui.txt2img(override_settings={"CLIP_stop_at_last_layers": 3})
    assert outer()[-1]["clip_skip"] == 3
    assert shared.opts.CLIP_stop_at_last_layers == 1


def test_frozen_settings_refuse_every_change(webui):
    shared.cmd_opts.freeze_settings = True
    with pytest.raises(AssertionError):
        webui.txt2img(override_settings={"CLIP_stop_at_last_layers": 3})


def test_the_queue_is_not_reentrant():
    with call_queue.queue_lock, pytest.raises(AssertionError), call_queue.queue_lock:
        pass
    assert call_queue.queue_lock.holder is None


def test_a_value_of_the_generation_text_may_be_a_list_or_a_function(webui):
    p = webui.txt2img(batch_size=2).p
    p.extra_generation_params = {"One": ["x", None], "Two": lambda index, **_: f"b{index}", "Three": "1, 2"}
    texts = [processing.create_infotext(p, p.prompts, p.seeds, p.subseeds, index=i) for i in (0, 1)]
    first, second = map(infotext_utils.parse_generation_parameters, texts)
    assert (first["One"], first["Two"], first["Three"]) == ("x", "b0", "1, 2")
    assert "One" not in second
    assert second["Two"] == "b1"
    assert inner() == []
