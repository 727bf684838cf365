"""What each setting does to the sampling."""

from __future__ import annotations

import pytest
import torch

from retouch.engines import latents, samplers
from retouch.errors import BadInput
from tests.adapters import tiny
from tests.adapters.tiny import gap, job, paint, tuned, watched


def paint_with(family="SD", **settings):
    return paint(tiny.engine(family), job(0, settings=tuned(**settings)))


def batch(family="SD", **changes):
    model = tiny.engine(family)._shelf.own
    with torch.no_grad():
        return latents.batch_of(model.pipe, model.family, [job(0, **changes)])


def first_input(**settings):
    with watched(tiny.engine("SD")._shelf.own.pipe.unet) as seen:
        paint_with(**settings)
    return seen[0]


@pytest.mark.parametrize("name", samplers.SAMPLERS)
def test_every_sampler_is_deterministic_at_partial_strength(name):
    once = paint_with(sampler=name, strength=0.75, steps=6)
    assert once == paint_with(sampler=name, strength=0.75, steps=6)
    assert (gap(once, paint_with(strength=0.75, steps=6)) == 0) == (name == "DDIM")


def test_batches_agree_with_single_jobs_where_the_sampler_draws_noise():
    settings = tuned(sampler="Euler a")
    jobs = [job(i, settings=settings) for i in range(2)]
    alone = [paint(tiny.engine("SD"), one) for one in jobs]
    assert max(map(gap, paint(tiny.engine("SD"), *jobs), alone)) <= 2


@pytest.mark.parametrize("schedule", [s for s in samplers.SCHEDULES if s != "Automatic"])
def test_schedules_reach_the_scheduler(schedule):
    chosen = paint_with(sampler="Euler", scheduler=schedule, steps=6)
    assert (gap(chosen, paint_with(sampler="Euler", steps=6)) == 0) == (schedule == "Uniform")


def test_schedule_automatic_is_the_samplers_customary_one():
    assert paint_with(sampler="DPM++ 2M", scheduler="Automatic") == paint_with(sampler="DPM++ 2M Karras")


def test_scheduler_of_the_model_is_restored_after_another_sampler():
    own = paint_with()
    paint_with(sampler="Euler a")
    assert paint_with() == own


def test_a_schedule_the_sampler_does_not_have_is_refused():
    with pytest.raises(BadInput, match="DDIM has no Karras schedule"):
        paint_with(sampler="DDIM", scheduler="Karras")


def test_flow_models_take_flow_samplers_only():
    assert paint_with("SD3", sampler="Euler") == paint_with("SD3")
    with pytest.raises(BadInput, match="not a sampler of this model"):
        paint_with("SD3", sampler="DPM++ 2M")


def test_clip_skip_1_equals_2_for_sdxl_but_not_for_sd():
    assert gap(paint_with(clip_skip=1), paint_with(clip_skip=2)) > 2
    assert paint_with("SDXL", clip_skip=1) == paint_with("SDXL", clip_skip=2)
    assert gap(paint_with("SDXL", clip_skip=2), paint_with("SDXL", clip_skip=3)) > 2


def test_the_noise_multiplier_scales_the_initial_noise():
    low, plain, high = (first_input(noise_multiplier=k) for k in (0.5, 1.0, 1.5))
    assert (plain - low).abs().max() > 0.1
    torch.testing.assert_close(high - plain, plain - low)


def test_smallest_denoising_strength_makes_one_step():
    with watched(tiny.engine("SD")._shelf.own.pipe.unet) as seen:
        paint_with(strength=0.01)
    assert len(seen) == 1


def test_denoising_strength_1_makes_every_step():
    with watched(tiny.engine("SD")._shelf.own.pipe.unet) as seen:
        paint_with(strength=1.0)
    assert len(seen) == 4


def test_a_subseed_blends_noises_of_unit_strength():
    plain, other = batch(seed=3).noise, batch(seed=8).noise
    half = batch(seed=3, subseed=8, subseed_strength=0.5).noise
    assert torch.equal(batch(seed=3, subseed=8, subseed_strength=0.0).noise, plain)
    torch.testing.assert_close(batch(seed=3, subseed=8, subseed_strength=1.0).noise, other)
    assert half.norm() == pytest.approx((plain.norm() + other.norm()).item() / 2, rel=0.02)
    assert (half - plain).norm() == pytest.approx((half - other).norm().item(), rel=0.05)


def test_slerp_of_equal_noises_is_that_noise():
    noise = torch.randn(4, 8, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(latents.slerp(noise, noise, 0.5), noise)


@pytest.mark.parametrize("content", ["latent noise", "latent nothing"])
def test_latent_noise_and_nothing_replace_masked_latents_only(content):
    plain, changed = batch(), batch(settings=tuned(content=content))
    inside = (plain.alpha == 255).expand_as(plain.latents)
    assert torch.equal(plain.latents[~inside], changed.latents[~inside])
    assert changed.latents[inside].std() == pytest.approx(1.0 if "noise" in content else 0.0, abs=0.2)
    assert gap(paint_with(), paint_with(content=content)) > 2


@pytest.mark.parametrize("family", ["SD inpainting", "SDXL inpainting", "SD3 inpainting"])
def test_inpainting_checkpoint_gets_mask_and_picture_with_a_grey_hole(family):
    pipe = tiny.engine(family)._shelf.own.pipe
    filled = batch(family)
    with torch.no_grad():
        grey = pipe.vae.encode(filled.pixels * (1 - filled.hole)).latent_dist
    mean, spread = latents._normalisation(pipe.vae, grey.mean)
    denoiser = getattr(pipe, "unet", None) or pipe.transformer
    with watched(denoiser) as seen:
        paint_with(family)
    mask, known = _shown(seen[0], filled)
    assert torch.equal(mask, (filled.alpha == 255).float())
    assert ((known * spread + mean - grey.mean).abs() < 6 * grey.std).all()


def _shown(seen, filled):
    channels = filled.latents.shape[1]
    return seen[:1, channels : channels + 1], seen[:1, channels + 1 :]
