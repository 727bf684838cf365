"""References of edit models. Only Forge Neo has edit models."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest
import torch
from modules import sd_models, shared, trace

from retouch.engines.base import Job
from retouch.errors import PaintFailed
from retouch.image.codec.decoder import from_pil
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.progress import Silent
from retouch.recipes.recipe import Settings
from retouch.webui.engine.host_engine import HostEngine
from retouch.webui.host.dialects import dialect
from retouch.webui.host.models import models_as_found, use_models
from tests.webui.dialect import DIALECT
from tests.webui.driver import FACES, inner, outer, photo, recipe

neo = pytest.mark.skipif(DIALECT != "neo", reason="only Neo has edit models")
OTHER = pytest.mark.skipif(DIALECT == "neo", reason="Neo has edit models")
KONTEXT, SECOND = "kontext.safetensors", "kontext2.safetensors"


@pytest.fixture
def edits(webui, monkeypatch):
    """The WebUI with two edit models, one of them loaded."""
    for name in (KONTEXT, SECOND):
        info = sd_models.CheckpointInfo(name)
        monkeypatch.setitem(sd_models.checkpoints_list, name, info)
        monkeypatch.setitem(sd_models.checkpoint_aliases, name, info)
    shared.opts.data["sd_model_checkpoint"] = KONTEXT
    dialect().load()
    trace.clear()
    return webui


def plain(value: int, side: int = 512) -> Picture:
    return Picture(np.full((side, side, 3), value, np.uint8))


def job(picture: Picture, seed: int = 1, prompt: str = "a cat") -> Job:
    mask = Mask(np.full((picture.size.height, picture.size.width), 255, np.uint8))
    return Job(picture, mask, prompt, "", seed, Settings())


def brightness(references: list[torch.Tensor]) -> list[float]:
    return [round(float(latent[:, :3].mean()), 1) for latent in references]


def seen(sampling: dict[str, Any]) -> list[float]:
    """The brightness -1..1 of each reference of a sampling call."""
    return brightness(sampling["references"])


def paint(*jobs: Job) -> list[Picture | None]:
    with models_as_found():
        return HostEngine().paint(jobs, Silent())


@OTHER
def test_host_without_edit_models_refuses_references(webui):
    with pytest.raises(PaintFailed, match="2 references") as refused, dialect().references([plain(0)] * 2):
        pass
    assert dialect().name in refused.value.what
    assert "Forge Neo" in refused.value.hint


def test_no_references_are_fine_with_any_model(webui):
    with dialect().references([]):
        assert not dialect().paints_from_references()


@neo
def test_model_that_is_no_edit_model_refuses_references(webui):
    with pytest.raises(PaintFailed, match=r"one\.safetensors") as refused, dialect().references([plain(0)]):
        pass
    assert "Kontext" in refused.value.hint


@neo
def test_setting_that_disables_references_of_klein_refuses_them(edits, monkeypatch):
    from backend import args

    monkeypatch.setattr(args.dynamic_args, "kontext", False)
    monkeypatch.setattr(args.dynamic_args, "klein", True)
    assert dialect().paints_from_references()
    shared.opts.data["klein_no_reference"] = True
    assert not dialect().paints_from_references()
    with pytest.raises(PaintFailed, match="no edit model"), dialect().references([plain(0)]):
        pass


@neo
def test_each_job_of_a_batch_has_its_own_picture_as_reference(edits):
    jobs = [job(plain(value), prompt=prompt) for value, prompt in ((0, "a"), (128, "a"), (255, "b"))]
    together = paint(*jobs)
    assert [seen(sampling) for sampling in inner()] == [[-1.0], [0.0], [1.0]]
    assert [np.array_equal(a.pixels, paint(b)[0].pixels) for a, b in zip(together, jobs, strict=True)] == [
        True
    ] * 3


@neo
def test_equal_jobs_in_a_row_each_have_their_picture(edits):
    """The second has its prompt in the cache of the first, if there is one."""
    engine = HostEngine()
    with models_as_found():
        for seed in (1, 1):
            engine.paint([job(plain(255), seed)], Silent())
    assert [seen(sampling) for sampling in inner()] == [[1.0], [1.0]]


@neo
def test_models_without_references_share_a_call(webui):
    paint(job(plain(0)), job(plain(255)))
    assert [sampling["batch"] for sampling in inner()] == [2]


@neo
@pytest.mark.parametrize("hires", [{}, {"enable_hr": True}, {"enable_hr": True, "hr_upscaler": "R-ESRGAN"}])
def test_later_batches_of_a_txt2img_see_no_reference(edits, hires):
    passes = recipe({"hires": "before"}, {"hires": "after"}) if hires else FACES
    edits.txt2img(passes, n_iter=2, **hires)
    assert inner()
    assert all(sampling["references"] for sampling in inner())
    assert [seen(sampling) for sampling in outer()] == [[]] * len(outer())


@neo
def test_later_jobs_see_no_reference(edits):
    edits.txt2img(FACES)
    trace.clear()
    edits.txt2img()
    assert [seen(sampling) for sampling in outer()] == [[]]


@neo
def test_later_batches_of_an_img2img_see_its_picture(edits):
    edits.img2img(FACES, n_iter=2)
    first, second = outer()
    assert torch.equal(first["references"][0], second["references"][0])
    assert not any(torch.equal(first["references"][0], said["references"][0]) for said in inner())


@neo
@pytest.mark.parametrize("checkpoint", ["one.safetensors", SECOND])
def test_pass_with_its_own_checkpoint_leaves_the_references_of_the_job(edits, checkpoint):
    edits.img2img(recipe({"checkpoint": checkpoint}), n_iter=2)
    first, second = outer()
    assert {said["checkpoint"] for said in inner()} == {checkpoint}
    assert torch.equal(first["references"][0], second["references"][0])
    assert len(second["references"]) == 1


@neo
def test_pass_of_a_plain_checkpoint_sees_no_reference_of_the_job(edits):
    edits.img2img(recipe({"checkpoint": "one.safetensors", "variations": 2}))
    assert [seen(said) for said in inner()] == [[]] * len(inner())


@neo
def test_references_are_seen_beside_the_picture_of_each_job(edits):
    with dialect().references([plain(255), plain(128, 64)]):
        paint(job(plain(0)), job(plain(64)))
    assert [seen(sampling) for sampling in inner()] == [[-1.0, 1.0, 0.0], [-0.5, 1.0, 0.0]]


@neo
def test_references_are_those_of_the_surrounding_job_again_afterwards(edits):
    from backend import args

    model, theirs = shared.sd_model, torch.full((1, 4, 2, 2), 0.5)
    model.ini_latent, model.ref_latents, args.dynamic_args.ref_latents = theirs, [theirs], [theirs, theirs]
    with contextlib.suppress(ZeroDivisionError), dialect().references([plain(255)]):
        assert brightness(model.ref_latents) == [1.0]
        paint(job(plain(0)))
        raise ZeroDivisionError
    assert model.ini_latent is theirs
    assert [id(latent) for latent in model.ref_latents] == [id(theirs)]
    assert [id(latent) for latent in args.dynamic_args.ref_latents] == [id(theirs)] * 2
    assert args.dynamic_args.is_referencing is False


@neo
def test_references_of_the_job_reach_its_fixes(edits):
    shared.sd_model.ref_latents.append(torch.full((1, 4, 2, 2), 0.5))
    paint(job(plain(0)))
    assert [seen(sampling) for sampling in inner()] == [[-1.0, 0.5]]


@neo
def test_references_are_encoded_alike_each_time_and_draw_no_random_numbers(edits):
    state = torch.random.get_rng_state()
    taken = []
    for _ in range(2):
        with dialect().references([from_pil(photo())]):
            taken.append(shared.sd_model.ref_latents[0])
        assert torch.equal(state, torch.random.get_rng_state())
        torch.rand(1)
        state = torch.random.get_rng_state()
    assert torch.equal(*taken)


@neo
@pytest.mark.parametrize(
    ("size", "expected"),
    [((512, 512), (512, 512)), ((70, 500), (64, 512)), ((4096, 2048), (1472, 704)), ((9, 9), (64, 64))],
)
def test_references_have_sides_of_multiples_of_64_within_the_native_area(edits, size, expected):
    shared.sd_model.is_sd1 = False
    with dialect().references([from_pil(photo(*size))]):
        latent = shared.sd_model.ref_latents[0]
    assert (latent.shape[3] * 8, latent.shape[2] * 8) == expected


@neo
def test_interrupt_keeps_what_an_edit_model_has_finished(edits):
    def stop(p: Any, step: int) -> None:
        shared.state.interrupted = len(inner()) == 2

    trace.on_step = stop

    class Watcher(Silent):
        stopped = property(lambda self: shared.state.interrupted)

    with models_as_found():
        done = HostEngine().paint([job(plain(value)) for value in (0, 128, 255)], Watcher())
    assert [picture is None for picture in done] == [False, True, True]
    assert len(trace.of("encoded")) == 2


@neo
def test_model_that_is_loaded_anew_has_the_references_of_the_one_before(edits):
    theirs = torch.full((1, 4, 2, 2), 0.5)
    before = shared.sd_model
    before.ref_latents.append(theirs)
    with models_as_found():
        use_models(SECOND, "")
        assert shared.sd_model.ref_latents == []
    assert shared.sd_model is not before
    assert [id(latent) for latent in shared.sd_model.ref_latents] == [id(theirs)]


@neo
def test_model_of_another_checkpoint_does_not_get_the_references(edits):
    shared.sd_model.ref_latents.append(torch.full((1, 4, 2, 2), 0.5))
    with dialect().references_kept():
        use_models(SECOND, "")
    assert shared.sd_model.ref_latents == []


@neo
def test_references_are_given_to_the_checkpoint_of_a_pass(edits):
    with models_as_found():
        use_models(SECOND, "")
        with dialect().references([plain(255)]):
            assert brightness(shared.sd_model.ref_latents) == [1.0]
        assert shared.sd_model.ref_latents == []
    assert dialect().loaded().sd_checkpoint_info.name == KONTEXT
