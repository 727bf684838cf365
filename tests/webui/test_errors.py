"""Whatever breaks, the picture is kept, and the page and the generation text say what happened."""

from __future__ import annotations

import weakref

import pytest
import torch
from modules import shared, trace

from retouch.image.geometry import Box
from retouch.pipeline.pipeline import Pipeline
from retouch.webui import history_files
from tests.webui.driver import (
    FACES,
    LEFT,
    RIGHT,
    Run,
    changed,
    expected_errors,
    inner,
    only_in,
    outer,
    recipe,
)


def is_reported(run: Run, words: str) -> bool:
    """In the generation text of every picture, and under the gallery."""
    everywhere = [run.warnings, run.processed.comments, *run.infotexts]
    return all(words in text for text in everywhere)


def of_ours(error: BaseException, when=lambda p: True):
    """Raised by the sampler for our jobs alone."""

    def before(p):
        if type(p).__name__ == "BatchImg2Img" and when(p):
            raise error

    return before


@pytest.fixture
def plain(webui) -> Run:
    run = webui.txt2img(batch_size=2)
    trace.clear()
    return run


def test_failing_detector_leaves_the_pictures_and_is_reported(webui, plain):
    webui.detectors.faces.find = lambda *_: 1 / 0
    run = webui.txt2img(FACES, batch_size=2)
    assert run.pictures == plain.pictures
    assert is_reported(run, "ZeroDivisionError")


def test_unknown_detector_refuses_the_recipe_before_anything_is_painted(webui, plain):
    run = webui.txt2img(recipe({}, {"target": {"models": ["foot"]}}), batch_size=2)
    assert is_reported(run, "recipe.passes[1].target.models[0]")
    assert '"name\\":' in run.infotexts[0]
    assert is_reported(run, "'foot'")
    assert run.pictures == plain.pictures
    assert inner() == []


def test_pass_with_an_unknown_detector_is_skipped_if_skippable(webui, plain):
    run = webui.txt2img(recipe({"target": {"models": ["foot"]}, "if_missing": "skip"}, {}), batch_size=2)
    assert is_reported(run, "Pass 1 is skipped")
    assert is_reported(run, "'foot'")
    assert '\\"if_missing\\":\\"skip\\"' in run.infotexts[0]
    assert only_in(changed(plain.pictures[0], run.pictures[0]), (LEFT, RIGHT), 40)


def test_recipe_of_only_skipped_passes_paints_nothing(webui, plain):
    run = webui.txt2img(recipe({"target": {"models": ["foot"]}, "if_missing": "skip"}), batch_size=2)
    assert is_reported(run, "Pass 1 is skipped")
    assert run.pictures == plain.pictures
    assert inner() == []


def test_contradictory_settings_are_reported_under_the_gallery(webui):
    run = webui.txt2img(recipe({"masked_content": "latent noise", "denoising_strength": 0.3}))
    assert "take 0.5 or more" in run.processed.comments
    assert inner()


def test_failing_sampler_leaves_the_pictures_and_is_reported(webui, plain):
    trace.before_sampling = of_ours(RuntimeError("tensors do not fit"))
    run = webui.txt2img(FACES, batch_size=2)
    assert run.pictures == plain.pictures
    assert is_reported(run, "tensors do not fit")
    assert expected_errors()


def test_failing_region_is_reported_and_the_others_are_fixed(webui, plain):
    trace.before_sampling = of_ours(RuntimeError("bad"), lambda p: "girl" in "".join(p.prompts))
    run = webui.txt2img(recipe({"prompt": "man [SEP] girl"}), batch_size=2)
    for before, after in zip(plain.pictures, run.pictures, strict=True):
        assert only_in(changed(before, after), (LEFT,), 40)
    assert is_reported(run, "bad")
    assert '\\"left\\":' in run.infotexts[0]
    expected_errors()


def test_region_with_nan_is_reported_and_the_others_are_fixed(webui, plain):
    """The WebUI refuses a batch that is all NaN; ours is tried again one by one."""

    def spoil(p, latents):
        ours = type(p).__name__ == "BatchImg2Img"
        bad = ours and (len(p.prompts) > 1 or "girl" in p.prompts[0])
        return latents * torch.nan if bad else latents

    trace.spoil = spoil
    run = webui.txt2img(recipe({"prompt": "man [SEP] girl"}))
    assert only_in(changed(plain.pictures[0], run.pictures[0]), (LEFT,), 40)
    assert is_reported(run, "NaN")
    assert not expected_errors()


def test_out_of_memory_halves_the_batch_and_frees_the_detectors(webui, plain):
    error = torch.cuda.OutOfMemoryError("CUDA out of memory")
    trace.before_sampling = of_ours(error, lambda p: len(p.prompts) > 2)
    run = webui.txt2img(FACES, batch_size=2)
    assert [said["batch"] for said in inner()] == [2, 2]
    assert webui.detectors.unloaded == 1
    assert run.warnings == ""
    whole = webui.txt2img(FACES, batch_size=2)
    assert run.pictures == whole.pictures


def test_out_of_memory_for_a_single_region_is_reported(webui, plain):
    trace.before_sampling = of_ours(torch.cuda.OutOfMemoryError("CUDA out of memory"))
    run = webui.txt2img(FACES, batch_size=2)
    assert run.pictures == plain.pictures
    assert is_reported(run, "out of memory")


def test_exception_inside_retouch_leaves_the_pictures_and_is_reported(webui, plain, monkeypatch):
    def broken(*_):
        raise KeyError("oh")

    monkeypatch.setattr(Pipeline, "fix", broken)
    run = webui.txt2img(FACES, batch_size=2)
    assert run.pictures == plain.pictures
    assert is_reported(run, "KeyError")
    assert expected_errors()


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"enabled": True, "recipe": "Face polich"}, "Face polish"),
        ({"enabled": True, "recipy": "Face polish"}, "recipy"),
        ({"enabled": "yes"}, "enabled"),
        ({**FACES, "steps": 999}, "steps"),
        (recipe({"denoising_strength": float("nan")}), "denoising_strength"),
        (recipe({"target": {"models": ["face"], "order": "up"}}), "order"),
        (recipe({"prompt": "\ud800"}), "prompt"),
    ],
)
def test_invalid_request_is_reported_and_changes_no_picture(webui, plain, request_, words):
    run = webui.txt2img(request_, batch_size=2)
    assert run.pictures == plain.pictures
    assert is_reported(run, words)
    assert inner() == []


def test_invalid_widget_value_is_reported_with_its_target(webui, plain):
    run = webui.txt2img(webui.values(enable=True, steps_1="many"), batch_size=2)
    assert is_reported(run, "target 1")
    assert is_reported(run, "steps")
    assert run.pictures == plain.pictures


def test_warning_is_in_the_infotext_of_its_own_picture(webui, plain):
    """The seed of a picture's only region is the picture's own: that of the third breaks."""
    webui.detectors.faces.boxes = (LEFT,)
    trace.before_sampling = of_ours(RuntimeError("bad"), lambda p: 102 in p.seeds)
    run = webui.txt2img(FACES, batch_size=2, n_iter=3)
    assert ["bad" in text for text in run.infotexts] == [False, False, True, False, False, False]
    assert "bad" in run.warnings
    assert "bad" in run.processed.comments
    expected_errors()


def test_successful_job_has_no_warnings(webui):
    run = webui.txt2img(FACES)
    assert run.warnings == run.processed.comments == ""


def test_warning_of_a_job_is_not_carried_to_the_next(webui):
    """The Batch tab and X/Y/Z cells share the dictionary it is written in."""
    bad = webui.txt2img({"enabled": True, "recipe": "none such"})
    assert bad.warnings
    with webui.generating():
        bad.p.script_args = webui.args(False, FACES)
        from modules import processing

        again = Run(bad.p, processing.process_images(bad.p))
    assert again.warnings == ""
    assert "none such" not in again.infotexts[0]


def test_region_painted_below_its_size_is_reported(webui):
    webui.detectors.faces.boxes = (Box(10, 10, 500, 500),)
    run = webui.txt2img(recipe({"shape": {"work_side": 64}}))
    assert is_reported(run, "softer")


def test_outer_job_finishes_despite_failing_fixes(webui):
    trace.before_sampling = of_ours(RuntimeError("no"))
    run = webui.txt2img(FACES, n_iter=3)
    assert len(run.pictures) == len(outer()) == 3
    assert shared.state.job == ""
    expected_errors()


def test_tensors_of_a_failed_batch_are_freed_before_the_retry(webui, plain):
    """The error must not keep the frames, and so the tensors, of what it interrupted."""
    alive: list[bool] = []
    held: list[weakref.ref] = []

    def before(p):
        if type(p).__name__ != "BatchImg2Img":
            return
        alive.extend(ref() is not None for ref in held)
        if len(p.prompts) > 2:
            activations = torch.zeros(4)
            held.append(weakref.ref(activations))
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    trace.before_sampling = before
    webui.txt2img(FACES, batch_size=2)
    assert alive == [False, False]


def test_full_disk_for_extra_pictures_does_not_fail_the_fix(webui, plain, monkeypatch):
    shared.opts.data["retouch_save_before"] = True

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(history_files, "_save", full)
    run = webui.txt2img(FACES, batch_size=2)
    assert run.pictures[0] != plain.pictures[0]
    assert expected_errors()
