"""Batches over a real fastapi app, on the fakes."""

from __future__ import annotations

import base64
import io
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from retouch.api import routes
from retouch.api.memory import PictureCache
from retouch.image.codec import encoder
from tests.stand import BOX, Stand, photo

JSON = {"Content-Type": "application/json"}
FACES = {"name": "Faces", "passes": [{"target": {"models": ["face"]}}]}
"""Without the gate, which would revert the flat colours of the fake engine."""
BAD = base64.b64encode(b"not a picture").decode()
WAIT = 30


def image(seed: int = 0) -> str:
    return encoder.encode_base64(photo(seed=seed))


class Batches:
    """A client of one app."""

    def __init__(self, stand: Stand | None = None) -> None:
        self.stand = stand or Stand()
        app = FastAPI()
        self.service = routes.install(app, self.stand)
        self.http = TestClient(app, raise_server_exceptions=False)

    def post(self, path: str, body: object = None):
        said = {"content": json.dumps(body), "headers": JSON} if body is not None else {}
        return self.http.post(f"/retouch/v1/{path}", **said)

    def get(self, path: str):
        return self.http.get(f"/retouch/v1/{path}")

    def begin(self, *images: dict, **more: object) -> str:
        answer = self.post("batch", {"recipe": FACES, "images": list(images), **more})
        assert answer.status_code == 200, answer.text
        return answer.json()["job"]

    def settled(self, job: str) -> dict:
        until = time.monotonic() + WAIT
        while (said := self.get(f"batch/{job}").json())["state"] in ("running", "stopping"):
            assert time.monotonic() < until, said
            time.sleep(0.01)
        return said


@pytest.fixture
def to() -> Batches:
    return Batches()


def photo_file(seed: int, **more: object) -> dict:
    return {"name": f"photo {seed}.png", "image": image(seed), **more}


def recipe_with_missing_detector(absent: str) -> dict:
    """A recipe whose second pass asks for a detector that is not here."""
    foot = {"target": {"models": ["foot"]}, "if_missing": absent}
    return {**FACES, "passes": [*FACES["passes"], foot]}


def test_batch_refuses_recipe_with_unknown_detector_before_any_detection(to):
    answer = to.post(
        "batch", {"recipe": recipe_with_missing_detector("refuse"), "images": [photo_file(1), photo_file(2)]}
    )
    said = answer.json()
    assert (answer.status_code, said["path"]) == (404, "recipe.passes[1].target.models[0]")
    assert "'foot'" in said["what"]
    assert to.stand.jobs == []
    assert not to.service.batches._jobs


def test_batch_warns_of_skipped_pass_once_and_not_for_each_picture(to):
    job = to.begin(photo_file(1), photo_file(2), recipe=recipe_with_missing_detector("skip"))
    (warning,) = to.settled(job)["warnings"]
    assert warning.startswith("Pass 2 is skipped: no detector is called 'foot'")
    assert [file["state"] for file in to.settled(job)["files"]] == ["done", "done"]
    assert [file["warnings"] for file in to.settled(job)["files"]] == [[], []]
    assert to.get(f"batch/{job}/page").text.count("Pass 2 is skipped") == 1


def test_batch_fixes_every_readable_file_and_reports_the_bad_one(to):
    job = to.begin(photo_file(1), {"name": "bad.png", "image": BAD}, photo_file(2), seed=5, prompt="a fox")
    said = to.settled(job)
    assert [said[key] for key in ("state", "recipe", "done", "failed", "total")] == ["done", "Faces", 3, 1, 3]
    assert [file["state"] for file in said["files"]] == ["done", "failed", "done"]
    assert said["files"][0]["regions"] == {"kept": 1, "unseen": 0, "reverted": 0, "skipped": 0}
    assert {call[0].prompt for call in to.stand.engine.calls} == {"a fox"}
    assert to.stand.jobs == ["fix", "fix"]
    report = to.get(f"batch/{job}/report/1").json()
    assert (report["reports"][0]["box"], report["seed"]) == (list(BOX), 5)


def test_a_result_is_a_png_with_its_infotext(to):
    job = to.begin(photo_file(1), seed=5)
    to.settled(job)
    answer = to.get(f"batch/{job}/file/1")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == 'inline; filename="photo_1.png"'
    with Image.open(io.BytesIO(answer.content)) as made:
        assert "Seed: 5" in made.info["parameters"]
        assert made.size == (240, 200)
    assert to.get(f"batch/{job}/before/1").headers["content-type"] == "image/jpeg"
    assert to.get(f"batch/{job}/after/1").content != to.get(f"batch/{job}/before/1").content


def test_batch_page_is_html_with_a_content_security_policy(to):
    job = to.begin(photo_file(1), {"name": "bad.png", "image": BAD})
    to.settled(job)
    answer = to.get(f"batch/{job}/page")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "photo 1.png" in answer.text
    assert "bad.png</b> image: not a readable picture" in answer.text


def test_pictures_are_added_to_a_batch_as_files_or_by_image_id(to):
    job = to.begin()
    assert to.get(f"batch/{job}").json()["state"] == "waiting"
    kept = to.post("picture", {"image": image(3)}).json()["image_id"]
    assert to.post(f"batch/{job}/add", photo_file(1)).json()["total"] == 1
    assert to.post(f"batch/{job}/add", {"name": "kept", "image_id": kept}).json()["total"] == 2
    assert [file["state"] for file in to.settled(job)["files"]] == ["done", "done"]


def test_batch_evicts_no_cached_picture(to):
    to.service.pictures = PictureCache(max_pictures=1)
    mine = to.post("picture", {"image": image(9)}).json()["image_id"]
    to.settled(to.begin(photo_file(1), photo_file(2), photo_file(3)))
    assert to.get(f"picture/{mine}").status_code == 200


def test_batch_cancelled_while_queued_paints_nothing_until_resumed(to):
    with to.stand._queue:
        job = to.begin(photo_file(1), photo_file(2))
        assert to.post(f"batch/{job}/cancel").json()["state"] == "stopping"
    said = to.settled(job)
    assert (said["state"], [file["state"] for file in said["files"]]) == ("cancelled", ["waiting"] * 2)
    assert to.stand.engine.calls == []
    assert to.post(f"batch/{job}/resume").json()["state"] == "running"
    assert [file["state"] for file in to.settled(job)["files"]] == ["done", "done"]


def test_cancelling_a_batch_interrupts_the_running_file(to):
    jobs = []

    def press(_batch):
        assert to.post(f"batch/{jobs[0]}/cancel", {}).status_code == 200

    to.stand.engine.before_call = press
    with to.stand._queue:
        jobs.append(to.begin(photo_file(1), photo_file(2)))
    said = to.settled(jobs[0])
    assert (said["state"], said["done"], len(to.stand.engine.calls)) == ("cancelled", 0, 1)


def test_batch_can_be_watched_and_cancelled_while_all_threads_wait(to):
    with to.http, ThreadPoolExecutor(48) as pool:
        with to.stand._queue:
            job = to.begin(photo_file(1))
            waiting = [pool.submit(to.post, "detect", {"image": image()}) for _ in range(48)]
            time.sleep(0.5)
            assert to.get(f"batch/{job}").json()["state"] == "running"
            assert to.post(f"batch/{job}/cancel").status_code == 200
            assert not any(one.done() for one in waiting)
        assert {one.result().status_code for one in waiting} == {200}


def test_task_id_of_the_request_is_used_for_every_file_of_a_batch(to):
    job = to.begin(photo_file(1), photo_file(2), task="mine")
    assert to.settled(job)["task"] == "mine"
    assert to.stand.tasks == ["mine", "mine"]
    other = to.settled(to.begin(photo_file(1)))
    assert other["task"] == to.stand.tasks[2] != ""


def test_removed_batch_is_not_found(to):
    job = to.begin(photo_file(1))
    to.settled(job)
    assert to.post(f"batch/{job}/remove").json() == {"removed": True}
    assert to.get(f"batch/{job}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({"recipe": "Face polisch"}, 404, "recipe"),
        ({"images": [{"name": "a", "image": "x"}, {"name": "b"}]}, 422, "images[1].image"),
        ({"images": [{"image": "x", "image_id": "y"}]}, 422, "images[0].image"),
        ({"images": [{"image_id": "gone"}]}, 404, "images[0].image_id"),
        ({"images": [{"nme": "a"}]}, 422, "images[0].nme"),
        ({"image": "x"}, 422, "image"),
        ({"mask": "x"}, 422, "mask"),
        ({"return_history": True}, 422, "return_history"),
        ({"steps": 0}, 422, "steps"),
        ({"images": {}}, 422, "images"),
    ],
)
def test_invalid_batch_request_is_refused_with_its_path(to, body, status, path):
    answer = to.post("batch", body)
    assert (answer.status_code, answer.json()["path"]) == (status, path)
    assert to.service.batches.bytes == 0


def test_batch_of_too_many_files_is_refused_and_stores_nothing(to):
    to.service.batches.max_files = 2
    answer = to.post("batch", {"images": [photo_file(i) for i in range(3)]})
    assert (answer.status_code, answer.json()["path"]) == (413, "images")
    assert to.service.batches.bytes == 0


@pytest.mark.parametrize(
    "path", ["", "/page", "/file/1", "/before/1", "/report/1", "/cancel", "/resume", "/add", "/remove"]
)
def test_unknown_batch_id_is_not_found_at_every_endpoint(to, path):
    how = to.post if path in ("/cancel", "/resume", "/add", "/remove") else to.get
    answer = how(f"batch/{'x' * 22}{path}")
    assert (answer.status_code, answer.json()["path"]) == (404, "job")


@pytest.mark.parametrize("number", ["0", "2", "x", "-1", "9" * 5000])
def test_unknown_file_number_of_a_batch_is_not_found(to, number):
    job = to.begin(photo_file(1))
    to.settled(job)
    for what in ("file", "before", "report"):
        answer = to.get(f"batch/{job}/{what}/{number}")
        assert (answer.status_code, answer.json()["path"]) == (404, "number")


def test_adding_an_invalid_file_is_refused_with_its_path(to):
    job = to.begin()
    for body, path in (({"nme": "a"}, "nme"), ({"name": "a"}, "image"), (None, ""), ([], "")):
        answer = to.post(f"batch/{job}/add", body)
        assert (answer.status_code, answer.json()["path"]) == (422, path)
