"""The always-visible script inside a real WebUI, through its own API."""

from __future__ import annotations

import json
import re
import threading
import time
from typing import Any

import numpy as np
import pytest

from tests.host.client import FACES, Client, base64_of, pixels, two_people, union, with_pass

pytestmark = pytest.mark.webui

CENTER = with_pass({**FACES, "name": "Test center"}, target={"models": ["center"]})
PARAM = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
"""What the WebUI takes for one key and value of a generation text's last line."""
JOB = {"prompt": "a face", "seed": 3, "steps": 2, "sampler_name": "Euler", "cfg_scale": 5}


def retouch(recipe: object, **more: object) -> dict[str, Any]:
    request = {"enabled": True, "recipe": recipe, "return_masks": True, **more}
    return {"alwayson_scripts": {"Retouch": {"args": [request]}}}


def txt2img(**more: Any) -> dict[str, Any]:
    return {**JOB, "width": 256, "height": 256, **more}


def img2img(**more: Any) -> dict[str, Any]:
    width, height = two_people().size
    start = {"init_images": [base64_of(two_people())], "denoising_strength": 0.5}
    return {**JOB, **start, "width": width, "height": height, **more}


def regions(answer: dict[str, Any]) -> list[dict[str, Any]]:
    said = json.loads(answer["info"])["extra_generation_params"]["Retouch regions"]
    return json.loads(said[0] if isinstance(said, list) else said)


def parsed(answer: dict[str, Any]) -> dict[str, str]:
    """The generation text of the first picture as the WebUI would read it back."""
    *_, last = json.loads(answer["info"])["infotexts"][0].split("\n")
    found = PARAM.findall(last)
    return {key: json.loads(value) if value[:1] == '"' else value for key, value in found}


def assert_only_inside(before: np.ndarray, answer: dict[str, Any]) -> None:
    image, *masks = answer["images"]
    after, inside = pixels(image), union(masks, before)
    assert masks
    assert np.array_equal(before[~inside], after[~inside])
    assert (before != after).any(2)[inside].mean() > 0.5
    assert inside.mean() < 0.5


def test_skipping_the_img2img_repaints_the_faces_of_the_given_picture_only(client):
    answer = client.sdapi("img2img", img2img(**retouch(FACES, skip_img2img=True)))
    assert len(answer["images"]) == 1 + 2
    assert len(regions(answer)) == 2
    assert_only_inside(pixels(two_people()), answer)


def test_a_request_for_adetailer_is_answered_where_a_setting_says_so(client):
    """The setting is *Answer requests for ADetailer*. It counts from the next start of the WebUI on."""
    if "adetailer" not in client.get("/sdapi/v1/scripts")["img2img"]:
        pytest.skip("the setting retouch_answer_adetailer was off when the WebUI started")
    tab = {"ad_model": "face_yolov8n.pt", "ad_use_steps": True, "ad_steps": 2}
    answer = client.sdapi("img2img", img2img(alwayson_scripts={"ADetailer": {"args": [True, True, tab]}}))
    before, after = pixels(two_people()), pixels(answer["images"][0])
    near = np.zeros(before.shape[:2], bool)
    for region in regions(answer):
        left, top, right, bottom = region["box"]
        near[max(top - 40, 0) : bottom + 40, max(left - 40, 0) : right + 40] = True
        assert (before != after).any(2)[top:bottom, left:right].mean() > 0.5
    assert len(regions(answer)) == 2
    assert np.array_equal(before[~near], after[~near])


@pytest.mark.parametrize(("job", "body"), [("txt2img", txt2img()), ("img2img", img2img())])
def test_outside_the_masks_a_job_is_what_it_is_without_retouch(client, job, body):
    plain = client.sdapi(job, body)
    mended = client.sdapi(job, {**body, **retouch(CENTER)})
    assert_only_inside(pixels(plain["images"][0]), mended)


def test_a_disabled_script_changes_nothing(client):
    plain = client.sdapi("txt2img", txt2img())
    off = client.sdapi("txt2img", {**txt2img(), **retouch(CENTER, enabled=False)})
    assert off["images"] == plain["images"]


def test_an_inpainting_mask_bounds_what_may_change(client):
    mask = np.zeros(two_people().size[::-1], np.uint8)
    mask[:, :256] = 255  # the left of the two
    sent = base64_of(_gray(mask))
    plain = client.sdapi("img2img", img2img(mask=sent, mask_blur=0, inpainting_fill=1))
    body = img2img(mask=sent, mask_blur=0, inpainting_fill=1, **retouch(CENTER))
    mended = client.sdapi("img2img", body)
    before, after = pixels(plain["images"][0]), pixels(mended["images"][0])
    assert np.array_equal(after[:, 256:], before[:, 256:])
    assert not np.array_equal(after[:, :256], before[:, :256])


def _gray(array: np.ndarray) -> Any:
    from PIL import Image

    return Image.fromarray(array)


def test_the_same_seed_gives_the_same_bytes_twice(client):
    body = img2img(**retouch(FACES, skip_img2img=True))
    first, second = (client.sdapi("img2img", body)["images"] for _ in range(2))
    assert first == second
    other = client.sdapi("img2img", {**body, "seed": 4})["images"]
    assert other[0] != first[0]


def test_the_generation_text_says_what_was_done_and_reads_back(client):
    answer = client.sdapi("txt2img", {**txt2img(), **retouch(CENTER)})
    said = parsed(answer)
    assert json.loads(said["Retouch"])["passes"][0]["target"] == {"models": ["center"]}
    assert json.loads(said["Retouch regions"])[0]["box"] == [64, 64, 192, 192]
    again = client.sdapi("txt2img", {**txt2img(), **retouch(json.loads(said["Retouch"]))})
    assert again["images"][0] == answer["images"][0]


def test_a_bad_request_leaves_the_picture_and_says_why(client):
    plain = client.sdapi("txt2img", txt2img())
    answer = client.sdapi("txt2img", {**txt2img(), **retouch(CENTER, stpes=3)})
    assert np.array_equal(pixels(answer["images"][0]), pixels(plain["images"][0]))
    assert "steps" in parsed(answer)["Retouch warnings"]


def test_the_script_and_the_door_plan_alike(client):
    answer = client.sdapi("img2img", img2img(**retouch(FACES, skip_img2img=True)))
    body = {"verb": "fix", "image": base64_of(two_people()), "recipe": FACES, "seed": JOB["seed"]}
    planned = client.do("plan", body)
    said = [(region["box"], region["seed"]) for region in regions(answer)]
    assert said == [(step["box"], step["seed"]) for step in planned["steps"]]


def test_interrupt_keeps_the_faces_already_finished(client, url):
    recipe = with_pass(FACES, steps=40, denoising_strength=0.9)
    body = img2img(**retouch(recipe, skip_img2img=True))
    body["override_settings"] = {"retouch_batch_limit": 1}
    stopper = threading.Thread(target=_interrupt_after_one, args=(url,))
    stopper.start()
    answer = client.sdapi("img2img", body)
    stopper.join()
    first, second = regions(answer)
    assert "left" not in first
    assert second["left"] == "interrupted"
    before, after = pixels(two_people()), pixels(answer["images"][0])
    changed = (before != after).any(2)
    assert changed[_slices(first["box"])].mean() > 0.5
    assert not changed[_slices(second["box"])].any()
    assert client.get("/retouch/v1/health")["version"]


def _slices(box: list[int]) -> tuple[slice, slice]:
    return slice(box[1], box[3]), slice(box[0], box[2])


def _interrupt_after_one(url: str) -> None:
    """Press Interrupt as soon as the progress says that one region is done."""
    with Client(url) as watcher:
        until = time.monotonic() + 300
        while time.monotonic() < until:
            said = watcher.get("/sdapi/v1/progress?skip_current_image=true")
            if (said.get("textinfo") or "").startswith("Retouch: 1 of"):
                watcher.sdapi("interrupt", {})
                return
            time.sleep(0.05)
