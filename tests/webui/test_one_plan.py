"""One request sent through each of the doors gives the same plan."""

from __future__ import annotations

import base64
import json

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from modules import script_callbacks

import retouch.outpaint.outpaint
import retouch.pipeline.pipeline
from retouch.api.service import ApiService
from retouch.cli import command
from retouch.image.codec import encoder
from retouch.image.codec.decoder import from_pil
from retouch.testing import FakeEngine
from tests.stand import Stand
from tests.webui.driver import LEFT, RIGHT, photo

PASSES = [
    {"target": {"models": ["face"], "order": "left to right"}, "prompt": "[PROMPT] [SEP] girl", "steps": 9},
    {"target": {"models": ["face"], "top_k": 1}, "shape": {"padding": 40}, "denoising_strength": 0.6},
]
RECIPE = {"name": "Mine", "passes": PASSES}
MADE = {
    "prompt": "a portrait",
    "negative_prompt": "blurry",
    "seed": 100,
    "subseed": 7,
    "subseed_strength": 0.2,
    "steps": 12,
    "cfg_scale": 6.5,
    "scheduler": "Karras",
}
REQUEST = {**MADE, "sampler": "Euler a", "clip_skip": 1, "noise_multiplier": 1.0, "recipe": RECIPE}


@pytest.fixture
def plans(monkeypatch) -> list[dict]:
    """Every plan made anywhere, pass by pass."""
    made, plan = [], retouch.pipeline.pipeline.plan_pass

    def spy(*args):
        made.append(plan(*args))
        return made[-1]

    monkeypatch.setattr(retouch.pipeline.pipeline, "plan_pass", spy)
    return made


def take_plans(plans: list) -> list[dict]:
    """What was planned since the last time, as plain values."""
    summaries = [json.loads(json.dumps(plan.summary())) for plan in plans]
    plans.clear()
    return summaries


def by_script(webui) -> None:
    request = {"enabled": True, "recipe": RECIPE, "skip_img2img": True}
    webui.img2img(request, sampler_name="Euler a", **MADE)


def by_rest(webui, verb: str) -> None:
    app = FastAPI()
    script_callbacks.app_started_callback(None, app)
    body = {"image": base64.b64encode(encoder.encode(from_pil(photo()))).decode(), **REQUEST}
    body.update({"verb": "fix"} if verb == "plan" else {})
    answer = TestClient(app).post(
        f"/retouch/v1/{verb}", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 200, answer.text


def by_command_line(tmp_path, verb: str) -> None:
    picture, recipe = tmp_path / "photo.png", tmp_path / "mine.json"
    photo().save(picture)
    recipe.write_text(json.dumps(RECIPE))
    service = ApiService(Stand(FakeEngine(side=512), boxes=(LEFT, RIGHT)))
    given = {key: value for key, value in REQUEST.items() if key != "recipe"}
    flags = [word for key, value in given.items() for word in (f"--{key.replace('_', '-')}", str(value))]
    words = [verb, str(picture), "--recipe", str(recipe), "-o", str(tmp_path / verb), "--json", *flags]
    assert command.main(words, service) == 0


def test_script_rest_and_command_line_make_the_same_plan(webui, plans, tmp_path):
    by_script(webui)
    expected = take_plans(plans)
    assert [len(one["steps"]) for one in expected] == [2, 1]
    first = expected[0]["steps"][0]
    assert (first["box"], first["seed"], first["sampling"]["steps"]) == (list(LEFT), 100, 9)
    assert expected[0]["steps"][1]["prompt"] == "girl"
    for verb in ("fix", "plan"):
        by_rest(webui, verb)
        assert take_plans(plans) == expected, f"REST {verb}"
        by_command_line(tmp_path, verb)
        assert take_plans(plans) == expected, f"command line {verb}"


def test_widgets_make_the_same_plan_as_the_request(webui, plans):
    by_script(webui)
    expected = take_plans(plans)
    widgets = {
        "enable": True,
        "skip_img2img": True,
        "target_order_1": "left to right",
        "gate_mode_1": "off",
        "prompt_1": "[PROMPT] [SEP] girl",
        "steps_1": "9",
        "target_models_2": ["face"],
        "target_top_k_2": 1.0,
        "shape_padding_2": "40",
        "denoising_strength_2": 0.6,
    }
    webui.img2img(webui.values(True, **widgets), sampler_name="Euler a", **MADE)
    assert take_plans(plans) == expected


OUTPAINT = {
    "aspect": "3:2",
    "vertical": "third",
    "stage_size": 96,
    "overlap": 72,
    "prompt_left": "a cliff",
    "off_screen": "gulls",
    "denoising_strength": 0.7,
    "variations": 2,
    "attempts": 1,
    "cleanup": 0,
    "masked_content": "fill",
    "match_original": True,
}
NOTHING = {"name": "None", "passes": []}


@pytest.fixture
def ways(monkeypatch) -> list[list[dict]]:
    """The stages of every extension that was planned anywhere."""
    made, steps = [], retouch.outpaint.outpaint.steps

    def spy(*args):
        found = steps(*args)
        made.append([step.summary() for step in found])
        return found

    monkeypatch.setattr(retouch.outpaint.outpaint, "steps", spy)
    return made


def test_extension_plan_is_equal_in_script_accordion_rest_and_cli(webui, ways, tmp_path):
    request = {"enabled": True, "recipe": NOTHING, "outpaint": OUTPAINT, "skip_img2img": True}
    webui.img2img(request, sampler_name="Euler a", **MADE)
    expected = taken_ways(ways)
    assert [(step["label"], step["variations"]) for step in expected] == [("left", 2)] * 2 + [
        ("right", 2)
    ] * 2
    assert (expected[0]["prompt"], expected[2]["prompt"]) == ("a cliff, gulls", "a portrait, gulls")
    assert [step["seed"] for step in expected] == [100, 101, 102, 103]
    widgets = {f"outpaint_{name}": shown_as(value) for name, value in OUTPAINT.items()}
    off = {"enable": True, "skip_img2img": True, "target_models_1": [], "outpaint_enabled": True}
    webui.img2img(webui.values(True, **off, **widgets), sampler_name="Euler a", **MADE)
    assert taken_ways(ways) == expected, "accordion"
    body = {**{key: value for key, value in REQUEST.items() if key != "recipe"}, **OUTPAINT}
    for verb in ("outpaint", "plan"):
        outpaint_by_rest(verb, body)
        assert taken_ways(ways) == expected, f"REST {verb}"
    picture = tmp_path / "photo.png"
    photo().save(picture)
    flags = [
        word for key, value in body.items() if key != "match_original" for word in (flag(key), str(value))
    ]
    service = ApiService(Stand(FakeEngine(side=512)))
    assert (
        command.main(["outpaint", str(picture), "-o", str(tmp_path / "out"), "--json", *flags], service) == 0
    )
    assert taken_ways(ways) == expected, "command line"


def taken_ways(ways: list) -> list[dict]:
    (found,) = json.loads(json.dumps(ways))
    ways.clear()
    return found


def shown_as(value: object) -> object:
    """What a widget of an optional number holds."""
    return str(value) if value in (96, 72) else value


def flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def outpaint_by_rest(verb: str, body: dict) -> None:
    app = FastAPI()
    script_callbacks.app_started_callback(None, app)
    said = {"image": base64.b64encode(encoder.encode(from_pil(photo()))).decode(), **body}
    said.update({"verb": "outpaint"} if verb == "plan" else {})
    answer = TestClient(app).post(f"/retouch/v1/{verb}", json=said)
    assert answer.status_code == 200, answer.text
