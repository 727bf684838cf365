"""Outpainting at the service: what is refused, what is painted, what can be gone on with."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from retouch.api.service import ApiService
from retouch.errors import BadInput, BadPicture, Missing, PaintFailed, TooLarge
from retouch.image.codec import decoder, encoder
from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture
from retouch.pipeline.report import Report
from retouch.pipeline.timing import SpeedHistory
from retouch.recipes.infotext import CHUNK, made_with
from retouch.testing import FakeEngine, FakeProgress
from tests.stand import Stand, photo

PHOTO = photo(256, 256)
IMAGE = encoder.encode_base64(PHOTO)
ONCE = {"attempts": 1, "cleanup": 0, "seed": 5}


def stand(**engine) -> Stand:
    return Stand(engine=FakeEngine(side=256, **engine))


def ask(service: ApiService | None = None, **body):
    about = {} if "state" in body or "image" in body else {"image": IMAGE}
    return (service or ApiService(stand())).answer("outpaint", {**about, **ONCE, **body})


def pixels(said) -> np.ndarray:
    return decoder.decode_base64(said["image"]).pixels


def test_aspect_is_reached_and_pixels_beyond_the_feather_are_unchanged():
    said = ask(aspect="2:1", feather=8)
    made = pixels(said)
    assert made.shape == (256, 512, 3)
    assert said["origin"] == [128, 0, 384, 256]
    assert np.array_equal(made[:, 136:376], PHOTO.pixels[:, 8:248])
    assert [stage["side"] for stage in said["stages"]] == ["left", "right"]
    assert all(stage["done"] for stage in said["stages"])


def test_plan_paints_nothing_and_equals_the_stages_of_outpaint():
    here = stand()
    body = {"right": 256, "top": 128, **ONCE}
    planned = ApiService(here).answer("plan", {"verb": "outpaint", "image": IMAGE, **body})
    assert here.engine.calls == []
    said = ask(right=256, top=128)
    assert [(s["box"], s["crop"], s["seed"]) for s in planned["steps"]] == [
        (s["box"], s["crop"], s["seed"]) for s in said["stages"]
    ]
    assert planned["size"] == said["size"] == [512, 384]


@pytest.mark.parametrize(
    ("body", "path", "says"),
    [
        ({}, "left", "nothing would be added"),
        ({"left": -8}, "left", "out of bounds"),
        ({"aspect": "1:1"}, "aspect", "has this aspect already"),
        ({"aspect": "1:1", "left": 8}, "aspect", "both given"),
        ({"right": 64, "overlap": 300}, "overlap", "300"),
        ({"right": 256, "stage_prompts": ["one", "two", "three"]}, "stage_prompts", "2 stages"),
        ({"right": 64, "repaint": [1]}, "repaint", "needs a state"),
        ({"right": 64, "masked_content": "nice"}, "masked_content", "not allowed"),
    ],
)
def test_bad_input_is_refused_before_anything_is_painted(body, path, says):
    here = stand()
    with pytest.raises(BadInput, match=says) as caught:
        ask(ApiService(here), **body)
    assert caught.value.path == path
    assert caught.value.status == 422
    assert here.engine.calls == []


def test_picture_too_narrow_to_extend_is_refused():
    with pytest.raises(BadInput, match="too small") as caught:
        ask(image=encoder.encode_base64(photo(32, 200)), right=64)
    assert caught.value.path == "image"


def test_repainting_a_stage_repaints_the_stages_on_top_of_it_only():
    service = ApiService(stand())
    first = ask(service, left=128, right=256)
    second = ask(service, state=first["state"], repaint=[2])
    seeds = [[stage["seed"] for stage in said["stages"]] for said in (first, second)]
    assert seeds[0][0] == seeds[1][0]
    assert seeds[0][1] != seeds[1][1]
    assert [report["number"] for report in second["reports"]] == [2, 3]
    assert np.array_equal(pixels(first)[:, :300], pixels(second)[:, :300])
    assert not np.array_equal(pixels(first)[:, 400:], pixels(second)[:, 400:])


def test_reverting_a_stage_paints_nothing_and_the_extension_can_continue():
    here = stand()
    service = ApiService(here)
    first = ask(service, right=256)
    calls = len(here.engine.calls)
    back = ask(service, state=first["state"], revert=[1])
    assert len(here.engine.calls) == calls
    assert np.array_equal(pixels(back), PHOTO.pixels)
    assert [stage["done"] for stage in back["stages"]] == [False, False]
    assert np.array_equal(pixels(ask(service, state=back["state"])), pixels(first))


def test_reverted_stage_stays_reverted_until_it_is_named_or_continued():
    service = ApiService(stand())
    first = ask(service, left=128, right=256, refine=0.3)
    back = ask(service, state=first["state"], revert=[3])
    service.speeds = SpeedHistory()
    planned = service.answer("plan", {"verb": "outpaint", "state": back["state"], "repaint": [2], **ONCE})
    assert [step["seconds"] for step in planned["steps"]] == [0, None, 0], "only the second is due"
    other = ask(service, state=back["state"], repaint=[2], refine=0.3)
    assert [report["number"] for report in other["reports"]] == [2]
    assert [stage["done"] for stage in other["stages"]] == [True, True, False]
    assert other["refined"] == [], "it is not whole"
    named = ask(service, state=other["state"], repaint=[3])
    assert [stage["done"] for stage in named["stages"]] == [True, True, True]
    on = ask(service, state=other["state"])
    assert [report["number"] for report in on["reports"]] == [3]


def test_interrupted_extension_keeps_finished_stages_and_can_resume():
    here = stand()
    here.watcher = FakeProgress(stop_after=4)
    service = ApiService(here)
    half = ask(service, right=512)
    assert half["stopped"]
    done = sum(stage["done"] for stage in half["stages"])
    assert 0 < done < 4
    assert pixels(half).shape[1] == 256 + 128 * done
    here.watcher = FakeProgress()
    assert pixels(ask(service, state=half["state"])).shape == (256, 768, 3)


def test_unknown_state_or_stage_is_refused_with_its_path():
    service = ApiService(stand())
    with pytest.raises(Missing) as caught:
        ask(service, state="nowhere")
    assert caught.value.path == "state"
    first = ask(service, right=128)
    with pytest.raises(BadInput, match="no stage 9") as stage:
        ask(service, state=first["state"], repaint=[9])
    assert stage.value.path == "repaint"


def test_failed_extension_is_warned_of_and_answers_the_original_picture():
    def refuse(jobs):
        raise PaintFailed("no such sampler.")

    said = ask(ApiService(stand(before_call=refuse)), right=128)
    assert np.array_equal(pixels(said), PHOTO.pixels)
    assert "no such sampler" in said["warnings"][0]


PARAMETERS = "Steps: 31, Sampler: DPM++ 2M, CFG scale: 4.5, Seed: 99, Size: 256x256"
MADE = f"a beach, gulls\nNegative prompt: people\n{PARAMETERS}"


def with_text(text: str) -> str:
    return encoder.encode_base64(PHOTO, {CHUNK: text})


def test_fields_absent_from_the_request_come_from_the_infotext():
    here = stand()
    said = ApiService(here).answer(
        "outpaint", {"image": with_text(MADE), "right": 128, "cfg_scale": 9, "attempts": 1, "cleanup": 0}
    )
    job = here.engine.calls[0][0]
    assert (job.prompt, job.negative_prompt, job.seed) == ("a beach, gulls", "people", 99)
    sampling = job.settings.sampling
    assert (sampling.steps, sampling.sampler, sampling.cfg_scale) == (31, "DPM++ 2M", 9)
    assert said["seed"] == 99
    here.engine.calls.clear()
    ask(ApiService(here), image=with_text(MADE), right=128, match_original=False)
    assert here.engine.calls[0][0].prompt == ""


def test_infotext_of_the_extended_picture_names_prompt_and_recipe():
    said = ask(right=128, prompt="a beach")
    picture = decoder.decode_base64(said["image"])
    assert made_with(picture).prompt == "a beach"
    assert said["infotext"].startswith("a beach\n")
    assert "Studio: Outpaint" in said["infotext"]


def test_transparent_border_is_filled_without_requested_margins():
    alpha = np.full((256, 256), 255, np.uint8)
    alpha[:, 192:] = 0
    clear = encoder.encode_base64(Picture(PHOTO.pixels, alpha))
    said = ask(image=clear, feather=0)
    made = decoder.decode_base64(said["image"])
    assert made.size == Size(256, 256)
    assert made.alpha is None
    assert np.array_equal(made.pixels[:, :192], PHOTO.pixels[:, :192])
    assert [stage["box"] for stage in said["stages"]] == [[192, 0, 256, 256]]
    assert said["origin"] == [0, 0, 192, 256]


def test_a_picture_transparent_all_over_is_refused():
    clear = encoder.encode_base64(Picture(PHOTO.pixels, np.zeros((256, 256), np.uint8)))
    with pytest.raises(BadInput, match="fully transparent"):
        ask(image=clear, right=64)


def test_subject_is_placed_on_a_line_of_thirds():
    here = stand()
    here.boxes = (Box(20, 20, 60, 60),)
    said = ask(ApiService(here), aspect="2:1", horizontal="subject")
    left = said["origin"][0]
    assert abs(left + 40 - 512 / 3) <= 1


def test_missing_subject_is_warned_of():
    here = dataclasses.replace(stand(), boxes=())
    said = ask(ApiService(here), aspect="2:1", horizontal="subject")
    assert "No face" in said["warnings"][0]


def test_transparent_rounded_corners_are_filled_with_a_warning():
    alpha = np.full((256, 256), 255, np.uint8)
    alpha[:6, :6] = 0
    clear = encoder.encode_base64(Picture(np.full((256, 256, 3), 90, np.uint8), alpha))
    said = ask(image=clear, right=64, feather=0)
    assert said["origin"] == [0, 0, 256, 256]
    assert (pixels(said)[:, :256] == 90).all()
    assert "Inpaint them" in said["warnings"][0]


def test_missing_checkpoint_named_only_by_infotext_is_ignored():
    class Picky(FakeEngine):
        def native(self, checkpoint):
            if checkpoint:
                raise Missing(f"no checkpoint is called {checkpoint!r}.", path="checkpoint")
            return super().native(checkpoint)

    here = Stand(engine=Picky(side=256))
    text = MADE + ", Model: gone"
    said = ask(ApiService(here), image=with_text(text), right=128, refine=0.3)
    assert "'gone' is not here" in said["warnings"][0]
    assert said["refined"]
    assert {job.settings.sampling.checkpoint for call in here.engine.calls for job in call} == {""}
    with pytest.raises(Missing):
        ask(ApiService(here), right=128, checkpoint="gone", match_original=False)


def test_invalid_numbers_of_an_infotext_are_ignored():
    text = "a beach\nSteps: many, Sampler: Euler, CFG scale: 4000, Seed: 3"
    here = stand()
    ask(ApiService(here), image=with_text(text), right=128)
    sampling = here.engine.calls[0][0].settings.sampling
    assert (sampling.steps, sampling.cfg_scale, sampling.sampler) == (7, 7.0, "Euler")


def test_answer_has_all_candidates_of_a_stage_and_another_can_be_chosen():
    here = stand()
    service = ApiService(here)
    first = ask(service, right=256, variations=3, answer="patches")
    assert "image" not in first
    assert [len(stage["candidates"]) for stage in first["stages"]] == [3, 3]
    one = first["stages"][0]
    assert [c["seed"] for c in one["candidates"]] == [5, 6, 7]
    assert one["seed"] == one["candidates"][one["chosen"] - 1]["seed"]
    assert [len(call) for call in here.engine.calls] == [3, 3], "one batch a stage"
    other = one["chosen"] % 3 + 1
    second = ask(service, state=first["state"], choose={"1": other}, keep_later=True)
    assert len(here.engine.calls) == 2
    assert second["stages"][0]["chosen"] == other
    wanted = decoder.decode_base64(one["candidates"][other - 1]["patch"]).pixels
    assert np.array_equal(pixels(second)[:, 300:360], wanted[:, -84:-24])
    assert second["stages"][1]["seed"] == first["stages"][1]["seed"]
    third = ask(service, state=first["state"], choose={"1": other})
    assert [report["number"] for report in third["reports"]] == [2]
    assert third["stages"][0]["chosen"] == other
    assert np.array_equal(pixels(third)[:, 300:360], pixels(second)[:, 300:360])


def test_max_stages_paints_some_stages_and_the_rest_on_later_requests():
    service = ApiService(stand())
    first = ask(service, right=384, variations=2, max_stages=1)
    assert [stage["done"] for stage in first["stages"]] == [True, False, False]
    assert not first["stopped"]
    assert pixels(first).shape[1] == 384
    chosen = ask(service, state=first["state"], choose={"1": 2}, max_stages=1)
    assert [stage["done"] for stage in chosen["stages"]] == [True, True, False]
    assert [stage["chosen"] is None for stage in chosen["stages"]] == [False, False, True]
    assert ask(service, state=chosen["state"])["known"] == [0, 0, 640, 256]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"choose": {"1": 4}}, "no painting 4 of stage 1"),
        ({"choose": {"9": 1}}, "no painting 1 of stage 9"),
        ({"choose": {"1": 0}}, "names no paintings"),
        ({"choose": {"one": 1}}, "names no paintings"),
        ({"choose": {"1": True}}, "names no paintings"),
        ({"choose": {"1": 1}, "repaint": [1]}, "both given"),
    ],
)
def test_choosing_an_unknown_stage_or_candidate_is_refused(body, says):
    service = ApiService(stand())
    first = ask(service, right=128)
    with pytest.raises(BadInput, match=says) as caught:
        ask(service, state=first["state"], **body)
    assert caught.value.path == "choose"


def test_choosing_without_a_state_is_refused():
    with pytest.raises(BadInput, match="needs a state") as caught:
        ask(right=128, choose={"1": 1})
    assert caught.value.path == "choose"


def test_refine_repaints_new_pixels_in_tiles_and_no_original_pixel():
    here = stand()
    plain = ask(ApiService(here), right=256, bottom=128, feather=8)
    calls = len(here.engine.calls)
    here.engine.calls.clear()
    said = ask(ApiService(here), right=256, bottom=128, feather=8, refine=0.3)
    jobs = [job for call in here.engine.calls[calls:] for job in call]
    assert {job.settings.denoising_strength for job in jobs} == {0.3}
    assert len(jobs) == len(said["refined"]) > 2
    assert len(here.engine.calls) - calls < len(jobs), "tiles share sampling calls"
    assert all(max(job.picture.size) <= 320 for job in jobs)
    made, before = pixels(said), pixels(plain)
    assert np.array_equal(made[:248, :248], PHOTO.pixels[:248, :248])
    assert np.array_equal(made[:256, :256], before[:256, :256])
    assert not np.array_equal(made[:, 280:], before[:, 280:])
    assert '"denoising_strength":0.3' in said["infotext"].replace("\\", "")


def test_refine_runs_once_all_stages_are_painted_and_only_on_request():
    here = stand()
    service = ApiService(here)
    half = ask(service, right=256, max_stages=1, refine=0.3)
    assert half["refined"] == []
    whole = ask(service, state=half["state"], refine=0.2)
    assert whole["refined"]
    assert here.engine.calls[-1][0].settings.denoising_strength == 0.2
    assert ask(service, state=whole["state"])["refined"] == []


def test_plan_estimates_its_seconds_once_a_speed_is_known():
    service = ApiService(stand())
    body = {"verb": "outpaint", "image": IMAGE, **ONCE}
    before = service.answer("plan", {**body, "right": 256})
    assert before["seconds"] is None
    assert [step["seconds"] for step in before["steps"]] == [None, None]
    ask(service, right=128)
    service.speeds.learn("fake", "", painted_in(8.0, service))
    after = service.answer("plan", {**body, "right": 256})
    each = [step["seconds"] for step in after["steps"]]
    assert after["seconds"] == pytest.approx(sum(each), abs=0.02)
    assert each[0] == each[1] > 3
    more = service.answer("plan", {**body, "right": 256, "variations": 4})
    assert more["steps"][0]["seconds"] == pytest.approx(4 * each[0], abs=0.05)
    other = service.answer("plan", {**body, "right": 256, "checkpoint": "other"})
    assert other["seconds"] is None


def painted_in(seconds: float, service: ApiService) -> list:
    """As if a stage had taken so long."""
    (held,) = [held for _, held in service.extensions._entries.values()]
    step, made = held.extension.steps[0], held.extension.found[1]
    return [Report(step, seconds=seconds, candidates=made)]


@pytest.mark.parametrize(
    ("size", "error", "says"),
    [
        ((16, 16), BadInput, "too small"),
        ((1, 200), BadPicture, "too small"),
        ((200, 1), BadPicture, "too small"),
    ],
)
def test_picture_too_small_to_extend_is_refused_before_painting(size, error, says):
    here = stand()
    with pytest.raises(error, match=says) as caught:
        ask(ApiService(here), image=encoder.encode_base64(photo(*size)), right=64)
    assert caught.value.path == "image"
    assert caught.value.status in (413, 422)
    assert not here.engine.calls


def test_a_canvas_over_the_limit_is_refused():
    here = stand()
    with pytest.raises(TooLarge, match="over"):
        ask(ApiService(here), right=16384, bottom=16384)
    assert not here.engine.calls
