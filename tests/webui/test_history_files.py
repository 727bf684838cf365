"""Histories beside saved pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from modules import shared

from retouch.image.codec.decoder import from_pil
from retouch.pipeline import history_file
from tests.webui.driver import FACES, expected_errors


@pytest.fixture
def kept(webui, tmp_path):
    shared.opts.data["retouch_save_history"] = True
    return lambda *args, **fields: webui.txt2img(*args, outpath_samples=str(tmp_path), **fields)


def test_history_file_of_each_picture_composites_to_it(webui, kept, tmp_path):
    run = kept(FACES, batch_size=2)
    files = sorted(Path(tmp_path).glob("*.retouch"))
    assert [file.stem for file in files] == ["100", "101"]
    for file, image in zip(files, run.processed.images, strict=True):
        history, about = history_file.read(file.read_bytes())
        assert history.now() == from_pil(image)
        assert "Face polish" in about["Retouch"]
        assert len(history.entries) == 2
    plain = webui.txt2img(seed=100)
    assert history_file.read(files[0].read_bytes())[0].picture == plain.pictures[0]


def test_extra_pictures_get_no_history_file(kept, tmp_path):
    shared.opts.data["retouch_save_before"] = shared.opts.data["retouch_save_preview"] = True
    kept(FACES)
    assert [file.name for file in Path(tmp_path).glob("*.retouch")] == ["100.retouch"]


def test_no_history_file_without_the_setting_or_without_a_fix(webui, kept, tmp_path):
    webui.detectors.faces.boxes = ()
    kept(FACES)
    webui.reset()
    webui.txt2img(FACES, outpath_samples=str(tmp_path))
    assert not list(Path(tmp_path).iterdir())


def test_unwritable_history_folder_does_not_fail_the_job(webui, kept):
    shared.opts.data["retouch_save_history"] = True
    run = webui.txt2img(FACES, outpath_samples="/nowhere/at/all")
    assert expected_errors()
    assert len(run.pictures) == 1
