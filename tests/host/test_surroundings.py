"""Inside a real WebUI: a fix is painted as the job around it was, and leaves the WebUI as it found it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.host.client import FACES, SAME_MODULES, Client, base64_of, pixels, two_people, union, with_pass
from tests.host.test_webui import CENTER, parsed, retouch, txt2img

pytestmark = pytest.mark.webui

HIRES = {"enable_hr": True, "hr_scale": 1.0, "denoising_strength": 0.5, "hr_cfg": 5.0, **SAME_MODULES}
UNIT = {"enabled": True, "module": "reference_only", "model": "None", "weight": 1.0, "pixel_perfect": True}
"""A unit of ControlNet that needs no file, and replaces functions of the UNet and of its blocks."""


@pytest.fixture(scope="module")
def checkpoints(client: Client) -> tuple[str, str]:
    """(the one of the settings, another)."""
    titles = [model["title"] for model in client.get("/sdapi/v1/sd-models")]
    now = client.get("/sdapi/v1/options")["sd_model_checkpoint"]
    others = [title for title in titles if title.split(" [")[0] != now.split(" [")[0]]
    if not others:
        pytest.skip("the WebUI has one checkpoint: a second one in models/Stable-diffusion is needed")
    return now, others[0]


@pytest.fixture(scope="module")
def controlnet(client: Client) -> dict[str, Any]:
    """What a job says to have one unit of ControlNet."""
    if "controlnet" not in client.get("/sdapi/v1/scripts")["txt2img"]:
        pytest.skip("the WebUI has no ControlNet: the extension sd-webui-controlnet is needed")
    return {"ControlNet": {"args": [{**UNIT, "image": base64_of(two_people())}]}}


def with_scripts(recipe: object, others: dict[str, Any]) -> dict[str, Any]:
    return {"alwayson_scripts": {**retouch(recipe)["alwayson_scripts"], **others}}


def painted_by(client: Client, job: dict[str, Any], **changes: Any) -> np.ndarray:
    """The picture of a job with one fix in its middle."""
    answer = client.sdapi("txt2img", txt2img(**job, **retouch(with_pass(CENTER, **changes))))
    assert "Retouch warnings" not in parsed(answer)
    return pixels(answer["images"][0])


@pytest.mark.parametrize("of_hires", ["checkpoint", "sampler", "scheduler", "prompt", "negative_prompt"])
def test_a_fix_after_hires_fix_is_painted_as_that_was(client, checkpoints, of_hires):
    first, second = checkpoints
    own = {
        "checkpoint": ({"hr_checkpoint_name": second}, second, first),
        "sampler": ({"hr_sampler_name": "DDIM"}, "DDIM", "Euler"),
        "scheduler": ({"hr_scheduler": "Karras", "steps": 6}, "Karras", "Exponential"),
        "prompt": ({"hr_prompt": "a green hat"}, "a green hat", "a face"),
        "negative_prompt": ({"hr_negative_prompt": "a hat"}, "a hat", "blue"),
    }
    named, same, other = own[of_hires]
    job = {**HIRES, "hr_upscaler": client.upscalers()[0], **named}
    blank = painted_by(client, job)
    assert np.array_equal(blank, painted_by(client, job, **{of_hires: same}))
    assert not np.array_equal(blank, painted_by(client, job, **{of_hires: other}))


def test_a_fix_of_a_refined_picture_is_refined(client, checkpoints):
    _, second = checkpoints
    refined = {"refiner_checkpoint": second, "refiner_switch_at": 0.5}
    client.sdapi(
        "txt2img", txt2img(**refined)
    )  # after another job, Neo's first one differs from the next by 1 level
    plain = client.sdapi("txt2img", txt2img(**refined))
    blank, own = painted_by(client, refined), painted_by(client, refined, checkpoint=checkpoints[0])
    assert not np.array_equal(blank, own)
    assert client.sdapi("txt2img", txt2img(**refined))["images"] == plain["images"]


def test_an_overridden_checkpoint_and_clip_skip_hold_for_the_fix(client, checkpoints):
    first, second = checkpoints
    job = {"override_settings": {"sd_model_checkpoint": second, "CLIP_stop_at_last_layers": 2}}
    blank = painted_by(client, job)
    assert np.array_equal(blank, painted_by(client, job, checkpoint=second, clip_skip=2))
    assert not np.array_equal(blank, painted_by(client, job, checkpoint=first))
    assert not np.array_equal(blank, painted_by(client, job, clip_skip=1))
    assert client.get("/sdapi/v1/options")["sd_model_checkpoint"] == first


@pytest.mark.parametrize("also", ["", "controlnet"])
@pytest.mark.parametrize("batches", [1, 2])
def test_a_job_of_controlnet_and_fixes_leaves_the_webui_as_it_was(client, controlnet, also, batches):
    """ControlNet, if listed, is named in a warning where it replaces functions of the model."""
    plain = client.sdapi("txt2img", txt2img())
    options = client.get("/sdapi/v1/options")
    job = txt2img(n_iter=batches, override_settings={"retouch_scripts": also})
    answer = client.sdapi("txt2img", {**job, **with_scripts(CENTER, controlnet)})
    assert also or "Retouch warnings" not in parsed(answer)
    for _ in range(2):
        assert client.sdapi("txt2img", txt2img())["images"] == plain["images"]
    assert client.get("/sdapi/v1/options") == options


def test_outside_the_masks_a_job_of_controlnet_is_what_it_is_without_fixes(client, controlnet):
    hinted = client.sdapi("txt2img", {**txt2img(), "alwayson_scripts": controlnet})
    mended = client.sdapi("txt2img", {**txt2img(), **with_scripts(CENTER, controlnet)})
    before, after = pixels(hinted["images"][0]), pixels(mended["images"][0])
    masks = [image for image in mended["images"][1:] if _is_mask(image)]
    inside = union(masks, before)
    assert np.array_equal(before[~inside], after[~inside])
    assert (before != after).any(2)[inside].mean() > 0.5


def _is_mask(image: str) -> bool:
    """Of grey alone; ControlNet adds the picture of its unit."""
    shown = pixels(image).astype(int)
    return bool((np.ptp(shown, axis=2) == 0).all())


def test_a_fix_in_a_job_of_controlnet_is_painted_without_its_hints(client, controlnet):
    """A hint is made for the whole picture: of a given picture the same fix comes out with and without."""
    width, height = two_people().size
    given = {"init_images": [base64_of(two_people())], "width": width, "height": height}
    body = {**txt2img(), **given, "denoising_strength": 0.5}
    alone = client.sdapi("img2img", {**body, **retouch(FACES, skip_img2img=True)})
    scripts = {**retouch(FACES, skip_img2img=True)["alwayson_scripts"], **controlnet}
    hinted = client.sdapi("img2img", {**body, "alwayson_scripts": scripts})
    assert np.array_equal(pixels(hinted["images"][0]), pixels(alone["images"][0]))
