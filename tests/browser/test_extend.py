"""Extending on the page: how far, by hand and by words; the ghost; what is painted; its stages."""

from __future__ import annotations

import re
import threading

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Locator, expect

from retouch.outpaint import stage_painter
from tests.browser.conftest import DISC
from tests.browser.editor import WAIT_MS
from tests.browser.test_page import violations
from tests.browser.test_painting import ACTIVE_MASK

FEATHER = 16
"""Pixels of the old picture over which the new fades, by default."""


@pytest.fixture(autouse=True)
def calm(server, monkeypatch):
    """As many stages as were planned, whatever the seeds: the guard rarely has anything against one, and then
    halves none."""
    server.engine.calm = True
    monkeypatch.setattr(stage_painter, "HALF", 99)


@pytest.fixture
def extending(editor):
    """A picture of 300 x 200 with the tool in hand."""
    editor["tool-extend"].click()
    expect(editor["extend-panel"]).to_be_visible()
    return editor


def margins(editor) -> dict[str, int]:
    return {side: int(editor[f"margin-{side}"].input_value()) for side in ("left", "top", "right", "bottom")}


def planned(editor, stages: int) -> None:
    words = f"{stages} stage" + ("s" if stages > 1 else "")
    expect(editor["extend-plan"]).to_contain_text(words, timeout=WAIT_MS)


def margin(editor, **sides: int) -> None:
    for side, pixels in sides.items():
        editor[f"margin-{side}"].fill(str(pixels))
        editor[f"margin-{side}"].press("Tab")


def extend(editor, size: str) -> None:
    editor["extend-now"].click()
    grown(editor, size)


def grown(editor, size: str) -> None:
    expect(editor["size"]).to_have_text(size, timeout=WAIT_MS)
    expect(editor["progress"]).to_be_hidden(timeout=WAIT_MS)


def stage(editor, number: int) -> Locator:
    return editor["stage-row"].nth(number - 1)


def test_dragging_an_edge_extends_the_picture_and_undo_restores_its_bytes(extending, server, pixels):
    extending.drag((299, 100), (427, 110))
    assert margins(extending) == {"left": 0, "top": 0, "right": 128, "bottom": 0}
    planned(extending, 1)
    assert server.engine.calls == []
    extend(extending, "428 × 200")
    after, infotext = extending.saved()
    assert after.shape == (200, 428, 3)
    assert np.array_equal(after[:, : 300 - FEATHER], pixels[:, : 300 - FEATHER])
    assert not np.array_equal(after[:, 300:], np.zeros_like(after[:, 300:]))
    assert "Studio: Outpaint" in infotext
    assert margins(extending) == {"left": 0, "top": 0, "right": 0, "bottom": 0}
    extending["undo"].click()
    grown(extending, "300 × 200")
    assert np.array_equal(extending.saved()[0], pixels)
    expect(extending["undo"]).to_be_disabled()


def test_planned_margin_is_drawn_before_anything_is_painted(extending, server):
    before = extending.screen()
    margin(extending, right=128)
    planned(extending, 1)
    x, y = extending.place(364, 30)
    inside = extending.screen()[int(y) - 20 : int(y) + 20, int(x) - 20 : int(x) + 20]
    ground = before[5, 5]
    assert (np.abs(inside - ground).max(2) > 8).mean() > 0.9
    assert server.engine.calls == []


def test_typed_aspect_is_planned_and_cleared_by_dragging_an_edge(extending):
    extending["aspect"].fill("16:9")
    extending["aspect"].press("Tab")
    expect(extending["margin-left"]).to_have_value("28")
    expect(extending["aspect-16:9"]).to_have_attribute("aria-pressed", "true")
    planned(extending, 2)
    expect(extending["extend-plan"]).to_contain_text("356 × 200 · 16:9")
    extending["horizontal"].select_option("left")
    expect(extending["margin-right"]).to_have_value("56")
    planned(extending, 1)
    extending.drag((150, 0), (150, -64))
    assert margins(extending) == {"left": 0, "top": 64, "right": 56, "bottom": 0}
    expect(extending["aspect-16:9"]).to_have_attribute("aria-pressed", "false")
    expect(extending["horizontal"]).to_have_value("")
    extending["aspect-1:1"].click()
    expect(extending["margin-bottom"]).to_have_value("50")
    extend(extending, "300 × 300")


def test_horizontal_subject_takes_its_margins_from_the_server(extending):
    """The face of the tests, its middle at 80, comes to a third of 400."""
    extending["aspect"].fill("2:1")
    extending["aspect"].press("Tab")
    extending["horizontal"].select_option("subject")
    expect(extending["margin-left"]).to_have_value("53", timeout=WAIT_MS)
    extend(extending, "400 × 200")


def test_the_estimated_time_of_a_plan_is_shown(extending):
    def timed(route):
        said = route.fetch().json()
        route.fulfill(json={**said, "steps": [{**step, "seconds": 21.4} for step in said["steps"]]})

    extending.page.route("**/plan", timed)
    margin(extending, left=64, right=64)
    expect(extending["extend-plan"]).to_contain_text("2 stages, about 43 s", timeout=WAIT_MS)


def test_dragging_with_shift_keeps_the_aspect_and_with_alt_mirrors(extending):
    extending.page.keyboard.down("Shift")
    extending.drag((299, 199), (449, 205))
    extending.page.keyboard.up("Shift")
    assert margins(extending) == {"left": 0, "top": 0, "right": 150, "bottom": 100}
    extending["stage"].locator("canvas").last.focus()
    extending.page.keyboard.press("Escape")
    assert not any(margins(extending).values())
    extending.page.keyboard.down("Alt")
    extending.drag((299, 100), (339, 100))
    extending.page.keyboard.up("Alt")
    assert margins(extending) == {"left": 40, "top": 0, "right": 40, "bottom": 0}


def test_impossible_extension_is_reported_in_the_panel_and_not_painted(extending, server):
    margin(extending, right=64)
    extending.page.get_by_role("button", name="How it is painted").click()
    extending.page.get_by_label("Overlap", exact=True).fill("250")
    extending.page.get_by_label("Overlap", exact=True).press("Tab")
    expect(extending["extend-plan"]).to_contain_text(
        "Overlap: an overlap of 250 is too large. Give less than 200", timeout=WAIT_MS
    )
    expect(extending["extend-now"]).to_be_disabled()
    extending.page.get_by_label("Overlap: back to the default").click()
    planned(extending, 1)
    extending["aspect"].fill("wide")
    extending["aspect"].press("Tab")
    expect(extending["extend-plan"]).to_contain_text("is not an aspect", timeout=WAIT_MS)
    extending["stage"].locator("canvas").last.focus()
    extending.page.keyboard.press("Enter")
    expect(extending["notices"]).to_contain_text("is not an aspect")
    assert server.engine.calls == []


def test_margins_are_set_by_keyboard_alone(editor):
    editor["stage"].locator("canvas").last.focus()
    editor.page.keyboard.press("o")
    handle = editor["handle-right-edge"]
    expect(handle).to_be_visible()
    for _ in range(8):
        editor.page.keyboard.press("Tab")
        if handle.evaluate("element => element === document.activeElement"):
            break
    expect(handle).to_be_focused()
    editor.page.keyboard.press("Shift+ArrowRight")
    editor.page.keyboard.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuenow", "72")
    expect(handle).to_have_attribute("aria-valuetext", "Pixels added: 72 right. Canvas 372 by 200")
    editor.page.keyboard.press("Home")
    expect(handle).to_have_attribute("aria-valuenow", "0")
    editor.page.keyboard.press("Alt+Shift+ArrowRight")
    expect(editor["margin-left"]).to_have_value("64")
    assert margins(editor) == {"left": 64, "top": 0, "right": 64, "bottom": 0}
    editor.page.keyboard.press("Enter")
    grown(editor, "428 × 200")
    editor["revert"].last.focus()
    editor.page.keyboard.press("Enter")
    grown(editor, "364 × 200")
    editor.page.keyboard.press("Control+z")
    grown(editor, "428 × 200")


def test_stage_is_repainted_with_the_stages_on_top_and_undone(extending):
    margin(extending, left=64, right=512)
    planned(extending, 3)
    extend(extending, "876 × 200")
    first = extending.saved()[0]
    expect(extending["stage-row"]).to_have_count(3)
    expect(stage(extending, 2)).to_contain_text("needed by 3")
    seeds = [stage(extending, number).inner_text() for number in (1, 2, 3)]
    stage(extending, 2).get_by_test_id("again").click()
    old = re.compile(re.escape(seeds[1].split("seed ")[1][:6]))
    expect(stage(extending, 2)).not_to_have_text(old, timeout=WAIT_MS)
    expect(extending["progress"]).to_be_hidden(timeout=WAIT_MS)
    second = extending.saved()[0]
    assert stage(extending, 1).inner_text() == seeds[0]
    assert np.array_equal(first[:, : 364 - FEATHER], second[:, : 364 - FEATHER])
    assert not np.array_equal(first[:, 500:], second[:, 500:])
    assert extending.bodies("outpaint")[-1]["repaint"] == [2]
    extending["undo"].click()
    assert np.array_equal(extending.saved()[0], first)


def test_stage_is_reverted_painted_again_by_go_on_and_undone(extending, pixels):
    margin(extending, left=64, right=512)
    planned(extending, 3)
    extend(extending, "876 × 200")
    stage(extending, 1).get_by_test_id("revert").click()
    grown(extending, "812 × 200")
    less = extending.saved()[0]
    assert np.array_equal(less[:, : 300 - FEATHER], pixels[:, : 300 - FEATHER])
    expect(stage(extending, 1)).to_contain_text("not painted")
    expect(stage(extending, 1).get_by_test_id("revert")).to_be_disabled()
    extending["go-on"].click()
    grown(extending, "876 × 200")
    more = extending.saved()[0]
    assert np.array_equal(more[:, 64 + FEATHER :], less[:, FEATHER:])
    expect(stage(extending, 1)).not_to_contain_text("not painted", timeout=WAIT_MS)
    for size in ("812 × 200", "876 × 200", "300 × 200"):
        extending["undo"].click()
        expect(extending["size"]).to_have_text(size, timeout=WAIT_MS)
    assert np.array_equal(extending.saved()[0], pixels)


def test_an_interrupt_keeps_the_finished_stages_and_go_on_paints_the_rest(extending, server):
    inside, on = threading.Event(), threading.Event()

    def hold(jobs):
        if jobs[0].prompt == "sky":
            inside.set()
            on.wait(60)

    server.engine.before_call = hold
    extending.page.get_by_role("button", name="Prompts by side").click()
    extending["extend-prompt_top"].fill("sky")
    margin(extending, right=128, top=64)
    planned(extending, 2)
    extending["extend-now"].click()
    assert inside.wait(60)
    expect(extending["extend-now"]).to_be_disabled()
    expect(extending["progress"]).to_be_visible()
    with extending.page.expect_response("**/interrupt"):
        extending["interrupt"].click()
    on.set()
    grown(extending, "428 × 200")
    expect(extending["notices"]).to_contain_text("Go on paints the rest")
    server.engine.before_call = None
    extending["go-on"].click()
    grown(extending, "428 × 264")
    expect(extending["go-on"]).to_be_hidden()


def test_interrupt_before_the_first_stage_keeps_the_picture(extending, server, pixels):
    inside, on = threading.Event(), threading.Event()
    server.engine.before_call = lambda jobs: (inside.set(), on.wait(60))
    margin(extending, right=128)
    planned(extending, 1)
    extending["extend-now"].click()
    assert inside.wait(60)
    with extending.page.expect_response("**/interrupt"):
        extending["interrupt"].click()
    on.set()
    expect(extending["notices"]).to_contain_text("Nothing was painted", timeout=WAIT_MS)
    expect(extending["undo"]).to_be_disabled()
    assert np.array_equal(extending.saved()[0], pixels)
    assert margins(extending)["right"] == 128


def test_extension_unknown_to_the_server_is_reported_on_repaint(extending, server):
    margin(extending, right=128)
    planned(extending, 1)
    extend(extending, "428 × 200")
    server.forget_ways()
    extending["again"].click()
    expect(extending["notices"]).to_contain_text("no longer has this extension", timeout=WAIT_MS)
    expect(extending["again"]).to_be_disabled()
    expect(extending["stages"]).to_contain_text("has forgotten this extension")
    expect(extending["size"]).to_have_text("428 × 200")


def test_mask_and_kept_step_are_shifted_with_the_extended_picture(editor, pixels):
    editor.point(*DISC)
    editor.press("remove")
    editor.offered(2)
    editor["keep"].click()
    kept = editor.saved()[0]
    editor.point(*DISC)
    before = np.array(editor.page.evaluate(ACTIVE_MASK), np.uint8).reshape(200, 300)
    editor["tool-extend"].click()
    margin(editor, left=128, top=64)
    planned(editor, 2)
    extend(editor, "428 × 264")
    after = editor.saved()[0]
    inner = np.s_[64 + FEATHER :, 128 + FEATHER :]
    assert np.array_equal(after[inner], kept[FEATHER:, FEATHER:])
    mask = np.array(editor.page.evaluate(ACTIVE_MASK), np.uint8).reshape(264, 428)
    assert np.array_equal(mask[64:, 128:], before)
    assert not mask[:64].any()
    editor["step"].get_by_role("checkbox").uncheck()
    assert np.array_equal(editor.saved()[0][inner], pixels[FEATHER:, FEATHER:])


def test_extension_uses_prompt_and_steps_of_the_pictures_infotext(session, server, tmp_path, pixels):
    info = PngInfo()
    info.add_text("parameters", "a disc on a meadow\nSteps: 9, Sampler: Euler, CFG scale: 4, Seed: 7")
    Image.fromarray(pixels).save(tmp_path / "told.png", pnginfo=info)
    editor = session()
    editor.open(tmp_path / "told.png")
    editor["tool-extend"].click()
    margin(editor, right=64)
    planned(editor, 1)
    extend(editor, "364 × 200")
    job = server.engine.calls[0][0]
    assert (job.prompt, job.settings.sampling.steps) == ("a disc on a meadow", 9)
    assert editor.saved()[1].startswith("a disc on a meadow")


def test_transparent_border_is_filled_without_requested_margins(session, tmp_path, pixels):
    clear = np.dstack([pixels, np.full((200, 300), 255, np.uint8)])
    clear[:, :50, 3] = 0
    Image.fromarray(clear, "RGBA").save(tmp_path / "clear.png")
    editor = session()
    editor.open(tmp_path / "clear.png")
    editor["tool-extend"].click()
    planned(editor, 1)
    margin(editor, left=64)
    assert margins(editor) == {"left": 64, "top": 0, "right": 0, "bottom": 0}
    planned(editor, 1)
    extend(editor, "364 × 200")
    inner = np.s_[:, 114 + FEATHER :]
    assert np.array_equal(editor.saved()[0][inner], pixels[:, 50 + FEATHER :])


def test_a_reload_keeps_the_extension_and_its_stages(extending):
    margin(extending, right=512)
    planned(extending, 2)
    extend(extending, "812 × 200")
    first = extending.saved()[0]
    extending.page.wait_for_timeout(1500)
    extending.page.reload()
    expect(extending["size"]).to_have_text("812 × 200", timeout=WAIT_MS)
    assert np.array_equal(extending.saved()[0], first)
    extending["tool-extend"].click()
    stage(extending, 2).get_by_test_id("revert").click()
    grown(extending, "556 × 200")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_extend_panel_has_no_accessibility_violations(session, picture, scheme):
    editor = session(color_scheme=scheme)
    editor.open(picture)
    editor["tool-extend"].click()
    editor.page.get_by_role("button", name="Prompts by side").click()
    editor.page.get_by_role("button", name="How it is painted").click()
    margin(editor, left=64, right=64)
    planned(editor, 2)
    assert violations(editor.page) == []
    extend(editor, "428 × 200")
    assert violations(editor.page) == []
    editor["aspect"].fill("wide")
    editor["aspect"].press("Tab")
    expect(editor["extend-plan"]).to_contain_text("is not an aspect", timeout=WAIT_MS)
    assert violations(editor.page) == []


def test_extend_tool_can_be_chosen_before_a_picture_is_open(session, picture):
    editor = session()
    editor["tool-extend"].click()
    expect(editor["handle-right-edge"]).to_be_hidden()
    expect(editor["extend-now"]).to_be_disabled()
    editor["aspect-16:9"].click()
    editor.open(picture)
    planned(editor, 2)
    expect(editor["handle-right-edge"]).to_be_visible()
    extend(editor, "356 × 200")


def test_extend_controls_fit_a_narrow_window(session, picture):
    editor = session(viewport={"width": 480, "height": 900})
    editor.open(picture)
    editor["tool-extend"].click()
    for name in ("tool-extend", "tool-pan", "aspect-16:9", "aspect", "margin-bottom", "extend-now"):
        box = editor[name].bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 480
    editor["aspect-16:9"].click()
    planned(editor, 2)
    extend(editor, "356 × 200")


def test_choosing_another_variation_of_a_stage_keeps_later_stages(extending, server):
    extending.page.get_by_role("button", name="How it is painted").click()
    variations = extending["extend-panel"].locator("[data-knob=variations] input[type=number]")
    variations.fill("2")
    variations.press("Tab")
    margin(extending, right=512)
    planned(extending, 2)
    extend(extending, "812 × 200")
    first, calls = extending.saved()[0], len(server.engine.calls)
    level = stage(extending, 1).get_by_test_id("stage-variation")
    chosen = int(level.inner_text()[0])
    level.click()
    expect(level).to_have_text(f"{3 - chosen}/2", timeout=WAIT_MS)
    grown(extending, "812 × 200")
    second = extending.saved()[0]
    assert extending.bodies("outpaint")[-1]["choose"] == {"1": 3 - chosen}
    assert len(server.engine.calls) == calls
    assert not np.array_equal(first[:, 310:400], second[:, 310:400])
    assert np.array_equal(first[:, 620:], second[:, 620:])
    extending["undo"].click()
    assert np.array_equal(extending.saved()[0], first)
