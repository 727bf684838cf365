"""Every built-in recipe inside a real WebUI: through its own API, and back from the generation text.

A WebUI for tests may lack a detector, with mediapipe or without, or a segmenter of words; the picture shows
no hands; and what a checkpoint of noise painted has no eyes. Where nothing is found in the picture, its
middle stands in for what would be, and all else of a recipe is as it is. The WebUI is asked what it finds.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from retouch.recipes.library import BUILT_IN
from tests.host.client import SAME_MODULES, Client, base64_of, pixels, two_people, union
from tests.host.test_webui import JOB, img2img, parsed, regions, retouch

NAMES = [json.loads(path.read_text("utf-8"))["name"] for path in sorted(BUILT_IN.glob("*.json"))]
MASKED = np.zeros(two_people().size[::-1], np.uint8)
"""Of the left half's middle, as a person would paint it."""
MASKED[60:200, 60:180] = 255
QUICK = {"shape": {"work_side": 192}, "steps": 2, "variations": 2, "gate": {"mode": "off"}}
"""Small, short and of few tries, so that a processor is enough; what noise painted is not taken back."""
Asked = tuple[str, float | None]
"""A detector's name, and the confidence that a target asks of it."""
Found = dict[Asked, list[list[int]]]
"""The boxes that each finds, left, top, right, bottom."""


@pytest.fixture(scope="module")
def finding(client: Client) -> Found:
    """What the detectors of built-in recipes find in the picture, of those that are here."""
    known = client.get("/retouch/v1/recipes")["recipes"]
    asked = {one for recipe in known for step in recipe["passes"] for one in _asked(step["target"])}
    return {one: _boxes(client, *one) for one in asked}


def _asked(target: dict[str, Any]) -> set[Asked]:
    return {(name, target.get("confidence")) for name in target.get("models", ())}


def _boxes(client: Client, name: str, confidence: float | None) -> list[list[int]]:
    """None, too, for a detector that is not installed, which is told by its name (404)."""
    sure = {} if confidence is None else {"confidence": confidence}
    body = {"image": base64_of(two_people()), "targets": [{"models": [name], **sure}]}
    answer = client.ask("detect", body)
    assert answer.status_code in (200, 404), answer.text
    return [region["box"] for region in answer.json()["regions"]] if answer.status_code == 200 else []


def possible(client: Client, name: str, finding: Found) -> dict[str, Any]:
    """The recipe with what finds nothing replaced."""
    known = {recipe["name"]: recipe for recipe in client.get("/retouch/v1/recipes")["recipes"]}
    recipe = {key: known[name][key] for key in ("name", "passes")}
    first, *later = recipe["passes"]
    useful = {one for one, boxes in finding.items() if any(_is_useful(box, recipe) for box in boxes)}
    return {**recipe, "passes": [_possible(first, useful), *(_possible(one, set()) for one in later)]}


def _is_useful(box: list[int], recipe: dict[str, Any]) -> bool:
    """Whether a region is painted: where there is a mask, it has to touch it."""
    left, top, right, bottom = box
    return not wants_mask(recipe) or bool(MASKED[top:bottom, left:right].any())


def wants_mask(recipe: dict[str, Any]) -> bool:
    return any(one["target"].get("what") in ("mask", "seam") for one in recipe["passes"])


def _possible(one: dict[str, Any], useful: set[Asked]) -> dict[str, Any]:
    target = dict(one["target"])
    if target.get("what") == "text" or not _asked(target) <= useful:
        kept = {key: target[key] for key in ("of_pass", "user_mask") if key in target}
        target = {"models": ["center"], **kept, **({"what": "background"} if _behind(target) else {})}
    if target.get("what") == "seam":
        target["seam_above"] = 0
    return {**one, **QUICK, "shape": {**one.get("shape", {}), **QUICK["shape"]}, "target": target}


def _behind(target: dict[str, Any]) -> bool:
    return target.get("what") == "background"


def mask() -> str:
    return base64_of(Image.fromarray(MASKED))


def picture(recipe: dict[str, Any]) -> Image.Image:
    """With something to mend where a recipe mends the edge of the mask: what is inside is brighter."""
    if recipe["passes"][0]["target"].get("what") != "seam":
        return two_people()
    spoilt = pixels(two_people()).astype(int)
    spoilt[60:200, 60:180] += 40
    return Image.fromarray(spoilt.clip(0, 255).astype(np.uint8))


def job(recipe: dict[str, Any]) -> dict[str, Any]:
    masked = {"mask": mask(), "mask_blur": 0, "inpainting_fill": 1} if wants_mask(recipe) else {}
    given = {"init_images": [base64_of(picture(recipe))]}
    return img2img(**given, **masked, **retouch(recipe, skip_img2img=True))


@pytest.mark.webui
@pytest.mark.parametrize("name", NAMES)
def test_a_built_in_recipe_runs_and_is_the_same_when_its_text_is_pasted(client, finding, name):
    recipe = possible(client, name, finding)
    answer = client.sdapi("img2img", job(recipe))
    painted = regions(answer)
    assert {region["pass"] for region in painted} == set(range(1, len(recipe["passes"]) + 1))
    before, after = pixels(picture(recipe)), pixels(answer["images"][0])
    assert (before != after).any()
    outside = ~union(answer["images"][1:], before)
    assert np.array_equal(before[outside], after[outside])
    pasted = json.loads(parsed(answer)["Retouch"])
    again = client.sdapi("img2img", job(pasted))
    assert regions(again) == painted
    assert np.array_equal(pixels(again["images"][0]), after)


@pytest.mark.parametrize("name", NAMES)
def test_the_doors_plan_a_recipe_by_name_and_written_out_alike(client, finding, name):
    recipe = possible(client, name, finding)
    shown = {"image": base64_of(two_people()), "mask": mask(), "seed": JOB["seed"], "verb": "fix"}
    written = client.do("plan", {**shown, "recipe": recipe})
    read = client.do("recipes/read", {"text": json.dumps(recipe)})["recipe"]
    assert client.do("plan", {**shown, "recipe": read})["steps"] == written["steps"]
    known = {one["name"]: one for one in client.get("/retouch/v1/recipes")["recipes"]}
    by_name = client.ask("plan", {**shown, "recipe": name})
    out = client.ask("plan", {**shown, "recipe": {"name": name, "passes": known[name]["passes"]}})
    assert by_name.status_code == out.status_code
    assert by_name.json().get("steps") == out.json().get("steps")


@pytest.mark.webui
def test_a_pass_before_hires_fix_is_painted_on_the_small_picture(client):
    small = {"target": {"models": ["center"]}, "steps": 2, "denoising_strength": 0.9, "hires": "before"}
    recipe = {"name": "Before", "passes": [small, {**small, "hires": "after"}]}
    body = {
        **JOB,
        "width": 256,
        "height": 256,
        "enable_hr": True,
        "hr_scale": 1.5,
        "denoising_strength": 0.3,
        **SAME_MODULES,
    }
    for upscaler in client.upscalers():
        answer = client.sdapi("txt2img", {**body, "hr_upscaler": upscaler, **retouch(recipe)})
        assert pixels(answer["images"][0]).shape == (384, 384, 3)
        assert [region["box"] for region in regions(answer)] == [[64, 64, 192, 192], [96, 96, 288, 288]]
        plain = client.sdapi("txt2img", {**body, "hr_upscaler": upscaler})
        early = {**recipe, "passes": recipe["passes"][:1]}
        mended = client.sdapi("txt2img", {**body, "hr_upscaler": upscaler, **retouch(early)})
        moved = (pixels(plain["images"][0]) != pixels(mended["images"][0])).any(2)
        assert moved[150:230, 150:230].mean() > 0.5


def test_a_fix_can_be_gone_back_in(client):
    recipe = {"name": "Faces", "passes": [{"target": {"models": ["face"]}, "steps": 2, **QUICK}]}
    body = {"image": base64_of(two_people()), "recipe": recipe, "seed": 2, "return_history": True}
    fixed = client.do("fix", body)
    assert len(fixed["reports"]) == 2
    one = client.do("history", {"history": fixed["history"], "revert": [1], "return_file": True})
    none = client.do("history", {"file": one["file"], "revert": [2]})
    assert np.array_equal(pixels(none["image"]), pixels(two_people()))
    again = client.do("history", {"history": none["history"], "restore": [1], "repaint": [2]})
    assert [step["on"] for step in again["steps"]] == [True, True]
    assert again["steps"][1]["variations"][0]["seed"] != fixed["reports"][1]["seed"]
    first = again["steps"][0]["box"]
    spot = (slice(first[1], first[3]), slice(first[0], first[2]))
    assert np.array_equal(pixels(again["image"])[spot], pixels(fixed["image"])[spot])
