"""The doors under /retouch/v1 end to end, on a WebUI and on the standalone app alike."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from retouch import cli
from tests.host.client import (
    FACES,
    Client,
    base64_of,
    encoded,
    opened,
    pixels,
    two_people,
    union,
    with_pass,
)


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
    done = opened(client.do("fix", fix_of(base64_of(data)))["image"])
    sent = two_people().convert("RGBA")
    sent.putalpha(Image.linear_gradient("L").resize(sent.size))
    assert np.array_equal(np.asarray(done.getchannel("A")), np.asarray(sent.getchannel("A")))


def test_of_an_animation_the_first_frame_is_taken_and_said(client):
    frames = [two_people(), two_people().rotate(180)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    done = client.do("fix", fix_of(base64_of(data)))
    assert besides_who_painted(done) == ["The first of 2 frames is used."]
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
    assert cli.main(["fix", *where, *words]) == 0
    written = Image.open(tmp_path / "out" / "photo.png")
    assert np.array_equal(pixels(written), pixels(fixed["image"]))


def test_the_server_is_well_after_all_this(client: Client):
    assert client.get("/retouch/v1/health")["version"]
