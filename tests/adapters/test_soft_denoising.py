"""Soft denoise masks on the pipelines of diffusers: held at the original until the mask lets go."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
import torch

from retouch.engines import latents
from retouch.engines.diffusers_soft_mask import DiffusersSoftMask
from retouch.engines.samplers import SAMPLERS
from retouch.image.mask import Mask
from tests.adapters import tiny
from tests.adapters.tiny import SIZE, gap, job, paint, tuned, watched

FAMILIES = pytest.mark.parametrize("family", tiny.BUILDERS)
STEPS = 8
ROWS, COLUMNS = SIZE.height // 8, SIZE.width // 8
RAMP = np.linspace(0, 255, ROWS * COLUMNS).astype(np.uint8).reshape(ROWS, COLUMNS)
"""A mask value for each latent cell, from 0 to 255."""


def masked(cells, strength=1.0, number=0, content="original", **sampling):
    settings = tuned(strength, content, steps=STEPS, **sampling)
    return job(number, mask=Mask(cells.repeat(8, 0).repeat(8, 1)), settings=settings)


def flat(alpha, **changes):
    return masked(np.full((ROWS, COLUMNS), alpha, np.uint8), **changes)


@contextlib.contextmanager
def after_steps(model):
    """(as the step left them, as the next one gets them) of every step, (B, C, h, w)."""
    seen = []
    theirs = DiffusersSoftMask.after_step

    def listening(hold, step, left):
        given = theirs(hold, step, left)
        seen.append(
            [model.family.unpack_latents(model.pipe, x, SIZE.height, SIZE.width) for x in (left, given)]
        )
        return given

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DiffusersSoftMask, "after_step", listening)
        yield seen


@FAMILIES
def test_latent_cell_is_denoised_in_its_mask_share_of_the_last_steps(family):
    engine = tiny.engine(family)
    with after_steps(engine._shelf.own) as seen:
        paint(engine, masked(RAMP))
    assert len(seen) == STEPS
    held = np.stack([(left != given).any(1)[0].numpy() for left, given in seen])
    for alpha, one in zip(RAMP.flat, held.reshape(STEPS, -1).T, strict=True):
        share = math.ceil(int(alpha) * STEPS / 255)
        assert alpha == 0 or one.tolist() == [True] * (STEPS - share) + [False] * share


def test_held_latents_are_the_original_noised_for_the_next_step():
    engine, one = tiny.engine("SD"), masked(RAMP)
    model = engine._shelf.own
    batch = latents.batch_of(model.pipe, model.family, [one])
    with after_steps(model) as seen:
        paint(engine, one)
    scheduler = model.pipe.scheduler
    for step, (left, given) in enumerate(seen[:-1]):
        share = scheduler.alphas_cumprod[scheduler.timesteps[step + 1]]
        original = share.sqrt() * batch.latents + (1 - share).sqrt() * batch.noise
        held = (left != given).any(1)[0]
        torch.testing.assert_close(given[0, :, held], original[0, :, held])


@FAMILIES
def test_mask_value_acts_like_its_share_of_the_denoising_strength(family):
    """128 of 255 is 5 steps of 8. Exact where a step depends on nothing but the one before it."""
    sampler = "" if "SD3" in family or "FLUX" in family else "DDIM"
    soft = paint(tiny.engine(family), flat(128, sampler=sampler))
    assert gap(soft, paint(tiny.engine(family), flat(255, strength=5 / STEPS, sampler=sampler))) <= 2
    assert gap(soft, paint(tiny.engine(family), flat(255, sampler=sampler))) > 2


@FAMILIES
def test_only_latent_cells_of_mask_value_0_stay_unchanged(family):
    model = tiny.engine(family)._shelf.own
    batch = latents.batch_of(model.pipe, model.family, [masked(RAMP)])
    with watched(model.pipe.vae.post_quant_conv) as seen:
        paint(tiny.engine(family), masked(RAMP))
    mean, spread = latents._normalisation(model.pipe.vae, seen[0])
    apart = (((seen[0] - mean) / spread - batch.latents).abs() > 1e-3).any(1, keepdim=True)
    assert torch.equal(apart, batch.alpha > 0)


@FAMILIES
def test_opaque_mask_is_not_affected_by_soft_denoising(family, monkeypatch):
    hard = job(0, settings=tuned(steps=STEPS))
    held = paint(tiny.engine(family), hard)
    monkeypatch.setattr(DiffusersSoftMask, "after_step", lambda hold, step, left: left)
    assert paint(tiny.engine(family), hard) == held
    assert gap(paint(tiny.engine(family), masked(RAMP)), paint(tiny.engine(family), flat(255))) > 2


@FAMILIES
def test_batched_crops_use_their_own_soft_mask(family):
    jobs = [masked(np.roll(RAMP, 29 * k), number=k) for k in range(3)]
    together = paint(tiny.engine(family), *jobs)
    assert max(map(gap, together, [paint(tiny.engine(family), one) for one in jobs])) <= 2


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_soft_mask_changes_as_much_as_reduced_strength_for_every_sampler(sampler):
    """100 of 255 is 4 steps of 8. Solvers that remember earlier steps, or span two, are not exact."""
    soft, full = _distance(flat(100, sampler=sampler)), _distance(flat(255, sampler=sampler))
    assert soft < 1.5 * _distance(flat(255, strength=4 / STEPS, sampler=sampler))
    assert 0.05 * full < soft < 0.5 * full


def _distance(one):
    """Of the latents that are decoded from the original's."""
    model = tiny.engine("SD")._shelf.own
    clean = latents.batch_of(model.pipe, model.family, [one]).latents
    with watched(model.pipe.vae.post_quant_conv) as seen:
        paint(tiny.engine("SD"), one)
    mean, spread = latents._normalisation(model.pipe.vae, seen[0])
    return ((seen[0] - mean) / spread - clean).norm().item()


@pytest.mark.parametrize("content", ["latent noise", "latent nothing"])
def test_latent_noise_and_nothing_replace_opaque_cells_only(content):
    model = tiny.engine("SD")._shelf.own
    plain, changed = (
        latents.batch_of(model.pipe, model.family, [masked(RAMP, content=name)]).latents
        for name in ("original", content)
    )
    different = (plain != changed).any(1)[0].numpy()
    assert different.tolist() == (RAMP == 255).tolist()


@pytest.mark.parametrize("family", ["SD", "FLUX", "SD inpainting", "SD3 inpainting", "FLUX Fill"])
def test_inpainting_hole_holds_pixels_repainted_for_half_of_the_steps(family):
    model = tiny.engine(family)._shelf.own
    batch = latents.batch_of(model.pipe, model.family, [masked(RAMP)])
    least = 1 if family in ("SD", "FLUX") else 128
    assert np.array_equal(batch.hole[0, 0, ::8, ::8].numpy() == 1, least <= RAMP)
