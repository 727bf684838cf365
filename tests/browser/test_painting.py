"""What a person wants done, counted in actions, and what of it reaches the server."""

from __future__ import annotations

import re
import threading

import numpy as np
import pytest
from playwright.sync_api import expect

from retouch.pipeline.timing import SpeedHistory
from tests.browser.conftest import DISC
from tests.browser.editor import WAIT_MS

ACTIVE_MASK = """async () => {
    const { store } = await document.getElementById("retouch_studio").studio;
    const { activeMask } = await import("/javascript/retouch/document/document.mjs");
    const { width, height } = store.doc.base;
    return [...activeMask(store.doc).read({ left: 0, top: 0, right: width, bottom: height })];
}"""


def disc_in(pixels: np.ndarray) -> np.ndarray:
    return np.all(pixels == (200, 40, 30), 2)


def test_an_object_is_removed_in_two_actions(editor, server, pixels):
    editor.point(*DISC)
    editor.press("remove")
    editor.offered(2)
    (call,) = server.backend.painted
    disc = disc_in(pixels)
    assert (call.mask[disc] > 127).mean() > 0.95
    assert (call.mask[~disc] > 127).mean() < 0.05
    assert np.array_equal(call.picture.pixels, pixels)
    editor["keep"].click()
    expect(editor["step"]).to_have_count(1)
    after, infotext = editor.saved()
    assert not np.any(disc_in(after) & disc)
    assert np.array_equal(after[:20, :20], pixels[:20, :20])
    assert "Steps:" in infotext


def test_a_face_is_refined_in_two_actions(editor, server):
    editor.point(*DISC)
    editor.press("refine")
    editor.offered(2)
    assert server.backend.painted[0].denoising_strength == 0.5


def test_a_background_is_replaced_in_three_actions(editor, server, pixels):
    editor.point(*DISC)
    editor["not-masked"].check()
    editor.press("replace")
    editor.offered(2)
    disc = disc_in(pixels)
    mask = server.backend.painted[0].mask
    assert (mask[disc] > 127).mean() < 0.05
    assert (mask[~disc] > 127).mean() > 0.95


def test_brushed_mask_reaches_the_server_pixel_exact(editor, server):
    editor["tool-brush"].click()
    editor["brush-size"].fill("31")
    editor["brush-hardness"].fill("40")
    editor["brush-opacity"].fill("70")
    editor.drag((60, 40), (200, 150), (230, 60))
    editor["tool-eraser"].click()
    editor.drag((100, 60), (120, 120))
    painted = np.array(editor.page.evaluate(ACTIVE_MASK), np.uint8).reshape(200, 300)
    assert 0 < (painted == 0).mean() < 1
    assert len(np.unique(painted)) > 20
    editor.press("fill")
    editor.offered(2)
    assert np.array_equal(server.backend.painted[0].mask, painted)


def test_undo_back_to_the_start_gives_the_first_pictures_bytes(editor, pixels):
    editor.point(*DISC)
    editor.press("remove")
    editor.offered(2)
    editor["next"].click()
    editor["keep"].click()
    editor["tool-sketch"].click()
    editor.drag((20, 20), (60, 30))
    assert not np.array_equal(editor.saved()[0], pixels)
    editor.undo_all()
    assert np.array_equal(editor.saved()[0], pixels)
    expect(editor["object"]).to_have_count(0)


def test_a_kept_step_is_switched_off_and_reopened(editor, pixels):
    editor["prompt"].fill("a lemon")
    editor.point(*DISC)
    editor.press("replace")
    editor.offered(2)
    editor["keep"].click()
    editor["prompt"].fill("something else")
    editor["step"].get_by_role("checkbox").uncheck()
    assert np.array_equal(editor.saved()[0], pixels)
    editor["step"].get_by_role("checkbox").check()
    editor["reopen"].click()
    expect(editor["prompt"]).to_have_value("a lemon")
    expect(editor["step"].get_by_role("checkbox")).not_to_be_checked()
    expect(editor.page.locator("li[aria-current=true] .rt-area")).not_to_have_text("empty")


def test_prompt_is_cleared_once_its_variation_is_kept_and_can_be_recalled(editor):
    editor["prompt"].fill("a lemon")
    editor.point(*DISC)
    editor.press("replace")
    editor.offered(2)
    expect(editor["prompt"]).to_have_value("a lemon")
    editor["keep"].click()
    expect(editor["prompt"]).to_have_value("")
    editor["prompt"].press("Alt+ArrowUp")
    expect(editor["prompt"]).to_have_value("a lemon")
    editor["prompt"].press("Alt+ArrowDown")
    expect(editor["prompt"]).to_have_value("")


def test_prompt_typed_while_variations_are_offered_stays_once_one_is_kept(editor):
    editor["prompt"].fill("a lemon")
    editor.point(*DISC)
    editor.press("replace")
    editor.offered(2)
    editor["prompt"].fill("a lime")
    editor["keep"].click()
    expect(editor["step"]).to_have_count(1)
    expect(editor["prompt"]).to_have_value("a lime")


def test_an_object_that_is_not_ticked_is_not_painted(editor, server):
    editor.point(*DISC)
    editor.click(*editor.place(40, 40), modifiers=["Shift"])
    expect(editor["object"]).to_have_count(2)
    expect(editor.page.locator("li[aria-current=true] .rt-area")).not_to_have_text("empty", timeout=WAIT_MS)
    editor["object"].first.get_by_label("Use: repaint this").uncheck()
    editor.press("fill")
    editor.offered(2)
    mask = server.backend.painted[0].mask
    assert mask[DISC[1], DISC[0]] > 127
    assert mask[40, 40] == 0


def test_grow_and_invert_shape_the_painted_mask(editor, server, pixels):
    editor.point(*DISC)
    plain = np.array(editor.page.evaluate(ACTIVE_MASK)).reshape(200, 300) > 127
    editor.page.get_by_label("Grow / shrink", exact=True).fill("12")
    editor.page.get_by_label("Grow / shrink", exact=True).press("Tab")
    editor["shape-invert"].check()
    editor.press("fill")
    editor.offered(2)
    mask = server.backend.painted[0].mask > 127
    assert not (mask & plain).any()
    assert not mask[DISC[1] - 49, DISC[0]]
    assert mask[DISC[1] - 60, DISC[0]]


def test_missing_mask_is_reported_without_a_request(editor):
    editor.press("remove")
    expect(editor["notices"]).to_contain_text("Nothing is masked")
    assert editor.bodies("inpaint") == []


def test_more_variations_use_the_following_seeds(editor):
    editor.point(*DISC)
    editor.press("fill")
    editor.offered(2)
    editor["more"].click()
    editor.offered(4)
    labels = [editor["variation"].nth(i).get_attribute("aria-label") or "" for i in range(4)]
    seeds = [int(label.rpartition(" ")[2]) for label in labels]
    assert sorted(seeds) == list(range(min(seeds), min(seeds) + 4))


def test_painting_again_adds_to_the_variations(editor, server):
    editor.point(*DISC)
    editor.press("fill")
    editor.offered(2)
    editor.press("refine")
    editor.offered(4)
    assert len(editor.bodies("inpaint")) == 2
    editor["variation"].first.click()
    editor["keep"].click()
    expect(editor["step"].get_by_label("Name")).to_have_value("Fill")


@pytest.mark.parametrize("width", [1200, 390])
def test_progress_of_another_job_covers_no_button_of_the_variations(session, server, picture, width):
    editor = session(viewport={"width": width, "height": 760})
    editor.open(picture)
    editor.point(*DISC)
    editor.press("fill")
    editor.offered(2)
    on = threading.Event()
    server.engine.before_call = lambda jobs: on.wait(60)
    editor.press("refine")
    expect(editor["progress"]).to_be_visible()
    for button in ("keep", "discard"):
        editor[button].click(trial=True, timeout=5000)
    on.set()
    editor.offered(4)


def test_enter_keeps_a_variation_while_a_clicked_button_has_the_focus(editor):
    editor.point(*DISC)
    editor.press("refine")
    editor.offered(2)
    expect(editor["intent-refine"]).to_be_focused()
    editor.page.keyboard.press("Enter")
    expect(editor["step"]).to_have_count(1)
    assert len(editor.bodies("inpaint")) == 1


def test_enter_presses_a_button_of_the_strip_that_was_reached_by_tab(editor):
    editor.point(*DISC)
    editor.press("fill")
    editor.offered(2)
    editor["more"].focus()
    editor.page.keyboard.press("Tab")
    expect(editor["discard"]).to_be_focused()
    editor.page.keyboard.press("Enter")
    expect(editor["results"]).to_be_hidden()
    expect(editor["step"]).to_have_count(0)


def test_objects_with_own_prompts_share_a_request_and_more_variations(editor, server):
    editor.point(*DISC)
    editor.page.get_by_placeholder("Its own prompt").fill("a lemon")
    editor.click(*editor.place(40, 40), modifiers=["Shift"])
    expect(editor["object"]).to_have_count(2)
    expect(editor.page.locator("li[aria-current=true] .rt-area")).not_to_have_text("empty", timeout=WAIT_MS)
    editor.press("fill")
    editor.offered(2)
    editor["more"].click()
    editor.offered(4)
    bodies = editor.bodies("inpaint")
    assert sorted(body["prompt"] for body in bodies) == ["", "", "a lemon", "a lemon"]
    tried = [(job.prompt, job.seed) for call in server.engine.calls for job in call]
    assert len(set(tried)) == len(tried) == 8


def test_intent_pressed_before_the_mask_arrives_waits_for_it(editor, server, pixels):
    held = []
    editor.page.route("**/segment", lambda route: held.append(route))
    with editor.page.expect_request("**/segment"):
        editor.click(*editor.place(*DISC))
    editor.press("remove")
    editor.page.wait_for_timeout(200)
    assert editor.bodies("inpaint") == []
    held.pop().continue_()
    editor.offered(2)
    assert (server.backend.painted[0].mask[disc_in(pixels)] > 127).mean() > 0.95


def test_inpaint_does_not_wait_for_segment_everything(editor, server):
    editor.point(*DISC)
    held = []
    editor.page.route("**/segment", lambda route: held.append(route))
    with editor.page.expect_request("**/segment"):
        editor["tool-everything"].click()
    editor.press("remove")
    editor.offered(2)
    assert len(held) == 1
    held.pop().continue_()


def test_quality_is_shown_for_each_variation_and_stored_with_its_step(editor):
    editor.point(*DISC)
    editor.press("remove")
    editor.offered(2)
    expect(editor["measures"]).to_contain_text(re.compile(r"Seam -?\d+\.\d\d → -?\d+\.\d\d"))
    expect(editor["measures"]).to_contain_text("Drift")
    first = editor["measures"].inner_text()
    editor["next"].click()
    expect(editor["measures"]).not_to_have_text(first)
    seam = editor["measures"].locator("b").first.inner_text()
    editor["keep"].click()
    expect(editor["step"]).to_contain_text(f"Seam {seam}")


def test_failed_job_reports_that_nothing_was_painted(editor, server):
    def fail(jobs):
        raise RuntimeError("the device is gone")

    server.engine.before_call = fail
    editor.point(*DISC)
    for _ in range(2):
        editor.press("remove")
        expect(editor["notices"]).to_contain_text("Nothing was painted", timeout=WAIT_MS)
        expect(editor["progress"]).to_be_hidden()
        editor["notices"].get_by_label("Dismiss").last.click()
        expect(editor["notices"]).not_to_contain_text("Nothing was painted")


def test_truncated_answer_is_reported_and_can_be_retried(editor):
    editor.point(*DISC)
    half = {"body": '{"candidates": [', "content_type": "application/json"}
    editor.page.route("**/inpaint", lambda route: route.fulfill(**half))
    editor.press("remove")
    expect(editor["notices"]).to_contain_text("connection to the server was lost", timeout=WAIT_MS)
    editor.page.unroute("**/inpaint")
    editor.page.get_by_role("button", name="Try again").click()
    editor.offered(2)


def test_recipe_runs_from_the_menu_and_is_kept(editor, pixels):
    editor["recipes"].click()
    editor.page.get_by_role("menuitem", name="Face of the tests").click()
    editor.offered(1)
    editor["keep"].click()
    assert not np.array_equal(editor.saved()[0], pixels)


def test_result_of_a_job_reaches_its_picture_in_another_tab(editor, server, marked):
    inside, on = threading.Event(), threading.Event()
    server.engine.before_call = lambda jobs: (inside.set(), on.wait(60))
    editor.point(*DISC)
    editor.press("remove")
    assert inside.wait(60)
    editor.open(marked((120, 90), (60, 40)))
    on.set()
    expect(editor["notices"]).to_contain_text("Remove is ready in disc.png", timeout=WAIT_MS)
    expect(editor["results"]).to_be_hidden()
    assert editor.saved()[0].shape == (90, 120, 3)
    editor["notices"].get_by_role("button", name="Back to it").last.click()
    expect(editor.page.locator(".rt-document-name")).to_have_text("disc.png")
    editor.offered(2)


def test_interrupt_ends_a_job_without_an_offer(editor, server):
    inside, on = threading.Event(), threading.Event()
    server.engine.before_call = lambda jobs: (inside.set(), on.wait(60))
    editor.point(*DISC)
    editor.press("remove")
    assert inside.wait(60)
    with editor.page.expect_response("**/interrupt"):
        editor["interrupt"].click()
    on.set()
    expect(editor["progress"]).to_be_hidden(timeout=WAIT_MS)
    expect(editor["results"]).to_be_hidden()


def test_second_session_waits_for_the_queue_with_a_message(editor, server, session, picture):
    inside, on = threading.Event(), threading.Event()
    server.engine.before_call = lambda jobs: (inside.set(), on.wait(60))
    editor.point(*DISC)
    editor.press("remove")
    assert inside.wait(60)
    other = session()
    other.open(picture)
    other.point(*DISC)
    other.press("fill")
    expect(other["progress"]).to_contain_text("Waiting for another job", timeout=WAIT_MS)
    on.set()
    editor.offered(2)
    other.offered(2)


def test_the_estimated_time_of_painting_is_shown_once_it_is_known(editor, server):
    server.service.speeds = SpeedHistory()
    editor.point(*DISC)
    expect(editor["plan"]).to_contain_text("×)", timeout=WAIT_MS)
    assert "about" not in editor["plan"].inner_text()
    editor.press("remove")
    editor.offered(2)
    editor["discard"].click()
    expect(editor["plan"]).to_contain_text(re.compile(r"×\), about \d+ s"), timeout=WAIT_MS)


def test_intents_are_dimmed_until_something_is_masked(session, picture):
    editor = session()
    intents = editor.page.get_by_role("group", name="Intents")
    expect(intents).to_have_class(re.compile("rt-unready"))
    editor.open(picture)
    expect(intents).to_have_class(re.compile("rt-unready"))
    editor.point(*DISC)
    expect(intents).not_to_have_class(re.compile("rt-unready"))
    editor.page.get_by_label("Invert", exact=True).check()
    expect(intents).not_to_have_class(re.compile("rt-unready"))
