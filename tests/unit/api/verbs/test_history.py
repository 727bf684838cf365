from __future__ import annotations

import base64
import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from retouch.api.service import ApiService
from retouch.errors import BadInput, Missing
from retouch.image.codec import decoder, encoder
from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.pipeline import history_file
from retouch.pipeline.history import History
from retouch.testing import FakeProgress
from tests.stand import BOX, Stand, photo

IMAGE = encoder.encode_base64(photo())
OTHER = Box(150, 100, 200, 160)
RECIPE = {
    "name": "Faces",
    "passes": [{"target": {"models": ["face"], "order": "left to right"}, "variations": 2}],
}


def fixed(**changes) -> tuple[ApiService, dict]:
    service = ApiService(Stand(boxes=(BOX, OTHER), **changes))
    body = {"image": IMAGE, "recipe": RECIPE, "seed": 5, "return_history": True}
    return service, service.answer("fix", body)


def picture_of(answer: dict) -> Picture:
    return decoder.decode(base64.b64decode(answer["image"]))


def test_fix_answers_a_history_id_only_on_request():
    service, answer = fixed()
    assert answer["history"]
    assert service.answer("fix", {"image": IMAGE, "recipe": RECIPE})["history"] == ""


def test_reverting_one_region_keeps_the_other_and_can_be_restored():
    service, answer = fixed()
    said = service.answer("history", {"history": answer["history"], "revert": [1]})
    assert [(s["step"], s["on"]) for s in said["steps"]] == [(1, False), (2, True)]
    before, whole, now = photo(), picture_of(answer), picture_of(said)
    assert np.array_equal(now.pixels[:, :120], before.pixels[:, :120])
    assert np.array_equal(now.pixels[OTHER.slices], whole.pixels[OTHER.slices])
    back = service.answer("history", {"history": said["history"], "restore": [1]})
    assert picture_of(back) == whole


def test_older_history_id_still_gives_the_older_state():
    service, answer = fixed()
    service.answer("history", {"history": answer["history"], "revert": [1, 2]})
    again = service.answer("history", {"history": answer["history"]})
    assert picture_of(again) == picture_of(answer)


def test_choosing_another_variation_changes_the_picture():
    service, answer = fixed()
    asked = {"history": answer["history"]}
    chosen = service.answer("history", asked)["steps"][0]["chosen"]
    said = service.answer("history", {**asked, "choose": [{"step": 1, "variation": 3 - chosen}]})
    assert said["steps"][0]["chosen"] == 3 - chosen
    assert picture_of(said) != picture_of(answer)


def test_repainting_a_step_uses_a_new_seed_and_waits_for_the_queue():
    service, answer = fixed()
    said = service.answer("history", {"history": answer["history"], "repaint": [2], "task": "mine"})
    seeds = [[v["seed"] for v in step["variations"]] for step in said["steps"]]
    assert seeds[0] == [5, 6]
    assert len(seeds[1]) == 2
    assert not set(seeds[1]) & {5, 6, 7}
    assert service.backend.jobs[-1] == "history"


def test_later_steps_on_a_reverted_step_are_repainted_on_request():
    service = ApiService(Stand(boxes=(BOX,)))
    twice = {"name": "Twice", "passes": [RECIPE["passes"][0]] * 2}
    answer = service.answer("fix", {"image": IMAGE, "recipe": twice, "seed": 5, "return_history": True})
    asked = {"history": answer["history"], "revert": [1]}
    kept = service.answer("history", asked)
    assert kept["steps"][0]["upon_it"] == [2]
    calls = len(service.backend.jobs)
    repainted = service.answer("history", {**asked, "later": "repaint"})
    assert service.backend.jobs[calls:] == ["history"]
    seeds = [[v["seed"] for v in said["steps"][1]["variations"]] for said in (kept, repainted)]
    assert seeds[0] == seeds[1]
    once = service.answer("fix", {"image": IMAGE, "recipe": {**RECIPE, "name": "x"}, "seed": 5})
    assert picture_of(repainted) == picture_of(once)


def test_history_file_opens_in_another_service():
    service, answer = fixed()
    file = service.answer("history", {"history": answer["history"], "return_file": True})["file"]
    elsewhere = ApiService(Stand())
    said = elsewhere.answer("history", {"file": file, "revert": [2]})
    assert [s["on"] for s in said["steps"]] == [True, False]
    assert said["infotext"] == answer["infotext"]
    image = Image.open(io.BytesIO(base64.b64decode(said["image"])))
    assert "Faces" in image.text["parameters"]
    again = elsewhere.answer("history", {"history": said["history"], "restore": [2]})
    assert picture_of(again) == picture_of(answer)


def test_interrupted_repaint_keeps_the_picture_unchanged():
    service, answer = fixed()
    service.backend.watcher = FakeProgress(stop_after=0)
    said = service.answer("history", {"history": answer["history"], "repaint": [1]})
    assert said["stopped"]
    assert picture_of(said) == picture_of(answer)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "history"),
        ({"history": "a", "file": "b"}, "history"),
        ({"file": "*"}, "file"),
        ({"file": "aGVsbG8="}, "file"),
        ({"revert": [1], "repaint": [1]}, "revert"),
        ({"revert": [3]}, "revert"),
        ({"repaint": [9]}, "repaint"),
        ({"choose": [{"step": 1, "variation": 3}]}, "choose"),
        ({"choose": [{"step": 7, "variation": 1}]}, "choose"),
        ({"later": "never"}, "later"),
    ],
)
def test_invalid_history_request_is_refused_with_its_path(body, path):
    service, answer = fixed()
    asked = body if {"file", "history"} & set(body) or not body else {"history": answer["history"], **body}
    with pytest.raises(BadInput) as error:
        service.answer("history", asked)
    assert error.value.path == path


def test_unknown_history_id_is_missing():
    with pytest.raises(Missing, match="no history is kept"):
        ApiService(Stand()).answer("history", {"history": "gone"})


def elsewhere(file: str, number: int) -> str:
    """The file with one step that nobody can tell how it was painted, as the page writes its own."""
    held, about = history_file.read(base64.b64decode(file))
    entries = list(held.entries)
    entries[number - 1] = dataclasses.replace(entries[number - 1], step=None, name="By hand")
    return base64.b64encode(history_file.write_history(History(held.picture, tuple(entries)), about)).decode()


def test_step_without_stored_settings_can_be_reverted_but_not_repainted():
    service, answer = fixed()
    file = service.answer("history", {"history": answer["history"], "return_file": True})["file"]
    said = service.answer("history", {"file": elsewhere(file, 1), "revert": [1]})
    assert [(s["label"], s["repaintable"], s["on"]) for s in said["steps"]] == [
        ("By hand", False, False),
        ("face", True, True),
    ]
    assert np.array_equal(picture_of(said).pixels[:, :120], photo().pixels[:, :120])
    with pytest.raises(BadInput, match="the settings of step 1 are not stored") as error:
        service.answer("history", {"history": said["history"], "repaint": [1]})
    assert error.value.path == "repaint"


def test_unaffected_later_steps_stay_when_a_step_is_repainted():
    service = ApiService(Stand(boxes=(BOX,)))
    thrice = {"name": "Thrice", "passes": [RECIPE["passes"][0]] * 3}
    answer = service.answer("fix", {"image": IMAGE, "recipe": thrice, "seed": 5, "return_history": True})
    file = service.answer("history", {"history": answer["history"], "return_file": True})["file"]
    before = history_file.read(base64.b64decode(file))[0].entries
    asked = {"file": elsewhere(file, 2), "repaint": [1], "later": "repaint", "return_file": True}
    after = history_file.read(base64.b64decode(service.answer("history", asked)["file"]))[0].entries
    kept = [old.best.over == new.best.over for old, new in zip(before, after, strict=True)]
    assert kept == [False, True, False]
