"""The doors under /retouch/v1 end to end, on a WebUI and on the standalone app alike."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from retouch.cli import command
from tests.host.client import FACES, Client, base64_of, encoded, opened, pixels, two_people, union, with_pass


@pytest.fixture(scope="session")
def photo() -> str:
    return base64_of(two_people())


@pytest.fixture(scope="session")
def fixed(client, photo) -> dict:
    return client.do("fix", fix_of(photo))


def besides_who_painted(answer: dict) -> list[str]:
    """The warnings but the one that a model for trying things out adds to all it paints."""
    return [text for text in answer["warnings"] if not text.startswith("Painted by")]


def fix_of(image: str, **more: object) -> dict:
    return {"image": image, "recipe": FACES, "prompt": "a face", "seed": 11, "return_masks": True, **more}


def test_health_names_host_and_version(client):
    said = client.get("/retouch/v1/health")
    assert said["host"] in ("webui", "standalone")
    assert said["version"]
    assert said["engine"]


def test_the_schemas_describe_the_wire(client):
    said = client.get("/retouch/v1/schema")
    assert {"FixRequest", "DetectRequest", "AutofixRequest", "Recipe"} <= set(said)
    assert {"PictureRequest", "SegmentRequest", "MaskRequest", "InpaintRequest"} <= set(said)
    assert said["FixRequest"]["additionalProperties"] is False
    assert set(fix_of("")) <= set(said["FixRequest"]["properties"])


def test_the_models_name_a_face_detector_that_is_here(client):
    models = client.get("/retouch/v1/models")["models"]
    assert all({"name", "kind", "installed", "size"} <= set(model) for model in models)
    assert any("face" in model["name"] and model["installed"] for model in models)


def test_the_recipes_can_be_sent_back_as_they_are(client, photo):
    recipes = {recipe["name"]: recipe for recipe in client.get("/retouch/v1/recipes")["recipes"]}
    assert {"Face polish", "Hand rescue", "Person detail"} <= set(recipes)
    body = {"verb": "fix", "image": photo, "seed": 1}
    by_name = client.do("plan", {**body, "recipe": "Face polish"})
    written_out = client.do("plan", {**body, "recipe": recipes["Face polish"]})
    assert by_name["steps"] == written_out["steps"]
    assert len(by_name["steps"]) == 2


def test_detect_finds_both_faces_where_they_are(client, photo):
    target = {"models": ["face"], "order": "left to right"}
    found = client.do("detect", {"image": photo, "targets": [target]})["regions"]
    assert len(found) == 2
    for region, (x, y) in zip(found, ((112, 55), (388, 95)), strict=True):
        mask = np.asarray(opened(region["mask"]))
        left, top, right, bottom = region["box"]
        assert mask.shape == (256, 512)
        assert mask[y, x] == 255, "the middle of the face"
        assert left < x < right
        assert top < y < bottom
        outside = mask.copy()
        outside[top:bottom, left:right] = 0
        assert not outside.any()
        assert 0.3 <= region["score"] <= 1
        assert right - left < 150


def test_fix_repaints_the_faces_and_no_pixel_beside_them(fixed):
    before, after = pixels(two_people()), pixels(fixed["image"])
    inside = union([report["mask"] for report in fixed["reports"]], before)
    assert np.array_equal(before[~inside], after[~inside])
    assert [report["outcome"] for report in fixed["reports"]] == ["kept", "kept"]
    for report in fixed["reports"]:
        left, top, right, bottom = report["box"]
        changed = (before != after).any(2)[top:bottom, left:right]
        assert changed.mean() > 0.5
    assert 0 < inside.mean() < 0.3
    assert besides_who_painted(fixed) == []


def test_request_for_adetailer_repaints_the_faces_and_no_pixel_beside_them(client, photo):
    tab = {"ad_model": "face_yolov8n.pt", "ad_prompt": "a face", "ad_inpaint_width": 192}
    sizes = {
        "ad_use_inpaint_width_height": True,
        "ad_inpaint_height": 192,
        "ad_use_steps": True,
        "ad_steps": 2,
    }
    body = {"image": photo, "args": [True, False, {**tab, **sizes}], "seed": 11, "return_masks": True}
    mended = client.do("adetailer", body)
    before, after = pixels(two_people()), pixels(mended["image"])
    inside = union([report["mask"] for report in mended["reports"]], before)
    assert [report["prompt"] for report in mended["reports"]] == ["a face", "a face"]
    assert np.array_equal(before[~inside], after[~inside])
    assert (before != after).any(2)[inside].mean() > 0.5


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(client, photo, fixed):
    assert client.do("fix", fix_of(photo))["image"] == fixed["image"]
    other = client.do("fix", fix_of(photo, seed=12))
    assert not np.array_equal(pixels(other["image"]), pixels(fixed["image"]))


def test_a_seed_of_minus_one_is_picked_and_said(client, photo):
    first = client.do("fix", fix_of(photo, seed=-1))
    assert first["reports"][0]["seed"] == first["seed"] >= 0
    again = client.do("fix", fix_of(photo, seed=first["seed"]))
    assert again["image"] == first["image"]


def test_a_plan_is_what_a_fix_then_does(client, photo, fixed):
    body = fix_of(photo)
    planned = client.do("plan", {"verb": "fix", **body})
    same = ("number", "box", "crop", "work", "seed", "prompt", "label")
    steps = [{key: step[key] for key in same} for step in planned["steps"]]
    assert steps == [{key: report[key] for key in same} for report in fixed["reports"]]


def test_a_picture_need_be_sent_only_once(client, photo, fixed):
    body = fix_of("", image_id=fixed["source_id"])
    assert client.do("fix", body)["image"] == fixed["image"]
    assert client.do("detect", {"image_id": fixed["image_id"]})["image_id"] == fixed["image_id"]


def test_the_generation_text_names_the_recipe_and_rides_in_the_file(fixed):
    assert fixed["infotext"].startswith("a face\n")
    assert "Retouch: " in fixed["infotext"]
    assert opened(fixed["image"]).text["parameters"] == fixed["infotext"]


def test_prompts_are_dealt_out_to_the_faces(client, photo):
    recipe = with_pass(FACES, prompt="left one [SEP] right one")
    planned = client.do("plan", {"verb": "fix", **fix_of(photo, recipe=recipe)})
    assert [step["prompt"] for step in planned["steps"]] == ["left one", "right one"]
    skipped = with_pass(FACES, prompt="[SKIP] [SEP] right one")
    done = client.do("fix", fix_of(photo, recipe=skipped))
    assert [report["prompt"] for report in done["reports"]] == ["right one"]


def _rgba() -> tuple[bytes, Image.Image]:
    image = two_people().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return encoded(image), image.convert("RGB")


def _palette() -> tuple[bytes, Image.Image]:
    image = two_people().quantize(64)
    return encoded(image), image.convert("RGB")


def _sixteen_bits() -> tuple[bytes, Image.Image]:
    grey = two_people().convert("L")
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 256 + 77)
    return encoded(deep), grey.convert("RGB")


def _turned() -> tuple[bytes, Image.Image]:
    """A camera held upright: the file lies on its side, and its EXIF says so."""
    lying = two_people().transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(lying, "PNG", exif=exif), two_people()


def _webp() -> tuple[bytes, Image.Image]:
    return encoded(two_people(), "WEBP", lossless=True), two_people()


@pytest.mark.parametrize("make", [_rgba, _palette, _sixteen_bits, _turned, _webp])
def test_every_kind_of_file_is_mended_upright_and_only_inside_the_masks(client, make):
    data, upright = make()
    done = client.do("fix", fix_of(base64_of(data)))
    assert len(done["reports"]) == 2
    before, after = pixels(upright), pixels(done["image"])
    assert before.shape == after.shape
    inside = union([report["mask"] for report in done["reports"]], before)
    assert np.array_equal(before[~inside], after[~inside])
    assert not np.array_equal(before[inside], after[inside])


def test_transparency_survives(client):
    data, _ = _rgba()
    said = client.do("fix", fix_of(base64_of(data)))
    after = np.asarray(opened(said["image"]).getchannel("A"))
    sent = two_people().convert("RGBA")
    sent.putalpha(Image.linear_gradient("L").resize(sent.size))
    before = np.asarray(sent.getchannel("A"))
    inside = union([report["mask"] for report in said["reports"]], before)
    assert np.array_equal(after[~inside], before[~inside])
    assert (after[inside] >= before[inside]).all()  # what is painted becomes opaque


def test_of_an_animation_the_first_frame_is_taken_and_said(client):
    frames = [two_people(), two_people().rotate(180)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    done = client.do("fix", fix_of(base64_of(data)))
    assert "It has 2 frames: only the first is used." in besides_who_painted(done)
    assert len(done["reports"]) == 2


def test_requests_at_once_do_not_mix(client, photo, fixed):
    seeds = [11, 12, 11, 12]
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(client.do, "fix", fix_of(photo, seed=seed)) for seed in seeds]
        images = [job.result()["image"] for job in jobs]
    assert images[0] == images[2] == fixed["image"]
    assert images[1] == images[3] != images[0]


def test_the_command_line_through_the_server_writes_the_same_picture(client, fixed, tmp_path):
    (tmp_path / "faces.json").write_text(json.dumps(FACES))
    two_people().save(tmp_path / "photo.png")
    words = ["--recipe", str(tmp_path / "faces.json"), "--prompt", "a face", "--seed", "11"]
    where = [str(tmp_path / "photo.png"), "-o", str(tmp_path / "out"), "--url", client.url]
    assert command.main(["fix", *where, *words]) == 0
    written = Image.open(tmp_path / "out" / "photo.png")
    assert np.array_equal(pixels(written), pixels(fixed["image"]))


FACE = [60, 10, 170, 110]
"""Round the face of the astronaut, on the left."""


@pytest.fixture(scope="session")
def kept(client, photo) -> str:
    said = client.do("picture", {"image": photo})
    assert (said["width"], said["height"]) == two_people().size
    return said["image_id"]


def test_a_kept_picture_comes_back_as_a_file(client, kept):
    file = client.file(f"/retouch/v1/picture/{kept}")
    assert np.array_equal(pixels(Image.open(io.BytesIO(file))), pixels(two_people()))


def segmented(client, kept: str, **more: object) -> dict:
    return client.do("segment", {"image_id": kept, **more})


def test_click_outlines_its_object_and_second_click_corrects_the_outline(client, kept):
    first = segmented(client, kept, points=[{"x": 112, "y": 55}], box=FACE, whole_masks=True)
    best = np.asarray(opened(first["masks"][first["default"]]["mask"]))
    assert best.shape == (256, 512)
    assert best[55, 112] >= 128
    left, top, right, bottom = first["masks"][first["default"]]["box"]
    outside = best.copy()
    outside[top:bottom, left:right] = 0
    assert not outside.any()
    assert first["masks"][first["default"]]["area"] == (best >= 128).sum()
    points = [{"x": 112, "y": 55}, {"x": 165, "y": 105, "positive": False}]
    again = segmented(client, kept, points=points, box=FACE, memory=first["memory"], whole_masks=True)
    second = np.asarray(opened(again["masks"][again["default"]]["mask"]))
    assert second[55, 112] >= 128 > second[105, 165]


def inpaint_of(kept: str, **more: object) -> dict:
    alpha = np.zeros((256, 512), np.uint8)
    alpha[30:90, 80:145] = 255
    body = {"image_id": kept, "mask": base64_of(Image.fromarray(alpha)), "intent": "fill", "seed": 7}
    return {**body, "shape": {"work_side": 192}, "steps": 2, "return_masks": True, **more}


@pytest.fixture(scope="session")
def removed(client, kept) -> dict:
    return client.do("inpaint", inpaint_of(kept, variations=2))


def test_inpaint_repaints_the_mask_and_no_pixel_beside_it(removed):
    before, inside = pixels(two_people()), union([removed["reports"][0]["mask"]], pixels(two_people()))
    assert len(removed["images"]) == 2
    for image in removed["images"]:
        after = pixels(image)
        assert np.array_equal(before[~inside], after[~inside])
        assert (before != after).any(2)[30:90, 80:145].mean() > 0.9
    assert removed["images"][0] != removed["images"][1]
    assert sorted(candidate["seed"] for candidate in removed["candidates"]) == [7, 8]
    assert opened(removed["images"][0]).text["parameters"] == removed["infotext"]


def test_a_patch_put_back_by_the_page_is_the_picture_of_the_server(client, kept, removed):
    said = client.do("inpaint", inpaint_of(kept, variations=2, answer="patches"))
    assert "images" not in said
    for candidate, image in zip(said["candidates"], removed["images"], strict=True):
        out = pixels(two_people()).astype(np.float64)
        left, top, right, bottom = candidate["box"]
        under = out[top:bottom, left:right]
        mask = np.asarray(opened(candidate["mask"]).convert("L"))[..., None]
        under += (pixels(candidate["patch"]) - under) * mask / 255
        assert np.array_equal(np.floor(out + 0.5).astype(np.uint8), pixels(image))


@pytest.mark.parametrize("how", [{"intent": "fill"}, {"intent": "refine", "sampler": "Euler a"}])
def test_batch_and_alone_differ_by_at_most_one_level(client, kept, how):
    batch = client.do("inpaint", inpaint_of(kept, variations=4, **how))
    for candidate, image in zip(batch["candidates"], batch["images"], strict=True):
        alone = client.do("inpaint", inpaint_of(kept, **{**how, "seed": candidate["seed"]}))
        difference = pixels(alone["images"][0]).astype(int) - pixels(image)
        assert np.abs(difference).max() <= 1


def test_a_plan_of_inpainting_is_what_it_then_does(client, kept, removed):
    (step,) = client.do("plan", {"verb": "inpaint", **inpaint_of(kept, variations=2)})["steps"]
    same = ("box", "crop", "work", "prompt", "negative_prompt")
    assert {k: step[k] for k in same} == {k: removed["reports"][0][k] for k in same}


def test_sketch_is_painted_and_leaves_no_trace_in_the_feather(client, kept):
    rgba = np.zeros((256, 512, 4), np.uint8)
    rgba[150:200, 150:200] = (255, 0, 255, 255)
    sketch = base64_of(Image.fromarray(rgba))
    said = client.do("inpaint", inpaint_of(kept, mask="", sketch=sketch, intent="add", prompt="a rose"))
    before, after = pixels(two_people()), pixels(said["images"][0])
    inside = union([said["reports"][0]["mask"]], before)
    assert inside[150:200, 150:200].all()
    assert np.array_equal(before[~inside], after[~inside])
    assert not (after == (255, 0, 255)).all(2)[150:200, 150:200].all()


def test_progress_is_asked_by_task_and_nobody_is_busy_now(client):
    said = client.get("/retouch/v1/progress?task=nobody")
    assert (said["busy"], said["task"], said["preview"], said["queued"]) == (False, "", None, False)
    assert client.do("interrupt", {"task": "nobody"}) == {"interrupted": False}
    assert client.do("skip", {"task": "nobody"}) == {"skipped": False}


def test_the_intents_can_be_sent_back_as_they_are(client, kept):
    intents = client.get("/retouch/v1/intents")["intents"]
    assert [intent["name"] for intent in intents] == ["fill", "remove", "replace", "add", "refine"]
    for intent in intents:
        body = {"verb": "inpaint", **inpaint_of(kept), "intent": intent["name"]}
        plain = client.do("plan", body)["steps"]
        assert client.do("plan", {**intent["pass"], **body})["steps"] == plain


def test_the_command_line_points_through_the_server(client, tmp_path):
    two_people().save(tmp_path / "photo.png")
    where = [str(tmp_path / "photo.png"), "-o", str(tmp_path / "out"), "--url", client.url]
    box = ["--box", ",".join(map(str, FACE)), "--click", "112,55"]
    assert command.main(["segment", *where, *box]) == 0
    assert (tmp_path / "out" / "photo.png.mask-01.png").is_file()
    words = ["--intent", "remove", "--steps", "2", "--work-side", "192", "--seed", "7"]
    assert command.main(["inpaint", *where, *box, *words]) == 0
    before, after = pixels(two_people()), pixels(Image.open(tmp_path / "out" / "photo.png"))
    changed = (before != after).any(2)
    assert changed[55, 112]
    assert not changed[:, 256:].any()


def test_the_server_is_well_after_all_this(client: Client):
    assert client.get("/retouch/v1/health")["version"]
