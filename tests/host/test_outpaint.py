"""Extending pictures: the door on a WebUI and on the standalone app alike, the script in a WebUI."""

from __future__ import annotations

import json
import re
import threading
import time
from typing import Any

import numpy as np
import pytest

from tests.host.client import Client, base64_of, opened, pixels, two_people

FEATHER = 8
SHORT = {"steps": 1, "prompt": "a wall", "seed": 5, "feather": FEATHER, "attempts": 1, "cleanup": 0}
SQUARE = two_people().crop((0, 0, 256, 256))
JOB = {"prompt": "a face", "seed": 3, "steps": 2, "sampler_name": "Euler", "cfg_scale": 5}
PARAM = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
"""What the WebUI takes for one key and value of a generation text's last line."""


@pytest.fixture(scope="session")
def step(client) -> int:
    """Half of what the model here sees, as a stage is by default: two of them are no more than its size."""
    planned = client.do("plan", {"verb": "outpaint", "image": base64_of(SQUARE), **SHORT, "right": 512})
    return planned["steps"][0]["box"][2] - planned["steps"][0]["box"][0]


def ask(client: Client, **body: Any) -> dict[str, Any]:
    about = {} if "state" in body else {"image": base64_of(SQUARE)}
    return client.do("outpaint", {**about, **SHORT, **body})


def assert_kept(before: np.ndarray, after: np.ndarray, origin: list[int]) -> None:
    """Beyond the feather the original is there to the bit."""
    left, top, right, bottom = origin
    middle = (slice(FEATHER, -FEATHER), slice(FEATHER, -FEATHER))
    assert np.array_equal(after[top:bottom, left:right][middle], before[middle])


def test_four_sides_are_painted_round_the_picture_and_it_stays(client):
    said = ask(client, left=64, top=64, right=64, bottom=64)
    made = pixels(said["image"])
    assert made.shape == (384, 384, 3)
    assert said["origin"] == [64, 64, 320, 320]
    assert_kept(pixels(SQUARE), made, said["origin"])
    assert {stage["side"] for stage in said["stages"]} == {"left", "right", "top", "bottom"}
    assert all(stage["done"] for stage in said["stages"])
    edges = (made[:, :64], made[:, -64:], made[:64], made[-64:])
    assert all(len(np.unique(edge.reshape(-1, 3), axis=0)) > 50 for edge in edges), "something was painted"


def test_an_aspect_is_met_and_a_plan_said_how(client):
    body = {"aspect": "16:9", "horizontal": "third"}
    planned = client.do("plan", {"verb": "outpaint", "image": base64_of(SQUARE), **SHORT, **body})
    said = ask(client, **body)
    width, height = opened(said["image"]).size
    assert abs(width / height - 16 / 9) < 0.01
    assert [(s["box"], s["crop"], s["seed"]) for s in planned["steps"]] == [
        (s["box"], s["crop"], s["seed"]) for s in said["stages"]
    ]
    assert_kept(pixels(SQUARE), pixels(said["image"]), said["origin"])
    again = client.do("plan", {"verb": "outpaint", "image": base64_of(SQUARE), **SHORT, **body})
    assert again["seconds"] > 0
    assert again["seconds"] == pytest.approx(sum(step["seconds"] for step in again["steps"]), abs=0.1)


def test_a_stage_is_painted_again_alone_with_what_hangs_on_it(client, step):
    first = ask(client, right=2 * step)
    assert len(first["stages"]) == 2
    second = ask(client, state=first["state"], repaint=[2])
    one, two = pixels(first["image"]), pixels(second["image"])
    edge = 256 + step - FEATHER
    assert np.array_equal(one[:, :edge], two[:, :edge])
    assert not np.array_equal(one[:, edge + FEATHER :], two[:, edge + FEATHER :])
    assert [report["number"] for report in second["reports"]] == [2]
    back = ask(client, state=second["state"], revert=[1])
    assert np.array_equal(pixels(back["image"]), pixels(SQUARE))


def test_another_variation_of_a_stage_is_taken(client):
    first = ask(client, right=64, variations=2, answer="patches")
    (stage,) = first["stages"]
    other = 3 - stage["chosen"]
    second = ask(client, state=first["state"], choose={"1": other}, keep_later=True)
    patch = pixels(stage["candidates"][other - 1]["patch"])
    assert np.array_equal(pixels(second["image"])[:, 256:], patch[:, -64:])


def test_what_is_new_can_be_refined(client):
    plain, said = ask(client, right=64), ask(client, right=64, refine=0.4)
    assert said["refined"]
    before, after = pixels(plain["image"]), pixels(said["image"])
    assert np.array_equal(before[:, :256], after[:, :256])
    assert not np.array_equal(before[:, 280:], after[:, 280:])


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"left": -8}, "left"),
        ({}, "left"),
        ({"aspect": "1:1"}, "aspect"),
        ({"right": 64, "overlap": 512}, "overlap"),
        ({"right": 64, "stage_prompts": ["a", "b"]}, "stage_prompts"),
        ({"right": 64, "choose": {"1": 1}}, "choose"),
    ],
)
def test_bad_input_is_refused_by_its_path(client, body, path):
    answer = client.ask("outpaint", {"image": base64_of(SQUARE), **SHORT, **body})
    assert answer.status_code == 422
    assert answer.json()["path"] == path


def script(**asked: Any) -> dict[str, Any]:
    outpaint = {"feather": FEATHER, "attempts": 1, "cleanup": 0, "steps": 1, **asked}
    request = {"enabled": True, "recipe": {"name": "None", "passes": []}, "outpaint": outpaint}
    return {"alwayson_scripts": {"Retouch": {"args": [request]}}}


def txt2img(**more: Any) -> dict[str, Any]:
    return {**JOB, "width": 256, "height": 256, **more}


def parsed(infotext: str) -> dict[str, str]:
    *_, last = infotext.split("\n")
    return {k: json.loads(v) if v[:1] == '"' else v for k, v in PARAM.findall(last)}


@pytest.mark.webui
def test_the_script_extends_every_picture_of_a_batch(client):
    sides = {"left": 64, "bottom": 64}
    plain = client.sdapi("txt2img", txt2img(batch_size=2))
    said = client.sdapi("txt2img", {**txt2img(batch_size=2), **script(**sides)})
    images = said["images"][-2:]  # before them the WebUI's grid, where that is asked for
    assert [opened(image).size for image in images] == [(320, 320)] * 2
    for before, after in zip(plain["images"][-2:], images, strict=True):
        assert_kept(pixels(before), pixels(after), [64, 0, 320, 256])
    field = parsed(json.loads(said["info"])["infotexts"][-1])["Retouch outpaint"]
    asked = {**sides, "feather": FEATHER, "attempts": 1, "cleanup": 0, "steps": 1}
    assert json.loads(field) == asked
    again = client.sdapi("txt2img", {**txt2img(), **script(**json.loads(field))})
    assert opened(again["images"][0]).size == (320, 320)
    assert parsed(json.loads(again["info"])["infotexts"][0])["Retouch outpaint"] == field


@pytest.mark.webui
def test_the_script_paints_four_sides(client):
    said = client.sdapi("txt2img", {**txt2img(), **script(left=64, top=64, right=64, bottom=64)})
    assert opened(said["images"][0]).size == (384, 384)


@pytest.mark.webui
def test_the_script_meets_an_aspect_in_img2img_and_plans_as_the_door_does(client):
    start = {"init_images": [base64_of(SQUARE)], "denoising_strength": 0.3}
    job = {**JOB, **start, "width": 256, "height": 256}
    body = script(aspect="16:9", prompt="a wall")
    body["alwayson_scripts"]["Retouch"]["args"][0]["skip_img2img"] = True
    said = client.sdapi("img2img", {**job, **body})
    image = opened(said["images"][0])
    assert abs(image.width / image.height - 16 / 9) < 0.01
    asked = {"aspect": "16:9", **SHORT, "seed": JOB["seed"], "sampler": "Euler", "cfg_scale": 5}
    by_door = client.do("outpaint", {"image": base64_of(SQUARE), **asked})
    assert np.array_equal(pixels(image), pixels(by_door["image"]))


@pytest.mark.webui
def test_interrupt_keeps_the_stages_that_are_there(client, url):
    body = {**txt2img(), **script(right=1536, steps=2)}
    stopper = threading.Thread(target=interrupt_after_one, args=(url,))
    stopper.start()
    said = client.sdapi("txt2img", body)
    stopper.join()
    width, height = opened(said["images"][0]).size
    assert height == 256
    assert 256 < width < 256 + 1536
    assert client.get("/retouch/v1/health")["version"]


def interrupt_after_one(url: str) -> None:
    """Press Interrupt as soon as the progress says that one stage is done."""
    with Client(url) as watcher:
        until = time.monotonic() + 300
        while time.monotonic() < until:
            said = watcher.get("/sdapi/v1/progress?skip_current_image=true")
            if re.match(r"Retouch: [1-9]\d* of [3-9]", said.get("textinfo") or ""):
                watcher.sdapi("interrupt", {})
                return
            time.sleep(0.05)


@pytest.mark.webui
def test_a_request_that_cannot_be_met_leaves_the_picture_and_says_why(client):
    plain = client.sdapi("txt2img", txt2img())
    said = client.sdapi("txt2img", {**txt2img(), **script(aspect="1:1")})
    assert np.array_equal(pixels(said["images"][0]), pixels(plain["images"][0]))
    text = parsed(json.loads(said["info"])["infotexts"][0])
    assert "has this aspect already" in text["Retouch outpaint warnings"]


@pytest.mark.webui
def test_a_plot_compares_stage_sizes(client):
    scripts = [entry.lower() for entry in client.get("/sdapi/v1/scripts")["txt2img"]]
    assert "x/y/z plot" in scripts
    info = client._http.get("/sdapi/v1/script-info").json()
    plot = next(s for s in info if s["name"] == "x/y/z plot" and not s["is_img2img"])
    args = [arg["label"] == "Include Sub Images" or arg["value"] for arg in plot["args"]]
    axes = plot["args"][0]["choices"]
    args[0], args[1] = axes.index("[Retouch] Stage size (outpaint)"), "64, 128"
    args[3] = args[6] = axes.index("Nothing")
    body = {**txt2img(script_name="x/y/z plot", script_args=args), **script(right=128)}
    said = client.sdapi("txt2img", body)
    fields = [parsed(text).get("Retouch outpaint") for text in json.loads(said["info"])["infotexts"]]
    assert {json.loads(field)["stage_size"] for field in fields if field and "stage_size" in field} >= {64}
    grid = opened(said["images"][0])
    assert grid.width >= 2 * (256 + 128)
