"""The settings page."""

from __future__ import annotations

import gradio as gr
import pytest
from modules import sd_samplers, shared, trace

from retouch.recipes.sampling import Sampling
from retouch.webui import settings
from retouch.webui.host.sampling import default_sampling
from tests.webui.dialect import FORGE
from tests.webui.driver import FACES, inner, outer


def test_every_option_is_on_the_page_with_a_widget_the_webui_can_make(webui):
    ours = {key: info for key, info in shared.opts.data_labels.items() if key.startswith("retouch_")}
    assert set(ours) == set(settings._OPTIONS)
    for info in ours.values():
        assert info.section == ("retouch", "Retouch")
        assert info.comment_after
        assert isinstance(info.default, bool | str) or info.component is gr.Slider


def test_option_defaults_apply_before_the_page_is_built(webui):
    for key in settings._OPTIONS:
        shared.opts.data.pop(key)
    assert settings.batch_limit() == 8
    assert settings.tabs() == 4
    webui.txt2img(FACES)
    assert len(inner()) == 1


@pytest.mark.parametrize(
    ("option", "suffix"),
    [("retouch_save_before", "-before-retouch"), ("retouch_save_preview", "-retouch-preview")],
)
def test_extra_pictures_are_saved_where_asked(webui, option, suffix):
    webui.txt2img(FACES)
    assert {said["suffix"] for said in trace.of("saved")} == {""}
    shared.opts.data[option] = True
    trace.clear()
    plain = webui.txt2img()
    trace.clear()
    run = webui.txt2img(FACES, batch_size=2)
    extra = [said for said in trace.of("saved") if said["suffix"] == suffix]
    assert [said["seed"] for said in extra] == [100, 101]
    assert extra[0]["info"] == run.infotexts[0]
    assert extra[0]["image"] != run.processed.images[0]
    if suffix == "-before-retouch":
        assert extra[0]["image"].tobytes() == plain.processed.images[0].tobytes()


def test_extra_pictures_are_not_saved_with_do_not_save_samples(webui):
    shared.opts.data.update(retouch_save_before=True, retouch_save_preview=True)
    webui.txt2img(FACES, do_not_save_samples=True)
    assert trace.of("saved") == []


def test_extra_pictures_are_not_saved_without_detections(webui):
    shared.opts.data.update(retouch_save_before=True, retouch_save_preview=True)
    webui.detectors.faces.boxes = ()
    webui.txt2img(FACES)
    assert len(trace.of("saved")) == len(outer()) == 1


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({}, str(__import__("modules.devices").devices.device)),
        ({"lowvram": True}, "cpu"),
        ({"medvram": True}, "cpu"),
        ({"medvram_sdxl": True}, "cpu"),
        ({"use_cpu": ["retouch"]}, "cpu"),
        ({"use_cpu": ["all"]}, "cpu"),
        ({"use_cpu": ["gfpgan"]}, "cuda:0"),
    ],
)
def test_detector_device_follows_the_memory_flags(webui, monkeypatch, flags, expected):
    import torch
    from modules import devices

    from retouch.webui.host.modules import device

    monkeypatch.setattr(devices, "device", torch.device("cuda:0"))
    vars(shared.cmd_opts).update(flags)
    assert device() == (expected if flags else "cuda:0")


FLUX = {
    "forge_preset": "flux",
    "flux_i2i_cfg": 1.0,
    "flux_i2i_sampler": "DPM++ 2M",
    "flux_i2i_scheduler": "Karras",
}


@pytest.mark.skipif(not FORGE, reason="only Forge has values for a kind of model")
def test_request_without_a_job_has_the_values_of_the_kind_of_model(webui):
    shared.opts.data.update(FLUX)
    sampling = default_sampling()
    assert (sampling.cfg_scale, sampling.sampler, sampling.scheduler) == (1.0, "DPM++ 2M", "Karras")
    assert sampling.steps == Sampling().steps
    shared.opts.data.update({"flux_i2i_step": 8, "flux_i2i_cfg": 0.5})
    assert (default_sampling().steps, default_sampling().cfg_scale) == (8, 1.0)
    shared.opts.data["flux_i2i_cfg"] = 0
    assert default_sampling().cfg_scale == Sampling().cfg_scale


def test_request_without_a_job_has_defaults_if_no_kind_is_chosen(webui):
    sampling = default_sampling()
    assert (sampling.cfg_scale, sampling.steps) == (Sampling().cfg_scale, Sampling().steps)
    assert (sampling.sampler, sampling.scheduler) == (sd_samplers.samplers_for_img2img[0].name, "Automatic")
