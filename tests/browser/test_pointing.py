"""A click hits the pixel that is under the pointer, whatever lies between the two."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.editor import WAIT_MS


def sent_point(editor) -> tuple[int, int]:
    expect(editor["object"]).to_have_count(1)
    editor.page.wait_for_timeout(0)
    with_points = [body["points"] for body in editor.bodies("segment") if body.get("points")]
    point = with_points[-1][-1]
    return point["x"], point["y"]


def click_on_mark(editor) -> tuple[int, int]:
    with editor.page.expect_request("**/segment", timeout=WAIT_MS):
        editor.click(*editor.mark_on_screen())
    return sent_point(editor)


def near(point: tuple[int, int], at: tuple[int, int]) -> bool:
    """One of the four pixels in the middle of the mark."""
    return point[0] in (at[0] - 1, at[0]) and point[1] in (at[1] - 1, at[1])


@pytest.mark.parametrize("ratio", [1, 2])
def test_clicks_are_exact_at_any_pixel_ratio(session, marked, ratio):
    editor = session(device_scale_factor=ratio)
    editor.open(marked((400, 300), (311, 77)))
    assert near(click_on_mark(editor), (311, 77))


def test_clicks_are_exact_in_a_turned_photograph(session, marked):
    """Orientation 6: pixel (x, y) of a file h pixels high is seen at (h - 1 - y, x)."""
    editor = session()
    editor.open(marked((400, 300), (310, 78), "turned.jpg", orientation=6))
    expect(editor["size"]).to_have_text("300 × 400")
    assert near(click_on_mark(editor), (300 - 78, 310))


def test_clicks_are_exact_after_zoom_and_resize(session, marked):
    editor = session()
    editor.open(marked((1600, 1200), (1203, 333)))
    x, y = editor.mark_on_screen()
    stage = editor["stage"].bounding_box()
    editor.page.mouse.move(stage["x"] + x, stage["y"] + y)
    for _ in range(6):
        editor.page.mouse.wheel(0, -300)
    editor.page.set_viewport_size({"width": 1000, "height": 700})
    editor.page.wait_for_timeout(200)
    assert near(click_on_mark(editor), (1203, 333))


def test_right_click_is_negative_and_each_undo_removes_one_click(editor):
    editor.point(150, 100)
    editor.click(*editor.place(60, 40), button="right")
    expect(editor["undo"]).to_have_attribute("data-tip", "Undo: Point  (Ctrl+Z)")
    editor.page.wait_for_timeout(300)
    assert [p["positive"] for p in editor.bodies("segment")[-1]["points"]] == [True, False]
    editor["undo"].click()
    expect(editor["object"]).to_have_count(1)
    expect(editor.page.locator("li[aria-current=true] .rt-area")).not_to_have_text("empty")
    editor["undo"].click()
    expect(editor["object"]).to_have_count(0)


def test_picture_unknown_to_the_server_is_sent_again_without_notice(editor, server):
    editor.point(150, 100)
    pictures = len(editor.bodies("picture"))
    server.forget_pictures()
    editor.click(*editor.place(60, 40), modifiers=["Alt"])
    editor.press("remove")
    editor.offered(2)
    assert len(editor.bodies("picture")) == pictures + 1
    expect(editor["notices"].locator(".rt-notice")).to_have_count(0)


def test_everything_tool_selects_the_region_under_the_pointer(editor):
    with editor.page.expect_response("**/segment", timeout=WAIT_MS):
        editor["tool-everything"].click()
    editor.page.wait_for_timeout(300)
    editor.point(150, 100)
    assert editor.bodies("segment")[-1]["everything"] is True
    expect(editor["object"]).to_have_count(1)
