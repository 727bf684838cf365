"""Soft denoise masks on the host's samplers: held at the original until the step that the mask allows."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from modules import latents, loaded, scripts, trace
from PIL import Image

from retouch.engines.base import Job
from retouch.image.codec.decoder import from_pil
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.progress import Silent
from retouch.recipes.recipe import Settings
from retouch.recipes.sampling import Sampling
from retouch.webui.engine import soft_mask
from retouch.webui.engine.batch_img2img import FilteredScripts
from retouch.webui.engine.host_engine import HostEngine
from tests.webui.driver import photo

SIDE = 8
"""Latent cells."""
SAMPLERS = pytest.mark.parametrize("sampler", ["Euler", "DDIM"])
"""One whose masks the host blends after the denoiser, one where it does so before."""
RAMP = np.linspace(0, 255, SIDE * SIDE).astype(np.uint8).reshape(SIDE, SIDE)
"""A mask value for each cell, from 0 to 255."""
HARD = ((np.indices((SIDE, SIDE)).sum(0) % 3 == 0) * 255).astype(np.uint8)


def job(cells: np.ndarray, *, sampler: str = "Euler", content: str = "original", seed: int = 1) -> Job:
    picture = from_pil(photo(SIDE * 8, SIDE * 8, seed))
    settings = Settings(Sampling(steps=8, sampler=sampler), 0.75, content)
    return Job(picture, Mask(cells.repeat(8, 0).repeat(8, 1)), f"face {seed}", "", seed, settings)


def paint(webui: Any, *jobs: Job) -> list[Picture]:
    trace.clear()
    with webui.generating():
        painted = HostEngine().paint(jobs, Silent())
    assert all(picture is not None for picture in painted)
    return [picture for picture in painted if picture is not None]


def repainted(item: int = 0) -> np.ndarray:
    """(steps, rows, columns) where the picture that each step foresaw was not the original."""
    steps = trace.of("step")
    return np.stack([((s["foreseen"] - s["init"]).abs().amax(1) > 1e-3)[item].numpy() for s in steps])


@SAMPLERS
def test_latent_cell_is_denoised_in_its_mask_share_of_the_last_steps(webui, sampler):
    paint(webui, job(RAMP, sampler=sampler))
    seen = repainted()
    steps = len(seen)
    assert steps == {"Euler": 7, "DDIM": 5}[sampler]
    for alpha, one in zip(RAMP.flat, seen.reshape(steps, -1).T, strict=True):
        share = math.ceil(int(alpha) * steps / 255)
        assert alpha == 0 or one.tolist() == [False] * (steps - share) + [True] * share


@contextlib.contextmanager
def record_calls(method: str) -> Iterator[list[Any]]:
    """The positional arguments of every call that the host makes of this method of our runner."""
    heard: list[Any] = []
    theirs = getattr(FilteredScripts, method)

    def listening(self: Any, *args: Any, **kwargs: Any) -> None:
        heard.append(args)
        theirs(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FilteredScripts, method, listening)
        yield heard


@SAMPLERS
def test_only_latent_cells_of_mask_value_0_stay_unchanged(webui, sampler):
    with record_calls("post_sample") as heard:
        paint(webui, job(RAMP, sampler=sampler))
    ((p, made),) = heard
    assert (made.samples == p.init_latent).all(1)[0].tolist() == (RAMP == 0).tolist()


@SAMPLERS
@pytest.mark.parametrize("cells", [np.full((SIDE, SIDE), 255, np.uint8), HARD], ids=["opaque", "hard"])
def test_hard_masks_are_painted_as_the_host_paints_them(webui, sampler, cells):
    hard = job(cells, sampler=sampler)
    with record_calls("post_sample") as heard:
        ours = paint(webui, hard)
    rounded = latents.latent_mask(Image.fromarray(hard.mask.alpha), (SIDE, SIDE), 4, rounded=True)
    assert torch.equal(heard[0][0].nmask[0], rounded)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FilteredScripts, "on_mask_blend", scripts.ScriptRunner.on_mask_blend)
        assert paint(webui, hard) == ours
    assert paint(webui, job(np.minimum(cells, 200), sampler=sampler)) != ours


@SAMPLERS
def test_half_opaque_mask_is_denoised_in_the_last_half_of_the_steps(webui, sampler):
    paint(webui, job(np.full((SIDE, SIDE), 127, np.uint8), sampler=sampler))
    ran = repainted().reshape(len(repainted()), -1)
    assert (ran == ran[:, :1]).all()
    assert ran[:, 0].sum() == math.ceil(len(ran) * 127 / 255)


@SAMPLERS
def test_batched_crops_use_their_own_soft_mask(webui, sampler):
    jobs = [job(np.roll(RAMP, 3 * k), sampler=sampler, seed=k + 1) for k in range(3)]
    together = paint(webui, *jobs)
    held = [repainted(k) for k in range(3)]
    for one, picture, seen in zip(jobs, together, held, strict=True):
        assert paint(webui, one) == [picture]
        assert np.array_equal(repainted(), seen)


@SAMPLERS
def test_unet_is_given_equal_latents_alone_and_in_a_batch(webui, monkeypatch, sampler):
    """Also where the mask is 0. Forge and Neo would noise that area anew, from the batch's generator."""
    given: list[torch.Tensor] = []
    unet = loaded.unet()
    asked = unet._call_impl
    monkeypatch.setattr(unet, "_call_impl", lambda x, *more: (given.append(x.clone()), asked(x, *more))[1])
    jobs = [job(np.roll(RAMP, 3 * k), sampler=sampler, seed=k + 1) for k in range(3)]
    paint(webui, *jobs)
    together, steps = torch.stack(given), len(given)
    for k, one in enumerate(jobs):
        given.clear()
        paint(webui, one)
        torch.testing.assert_close(torch.stack(given)[:, 0], together[:, k])
    assert len(given) == steps


@pytest.mark.parametrize("content", ["latent noise", "latent nothing"])
def test_latent_noise_and_nothing_replace_opaque_cells_only(webui, content):
    starts = {}
    for name in ("original", content):
        paint(webui, job(RAMP, content=name))
        starts[name] = trace.of("step")[0]["init"]
    different = (starts["original"] != starts[content]).any(1)[0].numpy()
    assert different.tolist() == (RAMP == 255).tolist()


def test_latent_cell_takes_the_largest_mask_value_of_its_pixels(webui):
    alpha = np.zeros((64, 64), np.uint8)
    alpha[23, 40], alpha[24, 41] = 200, 255
    cells = np.zeros((SIDE, SIDE), bool)
    cells[2:4, 5] = True
    one = job(RAMP)
    paint(webui, Job(one.picture, Mask(alpha), one.prompt, "", 1, one.settings))
    assert np.array_equal(repainted().any(0), cells)
    assert np.array_equal(repainted()[0], cells & (np.arange(SIDE) == 3)[:, None])


def test_inpainting_conditioning_masks_pixels_repainted_half_of_the_steps(webui):
    loaded.become_inpainting()
    one = job(RAMP)
    with record_calls("post_sample") as heard:
        paint(webui, one)
    shown = heard[0][0].image_conditioning
    assert shown.shape == (1, 1, 64, 64)
    assert np.array_equal(shown[0, 0].numpy() == 1, one.mask.alpha >= 128)


def test_soft_inpainting_script_never_acts_on_crops():
    class Found:
        filename = "extensions-builtin/soft-inpainting/scripts/soft_inpainting.py"

    class Other:
        filename = "extensions/wildcards/scripts/wildcards.py"

    runner = scripts.ScriptRunner()
    runner.alwayson_scripts = [Found(), Other()]
    quiet = FilteredScripts.of(runner, ("soft_inpainting", "wildcards"))
    assert [type(s) for s in quiet.alwayson_scripts] == [Other]


def test_soft_mask_without_sampler_steps_changes_no_latent():
    hold = soft_mask.HostSoftMask(torch.full((1, 4, 8, 8), 100), torch.zeros(0))
    latent = torch.ones(1, 4, 8, 8)
    said = scripts.MaskBlendArgs(latent, latent, latent * 0, latent * 0, latent, object(), torch.ones(1))
    hold(said)
    assert said.blended_latent.equal(latent)


def test_signal_share_between_timesteps_is_their_geometric_mean():
    alphas = torch.linspace(0.999, 0.01, 1000)
    found = soft_mask._signal_share(alphas, torch.tensor([25.0, 25.5, 999.0]))
    expected = torch.stack([alphas[25], (alphas[25] * alphas[26]).sqrt(), alphas[999]])
    torch.testing.assert_close(found, expected)
