"""The WebUI is left as it was found: models, files, progress, settings, patches."""

from __future__ import annotations

from pathlib import Path

import pytest
from modules import loaded, paths_internal, processing, sd_models, shared, trace

from retouch.webui.engine import host_engine
from tests.webui.driver import FACES, expected_errors, inner, outer, recipe

OTHER = {"checkpoint": "two.safetensors", "vae": "soft.vae.pt"}
PARAMS = Path(paths_internal.data_path, "params.txt")


def loads(kind: str) -> list[str]:
    return [said["name"] for said in trace.of(f"{kind} loaded")]


def test_checkpoint_and_vae_of_a_pass_are_loaded_and_restored_once(webui):
    shared.opts.data["retouch_batch_limit"] = 1
    webui.txt2img(recipe(OTHER), batch_size=2)
    assert [(said["checkpoint"], said["vae"]) for said in inner()] == [("two.safetensors", "soft.vae.pt")] * 4
    assert loads("checkpoint") == ["two.safetensors", "one.safetensors"]
    assert loads("vae") == ["soft.vae.pt", "Automatic"]


def test_each_batch_of_the_outer_job_has_its_own_checkpoint(webui):
    webui.txt2img(recipe(OTHER), n_iter=2)
    assert {(said["checkpoint"], said["vae"]) for said in outer()} == {("one.safetensors", "Automatic")}


def test_two_passes_of_one_checkpoint_load_it_once(webui):
    webui.txt2img(recipe(OTHER, OTHER))
    assert loads("checkpoint") == ["two.safetensors", "one.safetensors"]


def test_overridden_checkpoint_of_the_job_is_restored_after_fixes(webui):
    webui.txt2img(recipe(OTHER), override_settings={"sd_model_checkpoint": "xl.ckpt"}, n_iter=2)
    assert {said["checkpoint"] for said in outer()} == {"xl.ckpt"}
    assert shared.opts.sd_model_checkpoint == "one.safetensors"


def test_checkpoint_and_vae_are_restored_after_a_failed_fix(webui):
    def fail(p):
        if type(p).__name__ == "BatchImg2Img":
            raise RuntimeError("no")

    trace.before_sampling = fail
    before = dict(shared.opts.data)
    webui.txt2img(recipe(OTHER))
    expected_errors()
    assert (shared.sd_model.sd_checkpoint_info.name, loaded.vae()) == ("one.safetensors", "Automatic")
    assert shared.opts.data == before


@pytest.mark.parametrize(
    ("knob", "name"), [("checkpoint", "tow.safetensors"), ("vae", "soft.vae"), ("sampler", "Eular")]
)
def test_an_unknown_model_is_refused_with_the_nearest_name(webui, knob, name):
    run = webui.txt2img(recipe({knob: name}))
    assert name in run.warnings
    assert "?" in run.warnings or "Did you mean" in run.warnings
    assert inner() == []


def test_frozen_settings_still_paint_and_refuse_another_checkpoint(webui):
    shared.cmd_opts.freeze_settings = True
    webui.txt2img(FACES)
    assert len(inner()) == 1
    run = webui.txt2img(recipe(OTHER))
    assert "--freeze-settings" in run.warnings
    assert len(inner()) == 1


def test_params_txt_has_the_infotext_of_the_picture_not_of_crops(webui):
    """The paste button reads it: the fix must not put its crop's words there."""
    webui.txt2img()
    expected = PARAMS.read_text("utf-8")
    run = webui.txt2img(recipe({"prompt": "an eye"}))
    assert PARAMS.read_text("utf-8").startswith(expected)
    assert "an eye" not in PARAMS.read_text("utf-8").split("\n")[0]
    assert run.infotexts[0].startswith(expected)


def test_params_txt_is_not_written_with_no_prompt_history(webui):
    PARAMS.unlink(missing_ok=True)
    shared.cmd_opts.no_prompt_history = True
    webui.txt2img(FACES)
    assert not PARAMS.exists()


def test_progress_bar_counts_inner_jobs_and_ends_complete(webui):
    seen = []
    trace.before_sampling = lambda p: seen.append((shared.state.job_no, shared.state.job_count))
    with webui.generating():
        p = processing.StableDiffusionProcessingTxt2Img(prompt="a", seed=1, n_iter=2)
        webui.prepare(p, recipe({}, {}))
        processing.process_images(p)
        assert shared.state.job_no == shared.state.job_count == 6
    assert all(done < total for done, total in seen)
    assert [done for done, _ in seen] == list(range(6))


def test_progress_bar_names_the_running_fix_and_is_cleared_afterwards(webui):
    seen = []
    trace.before_sampling = lambda p: seen.append(shared.state.textinfo)
    shared.opts.data["retouch_batch_limit"] = 1
    webui.txt2img(FACES, n_iter=2)
    assert seen == [None, "Retouch: 0 of 2 regions", "Retouch: 1 of 2 regions"] * 2


def test_job_name_is_kept_during_fixes(webui):
    seen = []
    trace.before_sampling = lambda p: seen.append(shared.state.job)
    webui.txt2img(FACES, n_iter=2)
    assert seen == ["Batch 1 out of 2", "Batch 1 out of 2", "Batch 2 out of 2", "Batch 2 out of 2"]


def test_tiling_is_off_for_crops_and_on_again_for_the_next_batch(webui):
    seen = []
    trace.before_sampling = lambda p: seen.append(loaded.tiling())
    webui.txt2img(FACES, tiling=True, n_iter=2)
    assert seen == [True, False, True, False]


def test_tiling_survives_a_pass_with_a_checkpoint_of_its_own(webui):
    """Loading a checkpoint takes tiling off the model, ours and the way back to the person's."""
    webui.txt2img(recipe(OTHER), tiling=True, n_iter=2)
    assert [said["tiling"] for said in outer()] == [True, True]


def test_native_size_is_that_of_the_selected_not_the_loaded_checkpoint(webui, monkeypatch):
    """The settings still name the person's own, and that is what paints and says its native size."""

    def leave_another(p):
        if type(p).__name__ != "BatchImg2Img":
            loaded.load_refiner(sd_models.checkpoints_list["xl.ckpt"])

    asked = []
    native = host_engine.native
    monkeypatch.setattr(
        host_engine, "native", lambda: (asked.append(shared.sd_model.sd_checkpoint_info.name), native())[1]
    )
    trace.before_sampling = leave_another
    webui.txt2img(FACES)
    assert asked == ["one.safetensors"]
    assert {said["checkpoint"] for said in inner()} == {"one.safetensors"}


def test_two_passes_of_one_vae_load_it_once(webui):
    webui.txt2img(recipe(OTHER, OTHER))
    assert loads("vae") == ["soft.vae.pt", "Automatic"]


def test_token_merging_is_restored_for_the_next_batch(webui):
    shared.opts.data["token_merging_ratio"] = 0.3
    webui.txt2img(FACES, n_iter=2)
    assert [said["token_merging"] for said in outer()] == [0.3, 0.3]


def test_options_are_unchanged_after_a_fix(webui):
    before = dict(shared.opts.data)
    webui.txt2img(recipe({**OTHER, "clip_skip": 2}))
    assert shared.opts.data == before


def test_the_webuis_options_do_not_reach_the_crops(webui):
    """Fixing the step count, correcting colours, keeping init images: meant for whole pictures."""
    plain = webui.txt2img(FACES)
    expected = inner()[0]
    trace.clear()
    shared.opts.data.update(
        {"img2img_fix_steps": True, "save_init_img": True, "img2img_color_correction": True}
    )
    assert webui.txt2img(FACES).pictures == plain.pictures
    assert inner() == [expected]
    assert len(trace.of("saved")) == 1
    assert trace.of("color corrected") == []


def test_inner_jobs_are_closed_and_save_nothing(webui):
    webui.txt2img(FACES)
    assert [said["p"] for said in trace.of("closed")].count("BatchImg2Img") == 1
    assert len(trace.of("saved")) == 1


def test_prompt_cache_of_the_outer_job_is_kept(webui):
    cache = processing.StableDiffusionProcessing.cached_c
    webui.txt2img()
    before = list(cache)
    webui.txt2img(FACES)
    assert cache[0] == before[0]
    assert cache[1] is before[1]


def test_detectors_are_unloaded_with_keep_detectors_off(webui):
    webui.txt2img(FACES)
    assert webui.detectors.unloaded == 0
    shared.opts.data["retouch_keep_detectors"] = False
    webui.txt2img(FACES)
    assert webui.detectors.unloaded == 1
