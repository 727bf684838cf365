"""Extending each finished picture: through the accordion, the API, the pasted text."""

from __future__ import annotations

import base64
import json

import gradio as gr
import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from modules import infotext_utils, script_callbacks, shared, trace
from PIL import Image

import retouch.outpaint.outpaint
from retouch.api.requests.script import ScriptOutpaint
from retouch.errors import BadInput
from retouch.image.codec import encoder
from retouch.image.codec.decoder import from_pil
from retouch.image.geometry import Size
from retouch.knobs import load
from retouch.recipes.infotext import OUTPAINT, OUTPAINT_WARNINGS, RECIPE, REGIONS
from retouch.webui import outpaint_job, progress, service
from retouch.webui.panel import outpaint_section
from retouch.webui.panel.outpaint_section import KNOB_PATHS, WIDGETS, outpaint_in
from tests.webui.driver import FACES, LEFT, expected_errors, inner, mask_of, outer, photo

ONCE = {"attempts": 1, "cleanup": 0, "masked_content": "fill"}
"""One sampling a stage, and a start that takes little time."""
WIDGETS_ONCE = {f"outpaint_{name}": value for name, value in ONCE.items()}
NOTHING = {"name": "None", "passes": []}


def outpaint(recipe=NOTHING, **asked) -> dict:
    return {"enabled": True, "recipe": recipe, "outpaint": {**ONCE, **asked}}


def infotext_of(run, index: int = 0) -> dict:
    return infotext_utils.parse_generation_parameters(run.infotexts[index])


def assert_kept(before, after, left: int, top: int, feather: int = 16) -> None:
    """The picture lies there to the bit, up to the feather."""
    size = before.size
    inside = after.pixels[top : top + size.height, left : left + size.width]
    middle = (slice(feather, -feather), slice(feather, -feather))
    assert np.array_equal(inside[middle], before.pixels[middle])


@pytest.mark.parametrize("job", ["txt2img", "img2img"])
def test_each_picture_of_each_batch_is_extended(webui, job):
    make = getattr(webui, job)
    plain = make({"enabled": False}, batch_size=2, n_iter=2)
    run = make(outpaint(left=64), batch_size=2, n_iter=2)
    assert [picture.size for picture in run.pictures] == [Size(576, 512)] * 4
    for before, after in zip(plain.pictures, run.pictures, strict=True):
        assert_kept(before, after, 64, 0)
    saved = [s["image"].size for s in trace.of("saved")][-4:]
    assert saved == [(576, 512)] * 4


def test_picture_is_extended_on_all_sides(webui):
    plain = webui.txt2img({"enabled": False}, width=256, height=256)
    run = webui.txt2img(outpaint(left=128, top=64, right=128, bottom=64), width=256, height=256)
    assert [picture.size for picture in run.pictures] == [Size(512, 384)]
    assert_kept(plain.pictures[0], run.pictures[0], 128, 64)


@pytest.fixture
def other_fixer(webui, monkeypatch):
    """What another extension does to finished pictures: {index in the batch: function of the image}."""
    does = {}

    def postprocess_image(_script, p, pp, *_args):
        pp.image = does.get(p.batch_index, lambda image: image)(pp.image)

    (found,) = [s for s in webui.runner(False).scripts if type(s).__name__ == "OtherFixer"]
    monkeypatch.setattr(type(found), "postprocess_image", postprocess_image)
    return does


def test_batch_pictures_share_sampling_calls_and_equal_separate_runs(webui, monkeypatch):
    asked = outpaint(right=256, stage_size=128, refine=0.2)
    together = webui.txt2img(asked, batch_size=3)
    calls = [len(call["seeds"]) for call in inner()]
    trace.clear()
    monkeypatch.setattr(outpaint_job.OutpaintJob, "_foreseen", lambda *_: {})
    alone = webui.txt2img(asked, batch_size=3)
    assert together.pictures == alone.pictures
    assert calls[:2] == [3, 3]
    assert sum(calls) == sum(len(call["seeds"]) for call in inner())
    assert len(inner()) == 9 > len(calls)
    assert together.infotexts == alone.infotexts


def test_picture_changed_by_another_extension_is_extended_as_changed(webui, other_fixer):
    other_fixer[1] = lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    plain = webui.txt2img({"enabled": False}, batch_size=3)
    run = webui.txt2img(outpaint(right=128), batch_size=3)
    assert [len(call["seeds"]) for call in inner()] == [3, 1]
    for before, after in zip(plain.pictures, run.pictures, strict=True):
        assert after.size == Size(640, 512)
        assert_kept(before, after, 0, 0)


def test_picture_changed_by_another_extension_costs_no_extra_sampling(webui, other_fixer):
    other_fixer[0] = lambda image: image.rotate(180)
    webui.txt2img(outpaint(right=128), batch_size=2)
    assert [len(call["seeds"]) for call in inner()] == [1, 1]


def test_failed_extension_of_one_picture_leaves_the_others_extended(webui, monkeypatch):
    whole = retouch.outpaint.outpaint.plan_extension

    def broken(asked, picture, generation, studio):
        if generation.seed == 101:
            raise RuntimeError("a screw is loose")
        return whole(asked, picture, generation, studio)

    monkeypatch.setattr(retouch.outpaint.outpaint, "plan_extension", broken)
    run = webui.txt2img(outpaint(right=128), batch_size=3)
    assert [picture.size.width for picture in run.pictures] == [640, 512, 640]
    assert ["a screw is loose" in infotext_of(run, i).get(OUTPAINT_WARNINGS, "") for i in range(3)] == [
        False,
        True,
        False,
    ]
    assert len(expected_errors()) == 1


def test_interrupt_keeps_finished_stages_of_every_batch_picture(webui, monkeypatch):
    monkeypatch.setattr(progress.HostProgress, "stopped", property(lambda _watch: len(inner()) >= 2))
    run = webui.txt2img(outpaint(right=768, stage_size=128), batch_size=2)
    assert {picture.size.width for picture in run.pictures} <= {512 + 128, 512 + 256}
    assert [len(call["seeds"]) for call in inner()] == [2, 2]
    assert len(trace.of("saved")) == 2


@pytest.mark.parametrize("asked", [FACES, outpaint(right=128)], ids=["fixes", "stages"])
def test_plan_estimates_its_seconds_after_an_accordion_job(webui, asked):
    service.speed_history.cache_clear()
    app = FastAPI()
    script_callbacks.app_started_callback(None, app)
    door = TestClient(app)
    image = base64.b64encode(encoder.encode(from_pil(photo()))).decode()

    def seconds() -> float | None:
        answer = door.post("/retouch/v1/plan", json={"verb": "outpaint", "image": image, "right": 128})
        return answer.json()["seconds"]

    assert seconds() is None
    webui.txt2img(asked)
    assert seconds() is not None


def test_stage_prompts_widget_has_a_prompt_per_line_with_commas(webui):
    widgets = {
        "outpaint_right": 256,
        "outpaint_stage_size": "128",
        **WIDGETS_ONCE,
    }
    words = {"outpaint_stage_prompts": "\na pier, gulls\n", "outpaint_seed_step": "same"}
    on = {"enable": True, "target_models_1": [], "outpaint_enabled": True}
    run = webui.txt2img(webui.values(**on, **widgets, **words))
    assert [(call["prompts"], call["seeds"]) for call in inner()] == [
        (["a portrait"], [100]),
        (["a pier, gulls"], [100]),
    ]
    found = outpaint_in(infotext_of(run))
    assert found.stage_prompts == ("", "a pier, gulls")
    assert (
        outpaint_section.request_from_widgets(infotext_utils.pasted(pasting(webui), run.infotexts[0]))
        == found
    )


def test_faces_are_fixed_before_the_extension_and_kept(webui):
    mended = webui.txt2img(FACES)
    run = webui.txt2img(outpaint("Face polish", right=128))
    assert run.pictures[0].size == Size(640, 512)
    inside = run.pictures[0].pixels[:, : 512 - 16]
    assert np.array_equal(inside, mended.pictures[0].pixels[:, : 512 - 16])
    assert REGIONS in infotext_of(run)
    boxes = [region["box"] for region in json.loads(infotext_of(run)[REGIONS])]
    assert list(LEFT) in boxes


def test_stages_use_prompt_steps_and_cfg_scale_of_the_picture(webui):
    webui.txt2img(outpaint(right=128, off_screen="gulls", denoising_strength=0.7), steps=9, cfg_scale=5.5)
    (call,) = inner()
    assert call["prompts"] == ["a portrait, gulls"]
    assert call["strength"] == 0.7
    assert (call["steps"], call["cfg_scale"], call["seeds"]) == (7, 5.5, [100])  # 0.7 of 9, and one


def test_outpaint_widgets_paint_the_same_as_the_api_request(webui):
    by_api = webui.txt2img(
        outpaint(right=128, stage_size=64, prompt_right="a pier", side_order=["right", "left"])
    )
    widgets = {
        "enable": True,
        "target_models_1": [],
        "outpaint_enabled": True,
        "outpaint_right": 128,
        "outpaint_stage_size": "64",
        "outpaint_prompt_right": "a pier",
        "outpaint_side_order": "right, left",
        **WIDGETS_ONCE,
    }
    by_widgets = webui.txt2img(webui.values(**widgets))
    assert by_widgets.pictures == by_api.pictures
    assert infotext_of(by_widgets)[OUTPAINT] == infotext_of(by_api)[OUTPAINT]
    assert [call["prompts"] for call in inner()] == [["a pier"]] * 4


def test_disabled_outpaint_or_accordion_extends_nothing(webui):
    plain = webui.txt2img(webui.values(enable=True))
    off = webui.txt2img(webui.values(enable=True, outpaint_right=128))
    assert off.pictures == plain.pictures
    closed = webui.txt2img(webui.values(outpaint_enabled=True, outpaint_right=128))
    assert closed.pictures[0].size == Size(512, 512)
    assert OUTPAINT not in infotext_of(off)


def test_outpaint_infotext_field_restores_every_widget(webui):
    asked = {
        "aspect": "2:1",
        "horizontal": "third",
        "stage_size": 64,
        "off_screen": 'gulls, "loud"',
        "repetition_limit": 1.5,
    }
    run = webui.txt2img(outpaint(**asked))
    found = outpaint_in(infotext_of(run))
    assert found == load(ScriptOutpaint, {**ONCE, **asked})
    fields = dict(zip([c.elem_id for c, _ in pasting(webui)], pasting(webui), strict=True))
    back = infotext_utils.pasted(list(fields.values()), run.infotexts[0])
    assert len(back) == WIDGETS
    assert outpaint_section.request_from_widgets(back) == found
    assert (
        outpaint_section.request_from_widgets(
            infotext_utils.pasted(list(fields.values()), "a cat\nSteps: 1, Seed: 1, Size: 8x8")
        )
        is None
    )


def pasting(webui) -> list:
    return webui.script().infotext_fields[-WIDGETS:]


def test_every_outpaint_knob_has_a_widget_with_a_unique_label(webui):
    ours = webui.script().controls[-WIDGETS:]
    labels = [c.label for c in webui.script().controls]
    assert len({c.label for c in ours}) == WIDGETS
    assert all(labels.count(c.label) == 1 for c in ours)
    with gr.Blocks():
        section = outpaint_section.OutpaintSection(str)
        assert len(section.build()) == WIDGETS
    assert outpaint_section.request_from_widgets([True, *(c.value for c in ours[1:])]) == ScriptOutpaint()
    assert {"stage_size", "overlap", "aspect", "refine"} <= {leaf.path for leaf in KNOB_PATHS}


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "nothing would be added"),
        ({"aspect": "1:1"}, "has this aspect already"),
        (dict.fromkeys(("left", "top", "right", "bottom"), 8192), "over"),
        ({"right": 64, "overlap": 512}, "overlap"),
        ({"right": 64, "stage_prompts": ["a", "b"]}, "1 stages"),
    ],
)
def test_impossible_extension_is_reported_and_the_picture_kept(webui, asked, says):
    plain = webui.txt2img({"enabled": False})
    run = webui.txt2img(outpaint(**asked))
    assert run.pictures == plain.pictures
    assert says in infotext_of(run)[OUTPAINT_WARNINGS]
    assert says in run.processed.comments
    assert not inner()


def test_unknown_outpaint_field_refuses_the_whole_request(webui):
    plain = webui.txt2img({"enabled": False})
    run = webui.txt2img(outpaint(right=64, stpe=5))
    assert run.pictures == plain.pictures
    assert "outpaint.stpe" in run.processed.comments
    image = webui.txt2img(outpaint(right=64, image="x"))
    assert image.pictures == plain.pictures
    assert "outpaint.image" in image.processed.comments


def test_interrupt_keeps_the_finished_stages_and_saves_them(webui, monkeypatch):
    def interrupt() -> bool:
        return len(inner()) >= 2

    monkeypatch.setattr(progress.HostProgress, "stopped", property(lambda _watch: interrupt()))
    run = webui.txt2img(outpaint(right=768, stage_size=256))
    assert run.pictures[0].size.width in (512 + 256, 512 + 512)
    assert trace.of("saved")[-1]["image"].size == tuple(run.pictures[0].size)


def test_error_in_the_extension_is_reported_and_keeps_the_picture(webui, monkeypatch):
    def broken(*_args):
        raise RuntimeError("a screw is loose")

    plain = webui.txt2img({"enabled": False})
    monkeypatch.setattr(retouch.outpaint.outpaint, "plan_extension", broken)
    run = webui.txt2img(outpaint(right=128))
    assert run.pictures == plain.pictures
    assert "a screw is loose" in infotext_of(run)[OUTPAINT_WARNINGS]
    assert len(expected_errors()) == 1


def test_extension_warnings_are_per_picture_and_all_in_the_job(webui, monkeypatch):
    first = iter([True, False])
    whole = retouch.outpaint.outpaint.plan_extension

    def once(*args):
        if next(first):
            raise BadInput("not this one.", path="image")
        return whole(*args)

    monkeypatch.setattr(retouch.outpaint.outpaint, "plan_extension", once)
    run = webui.txt2img(outpaint(right=128), batch_size=2)
    assert [picture.size.width for picture in run.pictures] == [512, 640]
    assert OUTPAINT_WARNINGS in infotext_of(run, 0)
    assert OUTPAINT_WARNINGS not in infotext_of(run, 1)
    assert "not this one" in run.processed.extra_generation_params[OUTPAINT_WARNINGS]


def test_an_inpainting_job_is_extended_after_its_overlay(webui):
    plain = webui.img2img({"enabled": False}, mask=mask_of(LEFT), inpainting_fill=1)
    run = webui.img2img(outpaint(left=128), mask=mask_of(LEFT), inpainting_fill=1)
    assert run.pictures[0].size == Size(640, 512)
    assert_kept(plain.pictures[0], run.pictures[0], 128, 0)


def test_return_mask_composite_prevents_the_extension_with_a_warning(webui):
    shared.opts.data["return_mask_composite"] = True
    run = webui.img2img(outpaint(left=128), mask=mask_of(LEFT), inpainting_fill=1)
    assert run.pictures[0].size == Size(512, 512)
    assert "mask composite" in infotext_of(run)[OUTPAINT_WARNINGS]


def test_outpaint_state_is_removed_from_the_job(webui):
    run = webui.txt2img(outpaint(right=128))
    assert not run.p.retouch_outpaint
    assert OUTPAINT not in run.p.extra_generation_params
    assert OUTPAINT in run.processed.extra_generation_params
    assert RECIPE not in infotext_of(run)


@pytest.mark.parametrize("recipe", ["Face polish", NOTHING])
def test_skipped_img2img_extends_the_given_picture_unchanged(webui, recipe):
    before = photo()
    run = webui.img2img({**outpaint(recipe, bottom=64), "skip_img2img": True}, image=before)
    assert run.pictures[0].size == Size(512, 576)
    assert not outer()
    mine = np.asarray(before)[200:400, 16:-16]
    assert np.array_equal(run.pictures[0].pixels[200:400, 16:-16], mine)


def test_match_original_off_ignores_prompt_and_cfg_of_the_picture(webui):
    webui.txt2img(outpaint(right=128, match_original=False), steps=9, cfg_scale=5.5)
    (call,) = inner()
    assert call["prompts"] == [""]
    assert call["cfg_scale"] == 7.0
