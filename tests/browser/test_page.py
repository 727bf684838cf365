"""The page itself: shortcuts, sessions, reloads, a server that goes away, no mouse, no eyes."""

from __future__ import annotations

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import DISC
from tests.browser.editor import WAIT_MS


def violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {[node['html'][:120] for node in v['nodes']]}" for v in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_has_no_accessibility_violations(session, picture, scheme):
    editor = session(color_scheme=scheme)
    assert violations(editor.page) == []
    editor.open(picture)
    editor.point(*DISC)
    editor.page.get_by_role("button", name="Settings for").click()
    assert violations(editor.page) == []
    editor.press("remove")
    editor.offered(2)
    assert violations(editor.page) == []
    editor["keep"].click()
    editor["help"].click()
    assert violations(editor.page) == []


def test_shortcuts_do_not_fire_while_typing(editor):
    editor["prompt"].click()
    editor.page.keyboard.type("wbelmxhq?1[]")
    expect(editor["prompt"]).to_have_value("wbelmxhq?1[]")
    expect(editor["tool-point"]).to_have_attribute("aria-pressed", "true")
    expect(editor["shortcuts"]).to_have_count(0)
    editor["stage"].locator("canvas").last.focus()
    editor.page.keyboard.press("b")
    expect(editor["tool-brush"]).to_have_attribute("aria-pressed", "true")
    editor.page.keyboard.press("?")
    expect(editor["shortcuts"]).to_be_visible()


def test_object_is_removed_kept_and_undone_by_keyboard_alone(editor, server):
    """A cross hair to the thing, Enter on it, the last intent by its number, Enter to keep."""
    editor["stage"].locator("canvas").last.focus()
    editor.page.keyboard.press("w")
    editor.page.keyboard.press("ArrowRight")
    editor.page.keyboard.press("Enter")
    expect(editor.page.locator("li[aria-current=true] .rt-area")).not_to_have_text("empty", timeout=WAIT_MS)
    editor.page.keyboard.press("Alt+2")
    editor.offered(2)
    editor.page.mouse.move(5, 5)
    editor["keep"].focus()
    editor.page.keyboard.press("Enter")
    expect(editor["step"]).to_have_count(1)
    editor.page.keyboard.press("Control+z")
    expect(editor["step"]).to_have_count(0)
    editor.page.keyboard.press("Control+Shift+z")
    expect(editor["step"]).to_have_count(1)


def test_sessions_and_tabs_do_not_share_the_open_picture(editor, session):
    other = session()
    expect(other["empty"]).to_be_visible()
    second_tab = editor.page.context.new_page()
    second_tab.goto(editor.url)
    expect(second_tab.get_by_test_id("empty")).to_be_visible(timeout=WAIT_MS)
    expect(editor["size"]).to_have_text("300 × 200")


def test_reload_restores_steps_objects_prompt_and_picture(editor, pixels):
    editor["prompt"].fill("a lemon")
    editor.point(*DISC)
    editor.press("replace")
    editor.offered(2)
    editor["keep"].click()
    editor.point(60, 40)
    editor["prompt"].fill("a lime")
    before = editor.saved()[0]
    editor.page.wait_for_timeout(1500)
    editor.page.reload()
    expect(editor["step"]).to_have_count(1, timeout=WAIT_MS)
    expect(editor["object"]).to_have_count(2)
    expect(editor["prompt"]).to_have_value("a lime")
    assert np.array_equal(editor.saved()[0], before)
    assert not np.array_equal(before, pixels)


def test_unreachable_server_is_reported_and_the_click_repeated(editor):
    editor.page.route("**/retouch/v1/**", lambda route: route.abort())
    editor.click(*editor.place(*DISC))
    expect(editor["notices"]).to_contain_text("does not answer")
    editor.page.unroute("**/retouch/v1/**")
    expect(editor["notices"]).to_contain_text("is back", timeout=WAIT_MS)
    expect(editor.page.locator("li[aria-current=true] .rt-area")).not_to_have_text("empty", timeout=WAIT_MS)


def test_controls_fit_a_narrow_window(session, picture):
    editor = session(viewport={"width": 480, "height": 900})
    editor.open(picture)
    for name in ("tool-point", "undo", "save", "intent-remove", "zoom"):
        box = editor[name].bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 480
    assert editor["stage"].bounding_box()["height"] > 150


def test_a_picture_keeps_its_infotext(session, tmp_path, pixels):
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("parameters", "a disc\nSteps: 20, Seed: 7")
    Image.fromarray(pixels).save(tmp_path / "told.png", pnginfo=info)
    editor = session()
    editor.open(tmp_path / "told.png")
    saved, infotext = editor.saved()
    assert np.array_equal(saved, pixels)
    assert infotext == "a disc\nSteps: 20, Seed: 7"


def test_long_warning_does_not_wrap_size_and_zoom(editor):
    step = {"crop": [0, 0, 300, 200], "work": [64, 64], "magnification": 0.3, "under_resolved": True}
    said = {"steps": [step], "warnings": ["It will be softer than before. " * 20]}
    editor.page.route("**/plan", lambda route: route.fulfill(json=said))
    low = editor["size"].bounding_box()["height"]
    editor.point(*DISC)
    expect(editor["plan"]).to_contain_text("softer")
    assert editor["size"].bounding_box()["height"] == low
    assert editor["zoom"].bounding_box()["height"] <= 24
    assert "Under-resolved" not in editor["plan"].inner_text()


@pytest.mark.parametrize("width", [360, 390, 820])
def test_find_is_inside_a_narrow_window(session, picture, width):
    editor = session(viewport={"width": width, "height": 700})
    editor.open(picture)
    box = editor["find"].bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_page_works_with_a_full_storage(session, picture):
    full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    editor = session(before=lambda page: page.add_init_script(full))
    editor.open(picture)
    editor["prompt"].fill("a lemon")
    editor.point(*DISC)
    editor.press("replace")
    editor.offered(2)
    editor["keep"].click()
    expect(editor["step"]).to_have_count(1)


def test_name_of_the_model_is_shown_and_follows_the_server(session, server):
    server.backend.checkpoint = "some-model.safetensors"
    editor = session()
    expect(editor["model"]).to_have_text("some-model.safetensors")
    server.backend.checkpoint = "other.safetensors"
    editor.page.evaluate("dispatchEvent(new Event('focus'))")
    expect(editor["model"]).to_have_text("other.safetensors")
    server.backend.checkpoint = ""
