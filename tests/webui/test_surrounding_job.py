"""A fix is painted as the job around it made the picture at hand, whatever the settings say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from modules import extra_networks, processing, scripts, sd_vae, shared, trace
from modules.processing import StableDiffusionProcessingTxt2Img

from retouch.webui import surrounding_job
from tests.webui.dialect import DIALECT, FORGE
from tests.webui.driver import FACES, WebUI, inner, outer, photo, recipe, vae_override

BOTH = recipe({"hires": "before"}, {"hires": "after"})
KEPT = (
    "cfg_scale",
    "checkpoint",
    "clip_skip",
    "ensd",
    "eta",
    "negatives",
    "networks",
    "prompts",
    "sampler",
    "scheduler",
    "vae",
)
"""What a sampling of ours shares with the one that made the picture."""
HIRES = {
    "hr_checkpoint_name": st.sampled_from(["one.safetensors", "two.safetensors"]),
    "hr_sampler_name": st.sampled_from(["Euler a", "DPM++ 2M", "DDIM"]),
    "hr_scheduler": st.sampled_from(["Karras", "Automatic"]),
    "hr_prompt": st.sampled_from(["a sharp portrait", "a portrait <lora:sharp:1>"]),
    "hr_negative_prompt": st.just("soft"),
    "eta": st.just(0.5),
    "styles": st.just(["oil"]),
}


def of_settings(said: dict[str, Any]) -> dict[str, Any]:
    """The prompt of an item alone: ours has an item a region."""
    kept = {name: said[name] for name in KEPT}
    return {**kept, "prompts": set(said["prompts"]), "negatives": set(said["negatives"])}


@given(job=st.fixed_dictionaries({}, optional=HIRES))
@settings(
    max_examples=settings().max_examples // 3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_fix_on_each_side_of_hires_fix_has_settings_of_its_sampling(webui: WebUI, job):
    webui.reset()
    webui.txt2img(BOTH, enable_hr=True, **job)
    small, large = outer()
    early, late = inner()
    assert of_settings(early) == of_settings(small)
    assert of_settings(late) == of_settings(large)


def test_hires_settings_differ_from_the_first_sampling_in_each_value(webui):
    """So that the property above cannot hold by chance."""
    own = {
        "hr_checkpoint_name": "two.safetensors",
        "hr_sampler_name": "DPM++ 2M",
        "hr_scheduler": "Karras",
        "hr_prompt": "sharp",
        "hr_negative_prompt": "soft",
    }
    webui.txt2img(BOTH, enable_hr=True, **own)
    early, late = map(of_settings, inner())
    differing = {name for name in KEPT if early[name] != late[name]}
    assert differing == {"checkpoint", "sampler", "scheduler", "prompts", "negatives"}


def test_fix_after_hires_fix_has_the_step_density_of_the_second_pass(webui):
    """Ten steps over half of the noise are twenty over all of it, of which a pass runs its share."""
    given = []
    trace.before_sampling = lambda p: given.append(p.steps)
    job = {"enable_hr": True, "steps": 30, "denoising_strength": 0.5}
    webui.txt2img(FACES, hr_second_pass_steps=10, **job)
    assert given == [30, 30, 20]
    webui.txt2img(FACES, **job)
    assert given[3:] == [30, 30, 30]


def test_steps_of_a_fix_after_hires_fix_are_at_most_150(webui):
    given = []
    trace.before_sampling = lambda p: given.append(p.steps)
    webui.txt2img(FACES, enable_hr=True, hr_second_pass_steps=100, denoising_strength=0.1)
    assert given[-1] == 150


def test_hires_cfg_of_a_fork_applies_after_hires_fix(webui):
    p = StableDiffusionProcessingTxt2Img(prompt="a", seed=1, sampler_name="Euler a", enable_hr=True)
    p.hr_cfg = 3.5
    webui.run(p, BOTH)
    assert [said["cfg_scale"] for said in inner()] == [7.0, 3.5]


def test_prompts_rewritten_by_scripts_are_used_after_hires_fix(webui):
    """They know the first prompts only; a prompt of hires fix that is given stays."""
    webui.txt2img(FACES, prompt="__hair__", enable_hr=True)
    assert set(inner()[0]["prompts"]) == {"red hair"}
    trace.clear()
    webui.txt2img(FACES, prompt="__hair__", hr_prompt="a hat", enable_hr=True)
    assert set(inner()[0]["prompts"]) == {"a hat"}


@pytest.mark.skipif(not FORGE, reason="only Forge and Neo have a distilled CFG scale")
def test_distilled_cfg_scale_of_each_sampling_applies_to_its_fixes(webui):
    given = []
    trace.before_sampling = lambda p: given.append((type(p).__name__, p.distilled_cfg_scale))
    webui.txt2img(BOTH, enable_hr=True, distilled_cfg_scale=2.5, hr_distilled_cfg=4.5)
    assert [scale for name, scale in given if name == "BatchImg2Img"] == [2.5, 4.5]


@pytest.mark.skipif(not FORGE, reason="only Forge and Neo have a VAE for hires fix")
def test_vae_of_hires_fix_applies_to_fixes_after_it(webui):
    webui.txt2img(BOTH, enable_hr=True, hr_additional_modules=["soft.vae.pt"], n_iter=2)
    assert [said["vae"] for said in outer()] == ["Automatic", "soft.vae.pt"] * 2
    assert [said["vae"] for said in inner()] == ["Automatic", "soft.vae.pt"] * 2
    assert shared.opts.forge_additional_modules == []


OVERRIDDEN = {
    "CLIP_stop_at_last_layers": 2,
    "eta_noise_seed_delta": 31337,
    "sd_model_checkpoint": "two.safetensors",
    **vae_override("soft.vae.pt"),
}


@pytest.mark.parametrize("restore", [True, False])
@pytest.mark.parametrize("job", ["txt2img", "img2img"])
@pytest.mark.parametrize("key", OVERRIDDEN)
def test_override_settings_of_a_job_apply_to_its_fixes(webui, job, key, restore):
    said = {"override_settings": {key: OVERRIDDEN[key]}, "override_settings_restore_afterwards": restore}
    found = shared.opts.data[key]
    getattr(webui, job)(FACES, eta=0.25, n_iter=2, **said)
    assert [of_settings(one) for one in inner()] == [of_settings(one) for one in outer()]
    assert of_settings(inner()[0]) != {**of_settings(outer()[0]), "eta": None}
    assert shared.opts.data[key] == (found if restore else OVERRIDDEN[key])


@pytest.mark.skipif(DIALECT != "neo", reason="only Neo has an override of the VAE that is no option")
def test_vae_override_beside_the_options_applies_to_fixes(webui):
    said = {"sd_vae": sd_vae.vae_dict["soft.vae.pt"]}
    webui.txt2img(FACES, override_settings=said, n_iter=2)
    assert {said["vae"] for said in trace.of("sampling")} == {"soft.vae.pt"}
    webui.txt2img()
    assert outer()[-1]["vae"] == "Automatic"


def test_overridden_vae_applies_together_with_a_hires_checkpoint(webui):
    said = vae_override("soft.vae.pt")
    webui.txt2img(FACES, enable_hr=True, hr_checkpoint_name="two.safetensors", override_settings=said)
    assert (inner()[0]["checkpoint"], inner()[0]["vae"]) == ("two.safetensors", "soft.vae.pt")


def test_a_hires_checkpoint_is_not_loaded_again_for_its_fixes(webui):
    webui.txt2img(FACES, enable_hr=True, hr_checkpoint_name="two.safetensors", n_iter=2)
    loaded = [said["name"] for said in trace.of("checkpoint loaded")]
    assert loaded == ["two.safetensors", "one.safetensors", "two.safetensors"]
    assert shared.opts.sd_model_checkpoint == "one.safetensors"


def test_hires_checkpoint_is_used_again_after_a_pass_with_its_own(webui):
    job = {"enable_hr": True, "hr_checkpoint_name": "two.safetensors"}
    webui.txt2img(recipe({"checkpoint": "xl.ckpt"}, {}), **job)
    assert [said["checkpoint"] for said in inner()] == ["xl.ckpt", "two.safetensors"]


@pytest.mark.skipif(FORGE, reason="Forge and Neo refuse a hires checkpoint if the settings are frozen")
@pytest.mark.parametrize(("asked", "painted"), [("", True), ("xl.ckpt", False)])
def test_frozen_settings_allow_only_the_hires_checkpoint_of_the_job(webui, asked, painted):
    shared.cmd_opts.freeze_settings = True
    one = {"checkpoint": asked} if asked else {}
    run = webui.txt2img(recipe(one), enable_hr=True, hr_checkpoint_name="two.safetensors")
    assert [said["checkpoint"] for said in inner()] == ["two.safetensors"] * painted
    assert ("--freeze-settings" in run.warnings) is not painted


def test_frozen_settings_refuse_another_clip_skip(webui):
    shared.cmd_opts.freeze_settings = True
    run = webui.txt2img(recipe({"clip_skip": 2}))
    assert not inner()
    assert "clip skip" in run.warnings


REFINED = {"refiner_checkpoint": "two.safetensors", "refiner_switch_at": 0.8, "steps": 20}


def refined(ours: bool) -> list[str]:
    return [said["name"] for said in trace.of("refined") if said["inner"] is ours]


@pytest.mark.parametrize("job", ["txt2img", "img2img"])
def test_refiner_switches_at_the_same_noise_level_in_a_fix(webui, job):
    webui.reset()
    getattr(webui, job)(FACES, **REFINED)
    assert refined(True) == refined(False) == ["two.safetensors"]
    at, ours = (said["completed"] for said in trace.of("refined"))
    assert at == pytest.approx(ours, abs=0.06)
    assert [said["checkpoint"] for said in inner()] == ["one.safetensors"]


@pytest.mark.parametrize("which", ["first pass", "second pass", "both passes"])
def test_fixes_are_refined_like_their_side_of_hires_fix(webui, which):
    shared.opts.data["hires_fix_refiner_pass"] = which
    webui.txt2img(BOTH, enable_hr=True, **REFINED)
    expected = 2 if which == "both passes" else 1
    assert len(refined(True)) == len(refined(False)) == expected


def test_a_pass_of_its_own_checkpoint_is_not_refined(webui):
    webui.txt2img(recipe({"checkpoint": "xl.ckpt"}), **REFINED)
    assert refined(True) == []


def test_extension_uses_the_hires_checkpoint_and_sampler(webui):
    job = {"enable_hr": True, "hr_checkpoint_name": "two.safetensors", "hr_sampler_name": "DPM++ 2M"}
    asked = {"enabled": True, "recipe": {"passes": []}, "outpaint": {"left": 64}}
    webui.txt2img(asked, width=256, height=256, **job)
    assert inner()
    assert {(said["checkpoint"], said["sampler"]) for said in inner()} == {("two.safetensors", "DPM++ 2M")}


def test_each_batch_file_is_fixed_with_its_own_settings(webui):
    """The Batch tab changes one job from file to file: prompt, seed, sampler, CFG scale and checkpoint."""
    p = processing.StableDiffusionProcessingImg2Img(init_images=[], denoising_strength=0.5)
    files = [
        {"prompt": "a", "sampler_name": "Euler a", "cfg_scale": 5.0, "seed": 1},
        {"prompt": "b", "sampler_name": "DDIM", "cfg_scale": 9.0, "seed": 2},
    ]
    webui.prepare(p, FACES)
    for made, checkpoint in zip(files, ("two.safetensors", "one.safetensors"), strict=True):
        vars(p).update(made, override_settings={"sd_model_checkpoint": checkpoint})
        p.init_images = [photo()]
        with webui.generating():
            processing.process_images(p)
    assert [of_settings(one) for one in inner()] == [of_settings(one) for one in outer()]
    assert [said["checkpoint"] for said in inner()] == ["two.safetensors", "one.safetensors"]
    assert [set(said["prompts"]) for said in inner()] == [{"a"}, {"b"}]


def test_each_xyz_cell_is_fixed_with_its_hires_checkpoint(webui):
    xyz = next(s.module for s in scripts.scripts_data if s.script_class.__module__ == "xyz_grid.py")

    def hires_checkpoint(p: Any, value: str, _values: Any) -> None:
        p.hr_checkpoint_name = value

    p = StableDiffusionProcessingTxt2Img(prompt="a", seed=1, sampler_name="Euler a", enable_hr=True)
    webui.prepare(p, FACES)
    names = ["two.safetensors", "xl.ckpt"]
    with webui.generating():
        xyz.draw(p, xyz.AxisOption("Hires checkpoint", str, hires_checkpoint), names)
    assert [said["checkpoint"] for said in inner()] == names


def test_disabled_extra_networks_stay_disabled_in_fixes(webui, monkeypatch):
    activated = []
    monkeypatch.setattr(extra_networks, "activate", lambda p, tags: activated.append(type(p).__name__))
    webui.txt2img(FACES, prompt="a <lora:x:1>", disable_extra_networks=True)
    assert activated == []
    assert len(inner()) == 1


def test_only_known_img2img_fields_of_a_job_are_passed_on():
    class Fork:
        eta, s_noise, refiner_checkpoint, unheard_of = 0.5, 1.01, None, 3

    assert surrounding_job.Around(Fork()).img2img("") == {"eta": 0.5, "s_noise": 1.01}
