"""The routes over a real fastapi app, on the fakes."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import logging
import re
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient

from retouch.api import routes as api_routes
from retouch.api.batches import routes as batches_routes
from retouch.api.queue import JobTicket
from retouch.api.serialize import mask_base64
from retouch.api.service import VERBS
from retouch.image.codec import decoder, encoder
from retouch.image.codec.decoder import decode_base64
from retouch.image.geometry import Box
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.pipeline import history_file
from retouch.pipeline.history import History
from tests.stand import BOX, Stand, photo

IMAGE = encoder.encode_base64(photo())
JSON = {"Content-Type": "application/json"}


def client(stand: Stand | None = None, guard=()) -> TestClient:
    app = FastAPI()
    api_routes.install(app, stand or Stand(), guard)
    return TestClient(app, raise_server_exceptions=False)


def post(to: TestClient, verb: str, body: object):
    return to.post(f"/retouch/v1/{verb}", content=json.dumps(body), headers=JSON)


@pytest.mark.parametrize(
    ("door", "key"),
    [
        ("health", "host"),
        ("schema", "InpaintRequest"),
        ("models", "models"),
        ("models", "segmenters"),
        ("recipes", "recipes"),
        ("intents", "intents"),
    ],
)
def test_get_endpoints_answer_json_with_their_key(door, key):
    answer = client().get(f"/retouch/v1/{door}")
    assert answer.status_code == 200
    assert answer.json()[key]


def write_retouch_file(entries: list[dict], files: dict[str, bytes]) -> bytes:
    """A .retouch file as whoever is not the server writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("history.json", json.dumps({"schema": 1, "about": {}, "entries": entries}))
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


def history_in(file: bytes | str) -> History:
    return history_file.read(base64.b64decode(file) if isinstance(file, str) else file)[0]


def test_inpainted_steps_in_a_history_file_can_be_repainted():
    """As the page does it: what each answer says of its step goes into one file, and that into `history`."""
    to, masks = client(), [Box(60, 50, 120, 110), Box(90, 80, 140, 130)]
    stand, masks = Stand(), [Box(60, 50, 120, 110), Box(90, 80, 140, 130)]
    stand.engine.colour = lambda job: Picture(job.picture.pixels // 2 + np.uint8(job.seed % 100))  # type: ignore[method-assign]
    to = client(stand)
    picture, entries, files = photo(), [], {"before.png": encoder.encode(photo())}
    for number, box in enumerate(masks):
        sent = {"image": encoder.encode_base64(picture), "mask": mask_base64(Mask.of_box(picture.size, box))}
        asked = {**sent, "seed": 5, "intent": "remove", "answer": "patches", "return_steps": True}
        said = post(to, "inpaint", asked).json()
        (one,), how = said["candidates"], said["reports"][0]["how"]
        painting = {"seed": one["seed"], "box": one["box"], "scores": {}}
        entries.append({"paintings": [painting], "step": how["step"]})
        pngs = {**how["masks"], "0": one["patch"], "0-mask": one["mask"]}
        files |= {f"{number}-{name}.png": base64.b64decode(png) for name, png in pngs.items()}
        picture = history_in(write_retouch_file(entries, files)).now()
    file = base64.b64encode(write_retouch_file(entries, files)).decode()
    kept = post(to, "history", {"file": file, "repaint": [1], "return_file": True}).json()
    both = post(to, "history", {"file": file, "repaint": [1], "later": "repaint", "return_file": True}).json()
    assert kept["steps"][0]["upon_it"] == [2]
    _, before = history_in(file).entries
    for said, same in ((kept, True), (both, False)):
        first, second = history_in(said["file"]).entries
        assert first.best.seed != 5
        assert second.best.seed == 5
        assert (second.best.over == before.best.over) is same


def test_detect_plan_and_fix_answer_over_rest():
    to = client()
    found = post(to, "detect", {"image": IMAGE}).json()
    planned = post(to, "plan", {"verb": "fix", "image_id": found["image_id"], "seed": 3}).json()
    fixed = post(to, "fix", {"image_id": found["image_id"], "seed": 3}).json()
    assert [found["regions"][0]["box"], planned["steps"][0]["box"]] == [list(BOX)] * 2
    assert fixed["reports"][0]["seed"] == planned["steps"][0]["seed"] == 3
    assert decode_base64(fixed["image"]).size == (240, 200)


def test_clicked_region_is_planned_and_inpainted_over_rest():
    to = client()
    said = post(to, "picture", {"image": IMAGE}).json()
    assert (said["width"], said["height"]) == (240, 200)
    found = post(to, "segment", {"image_id": said["image_id"], "points": [{"x": 60, "y": 50}]}).json()
    best = found["masks"][found["default"]]
    about = {"image_id": said["image_id"], "mask": best["mask"], "box": best["box"], "intent": "remove"}
    planned = post(to, "plan", {"verb": "inpaint", **about, "seed": 3}).json()
    made = post(to, "inpaint", {**about, "seed": 3, "variations": 2}).json()
    assert planned["steps"][0]["crop"] == made["reports"][0]["crop"]
    assert len(made["images"]) == len(made["image_ids"]) == 2
    assert decode_base64(made["images"][0]) != photo()


def test_cached_picture_is_served_as_png():
    to = client()
    name = post(to, "picture", {"image": IMAGE}).json()["image_id"]
    answer = to.get(f"/retouch/v1/picture/{name}")
    assert answer.headers["content-type"] == "image/png"
    assert decoder.decode(answer.content) == photo()
    gone = to.get("/retouch/v1/picture/" + "0" * 32)
    assert (gone.status_code, gone.json()["path"]) == (404, "image_id")


def test_progress_interrupt_and_skip_are_per_task():
    stand = Stand()
    to = client(stand)
    with stand.job_queue.hold(JobTicket("inpaint", "mine"), contextlib.nullcontext()):
        mine = to.get("/retouch/v1/progress", params={"task": "mine"}).json()
        other = to.get("/retouch/v1/progress").json()
        assert (mine["task"], mine["busy"], other["task"], other["busy"]) == ("mine", True, "", True)
        assert to.post("/retouch/v1/interrupt", params={"task": "other"}).json() == {"interrupted": False}
        assert post(to, "skip", {"task": "other"}).json() == {"skipped": False}
        assert post(to, "interrupt", {"task": "mine"}).json() == {"interrupted": True}
        assert to.post("/retouch/v1/skip").json() == {"skipped": True}
    assert to.get("/retouch/v1/progress").json()["busy"] is False
    wrong = to.get("/retouch/v1/progress", params={"tsak": "mine"})
    assert (wrong.status_code, wrong.json()["path"]) == (422, "tsak")


def test_progress_answers_while_every_thread_waits(monkeypatch):
    """More jobs wait for their turn than the server has threads."""
    stand = Stand()
    to = client(stand)
    with to, ThreadPoolExecutor(48) as pool:
        with stand._queue:
            jobs = [pool.submit(post, to, "detect", {"image": IMAGE}) for _ in range(48)]
            time.sleep(0.5)
            assert to.get("/retouch/v1/progress").status_code == 200
            assert not any(job.done() for job in jobs)
        assert {job.result().status_code for job in jobs} == {200}


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        (b"{", 422, ""),
        (b"", 422, ""),
        (b"\xff\xfe", 422, ""),
        (b"[" * 100_000, 422, ""),
        (b"[]", 422, ""),
        (b'{"steps": NaN, "image": "x"}', 422, "steps"),
        (b'{"cfg_scale": -Infinity}', 422, "cfg_scale"),
        (b'{"seed": ' + b"9" * 5000 + b"}", 422, None),
        (b'{"imge": "x"}', 422, "imge"),
        (b'{"image_id": "gone"}', 404, "image_id"),
        (b'{"image": "AAAA"}', 422, "image"),
    ],
)
def test_bad_bodies_are_refused_with_a_reason(body, status, path):
    answer = client().post("/retouch/v1/fix", content=body, headers=JSON)
    assert answer.status_code == status
    said = answer.json()
    assert set(said) == {"error", "path", "what", "hint"}
    assert path is None or said["path"] == path
    assert said["what"]


def test_post_without_json_content_type_is_refused():
    stand = Stand()
    answer = client(stand).post("/retouch/v1/fix", content=json.dumps({"image": IMAGE}))
    assert answer.status_code == 422
    assert "application/json" in answer.json()["hint"]
    assert stand.jobs == []


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_is_bounded_before_it_is_read(monkeypatch, declared):
    monkeypatch.setattr(api_routes, "MAX_BODY", 1000)
    seen = []

    def pieces():
        for _ in range(50):
            seen.append(1)
            yield b" " * 100

    body = b" " * 5000 if declared else pieces()
    answer = client().post("/retouch/v1/fix", content=body, headers=JSON)
    assert answer.status_code == 413
    assert "At most 1000." in answer.json()["hint"]


def test_unexpected_exception_is_logged_and_answered_500(caplog):
    class Broken(Stand):
        broken = True

        def defaults(self):
            if self.broken:
                raise ZeroDivisionError("secret")
            return super().defaults()

    stand = Broken()
    to = client(stand)
    with caplog.at_level(logging.ERROR):
        answer = post(to, "fix", {"image": IMAGE})
    assert answer.status_code == 500
    assert "ZeroDivisionError" in answer.json()["what"]
    assert "secret" not in answer.text
    assert "secret" in caplog.text
    stand.broken = False
    assert post(to, "fix", {"image": IMAGE}).status_code == 200


def test_answer_containing_nan_is_500():
    class Odd(Stand):
        def health(self):
            return {"speed": float("nan")}

    assert client(Odd()).get("/retouch/v1/health").status_code == 500


def test_every_endpoint_requires_the_guard():
    def refuse():
        raise HTTPException(401)

    stand = Stand()
    to = client(stand, guard=[Depends(refuse)])
    routes = [r for r in to.app.routes if r.path.startswith("/retouch")]
    assert len(routes) == 9 + len(VERBS) + len(batches_routes.ROUTES)
    for route in routes:
        for how in route.methods:
            path = re.sub(r"\{\w+\}", "1", route.path)
            answer = to.request(how, path, json={} if how == "POST" else None)
            assert answer.status_code == 401, route.path
    assert stand.jobs == []


def test_concurrent_fixes_run_one_at_a_time():
    stand = Stand()
    to = client(stand)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: post(to, "fix", {"image": IMAGE, "seed": i}), range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert [answer.json()["seed"] for answer in answers] == list(range(8))
    assert stand.most_inside == 1


def test_no_torch_in_the_event_loop():
    """Work is done in a thread that runs no event loop."""
    import asyncio

    loops = []

    class Watching(Stand):
        def health(self):
            loops.append(asyncio._get_running_loop())
            return {"ok": True}

    stand = Watching()
    stand.engine.before_call = lambda jobs: loops.append(asyncio._get_running_loop())
    to = client(stand)
    to.get("/retouch/v1/health")
    post(to, "fix", {"image": IMAGE})
    assert len(loops) > 1
    assert set(loops) == {None}
