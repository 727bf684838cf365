"""The REST doors inside the WebUI: who may enter, and what the WebUI sees of a request."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from modules import call_queue, paths_internal, progress, script_callbacks, shared, trace
from PIL import Image

from retouch.api.batches import routes as batches_routes
from retouch.api.service import VERBS
from retouch.image.codec import decoder, encoder, mask_layers
from retouch.image.codec.decoder import from_pil
from retouch.image.geometry import Box
from retouch.webui import settings
from retouch.webui.backend import HostBackend
from retouch.webui.host import modules
from tests.webui.driver import LEFT, RIGHT, changed, inner, mask_of, only_in, photo, recipe

IMAGE = encoder.encode_base64(from_pil(photo()))
ORDER = ["queued", "lock", "begin", "started", "finished", "end", "tqdm clear", "unlock"]


@pytest.fixture
def app(webui) -> FastAPI:
    """As the WebUI tells extensions, with its page or without (--nowebui)."""
    made = FastAPI()
    script_callbacks.app_started_callback(None, made)
    return made


@pytest.fixture
def client(app) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


def post(client, verb: str, body: dict, **headers):
    said = {"Content-Type": "application/json", **headers}
    return client.post(f"/retouch/v1/{verb}", content=json.dumps(body), headers=said)


def order() -> list[str]:
    return [what for what, _ in trace.events if what in ORDER]


def test_fix_paints_through_the_webuis_pipeline(client):
    faces = recipe({})["recipe"]  # no gate, which would revert what the stand-in paints
    answer = post(client, "fix", {"image": IMAGE, "recipe": faces, "prompt": "a face", "seed": 5}).json()
    (said,) = inner()
    assert (said["prompts"], said["seeds"]) == (["a face"] * 2, [5, 6])
    assert (said["sampler"], said["checkpoint"]) == ("Euler", "one.safetensors")
    fixed = decoder.decode_base64(answer["image"])
    assert only_in(changed(photo(), fixed), (LEFT, RIGHT), 40)
    assert answer["warnings"] == []


def test_request_waits_for_the_queue_shows_progress_and_cleans_up(client):
    post(client, "fix", {"image": IMAGE})
    assert order() == ORDER
    assert trace.of("begin")[0]["job"] == trace.of("queued")[0]["task"]
    assert trace.of("queued")[0]["task"].startswith("task(retouch_fix")


def test_failed_request_releases_queue_and_progress(client, webui):
    webui.detectors.faces.find = lambda *_: 1 / 0
    answer = post(client, "detect", {"image": IMAGE})
    assert answer.status_code == 500
    assert order() == ORDER
    assert (shared.state.job, progress.current_task, progress.pending_tasks) == ("", None, {})
    assert call_queue.queue_lock.holder is None


def test_checkpoint_of_a_request_is_restored_before_the_queue_unlocks(client):
    post(client, "fix", {"image": IMAGE, "checkpoint": "two.safetensors", "vae": "soft.vae.pt"})
    events = [what for what, _ in trace.events if what in ("checkpoint loaded", "vae loaded", "unlock")]
    assert events.count("checkpoint loaded") == 2
    assert events[-1] == "unlock"
    assert shared.opts.sd_model_checkpoint == "one.safetensors"


def test_request_leaves_params_txt_of_the_page_unchanged(client):
    """params.txt is for pictures made on the page: a request neither changes it nor makes it."""
    params = Path(paths_internal.data_path, "params.txt")
    post(client, "fix", {"image": IMAGE})
    assert not params.exists()
    params.write_text("mine")
    post(client, "fix", {"image": IMAGE})
    assert params.read_text() == "mine"


def test_concurrent_requests_are_painted_one_at_a_time(client):
    seen = []
    trace.before_sampling = lambda p: seen.append(call_queue.queue_lock.holder)
    threads = [threading.Thread(target=post, args=(client, "fix", {"image": IMAGE})) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 3
    assert all(seen)
    assert order() != []
    inside = [what for what in order() if what in ("lock", "unlock")]
    assert inside == ["lock", "unlock"] * 3


def test_interrupt_stops_a_fix_and_skips_its_regions(client):
    trace.on_step = lambda p, step: setattr(shared.state, "interrupted", True)
    answer = post(client, "fix", {"image": IMAGE}).json()
    assert answer["stopped"] is True
    assert {report["outcome"] for report in answer["reports"]} == {"skipped"}


def test_reading_endpoints_do_not_wait_for_the_queue(client):
    """A page asks for them while a picture is being made."""
    with call_queue.queue_lock:
        doors = ("health", "schema", "models", "recipes", "intents", "progress")
        answers = [client.get(f"/retouch/v1/{door}") for door in doors]
    assert [answer.status_code for answer in answers] == [200] * 6
    health = answers[0].json()
    assert (health["host"], health["checkpoint"]) == ("webui", "one.safetensors")
    assert [model["name"] for model in answers[2].json()["models"]] == ["face", "hand"]
    assert [model["name"] for model in answers[2].json()["segmenters"]] == ["pointer"]


def test_scripts_of_the_page_do_not_act_on_api_requests(client):
    """No surrounding job: the scripts on the page have no say, not even the allowed ones."""
    post(client, "fix", {"image": IMAGE, "prompt": "__hair__"})
    assert inner()[0]["prompts"][0] == "__hair__"
    assert [said for said in trace.of("hook") if said["script"] != "RetouchScript"] == []


def basic(name: str, word: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{word}".encode()).decode()}


DOORS = (
    [("GET", name) for name in ("health", "schema", "models", "recipes", "intents", "progress", "picture/1")]
    + [("POST", verb) for verb in (*VERBS, "interrupt", "skip")]
    + [(door.method, f"batch/1{door.path.replace('{number}', '1')}") for door in batches_routes.ROUTES]
)


def route_with_ids(path: str) -> str:
    """A route with 1 for every name in it."""
    return re.sub(r"\{\w+\}", "1", path)


def test_endpoints_equal_the_expected_list(app):
    routes = {
        (how, route_with_ids(r.path))
        for r in app.routes
        if r.path.startswith("/retouch/v1")
        for how in r.methods
    }
    assert routes == {(how, f"/retouch/v1/{name}") for how, name in DOORS}


def statuses(client, **given) -> set[int]:
    said = {"Content-Type": "application/json", **given.get("headers", {})}
    cookies = given.get("cookies")
    return {
        client.request(
            how, f"/retouch/v1/{name}", content="{}" if how == "POST" else None, headers=said, cookies=cookies
        ).status_code
        for how, name in DOORS
    }


def test_endpoints_are_open_without_authentication_options(client):
    assert 401 not in statuses(client)


def test_every_endpoint_requires_the_api_password(client):
    shared.cmd_opts.api_auth = "ann:secret,bob:a:b"
    assert statuses(client) == {401}
    assert statuses(client, headers=basic("ann", "wrong")) == {401}
    assert statuses(client, headers=basic("eve", "secret")) == {401}
    assert 401 not in statuses(client, headers=basic("ann", "secret"))
    assert 401 not in statuses(client, headers=basic("bob", "a:b"))


def test_every_endpoint_requires_the_page_login(client, app):
    """--gradio-auth: the page's cookie or its password."""
    app.auth, app.tokens = {"ann": "secret"}, {"token-of-ann": "ann"}
    assert statuses(client) == {401}
    assert statuses(client, cookies={"access-token": "made-up"}) == {401}
    assert 401 not in statuses(client, cookies={"access-token": "token-of-ann"})
    assert 401 not in statuses(client, cookies={"access-token-unsecure": "token-of-ann"})
    assert 401 not in statuses(client, headers=basic("ann", "secret"))


def test_unauthorized_answer_names_the_basic_scheme(client):
    shared.cmd_opts.api_auth = "ann:secret"
    assert client.get("/retouch/v1/health").headers["WWW-Authenticate"] == "Basic"


def test_unauthorized_request_paints_nothing(client):
    shared.cmd_opts.api_auth = "ann:secret"
    post(client, "fix", {"image": IMAGE})
    assert order() == []
    assert inner() == []


def test_backend_busy_under_the_held_queue_is_not_reentrant(webui):
    """The queue is not re-entrant: this is why no hook uses the backend."""
    with call_queue.queue_lock, pytest.raises(AssertionError, match="re-entrant"), HostBackend().busy("fix"):
        pass


def test_api_auth_without_a_colon_admits_no_credentials(client):
    """--api-auth without a colon: the doors stay shut rather than open."""
    shared.cmd_opts.api_auth = "secret"
    assert statuses(client) == {401}


MASK = base64.b64encode(mask_layers.encode_gray(from_pil(mask_of(LEFT)).pixels[..., 0])).decode()


def inpaint(client, **more):
    return post(client, "inpaint", {"image": IMAGE, "mask": MASK, "seed": 5, "task": "task(mine)", **more})


def ask(client, path: str, task: str = "task(mine)", how: str = "GET") -> dict:
    return client.request(how, f"/retouch/v1/{path}", params={"task": task}).json()


def test_inpaint_paints_through_the_webuis_pipeline(client):
    answer = inpaint(client, prompt="a fox", variations=2).json()
    (said,) = inner()
    assert (said["prompts"], said["seeds"]) == (["a fox"] * 2, [5, 6])
    assert len(answer["images"]) == 2
    for image in answer["images"]:
        assert only_in(changed(photo(), decoder.decode_base64(image)), (LEFT,), 60)


def test_plan_of_inpaint_does_not_wait_for_a_running_generation(client):
    with call_queue.queue_lock:
        said = post(client, "plan", {"verb": "inpaint", "image": IMAGE, "mask": MASK}).json()
    assert said["steps"][0]["box"] == list(LEFT)
    assert order() == ["lock", "unlock"]


@pytest.mark.parametrize(("flag", "queued"), [([], ["lock"]), (["all"], [])])
def test_segment_waits_for_the_queue_only_on_the_gpu(client, webui, monkeypatch, flag, queued):
    monkeypatch.setattr(modules.devices, "device", "cuda:0")
    shared.cmd_opts.use_cpu = flag
    said = post(client, "segment", {"image": IMAGE, "points": [{"x": 80, "y": 80}]}).json()
    assert said["masks"][0]["box"] == list(Box(60, 60, 101, 101))
    assert [what for what in order() if what == "lock"] == queued


def test_progress_of_the_webui_uses_the_task_id_of_the_request(client):
    inpaint(client)
    assert {said["job"] for said in trace.of("begin")} == {"task(mine)"}
    assert trace.of("queued") == [{"task": "task(mine)"}]


def test_progress_counts_steps_and_previews_only_to_its_own_task(client):
    said = []

    def look(p, step):
        shared.state.sampling_step, shared.state.sampling_steps = 1, 2
        shared.state.current_image = Image.new("RGB", (8, 8), (255, 0, 0))
        said.append([ask(client, "progress", task) for task in ("task(mine)", "task(other)", "")])

    trace.on_step = look
    inpaint(client)
    mine, *others = said[0]
    assert (mine["busy"], mine["verb"], mine["task"], mine["total"]) == (True, "inpaint", "task(mine)", 1)
    assert 0.5 <= mine["fraction"] < 1
    assert mine["preview"].startswith("data:image/jpeg;base64,")
    assert [(other["preview"], other["task"]) for other in others] == [(None, "")] * 2
    after = ask(client, "progress")
    assert (after["busy"], after["preview"], after["verb"]) == (False, None, "")


def test_progress_has_no_preview_with_live_previews_disabled(client):
    said = []

    def look(p, step):
        shared.opts.data["live_previews_enable"] = False
        shared.state.current_image = Image.new("RGB", (8, 8))
        said.append(ask(client, "progress"))

    trace.on_step = look
    inpaint(client)
    assert said[0]["preview"] is None


@pytest.mark.parametrize(("button", "state"), [("interrupt", "interrupted"), ("skip", "skipped")])
def test_interrupt_and_skip_stop_only_their_own_task(client, button, state):
    said = []

    def press(p, step):
        said.append(ask(client, button, "task(other)", "POST"))
        said.append(getattr(shared.state, state))
        said.append(ask(client, button, "task(mine)", "POST"))
        said.append(getattr(shared.state, state))

    trace.on_step = press
    answer = inpaint(client).json()
    key = "interrupted" if button == "interrupt" else "skipped"
    assert said[:4] == [{key: False}, False, {key: True}, True]
    assert answer["stopped"] is True
    assert decoder.decode_base64(answer["images"][0]) == from_pil(photo())


def test_interrupt_does_not_stop_jobs_of_the_webui(client, webui):
    with webui.generating():
        assert ask(client, "progress")["busy"] is True
        assert ask(client, "interrupt", "", "POST") == {"interrupted": False}
        assert shared.state.interrupted is False


def test_waiting_task_is_cancelled_before_painting(client):
    answers = []
    with call_queue.queue_lock:
        thread = threading.Thread(target=lambda: answers.append(inpaint(client).json()))
        thread.start()
        while not ask(client, "progress")["queued"]:
            time.sleep(0.01)
        assert ask(client, "progress")["waiting"] == 1
        assert ask(client, "interrupt", how="POST") == {"interrupted": True}
    thread.join(60)
    assert answers[0]["stopped"] is True
    assert inner() == []


@pytest.mark.parametrize("keep", [True, False])
def test_segmenters_are_released_with_the_detectors(client, webui, keep):
    shared.opts.data[settings.KEEP] = keep
    inpaint(client)
    assert (webui.segmenters.released, webui.detectors.unloaded) == ((0, 0) if keep else (1, 1))


def batched(client, *names: str, **more) -> str:
    faces = recipe({})["recipe"]
    images = [{"name": name, "image": IMAGE} for name in names]
    return post(client, "batch", {"recipe": faces, "images": images, "seed": 5, **more}).json()["job"]


def wait_for_batch(client, job: str) -> dict:
    until = time.monotonic() + 60
    while (said := client.get(f"/retouch/v1/batch/{job}").json())["state"] in ("running", "stopping"):
        assert time.monotonic() < until, said
        time.sleep(0.01)
    return said


def test_batch_queues_every_file_separately(client):
    with call_queue.queue_lock:
        job = batched(client, "a.png", "b.png", task="task(batch)")
        while not ask(client, "progress", "task(batch)")["queued"]:
            time.sleep(0.01)
        assert inner() == []
    said = wait_for_batch(client, job)
    assert [file["state"] for file in said["files"]] == ["done", "done"]
    assert [what for what in order() if what in ("lock", "unlock")] == ["lock", "unlock"] * 3
    assert [said["job"] for said in trace.of("begin")] == ["task(batch)"] * 2
    assert [said["prompts"] for said in inner()] == [[""] * 2] * 2
    made = decoder.decode(client.get(f"/retouch/v1/batch/{job}/file/2").content)
    assert only_in(changed(photo(), made), (LEFT, RIGHT), 40)
    assert call_queue.queue_lock.holder is None


def test_cancelling_a_batch_interrupts_sampling_and_leaves_waiting_files(client):
    jobs = []

    def press(p, step):
        if not shared.state.interrupted:
            assert post(client, f"batch/{jobs[0]}/cancel", {}).json()["state"] == "stopping"
            assert shared.state.interrupted

    trace.on_step = press
    with call_queue.queue_lock:
        jobs.append(batched(client, "a.png", "b.png"))
    said = wait_for_batch(client, jobs[0])
    assert (said["state"], [file["state"] for file in said["files"]]) == ("cancelled", ["waiting"] * 2)
    assert len(inner()) == 1
    trace.on_step = None
    post(client, f"batch/{jobs[0]}/resume", {})
    assert [file["state"] for file in wait_for_batch(client, jobs[0])["files"]] == ["done", "done"]
