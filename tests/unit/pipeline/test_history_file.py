import dataclasses
import io
import json
import zipfile

import numpy as np
import pytest

from retouch.api.service import ApiService
from retouch.errors import BadInput, RetouchError
from retouch.image import picture as image_picture
from retouch.image.codec import decoder, encoder, mask_layers
from retouch.image.picture import Metadata
from retouch.pipeline import history_file
from retouch.pipeline.history import History, repaint_entries
from retouch.testing import FakeEngine
from tests.stand import Stand, photo
from tests.unit.pipeline.test_history import FAR_LEFT, made


def rewritten(data: bytes, **changed: bytes) -> bytes:
    """The file with some members replaced, or left out where the change is b""."""
    out, names = io.BytesIO(), {name.replace("__", "."): value for name, value in changed.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            content = names.get(info.filename, old.read(info.filename))
            if content:
                new.writestr(info.filename, content)
    return out.getvalue()


def text_of(data: bytes) -> dict:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return json.loads(file.read("history.json"))


def test_history_file_round_trips_every_step_and_candidate():
    history = made(variations=2).switched([2], False)
    read, about = history_file.read(history_file.write_history(history, {"recipe": {"name": "Mine"}}))
    assert about == {"recipe": {"name": "Mine"}}
    assert read.now() == history.now()
    assert [e.on for e in read.entries] == [True, False, True]
    for mine, theirs in zip(history.entries, read.entries, strict=True):
        assert mine.step
        assert theirs.step
        assert theirs.step.summary() == mine.step.summary()
        assert theirs.step.denoise == mine.step.denoise
        assert theirs.step.how == mine.step.how
        assert [c.seed for c in theirs.candidates] == [c.seed for c in mine.candidates]
        assert [c.over for c in theirs.candidates] == [c.over for c in mine.candidates]
        assert theirs.best.scores.as_dict() == mine.best.scores.as_dict()


def test_a_reopened_step_paints_the_same_as_before():
    history = made()
    read, _ = history_file.read(history_file.write_history(history, {}))
    seeds = {n: 5 * n for n in (1, 2, 3)}
    assert (
        repaint_entries(read, seeds, FakeEngine()).history.now()
        == repaint_entries(history, seeds, FakeEngine()).history.now()
    )


def test_entry_without_step_round_trips_and_cannot_be_repainted():
    history = made(variations=2)
    plain = dataclasses.replace(history.entries[1], step=None, name="By hand")
    read, _ = history_file.read(history_file.write_history(history.changed({2: plain}), {}))
    entry = read.entries[1]
    assert (entry.step, entry.label, entry.crop) == (None, "By hand", entry.best.box)
    assert [c.over for c in entry.candidates] == [c.over for c in plain.candidates]
    assert read.now() == history.now()
    with pytest.raises(BadInput, match="the settings of step 2 are not stored"):
        repaint_entries(read, {1: 5, 2: 6}, FakeEngine())


def test_history_file_restores_text_and_alpha_of_the_picture():
    history = made(FAR_LEFT)
    picture = image_picture.Picture(
        history.picture.pixels,
        np.full(history.picture.pixels.shape[:2], 9, np.uint8),
        Metadata(text=(("parameters", "a cat"),)),
    )
    read, _ = history_file.read(history_file.write_history(History(picture, history.entries), {}))
    assert dict(read.now().baggage.text)["parameters"] == "a cat"
    assert read.now().alpha.min() == 9  # what is painted becomes opaque


def test_over_the_limit_unchosen_variations_are_dropped_oldest_first(monkeypatch):
    history = made(variations=3)
    each = sum(c.over.pixels.nbytes + c.mask.alpha.nbytes for c in history.entries[0].candidates)
    with monkeypatch.context() as patch:
        patch.setattr(history_file, "LIMIT", 3 * each - 1)
        data = history_file.write_history(history, {})
    read, _ = history_file.read(data)
    assert [len(entry.candidates) for entry in read.entries] == [1, 3, 3]
    assert read.now() == history.now()


@pytest.mark.parametrize(
    "changed",
    [
        {"history__json": b""},
        {"history__json": b"[]"},
        {"history__json": b'{"schema": 2, "entries": [], "about": {}}'},
        {"before__png": b""},
        {"before__png": b"no picture"},
        {"0-0__png": encoder.encode(made().picture)},
        {"0-denoise__png": mask_layers.encode_gray(np.zeros((8, 8), np.uint8))},
    ],
)
def test_a_damaged_file_is_refused(changed):
    with pytest.raises(RetouchError):
        history_file.read(rewritten(history_file.write_history(made(FAR_LEFT), {}), **changed))


@pytest.mark.parametrize(
    "change",
    [
        {"step": {"crop": [0, 0, 4000, 4000]}},
        {"step": {"crop": [5, 5, 5, 5]}},
        {"chosen": 3},
        {"paintings": []},
        {"step": {"work": [0, 0]}},
        {"step": {"how": {"denoising_strength": 7}}},
        {"step": {"run": "me"}},
        {"run": "me"},
    ],
)
def test_history_with_invalid_numbers_or_fields_is_refused(change):
    data = history_file.write_history(made(FAR_LEFT), {})
    said = text_of(data)
    entry, inside = said["entries"][0], dict(change)
    entry["step"].update(inside.pop("step", {}))
    entry.update(inside)
    with pytest.raises(BadInput):
        history_file.read(rewritten(data, history__json=json.dumps(said).encode()))


@pytest.mark.parametrize("data", [b"", b"PK", b"\x89PNG\r\n"])
def test_file_that_is_no_history_is_refused(data):
    with pytest.raises(BadInput, match="not a history"):
        history_file.read(data)


def test_oldest_history_files_are_deleted_over_the_folder_limit(tmp_path):
    import os

    for age, name in enumerate(["new", "middle", "old"]):
        (tmp_path / f"{name}.retouch").write_bytes(bytes(100))
        os.utime(tmp_path / f"{name}.retouch", (1000 - age, 1000 - age))
    (tmp_path / "old.png").write_bytes(bytes(500))
    history_file.save(tmp_path / "mine.retouch", bytes(100), 250)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.retouch", "new.retouch", "old.png"]


def test_too_large_history_is_reported_and_the_picture_stays(monkeypatch):
    service = ApiService(Stand())
    body = {
        "image": encoder.encode_base64(photo()),
        "recipe": {"passes": [{"target": {"models": ["face"]}}]},
        "return_history": True,
    }
    name = service.answer("fix", body)["history"]
    monkeypatch.setattr(history_file, "MAX_BYTES", 2000)
    answer = service.answer("history", {"history": name, "return_file": True})
    assert answer["file"] == ""
    assert any("not written" in said for said in answer["warnings"])
    assert decoder.decode_base64(answer["image"]).size == photo().size
