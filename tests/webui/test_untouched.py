"""The host is left as it was, whatever else is installed and however a fix ends."""

from __future__ import annotations

import os
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from modules import (
    devices,
    job_img2img,
    loaded,
    paths_internal,
    processing,
    script_callbacks,
    sd_samplers,
    shared,
    trace,
)

from retouch.webui.engine import guest_scripts, model_patches
from tests.webui.dialect import FORGE
from tests.webui.driver import FACES, LEFT, expected_errors, inner, outer, recipe

PARAMS = Path(paths_internal.data_path, "params.txt")
SIDE = 384
"""A fix samples at 512: what is made for the picture around does not fit it."""


@pytest.fixture(autouse=True)
def one_face(webui: Any) -> None:
    webui.detectors.faces.boxes = (LEFT,)


def functions() -> dict[str, dict[str, str]]:
    """What somebody put on each module, by the code it runs."""
    named = loaded.network(shared.sd_model).named_modules()
    return {
        name: {
            key: value.__qualname__ for key, value in vars(module).items() if hasattr(value, "__qualname__")
        }
        for name, module in named
    }


def state_of(webui: Any) -> dict[str, Any]:
    """All that an inner job could change, comparable."""
    others = [s for s in webui.runner(False).alwayson_scripts if type(s).__name__ != "RetouchScript"]
    return {
        "functions": functions(),
        "checkpoint": shared.sd_model.sd_checkpoint_info.name,
        "model": (loaded.vae(), loaded.networks(), loaded.tiling(), loaded.remarks()),
        "token merging": loaded.token_merging(),
        "options": dict(shared.opts.data),
        "params.txt": PARAMS.read_text("utf-8").split("\n")[0],
        "callbacks": {name: list(found) for name, found in script_callbacks.callback_map.items()},
        "scripts": {type(s).__name__: sorted(vars(s)) for s in others},
        "host": (processing.process_images_inner, sd_samplers.create_sampler, devices.dtype_vae),
        "cache": processing.StableDiffusionProcessing.cached_c[0],
        "random": _digest(random.getstate(), np.random.get_state(), torch.get_rng_state().tolist()),
        "process": (Path.cwd(), dict(os.environ)),
        "state": {key: value for key, value in vars(shared.state).items() if key not in PRESSED},
    }


def _digest(*states: Any) -> int:
    return zlib.crc32(repr(states).encode())


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Names alone: what pytest would say of the whole takes minutes."""
    return [name for name in one if one[name] != other[name]]


def fail(p: Any) -> None:
    if type(p).__name__ == "BatchImg2Img":
        raise RuntimeError("no")


def interrupt(p: Any, step: int) -> None:
    if type(p).__name__ == "BatchImg2Img":
        shared.state.skipped = True


def spoil(p: Any, latents: Any) -> Any:
    return latents * torch.nan if type(p).__name__ == "BatchImg2Img" else latents


PRESSED = ("job_no", "skipped")
"""What counts jobs, ours too, and what the person pressed."""
ENDS: dict[str, tuple[str, Callable[..., Any] | None]] = {
    "success": ("before_sampling", None),
    "error": ("before_sampling", fail),
    "interrupt": ("on_step", interrupt),
    "NaN": ("spoil", spoil),
}
PASS = {"checkpoint": "two.safetensors", "vae": "soft.vae.pt", "clip_skip": 2, "prompt": "an eye"}
NEW_MODEL = {"functions", "token merging"}
"""What a model lacks that was built anew. Forge builds one for each checkpoint, and patches it later."""
WANTED = {
    "nobody": "",
    "signs": "signs",
    "hints": "hints",
    "all": "hints, signs, other_fixer",
}


def seeded_job(webui: Any, asked: Any, **more: Any) -> Any:
    random.seed(5)
    np.random.seed(5)
    torch.manual_seed(5)
    return webui.txt2img(asked, width=SIDE, height=SIDE, n_iter=2, steps=5, tiling=True, **more)


@pytest.mark.parametrize("one", [{}, PASS], ids=["the job's checkpoint", "its own checkpoint"])
@pytest.mark.parametrize("wanted", WANTED.values(), ids=WANTED)
@pytest.mark.parametrize("end", ENDS)
def test_fix_restores_the_host_state_however_it_ends(webui, end, wanted, one):
    webui.enabled = {"Hints", "Signs"}
    shared.opts.data.update({"retouch_scripts": wanted, "token_merging_ratio": 0.3})
    seeded_job(webui, None)
    expected = state_of(webui)
    webui.enabled = set()
    plain_after = webui.txt2img(width=SIDE, height=SIDE).pictures
    webui.enabled = {"Hints", "Signs"}
    trace.clear()

    hook, meddle = ENDS[end]
    setattr(trace, hook, meddle)
    seeded_job(webui, recipe(one))
    setattr(trace, hook, None)
    expected_errors()
    assert inner() or end == "error"
    assert set(differing(state_of(webui), expected)) <= (NEW_MODEL if FORGE and one else set())
    webui.enabled = set()
    assert webui.txt2img(width=SIDE, height=SIDE).pictures == plain_after


def test_model_rebuilt_for_a_pass_is_warned_of_if_patched(webui):
    """A checkpoint of another kind: what others had put on the model went with it."""
    webui.enabled = {"Hints"}
    own = recipe({"checkpoint": "xl.ckpt"})
    said = webui.txt2img(own, width=SIDE, height=SIDE, n_iter=2).warnings
    assert "extensions" in said
    assert "Leave the checkpoint of the pass blank" in said
    assert webui.txt2img(own, width=SIDE, height=SIDE).warnings == ""
    webui.enabled = set()
    assert webui.txt2img(own, width=SIDE, height=SIDE, n_iter=2).warnings == ""


def test_model_patches_act_on_the_picture_and_not_on_crops(webui):
    webui.enabled = {"Hints", "Signs"}
    run = webui.txt2img(FACES, width=SIDE, height=SIDE, n_iter=2, steps=5)
    assert len(inner()) == len(outer()) == 2
    assert run.warnings == ""
    assert len(trace.of("hinted")) == 2 * 5
    assert {said["p"] for said in trace.of("signed")} == {"StableDiffusionProcessingTxt2Img"}


def test_listed_script_that_patches_the_model_is_refused_by_name(webui):
    webui.enabled = {"Hints"}
    shared.opts.data["retouch_scripts"] = "hints, wildcards"
    run = webui.txt2img(FACES, width=SIDE, height=SIDE, n_iter=2, prompt="__hair__")
    assert "'hints'" in run.warnings
    assert "Settings, Retouch" in run.warnings
    assert "Retouch warnings" in run.infotexts[0]
    assert len(inner()) == 2
    assert set(inner()[0]["prompts"]) == {"red hair"}
    asked = [said["p"] for said in trace.of("hook") if said["script"] == "Hints"]
    assert set(asked) == {"StableDiffusionProcessingTxt2Img"}


def test_listed_script_without_an_active_model_patch_acts_on_crops(webui):
    """Without a hint of its own there is nothing to take away."""
    shared.opts.data["retouch_scripts"] = "hints"
    run = webui.txt2img(FACES)
    assert run.warnings == ""
    assert "BatchImg2Img" in {said["p"] for said in trace.of("hook") if said["script"] == "Hints"}


def test_listed_script_that_removes_its_own_patch_acts_on_crops(webui):
    webui.enabled = {"Signs"}
    shared.opts.data["retouch_scripts"] = "signs"
    run = webui.txt2img(FACES, n_iter=2)
    assert run.warnings == ""
    assert {said["p"] for said in trace.of("signed")} == {"StableDiffusionProcessingTxt2Img", "BatchImg2Img"}
    assert "forward" not in vars(loaded.unet().block)


def test_attributes_of_a_listed_script_are_restored_after_a_fix(webui, monkeypatch):
    found = next(s for s in webui.runner(False).scripts if type(s).__name__ == "OtherFixer")
    kept: dict[str, Any] = {"seen": ["a"], "counts": {"a": 1}, "tags": {"a"}, "at": 1}
    for name, value in kept.items():
        monkeypatch.setattr(found, name, value, raising=False)

    def process(p: Any) -> None:
        if _ours(p):
            found.seen.append("b")
            found.counts.clear()
            found.tags.add("b")
            found.at, found.new = 2, True

    monkeypatch.setattr(found, "process", process)
    shared.opts.data["retouch_scripts"] = "other_fixer"
    webui.txt2img(FACES)
    assert {name: getattr(found, name) for name in kept} == {
        "seen": ["a"],
        "counts": {"a": 1},
        "tags": {"a"},
        "at": 1,
    }
    assert not hasattr(found, "new")


def test_retouch_on_the_scripts_list_is_refused(webui):
    shared.opts.data["retouch_scripts"] = "retouch_entry"
    run = webui.txt2img(FACES)
    assert len(inner()) == 1
    assert "'retouch_entry'" in run.warnings


@pytest.mark.parametrize("outpaint", [None, {"left": 64}])
def test_refused_script_is_among_the_outpaint_warnings(webui, outpaint):
    webui.enabled = {"Hints"}
    shared.opts.data["retouch_scripts"] = "hints"
    run = webui.txt2img({**FACES, "outpaint": outpaint}, width=SIDE, height=SIDE)
    said = run.processed.extra_generation_params.get("Retouch outpaint warnings") or ""
    assert ("'hints'" in said) is (outpaint is not None)


@pytest.mark.parametrize("kept", ["list", "dict", "class"])
def test_owner_of_a_model_patch_is_found_in_list_dict_or_class(webui, kept):
    class Owner:
        def forward(self, x: Any) -> Any:
            return x

    class Keeper:
        filename = "keeper.py"

    keeper, owner = Keeper(), Owner()
    if kept == "class":
        Keeper.owner = owner
    else:
        keeper.owners = [owner] if kept == "list" else {"one": owner}
    loaded.unet().block.forward = owner.forward
    assert model_patches.owners() == [owner]
    assert guest_scripts.admit_scripts([keeper], ("keeper",), model_patches.owners())[0] == []
    del loaded.unet().block.forward
    assert guest_scripts.admit_scripts([keeper], ("keeper",), model_patches.owners()) == ([keeper], [])


def test_replaced_host_functions_are_not_called_for_crops(webui, monkeypatch):
    """ControlNet's batches count every job that passes by; tiled diffusion hands out its own sampler."""
    passed: list[str] = []
    inner_job, sampler = processing.process_images_inner, sd_samplers.create_sampler

    def batches(p: Any) -> Any:
        passed.append(type(p).__name__)
        return inner_job(p)

    def tiles(name: str, model: Any) -> Any:
        passed.append(name)
        return sampler(name, model)

    monkeypatch.setattr(processing, "process_images_inner", batches)
    monkeypatch.setattr(sd_samplers, "create_sampler", tiles)
    webui.txt2img(FACES)
    assert len(inner()) == 1
    assert passed == ["StableDiffusionProcessingTxt2Img", "Euler a"]
    assert (processing.process_images_inner, sd_samplers.create_sampler) == (batches, tiles)


def test_prompt_parser_comments_of_a_fix_are_not_in_the_infotext(webui):
    """Of an embedding in a pass's own prompt, for one: the next batch would tell of it."""

    def parse(p: Any) -> None:
        if _ours(p):
            comments, params = loaded.remarks()
            comments.append("used an eye")
            params["TI"] = "eye"

    trace.before_sampling = parse
    run = webui.txt2img(FACES, n_iter=2)
    assert len(inner()) == 2
    assert all("TI: eye" not in text for text in run.infotexts)
    assert "used an eye" not in run.processed.comments


@pytest.mark.skipif(FORGE, reason="Forge and Neo never change the dtype of the VAE in a job")
def test_vae_dtype_widened_for_a_crop_is_restored(webui, monkeypatch):
    widths = []

    def widen(p: Any) -> None:
        if type(p).__name__ == "BatchImg2Img":
            devices.dtype_vae = torch.float64
        widths.append(devices.dtype_vae)

    monkeypatch.setattr(devices, "dtype_vae", torch.float32)
    trace.before_sampling = widen
    webui.txt2img(FACES, n_iter=2)
    assert widths == [torch.float32, torch.float64] * 2
    assert devices.dtype_vae == torch.float32


@pytest.mark.parametrize("upscaler", ["Latent", "Lanczos"])
def test_a_pass_before_hires_fix_draws_nothing_from_the_shared_generators(webui, monkeypatch, upscaler):
    """The host draws the enlarged picture's latents from one of them."""

    def drawn(asked: Any) -> Any:
        torch.manual_seed(3)
        trace.before_sampling = lambda p: torch.manual_seed(p.seeds[0]) if _ours(p) else None
        return webui.txt2img(asked, enable_hr=True, hr_upscaler=upscaler, width=512, height=512)

    kept = recipe({"hires": "before", "denoising_strength": 0.9})
    plain, fixed = drawn(None).pictures[0], drawn(kept).pictures[0]
    assert len(inner()) == 1
    assert np.array_equal(plain.pixels[-64:], fixed.pixels[-64:])


def _ours(p: Any) -> bool:
    return type(p).__name__ == "BatchImg2Img"


def nan_in_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = job_img2img.encoded
    monkeypatch.setattr(job_img2img, "encoded", lambda images: _spoilt(whole(images)))


def nan_in_unet(monkeypatch: pytest.MonkeyPatch) -> None:
    trace.spoil = lambda p, latents: _spoilt(latents) if _ours(p) else latents


def nan_in_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = processing.decode_latent_batch

    def decode(model: Any, batch: Any, *rest: Any) -> Any:
        pictures = whole(model, batch, *rest)
        if batch.shape[-1] * 8 != SIDE:
            pictures[0] = _spoilt(pictures[0][None])[0]
        return pictures

    monkeypatch.setattr(processing, "decode_latent_batch", decode)


def nan_said_by_host(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = processing.decode_latent_batch

    def decode(model: Any, batch: Any, *rest: Any) -> Any:
        if batch.shape[-1] * 8 != SIDE:
            raise devices.NansException("A tensor with NaNs was produced in VAE. Use --no-half-vae.")
        return whole(model, batch, *rest)

    monkeypatch.setattr(processing, "decode_latent_batch", decode)


def _spoilt(latents: Any) -> Any:
    """One number of the last picture, far from the corner that the host looks at."""
    out = latents.clone()
    out[-1, 1, 5, 7] = torch.nan
    return out


STAGES = {
    "encoder": (nan_in_encoder, "the VAE returned NaN when it encoded", "--no-half-vae"),
    "UNet": (nan_in_unet, "the UNet returned NaN", "--no-half."),
    "decoder": (nan_in_decoder, "the VAE returned NaN when it decoded", "--no-half-vae"),
    "host": (nan_said_by_host, "the VAE returned NaN when it decoded", "--no-half-vae"),
}


@pytest.mark.parametrize("stage", STAGES)
def test_nan_warning_names_the_stage_that_produced_it(webui, monkeypatch, stage):
    plain = webui.txt2img(width=SIDE, height=SIDE)
    spoil_stage, said, hint = STAGES[stage]
    spoil_stage(monkeypatch)
    run = webui.txt2img(FACES, width=SIDE, height=SIDE)
    assert said in run.warnings
    assert hint in run.warnings
    assert ("VAE" in run.warnings) is (stage != "UNet")
    assert run.pictures == plain.pictures
