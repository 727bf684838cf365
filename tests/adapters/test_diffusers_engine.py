"""Every family paints batches: alike alone and together, alike twice, stoppable, and failing in order."""

from __future__ import annotations

import dataclasses
import weakref

import pytest
import torch

from retouch.engines import base, latents
from retouch.engines.diffusers_engine import DiffusersEngine
from retouch.engines.random_model import tiny_pipeline, tiny_random
from retouch.errors import NotANumber, OutOfMemory, PaintFailed
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.progress import Silent
from retouch.testing import FakeProgress
from tests.adapters import tiny
from tests.adapters.tiny import gap, job, paint, tuned, watched

FAMILIES = pytest.mark.parametrize("family", tiny.BUILDERS)
GUIDED = [family for family in tiny.BUILDERS if "FLUX" not in family]


def denoiser(engine):
    pipe = engine._shelf.own.pipe
    return getattr(pipe, "unet", None) or pipe.transformer


@FAMILIES
def test_batched_job_is_painted_as_it_is_alone(family):
    jobs = [job(i) for i in range(3)]
    together = paint(tiny.engine(family), *jobs)
    alone = [paint(tiny.engine(family), one) for one in jobs]
    assert max(map(gap, together, alone)) <= 2
    assert min(gap(together[0], other) for other in together[1:]) > 16


@FAMILIES
def test_the_same_request_gives_the_same_bytes(family):
    jobs = [job(i) for i in range(2)]
    assert paint(tiny.engine(family), *jobs) == paint(tiny.engine(family), *jobs)


@FAMILIES
@pytest.mark.parametrize("what", ["picture", "mask", "prompt", "seed"])
def test_picture_mask_prompt_and_seed_each_change_the_painting(family, what):
    changed = dataclasses.replace(job(0), **{what: getattr(job(1), what)})
    assert gap(paint(tiny.engine(family), job(0)), paint(tiny.engine(family), changed)) > 2


@FAMILIES
def test_a_batch_is_one_sampling_call(family):
    with watched(denoiser(tiny.engine(family))) as seen:
        paint(tiny.engine(family), *[job(i) for i in range(3)])
    copies = 2 if family in GUIDED else 1
    assert [len(batch) for batch in seen] == [3 * copies] * 2


@FAMILIES
def test_latents_outside_the_mask_are_kept(family):
    model = tiny.engine(family)._shelf.own
    batch = latents.batch_of(model.pipe, model.family, [job(0)])
    with watched(model.pipe.vae.post_quant_conv) as seen:
        paint(tiny.engine(family), job(0))
    mean, spread = latents._normalisation(model.pipe.vae, seen[0])
    apart = (((seen[0] - mean) / spread - batch.latents).abs() > 1e-3).any(1, keepdim=True)
    assert torch.equal(apart, batch.alpha > 0)


@pytest.mark.parametrize("family", GUIDED)
def test_a_negative_prompt_acts_where_there_is_guidance(family):
    def difference(cfg_scale):
        plain = job(0, settings=tuned(cfg_scale=cfg_scale))
        told = dataclasses.replace(plain, negative_prompt="a zebra")
        return gap(paint(tiny.engine(family), plain), paint(tiny.engine(family), told))

    assert difference(7.0) > 2
    assert difference(1.0) == 0


@FAMILIES
def test_model_in_bfloat16_paints(family):
    engine = DiffusersEngine(tiny.build(family).to(torch.bfloat16))
    assert gap(paint(engine, job(0)), job(0).picture) > 2


@FAMILIES
def test_interrupt_ends_sampling_after_the_current_step(family):
    progress = FakeProgress(stop_after=1)
    with watched(denoiser(tiny.engine(family))) as seen:
        painted = tiny.engine(family).paint([job(0), job(1)], progress)
    assert painted == [None, None]
    assert len(seen) == 1
    assert progress.shown == [(1, 2, "step 1 of 2")]


def test_interrupt_before_sampling_runs_no_model():
    engine = tiny.engine("SD")
    with watched(denoiser(engine)) as seen, watched(engine._shelf.own.pipe.text_encoder) as read:
        assert engine.paint([job(0)], FakeProgress(stop_after=0)) == [None]
    assert not seen
    assert not read


def test_after_a_stop_the_engine_paints_as_before():
    engine, before = tiny.engine("SD"), paint(tiny.engine("SD"), job(0))
    engine.paint([job(0)], FakeProgress(stop_after=1))
    assert paint(engine, job(0)) == before


def test_no_jobs_or_denoising_strength_0_samples_nothing():
    still = job(0, settings=tuned(strength=0.0))
    with watched(denoiser(tiny.engine("SD"))) as seen:
        assert tiny.engine("SD").paint([], Silent()) == []
        assert tiny.engine("SD").paint([still], Silent()) == [still.picture]
    assert not seen


def test_jobs_with_different_settings_in_one_batch_are_refused():
    with pytest.raises(ValueError, match="one settings"):
        paint(tiny.engine("SD"), job(0), job(1, settings=tuned(strength=0.6)))


def test_a_mask_repaints_every_cell_it_touches():
    corner = Mask.of_box(tiny.SIZE, Box(15, 7, 17, 8))
    alpha = latents._alpha([job(0, mask=corner)], 8, "cpu")
    hole = latents._hole(alpha, 1, 8)
    assert alpha.nonzero()[:, 2:].tolist() == [[0, 1], [0, 2]]
    assert hole.sum() == 2 * 64
    assert hole[0, 0, 7, 8] == 1


def breaking(monkeypatch, engine, forward):
    monkeypatch.setattr(denoiser(engine), "forward", forward)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory"),
    ],
)
def test_out_of_memory_releases_tensors_while_the_error_is_held(monkeypatch, error):
    held = []

    def forward(sample, *args, **kwargs):
        held.append(weakref.ref(sample))
        raise error

    breaking(monkeypatch, tiny.engine("SD"), forward)
    with pytest.raises(OutOfMemory) as caught:
        paint(tiny.engine("SD"), job(0))
    assert caught.value.__cause__ is error
    assert held[0]() is None


def test_nan_from_the_model_is_reported_with_its_dtype(monkeypatch):
    breaking(monkeypatch, tiny.engine("SD"), lambda sample, *_, **__: (sample * torch.nan,))
    with pytest.raises(NotANumber, match="float32"):
        paint(tiny.engine("SD"), job(0))


def test_other_sampling_error_is_paint_failed_with_its_cause(monkeypatch):
    def forward(*args, **kwargs):
        raise RuntimeError("boom")

    breaking(monkeypatch, tiny.engine("SD"), forward)
    with pytest.raises(PaintFailed, match="RuntimeError: boom") as caught:
        paint(tiny.engine("SD"), job(0))
    assert not isinstance(caught.value, OutOfMemory | NotANumber)
    assert isinstance(caught.value.__cause__, RuntimeError)


@pytest.mark.parametrize("side", [512, 768])
def test_native_size_is_that_of_the_model(side):
    assert DiffusersEngine(tiny_pipeline(side)).native("") == Size(side, side)


def test_every_model_family_has_its_native_size():
    natives = {family: tiny.engine(family).native("").width for family in tiny.BUILDERS}
    assert natives == {family: 64 if family in GUIDED else 1024 for family in tiny.BUILDERS}


def test_noise_engine_implements_the_engine_protocol_and_is_named():
    engine = tiny_random()
    assert isinstance(engine, base.Engine)
    assert "noise" in engine.name
    assert engine.native("") == Size(256, 256)
    assert gap(paint(engine, job(0)), job(0).picture) > 16
