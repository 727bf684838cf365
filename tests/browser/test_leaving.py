"""Work is never lost without a word: another picture, a reload, a closed tab, a full disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import DISC
from tests.browser.editor import WAIT_MS, Editor
from tests.browser.test_exchange import active_mask, give, png

SHELF_WAIT_MS = 1500
"""Until what is kept for a reload is written."""


def name(editor: Editor):
    return editor.page.locator(".rt-document-name")


@pytest.fixture
def second(tmp_path: Path, pixels: np.ndarray) -> Path:
    path = tmp_path / "second.png"
    Image.fromarray(255 - pixels[:100]).save(path)
    return path


def brushed(editor: Editor) -> np.ndarray:
    """A mask by hand."""
    editor["tool-brush"].click()
    editor.drag((60, 60), (120, 80))
    return active_mask(editor)


def drop(editor: Editor, path: Path) -> None:
    give(editor, "drop", "drop", content=path.read_bytes())


def paste(editor: Editor, path: Path) -> None:
    give(editor, "paste", "paste", content=path.read_bytes())


def from_gallery(editor: Editor, path: Path) -> None:
    """As the WebUI's galleries do."""
    script = """async (bytes) => {
        const { commands } = await document.getElementById("retouch_studio").studio;
        await commands.loadFile(new File([Uint8Array.from(bytes)], "given.png"));
    }"""
    editor.page.evaluate(script, list(path.read_bytes()))


WAYS = {"open": Editor.open, "drop": drop, "paste": paste, "gallery": from_gallery}


@pytest.mark.parametrize("way", WAYS)
def test_undo_after_opening_another_picture_returns_to_the_first(editor, second, picture, way):
    mask = brushed(editor)
    WAYS[way](editor, second)
    expect(name(editor)).not_to_have_text(picture.name, timeout=WAIT_MS)
    expect(editor["notices"]).to_contain_text("disc.png is still here, with a mask")
    editor["undo"].click()
    expect(name(editor)).to_have_text(picture.name)
    assert np.array_equal(active_mask(editor), mask)
    editor["redo"].click()
    expect(editor["size"]).to_have_text("300 × 100")


def test_back_to_it_button_returns_to_the_first_picture(editor, second, picture):
    brushed(editor)
    editor.open(second)
    editor["tool-brush"].click()
    editor.drag((60, 30), (120, 40))
    editor["notices"].get_by_role("button", name="Back to it").click()
    expect(name(editor)).to_have_text(picture.name)
    expect(editor["object"]).to_have_count(1)


def test_unkept_variations_are_unsaved_work_and_a_saved_step_is_not(editor, second, picture):
    editor.point(*DISC)
    editor.press("remove")
    editor.offered(2)
    editor.open(second)
    expect(editor["notices"]).to_contain_text("variations that are not kept")
    editor["undo"].click()
    editor.offered(2)
    editor["keep"].click()
    editor.saved()
    editor.open(second)
    editor.settle()
    assert editor["notices"].get_by_text("with a step").count() == 0


def test_picture_left_before_a_reload_can_be_undone_to(editor, second, picture):
    mask = brushed(editor)
    editor.open(second)
    editor.page.wait_for_timeout(SHELF_WAIT_MS)
    editor.page.reload()
    expect(name(editor)).to_have_text(second.name, timeout=WAIT_MS)
    editor["undo"].click()
    expect(name(editor)).to_have_text(picture.name)
    assert np.array_equal(active_mask(editor), mask)


def test_work_of_a_closed_tab_is_offered_to_the_next(editor, picture):
    mask = brushed(editor)
    editor.page.wait_for_timeout(SHELF_WAIT_MS)
    context = editor.page.context
    editor.page.close()
    later = Editor(context.new_page(), editor.url).start()
    expect(later["notices"]).to_contain_text("disc.png was closed with a mask", timeout=WAIT_MS)
    later["notices"].get_by_role("button", name="Bring it back").click()
    expect(name(later)).to_have_text(picture.name)
    assert np.array_equal(active_mask(later), mask)
    assert not later.faults


def asked_on_leaving(page: Page) -> list[str]:
    """What the browser asks when the tab is closed now; the tab stays."""
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_timeout(1000)
    return asked


def test_full_browser_storage_is_reported_and_closing_asks(session, picture):
    def refuse(page: Page) -> None:
        page.add_init_script(
            "IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') }"
        )

    editor = session(before=refuse)
    editor.open(picture)
    brushed(editor)
    expect(editor["notices"]).to_contain_text("no room to keep your work")
    assert asked_on_leaving(editor.page) == ["beforeunload"]


def test_reload_with_stored_work_asks_nothing(editor):
    brushed(editor)
    editor.page.wait_for_timeout(SHELF_WAIT_MS)
    page, asked = editor.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    expect(editor["object"]).to_have_count(1, timeout=WAIT_MS)
    assert asked == []


def test_dropping_several_files_reports_those_not_opened(editor, pixels):
    script = """() => {
        const data = new DataTransfer();
        const file = (name) => new File([new Uint8Array(9)], name, { type: "image/png" });
        ["a.png", "b.png"].forEach((name) => data.items.add(file(name)));
        const event = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
        document.querySelector(".rt-stage canvas").dispatchEvent(event);
    }"""
    editor.page.evaluate(script)
    expect(editor["notices"]).to_contain_text("Of 2 files only a.png was opened")


def test_pasted_bitmap_is_reported_as_without_metadata(editor, pixels):
    script = """(bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(bytes)], "image.png", { type: "image/png" }));
        const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
        document.querySelector(".rt-stage canvas").dispatchEvent(event);
    }"""
    editor.page.evaluate(script, list(png(pixels)))
    expect(editor["notices"]).to_contain_text("take colour profile, EXIF and texts out")
