"""The standalone app: its queue, its stop button, and what it says without a model."""

from __future__ import annotations

import argparse
import base64
import json
import socket
import threading
import time

import numpy as np
import pytest
from fastapi.testclient import TestClient

from retouch.api.batches import routes as batches_routes
from retouch.api.queue import JobTicket
from retouch.api.service import VERBS
from retouch.app import backend as app_backend
from retouch.app import server
from retouch.app.backend import Standalone
from retouch.engines import demo_model
from retouch.engines.loading import locate_model
from retouch.errors import Missing
from retouch.image.codec import encoder, mask_layers
from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.testing import FakeDetector, FakeEngine
from tests.stand import photo

IMAGE = encoder.encode_base64(photo(400, 200))
CENTER = {"name": "Centre", "passes": [{"target": {"models": ["center"]}}]}
FACES = {"name": "Faces", "passes": [{"target": {"models": ["face"]}}]}
BOXES = (Box(20, 30, 80, 90), Box(300, 30, 360, 90))


class Registry:
    """One detector under every name."""

    def get(self, name):
        return FakeDetector(BOXES)

    def available(self):
        return ()


def standalone_client(engine: FakeEngine | None = None) -> tuple[Standalone, TestClient]:
    backend = Standalone(lambda: engine or FakeEngine(), Registry())
    return backend, TestClient(server.create(backend))


def post(client: TestClient, verb: str, body: object = None):
    return client.post(
        f"/retouch/v1/{verb}", content=json.dumps(body or {}), headers={"Content-Type": "application/json"}
    )


def test_interrupt_keeps_finished_regions_and_frees_the_queue():
    engine = FakeEngine(batch_limit=1)
    _, client = standalone_client(engine)
    said = []

    def press(jobs):
        if engine.calls and not said:
            said.append(client.get("/retouch/v1/progress").json())
            said.append(client.post("/retouch/v1/interrupt").json())

    engine.before_call = press
    answer = post(client, "fix", {"image": IMAGE, "recipe": FACES, "seed": 1}).json()
    assert said[0]["busy"] is True
    assert (said[0]["verb"], said[0]["done"], said[0]["total"]) == ("fix", 1, 2)
    assert said[1] == {"interrupted": True}
    assert [report["outcome"] for report in answer["reports"]] == ["kept", "skipped"]
    assert answer["stopped"] is True
    assert client.get("/retouch/v1/progress").json()["busy"] is False
    assert post(client, "fix", {"image": IMAGE, "recipe": FACES, "seed": 1}).json()["stopped"] is False


def test_interrupt_without_a_running_job_is_false():
    _, client = standalone_client()
    assert client.post("/retouch/v1/interrupt").json() == {"interrupted": False}


def hold_engine(engine: FakeEngine) -> tuple[threading.Event, threading.Event]:
    """(set once it is at work, to be set to let it go on)"""
    inside, on = threading.Event(), threading.Event()

    def hold(jobs):
        inside.set()
        assert on.wait(30)

    engine.before_call = hold
    return inside, on


def test_a_second_job_waits_for_the_first():
    engine = FakeEngine()
    backend, client = standalone_client(engine)
    inside, on = hold_engine(engine)
    answers = []
    jobs = [
        threading.Thread(target=lambda: answers.append(post(client, "fix", {"image": IMAGE})))
        for _ in range(2)
    ]
    for job in jobs:
        job.start()
    assert inside.wait(30)
    while backend.job_queue.waiting == 0:
        time.sleep(0.01)
    assert client.get("/retouch/v1/progress").json()["waiting"] == 1
    assert len(engine.calls) == 0
    on.set()
    for job in jobs:
        job.join(30)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert backend.job_queue.waiting == 0


def test_engine_is_loaded_once_by_fix_and_not_by_detect():
    loaded = []
    backend = Standalone(lambda: loaded.append(1) or FakeEngine(), Registry())
    client = TestClient(server.create(backend))
    assert post(client, "detect", {"image": IMAGE}).status_code == 200
    assert loaded == []
    assert client.get("/retouch/v1/health").json()["engine"] == "not loaded"
    for _ in range(2):
        assert post(client, "fix", {"image": IMAGE}).status_code == 200
    assert loaded == [1]
    assert client.get("/retouch/v1/health").json()["engine"] == "fake"


def test_interrupt_by_task_cancels_the_waiting_job_only():
    """The one that waits is cancelled before it begins; the one at work goes on."""
    engine = FakeEngine()
    backend, client = standalone_client(engine)
    inside, on = hold_engine(engine)
    answers = {}

    def ask(task: str) -> None:
        answers[task] = post(client, "fix", {"image": IMAGE, "task": task}).json()

    first, second = (threading.Thread(target=ask, args=(task,)) for task in ("first", "second"))
    first.start()
    assert inside.wait(30)
    second.start()
    while backend.job_queue.waiting == 0:
        time.sleep(0.01)
    said = {task: client.get(f"/retouch/v1/progress?task={task}").json() for task in ("first", "second")}
    assert (said["first"]["task"], said["first"]["queued"]) == ("first", False)
    assert (said["second"]["task"], said["second"]["queued"]) == ("", True)
    assert post(client, "interrupt", {"task": "second"}).json() == {"interrupted": True}
    on.set()
    first.join(30)
    second.join(30)
    assert (answers["first"]["stopped"], answers["second"]["stopped"]) == (False, True)
    assert len(engine.calls) == 1


def test_segment_loads_no_model_and_inpaint_reports_its_progress():
    loaded = []
    engine = FakeEngine()
    backend = Standalone(lambda: loaded.append(1) or engine, Registry())
    client = TestClient(server.create(backend))
    pixels = np.full((200, 400, 3), 200, np.uint8)
    pixels[40:80, 30:80] = (180, 20, 20)
    name = post(client, "picture", {"image": encoder.encode_base64(Picture(pixels))}).json()["image_id"]
    found = post(client, "segment", {"image_id": name, "box": [20, 30, 90, 90]})
    assert found.status_code == 200
    assert loaded == []
    here = [m["name"] for m in client.get("/retouch/v1/models").json()["segmenters"] if m["installed"]]
    assert found.json()["segmenter"] == here[0] == "classical"
    said = []
    engine.before_call = lambda jobs: said.append(client.get("/retouch/v1/progress?task=me").json())
    found = found.json()
    best = found["masks"][found["default"]]
    about = {"image_id": name, "mask": best["mask"], "box": best["box"]}
    answer = post(client, "inpaint", {**about, "variations": 4, "task": "me"}).json()
    assert len(answer["images"]) == 4
    assert (said[0]["verb"], said[0]["task"], said[0]["total"], said[0]["preview"]) == (
        "inpaint",
        "me",
        4,
        None,
    )


def test_plan_does_not_wait_for_a_job_once_the_native_size_is_known():
    engine = FakeEngine()
    backend, client = standalone_client(engine)
    mask = base64.b64encode(mask_layers.encode_gray(np.full((200, 400), 255, np.uint8))).decode()
    body = {"verb": "inpaint", "image": IMAGE, "mask": mask}
    first = post(client, "plan", body).json()
    with backend.job_queue.hold(JobTicket("fix"), backend._queue):
        assert post(client, "plan", body).json()["steps"][0]["work"] == first["steps"][0]["work"]


@pytest.mark.parametrize(("verb", "body"), [("fix", {}), ("plan", {"verb": "fix"})])
def test_fix_without_a_model_is_missing_with_a_hint(verb, body):
    def load():
        raise app_backend.no_model()

    client = TestClient(server.create(Standalone(load, Registry())))
    answer = post(client, verb, {"image": IMAGE, **body})
    assert answer.status_code == 404
    assert answer.json()["path"] == "model"
    assert "--model" in answer.json()["hint"]


def test_page_of_endpoints_lists_every_endpoint():
    _, client = standalone_client()
    page = client.get("/doors").text
    routes = {route.path for route in client.app.routes if route.path.startswith("/retouch")}
    assert len(routes) == 9 + len(VERBS) + len(batches_routes.ROUTES)
    assert all(path in page for path in routes)


def test_the_address_that_is_printed_accepts_connections():
    with server._listen("127.0.0.1", 0) as door:
        socket.create_connection(door.getsockname(), timeout=5).close()


def test_listening_socket_lets_asyncio_send_answers_at_once():
    """asyncio sets TCP_NODELAY only on sockets that name their protocol."""
    with server._listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_port_in_use_is_reported(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert server.main(["--port", str(port)]) == 2
    assert f"127.0.0.1:{port} cannot be had" in capsys.readouterr().out


def test_default_host_is_the_loopback_address():
    assert server.parser().parse_args([]).host == "127.0.0.1"


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    app_backend.add_arguments(parser)
    return parser.parse_args(words)


def test_demo_noise_option_selects_the_noise_engine(tmp_path):
    words = ["--demo-noise", "--device", "cpu", "--models-dir", str(tmp_path), "--offline"]
    backend = app_backend.backend_of(options(*words))
    with backend.busy("fix"):
        assert "noise" in backend.pipeline.engine.name
    assert backend.defaults().steps == app_backend.NOISE_STEPS
    names = {model["name"] for model in backend.models()}
    assert {"face", "center"} <= names


def test_default_model_is_the_demo_model_with_a_warning(tmp_path):
    words = ["--device", "cpu", "--models-dir", str(tmp_path), "--offline"]
    backend = app_backend.backend_of(options(*words))
    client = TestClient(server.create(backend))
    answer = post(client, "fix", {"image": IMAGE, "recipe": CENTER, "steps": 2}).json()
    assert any("seven photographs" in warning for warning in answer["warnings"])
    assert "seven photographs" in client.get("/retouch/v1/health").json()["remark"]
    assert backend.defaults() == demo_model.SAMPLING


def test_missing_demo_model_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(demo_model, "FOLDER", tmp_path)
    backend = app_backend.backend_of(options("--device", "cpu", "--models-dir", str(tmp_path), "--offline"))
    with pytest.raises(Missing, match="no model to paint with"), backend.busy("fix"):
        pass


@pytest.mark.parametrize("name", ["gone", "gone.safetensors", "owner/gone", "./gone", "{folder}/gone"])
def test_unknown_model_is_refused_at_the_start(name, tmp_path, capsys):
    words = ["--device", "cpu", "--offline", "--models-dir", str(tmp_path), "--port", "0"]
    assert server.main(["--model", name.format(folder=tmp_path), *words]) == 2
    assert "model" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_unknown_model_names_a_similar_one(tmp_path):
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "epicphoto.safetensors").touch()
    with pytest.raises(Missing, match="Did you mean 'epicphoto'"):
        app_backend.backend_of(options("--model", "epicfoto", "--models-dir", str(tmp_path)))
    with pytest.raises(Missing, match=r"epicphoto\.safetensors"):
        app_backend.backend_of(options("--model", str(tmp_path / "checkpoints" / "epicfoto.safetensors")))


def test_folder_without_a_model_is_refused_at_the_start(tmp_path):
    with pytest.raises(Missing, match=r"without model_index\.json"):
        app_backend.backend_of(options("--model", str(tmp_path)))


def test_model_of_the_models_folder_is_found_by_its_name(tmp_path):
    (tmp_path / "checkpoints").mkdir()
    path = tmp_path / "checkpoints" / "epicphoto.safetensors"
    path.touch()
    for name in ("epicphoto", "epicphoto.safetensors", str(path)):
        assert locate_model(name, path.parent) == str(path)
    assert locate_model("owner/name", path.parent) == "owner/name"
