"""Inpainting at the service: what is refused, what is painted, what comes back."""

from __future__ import annotations

import base64
import io
import json
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from retouch.api.service import ApiService
from retouch.errors import BadInput, Missing, PaintFailed
from retouch.image.codec import decoder, encoder
from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture
from retouch.recipes.infotext import CHUNK, recipe_in
from retouch.recipes.intents import EMPTY_SCENE
from retouch.testing import FakeEngine, FakeProgress
from tests.stand import Stand, photo

IMAGE = encoder.encode_base64(photo())
HOLE = Box(60, 50, 120, 110)


def png(array: np.ndarray) -> str:
    out = io.BytesIO()
    Image.fromarray(array).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def hole(box: Box = HOLE, size: Size = Size(240, 200)) -> np.ndarray:
    alpha = np.zeros((size.height, size.width), np.uint8)
    alpha[box.slices] = 255
    return alpha


MASK = png(hole())


def ask(stand: Stand | None = None, **body):
    return ApiService(stand or Stand()).answer("inpaint", {"image": IMAGE, "mask": MASK, "seed": 5, **body})


def pixels(text: str) -> np.ndarray:
    return decoder.decode_base64(text).pixels


def changed_pixels(text: str) -> np.ndarray:
    """(h, w) where a picture is not the photograph."""
    return (pixels(text) != photo().pixels).any(2)


def test_masked_pixels_are_repainted_and_distant_pixels_unchanged():
    said = ask()
    (image,) = said["images"]
    assert changed_pixels(image)[HOLE.slices].all()
    far = ~hole(HOLE.grown(30) & Box(0, 0, 240, 200)).astype(bool)
    assert not changed_pixels(image)[far].any()
    assert (said["seed"], said["stopped"], said["warnings"]) == (5, False, [])
    assert said["reports"][0]["outcome"] == "kept"
    assert said["reports"][0]["box"] == list(HOLE)


def test_source_and_results_are_cached_under_their_ids():
    service = ApiService(Stand())
    said = service.answer("inpaint", {"image": IMAGE, "mask": MASK, "variations": 2})
    assert service.pictures.get(said["image_id"]) == photo()
    for name, image in zip(said["image_ids"], said["images"], strict=True):
        assert np.array_equal(service.pictures.get(name).pixels, pixels(image))


def test_variations_are_distinct_pictures_with_consecutive_seeds():
    said = ask(variations=3)
    assert len(set(said["images"])) == 3
    assert sorted(candidate["seed"] for candidate in said["candidates"]) == [5, 6, 7]
    for image, candidate in zip(said["images"], said["candidates"], strict=True):
        text = dict(decoder.decode_base64(image).baggage.text)[CHUNK]
        assert f'""seed"":{candidate["seed"]}' in text.replace('\\"', '""')
    assert said["infotext"] == dict(decoder.decode_base64(said["images"][0]).baggage.text)[CHUNK]


def test_patches_composited_by_the_page_formula_equal_the_whole_pictures():
    whole, parts = ask(variations=2), ask(variations=2, answer="patches")
    assert "images" not in parts
    for image, candidate in zip(whole["images"], parts["candidates"], strict=True):
        out = photo().pixels.astype(np.float64)
        under = out[Box(*candidate["box"]).slices]
        mask = np.asarray(Image.open(io.BytesIO(base64.b64decode(candidate["mask"]))))
        assert mask.shape == under.shape[:2]
        under += (pixels(candidate["patch"]) - under) * (mask[..., None] / 255)
        assert np.array_equal(np.floor(out + 0.5).astype(np.uint8), pixels(image))


def test_the_mask_is_alpha_or_grey():
    rgba = np.zeros((200, 240, 4), np.uint8)
    rgba[HOLE.slices] = (9, 200, 7, 255)
    first = ask()["images"]
    assert ask(mask=png(rgba))["images"] == first
    assert ask(mask=png(np.dstack([hole()] * 3)))["images"] == first


def test_mask_of_another_size_is_scaled_with_a_warning():
    half = png(hole(Box(30, 25, 60, 55), Size(120, 100)))
    said = ask(mask=half)
    assert "120x100 and was scaled to 240x200" in said["warnings"][0]
    assert changed_pixels(said["images"][0])[HOLE.grown(-3).slices].all()


def test_mask_cropped_to_its_box_equals_the_full_mask():
    cut = png(np.full((60, 60), 255, np.uint8))
    assert ask(mask=cut, box=list(HOLE))["images"] == ask()["images"]


def test_invert_paints_all_but_the_mask():
    said = ask(invert=True, shape={"grow": 0, "blur": 0})
    changed = changed_pixels(said["images"][0])
    assert not changed[HOLE.slices].any()
    assert changed[~hole().astype(bool)].all()


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"mask": ""}, "mask"),
        ({"mask": png(np.zeros((200, 240), np.uint8))}, "mask"),
        ({"mask": png(np.full((200, 240), 255, np.uint8)), "invert": True}, "mask"),
        ({"mask": "nonsense"}, "mask"),
        ({"box": [200, 0, 260, 60]}, "box"),
        ({"intent": "erase"}, "intent"),
        ({"sketch": IMAGE}, "sketch"),
        ({"shape": {"blurr": 1}}, "shape.blurr"),
        ({"variations": 0}, "variations"),
        ({"denoising": 1}, "denoising"),
    ],
)
def test_invalid_inpaint_request_is_refused_before_queueing(changes, path):
    stand = Stand()
    with pytest.raises(BadInput) as error:
        ask(stand, **changes)
    assert error.value.path == path
    assert error.value.hint
    assert stand.jobs == []


def test_unknown_image_id_is_missing_with_its_path():
    with pytest.raises(Missing) as error:
        ApiService(Stand()).answer("inpaint", {"image_id": "0" * 32, "mask": MASK})
    assert (error.value.path, error.value.status) == ("image_id", 404)


def job(**body):
    stand = Stand()
    ask(stand, **body)
    return stand.engine.calls[0][0]


def test_intent_gives_the_defaults_of_fields_absent_from_the_body():
    refined, removed = job(intent="refine"), job(intent="remove")
    assert (refined.settings.masked_content, refined.settings.denoising_strength) == ("original", 0.5)
    assert (removed.settings.masked_content, removed.settings.denoising_strength) == ("fill", 0.9)
    asked = job(intent="remove", denoising_strength=0.3, masked_content="original", steps=3)
    assert (asked.settings.denoising_strength, asked.settings.sampling.steps) == (0.3, 3)
    assert asked.settings.masked_content == "original"


def test_remove_negates_the_object_prompt_and_grows_the_crop():
    removed = job(intent="remove", object="a red dog", prompt="")
    assert removed.prompt == EMPTY_SCENE
    assert removed.negative_prompt == "a red dog"
    grown = ask(intent="remove")["reports"][0], ask(intent="fill")["reports"][0]
    assert Box(*grown[0]["crop"]).area >= Box(*grown[1]["crop"]).area


def test_remove_fills_the_object_before_denoising():
    """Nothing of the object's colours is left under the mask."""
    picture = np.full((200, 240, 3), 90, np.uint8)
    picture[HOLE.slices] = (255, 0, 0)
    stand = Stand()
    ask(stand, image=encoder.encode_base64(Picture(picture)), intent="remove")
    start = stand.engine.calls[0][0].picture.pixels
    assert np.abs(start.astype(int) - 90).max() <= 2


def test_missing_prompt_is_warned_of_only_for_intent_replace():
    assert "Replace without a prompt" in ask(intent="replace")["warnings"][0]
    assert ask(intent="replace", prompt="a cat")["warnings"] == []
    assert ask(intent="fill")["warnings"] == []


def test_prompt_syntax_of_the_host_passes_unchanged():
    """A prompt is no template here: `[a:b:0.5]` and `[SEP]` go through as they are."""
    assert job(prompt="[a:b:0.5] [SEP] c").prompt == "[a:b:0.5] [SEP] c"


def test_infotext_of_the_result_gives_back_recipe_and_sampling():
    said = ask(intent="refine", denoising_strength=0.25, prompt="a fox")
    text = said["infotext"]
    assert text.startswith("a fox\nSteps: 7, Sampler: Euler")
    line = text.split("Retouch: ")[1].split(", Retouch regions")[0]
    recipe = recipe_in({"Retouch": json.loads(line)})
    assert recipe.name == "Studio: Refine"
    assert recipe.passes[0].denoising_strength == 0.25


def drawn(box: Box, colour=(255, 0, 255, 128)) -> np.ndarray:
    rgba = np.zeros((200, 240, 4), np.uint8)
    rgba[box.slices] = colour
    return rgba


def test_sketch_is_mask_and_initial_content_but_absent_from_the_result():
    box = Box(20, 20, 60, 60)
    stand = Stand()
    said = ask(stand, mask="", sketch=png(drawn(box)), intent="add", prompt="a rose")
    painted = stand.engine.calls[0][0]
    assert painted.settings.masked_content == "original"
    assert painted.settings.denoising_strength == 0.55
    image = pixels(said["images"][0])
    inside = image[box.slices].reshape(-1, 3)
    assert (inside == inside[0]).all(), "the fake engine's one colour, opaque over every drawn pixel"
    ring = hole(box.grown(30) & Box(0, 0, 240, 200)).astype(bool) & ~hole(box).astype(bool)
    flat, under = inside[0].astype(int), photo().pixels[ring].astype(int)
    low, high = np.minimum(flat, under), np.maximum(flat, under)
    assert ((image[ring] >= low) & (image[ring] <= high)).all(), "faded onto the photograph, not the sketch"


def test_sketch_moved_or_shrunk_off_its_mask_leaves_no_sketch_pixels():
    box = Box(20, 20, 60, 60)
    said = ask(mask="", sketch=png(drawn(box, (255, 0, 255, 255))), shape={"x_offset": 100, "grow": -10})
    magenta = (pixels(said["images"][0]) == (255, 0, 255)).all(2)
    assert not magenta.any()


def test_a_sketch_joins_the_mask():
    box = Box(160, 20, 200, 60)
    image = ask(sketch=png(drawn(box)))["images"][0]
    assert changed_pixels(image)[HOLE.slices].all()
    assert changed_pixels(image)[box.slices].all()


def test_sketch_of_another_size_is_scaled_and_a_blank_sketch_ignored():
    small = np.zeros((100, 120, 4), np.uint8)
    small[10:30, 10:30] = (1, 2, 3, 255)
    said = ask(mask="", sketch=png(small))
    assert "The sketch is 120x100" in said["warnings"][0]
    blank = png(np.zeros((200, 240, 4), np.uint8))
    assert ask(sketch=blank)["images"] == ask()["images"]


def broken(stand: Stand, jobs) -> None:
    raise PaintFailed("no paint.")


@pytest.mark.parametrize("sketch", ["", png(drawn(Box(20, 20, 60, 60)))])
def test_when_painting_fails_the_picture_comes_back_as_it_was_sent(sketch):
    stand = Stand(engine=FakeEngine(before_call=lambda jobs: broken(stand, jobs)))
    said = ask(stand, sketch=sketch)
    assert "no paint" in said["warnings"][0]
    assert decoder.decode_base64(said["images"][0]) == photo()
    assert said["image_ids"] == [said["image_id"]] or sketch == ""
    assert said["candidates"] == []
    assert said["reports"][0]["outcome"] == "skipped"


def test_interrupted_inpaint_answers_stopped_and_the_unchanged_picture():
    said = ask(Stand(watcher=FakeProgress(stop_after=0)), sketch=png(drawn(Box(20, 20, 60, 60))))
    assert said["stopped"] is True
    assert decoder.decode_base64(said["images"][0]) == photo()


def test_the_task_reaches_the_queue():
    stand = Stand()
    ask(stand, task="task(abc-1)")
    assert stand.tasks == ["task(abc-1)"]


def test_alpha_is_kept_and_repainted_pixels_become_opaque():
    picture = photo()
    sent = Picture(picture.pixels, np.full((200, 240), 77, np.uint8))
    back = decoder.decode_base64(ask(image=encoder.encode_base64(sent))["images"][0])
    assert back.alpha is not None
    changed = (back.pixels != picture.pixels).any(2)
    assert (back.alpha[~changed] == 77).mean() > 0.9
    assert (back.alpha[changed] >= 77).all()
    assert back.alpha.max() == 255


def planned(stand: Stand, **body):
    return ApiService(stand).answer(
        "plan", {"verb": "inpaint", "image": IMAGE, "mask": MASK, "seed": 5, **body}
    )


def test_plan_paints_nothing_and_equals_the_steps_of_inpaint():
    stand = Stand()
    said = planned(stand, intent="remove")
    assert stand.engine.calls == []
    (step,), (report,) = said["steps"], ask(intent="remove")["reports"]
    for key in ("box", "crop", "work", "seed", "prompt", "negative_prompt"):
        assert step[key] == report[key], key
    assert step["under_resolved"] is False


def test_plan_waits_for_the_queue_only_if_the_native_size_is_unknown():
    known, unknown = Stand(loaded=Size(512, 512)), Stand()
    assert planned(known)["steps"] == planned(unknown)["steps"]
    assert (known.jobs, unknown.jobs) == ([], ["plan"])
    planned(known, checkpoint="other")
    assert known.jobs == ["plan"]


def test_plan_estimates_its_seconds_once_a_speed_is_known():
    stand = Stand(loaded=Size(512, 512))
    service, body = ApiService(stand), {"image": IMAGE, "mask": MASK, "seed": 5, "variations": 2}
    assert service.answer("plan", {"verb": "inpaint", **body})["seconds"] is None
    stand.engine.before_call = lambda jobs: time.sleep(0.4)
    service.answer("inpaint", body)
    said = service.answer("plan", {"verb": "inpaint", **body})
    assert 0.4 <= said["seconds"] < 4
    assert said["steps"][0]["seconds"] == said["seconds"]
    assert "plan" not in stand.jobs


def test_plan_warns_of_an_under_resolved_region():
    stand = Stand(engine=FakeEngine(side=64), loaded=Size(64, 64))
    said = planned(stand, mask=png(np.full((200, 240), 255, np.uint8)))
    assert said["steps"][0]["under_resolved"] is True
    assert "softer" in said["warnings"][0]


def test_history_step_can_be_reopened_and_repainted_inside_its_mask():
    service = ApiService(Stand())
    body = {"image": IMAGE, "mask": MASK, "seed": 5, "variations": 2, "intent": "remove", "prompt": "grass"}
    made = service.answer("inpaint", {**body, "return_history": True, "return_masks": True})
    said = service.answer("history", {"history": made["history"], "repaint": [1]})
    (step,) = said["steps"]
    assert (step["label"], step["repaintable"]) == ("Remove", True)
    assert [job.prompt for job in service.backend.engine.calls[-1]] == [f"grass, {EMPTY_SCENE}"] * 2
    assert not {v["seed"] for v in step["variations"]} & {5, 6}
    assert said["infotext"] == made["infotext"]
    assert changed_pixels(said["image"])[HOLE.slices].all()
    assert not changed_pixels(said["image"])[pixels(made["reports"][0]["mask"])[..., 0] == 0].any()
    back = service.answer("history", {"history": said["history"], "revert": [1]})
    assert not changed_pixels(back["image"]).any()
    assert service.answer("inpaint", body)["history"] == ""


def test_step_painted_from_a_sketch_is_not_repaintable():
    service = ApiService(Stand())
    body = {"image": IMAGE, "sketch": png(drawn(Box(20, 20, 60, 60))), "seed": 5, "return_steps": True}
    made = service.answer("inpaint", {**body, "return_history": True})
    assert [report["how"] for report in made["reports"]] == [None]
    said = service.answer("history", {"history": made["history"], "revert": [1]})
    assert [(step["on"], step["repaintable"]) for step in said["steps"]] == [(False, False)]
    assert not changed_pixels(said["image"]).any()


def test_answer_describes_each_step_as_history_files_do_on_request():
    (report,) = ask(return_steps=True, answer="patches")["reports"]
    service = ApiService(Stand())
    made = service.answer("inpaint", {"image": IMAGE, "mask": MASK, "seed": 5, "return_history": True})
    file = service.answer("history", {"history": made["history"], "return_file": True})["file"]
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(file))) as held:
        (entry,) = json.loads(held.read("history.json"))["entries"]
        masks = {name: held.read(f"0-{name}.png") for name in ("denoise", "composite")}
    told = {name: base64.b64decode(png) for name, png in report["how"]["masks"].items()}
    assert (report["how"]["step"], told) == (entry["step"], masks)
    assert "how" not in ask()["reports"][0]


def test_report_of_each_of_several_regions_has_candidates_and_settings():
    large = Picture(np.random.default_rng(4).integers(0, 256, (400, 900, 3)).astype(np.uint8))
    specks = hole(Box(20, 20, 34, 34), large.size) | hole(Box(860, 370, 874, 384), large.size)
    body = {"image": encoder.encode_base64(large), "mask": png(specks), "seed": 5, "variations": 2}
    said = ApiService(Stand()).answer("inpaint", {**body, "return_steps": True, "answer": "patches"})
    first, second = said["reports"]
    assert [len(report["candidates"]) for report in (first, second)] == [2, 2]
    assert None not in (first["how"], second["how"])
    for rank, together in enumerate(said["candidates"]):
        alone = large.pixels
        for report in (first, second):
            alone = laid(alone, report["candidates"][rank])
        assert np.array_equal(alone, laid(large.pixels, together))
    assert "candidates" not in ask(return_steps=True)["reports"][0]


def laid(under: np.ndarray, candidate: dict) -> np.ndarray:
    """(height, width, 3) uint8 pixels with a candidate's patch put back through its mask."""
    left, top, right, bottom = candidate["box"]
    share = pixels(candidate["mask"])[..., :1].astype(int)
    out = under.astype(int)
    spot = out[top:bottom, left:right]
    spot[:] = (spot * (255 - share) + pixels(candidate["patch"]) * share + 127) // 255
    return out.astype(np.uint8)


def test_plan_contains_composite_masks_only_on_request():
    asked = {"image": IMAGE, "mask": MASK, "invert": True, "seed": 5, "return_masks": True}
    service = ApiService(Stand())
    (step,) = service.answer("plan", {"verb": "inpaint", **asked})["steps"]
    (report,) = service.answer("inpaint", asked)["reports"]
    left, top, right, bottom = step["crop"]
    whole = pixels(report["mask"])[..., 0]
    assert np.array_equal(pixels(step["mask"])[..., 0], whole[top:bottom, left:right])
    assert whole.any()
    assert not whole[hole() == 255].any()
    assert "mask" not in service.answer("plan", {"verb": "inpaint", "image": IMAGE, "mask": MASK})["steps"][0]
