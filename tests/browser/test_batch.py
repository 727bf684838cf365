"""A batch on the page: files chosen, one of them bad, cancelled, resumed, and the summary."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from tests.browser.editor import WAIT_MS, Editor

RECIPE = "Face of the tests"


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Two pictures, and between them a file that is none."""
    folder = tmp_path / "album"
    folder.mkdir()
    random = np.random.default_rng(0)
    for name in ("a.png", "c.png"):
        pixels = random.integers(0, 256, (160, 200, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / name)
    (folder / "bad.png").write_bytes(b"not a picture")
    return folder


def choose(editor: Editor, what: str, files: Path | list[Path]) -> None:
    editor["batch"].click()
    with editor.page.expect_file_chooser() as chooser:
        editor[f"batch-{what}"].click()
    chooser.value.set_files(files)


def begin(editor: Editor, album: Path) -> None:
    choose(editor, "files", sorted(album.iterdir()))
    editor["batch-recipe"].select_option(RECIPE)
    editor["batch-start"].click()


def rows(editor: Editor, *states: str) -> None:
    """Wait until the files, in order, are in these states."""
    for place, state in enumerate(states):
        expect(editor["batch-file"].nth(place)).to_have_attribute("data-state", state, timeout=WAIT_MS)


@pytest.fixture
def held(server) -> Iterator[Callable[[], threading.Event]]:
    """Keep the painter at its first picture; what this gives lets it go on."""
    gates = []

    def hold() -> threading.Event:
        gates.append(threading.Event())
        server.engine.before_call = lambda jobs: gates[-1].wait(60)
        return gates[-1]

    yield hold
    for gate in gates:
        gate.set()


def test_batch_reports_the_unreadable_file_and_saves_the_others(session, album, tmp_path):
    editor = session()
    begin(editor, album)
    rows(editor, "done", "failed", "done")
    expect(editor["batch-sum"]).to_have_text("2 of 3 done, 1 failed")
    expect(editor["batch-file"].nth(1)).to_contain_text("not a readable picture")
    expect(editor["batch-file"].nth(0)).to_contain_text("Repainted: 1 kept")
    assert Axe().run(editor.page).response["violations"] == []
    with editor.page.expect_download() as download:
        editor["batch-file"].nth(0).get_by_text("Save").click()
    with Image.open(download.value.path()) as saved, Image.open(album / "a.png") as source:
        assert saved.size == source.size
        assert RECIPE in saved.info["parameters"]
        assert not np.array_equal(np.array(saved), np.array(source))


def test_the_summary_shows_before_and_after(session, album):
    editor = session()
    begin(editor, album)
    rows(editor, "done", "failed", "done")
    with editor.page.expect_popup() as opened:
        editor["batch-summary"].click()
    page = opened.value
    expect(page.locator("h1")).to_have_text(RECIPE)
    expect(page.locator(".failed")).to_contain_text("bad.png")
    sizes = page.evaluate(
        "Promise.all([...document.images].map(async (one) => (await one.decode(), one.naturalWidth)))"
    )
    assert sizes == [200] * 4
    after = page.locator(".after").first
    wide = after.evaluate("(one) => getComputedStyle(one).clipPath")
    page.locator("input[type=range]").first.fill("90")
    assert after.evaluate("(one) => getComputedStyle(one).clipPath") != wide


def test_cancelled_batch_is_resumed_to_the_end(session, album, held, server):
    editor = session()
    gate = held()
    begin(editor, album)
    rows(editor, "running")
    editor["batch-cancel"].click()
    gate.set()
    rows(editor, "waiting")
    expect(editor["batch-resume"]).to_be_visible(timeout=WAIT_MS)
    assert server.service.batches.get(_job(editor)).summary()["done"] == 0
    editor["batch-resume"].click()
    rows(editor, "done", "failed", "done")
    expect(editor["batch-cancel"]).to_be_hidden()


def test_batch_of_a_folder_survives_closed_dialog_and_reload(session, album):
    (album / "notes.txt").write_text("not asked for")
    editor = session()
    choose(editor, "folder", album)
    expect(editor["batch-chosen"]).to_have_text("3 files chosen")
    editor["batch-recipe"].select_option(RECIPE)
    editor["batch-start"].click()
    editor.page.keyboard.press("Escape")
    expect(editor["batch-dialog"]).to_have_count(0)
    editor["batch"].click()
    rows(editor, "done", "failed", "done")
    editor.page.reload()
    editor["batch"].click()
    rows(editor, "done", "failed", "done")
    expect(editor["batch-file"].first).to_contain_text("album/a.png")
    editor["batch-new"].click()
    expect(editor["batch-files"]).to_be_visible()


def _job(editor: Editor) -> str:
    return str(editor["batch-summary"].get_attribute("href")).split("/")[-2]


def _pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        return np.array(image)


def test_save_all_downloads_every_result_in_one_zip(session, album, server, tmp_path):
    (album / "inside").mkdir()
    (album / "a.png").rename(album / "inside" / "c.png")  # of one name with another, in another folder
    editor = session()
    choose(editor, "folder", album)
    editor["batch-recipe"].select_option(RECIPE)
    editor["batch-start"].click()
    rows(editor, "failed", "done", "done")
    with editor.page.expect_download() as download:
        editor["batch-save"].click()
    expect(editor["batch-save"]).to_have_text("Save all as .zip")
    assert download.value.suggested_filename == "face-of-the-tests.zip"
    job = server.service.batches.get(_job(editor))
    with zipfile.ZipFile(download.value.path()) as file:
        assert file.testzip() is None
        assert {one.date_time for one in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        pictures = {name for name in file.namelist() if name.startswith("album/")}
        assert pictures == {"album/c.png", "album/inside/c.png"}
        for number, name in ((2, "album/c.png"), (3, "album/inside/c.png")):
            assert file.read(name) == job.files.get(f"{number}.png")
            with Image.open(album.parent / name) as source:
                assert _pixels(file.read(name)).shape == np.array(source).shape
                assert not np.array_equal(_pixels(file.read(name)), np.array(source))
        file.extractall(tmp_path / "unpacked")
    page = editor.page.context.new_page()
    page.goto((tmp_path / "unpacked" / "summary.html").as_uri())
    sizes = page.evaluate(
        "Promise.all([...document.images].map(async (one) => (await one.decode(), one.naturalWidth)))"
    )
    assert sizes == [200] * 4
    whole = page.get_by_text("The whole picture").first.evaluate("(one) => one.href")
    assert Path(whole.removeprefix("file://")).read_bytes() == job.files.get("2.png")


def test_save_all_with_a_missing_result_is_reported_without_a_file(session, album, server):
    editor = session()
    begin(editor, album)
    rows(editor, "done", "failed", "done")
    server.service.batches.get(_job(editor)).files.drop("3.png")
    editor["batch-save"].click()
    expect(editor["batch-sum"]).to_contain_text("could not be packed: there is nothing yet, or no more.")
    expect(editor["batch-save"]).to_be_enabled()
