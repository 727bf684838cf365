"""The routes over a real fastapi app, on the fakes."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient

from retouch import raster, rest
from retouch.raster import decode_base64
from tests.stand import BOX, Stand, photo

IMAGE = raster.encode_base64(photo())
JSON = {"Content-Type": "application/json"}


def client(stand: Stand | None = None, guard=()) -> TestClient:
    app = FastAPI()
    rest.install(app, stand or Stand(), guard)
    return TestClient(app, raise_server_exceptions=False)


def post(to: TestClient, verb: str, body: object):
    return to.post(f"/retouch/v1/{verb}", content=json.dumps(body), headers=JSON)


@pytest.mark.parametrize(
    ("door", "key"),
    [("health", "host"), ("schema", "FixRequest"), ("models", "models"), ("recipes", "recipes")],
)
def test_what_can_be_read(door, key):
    answer = client().get(f"/retouch/v1/{door}")
    assert answer.status_code == 200
    assert answer.json()[key]


def test_what_can_be_asked_for():
    to = client()
    found = post(to, "detect", {"image": IMAGE}).json()
    planned = post(to, "plan", {"verb": "fix", "image_id": found["image_id"], "seed": 3}).json()
    fixed = post(to, "fix", {"image_id": found["image_id"], "seed": 3}).json()
    assert [found["regions"][0]["box"], planned["steps"][0]["box"]] == [list(BOX)] * 2
    assert fixed["reports"][0]["seed"] == planned["steps"][0]["seed"] == 3
    assert decode_base64(fixed["image"]).size == (240, 200)


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


def test_a_form_of_another_site_is_refused():
    stand = Stand()
    answer = client(stand).post("/retouch/v1/fix", content=json.dumps({"image": IMAGE}))
    assert answer.status_code == 422
    assert "application/json" in answer.json()["hint"]
    assert stand.jobs == []


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_is_bounded_before_it_is_read(monkeypatch, declared):
    monkeypatch.setattr(rest, "MAX_BODY", 1000)
    seen = []

    def pieces():
        for _ in range(50):
            seen.append(1)
            yield b" " * 100

    body = b" " * 5000 if declared else pieces()
    answer = client().post("/retouch/v1/fix", content=body, headers=JSON)
    assert answer.status_code == 413
    assert "At most 1000." in answer.json()["hint"]


def test_the_unforeseen_is_logged_and_the_server_lives_on(caplog):
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


def test_a_number_json_cannot_hold_is_an_error_and_not_a_broken_answer():
    class Odd(Stand):
        def health(self):
            return {"speed": float("nan")}

    assert client(Odd()).get("/retouch/v1/health").status_code == 500


def test_every_route_is_guarded():
    def refuse():
        raise HTTPException(401)

    stand = Stand()
    to = client(stand, guard=[Depends(refuse)])
    for door in ("health", "schema", "models", "recipes"):
        assert to.get(f"/retouch/v1/{door}").status_code == 401, door
    for door in ("detect", "fix", "plan"):
        assert post(to, door, {"verb": "fix", "image": IMAGE}).status_code == 401, door
    assert stand.jobs == []


def test_many_at_once_take_turns():
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
    assert loops == [None, None]
