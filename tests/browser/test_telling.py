"""What the page tells: what will be repainted, what the server warns of, what seed is used."""

from __future__ import annotations

import json

import numpy as np
from PIL import Image
from playwright.sync_api import Route, expect

from tests.browser.conftest import DISC
from tests.browser.editor import WAIT_MS, Editor
from tests.browser.test_exchange import active_mask, choose
from tests.browser.test_page import violations

PLANNED = "studio => studio.view.inverted?.planned != null"

OVERLAY = """async ([width, height]) => {
    const { view } = await document.getElementById("retouch_studio").studio;
    const layers = await import("/javascript/retouch/canvas/layers.mjs");
    const { overlayRaster, listUsedObjects, listVisibleObjects } = layers;
    const { doc } = view.store;
    const objects = view.inverted ? listUsedObjects(doc, null) : listVisibleObjects(doc, null);
    const look = { objects, live: null, size: doc.base, colour: [0, 0, 0], inverted: view.inverted };
    const { data } = overlayRaster(look, { left: 0, top: 0, right: width, bottom: height }, 0);
    return [view.inverted?.planned ? "planned" : "masks", [...data].filter((_, i) => i % 4 === 3)];
}"""


def overlay(editor: Editor) -> tuple[str, np.ndarray]:
    kind, alpha = editor.page.evaluate(OVERLAY, [300, 200])
    return kind, np.array(alpha, np.uint8).reshape(200, 300)


def wait_for_plan(editor: Editor) -> None:
    """Waits until the page tells a plan."""
    expect(editor["plan"]).not_to_be_empty(timeout=WAIT_MS)


def wait_for_planned_mask(editor: Editor) -> None:
    """Waits until the overlay has the server's mask: the told plan may still be the one before."""
    studio = editor.page.evaluate_handle("document.getElementById('retouch_studio').studio")
    editor.page.wait_for_function(PLANNED, arg=studio, timeout=WAIT_MS)


def test_inpaint_not_masked_shows_and_repaints_the_inverted_mask(editor, server):
    editor.point(*DISC)
    wait_for_plan(editor)
    _, mask = overlay(editor)
    before = editor.screen()
    with editor.held("**/plan"):
        editor["not-masked"].check()
        kind, shown = overlay(editor)
    assert (kind, shown.tolist()) == ("masks", (255 - mask).tolist())
    wait_for_planned_mask(editor)
    kind, shown = overlay(editor)
    assert kind == "planned"
    after = editor.screen()
    x, y = (round(value) for value in editor.place(20, 20))
    assert np.abs(after[y, x] - before[y, x]).max() > 20
    editor.press("replace")
    editor.offered(2)
    answer = editor.page.evaluate("""async () => {
        const { store } = await document.getElementById("retouch_studio").studio;
        const { mask } = store.doc.variations.candidates[0];
        return [...mask.read({ left: 0, top: 0, right: 300, bottom: 200 })];
    }""")
    assert answer == shown.ravel().tolist()


def test_stroke_on_an_inverted_mask_is_subtracted_immediately(editor):
    editor["tool-brush"].click()
    editor.drag((40, 40), (60, 40))
    editor["not-masked"].check()
    wait_for_planned_mask(editor)
    with editor.held("**/plan"):
        editor.drag((200, 150), (220, 150))
        kind, shown = overlay(editor)
    assert kind == "masks"
    assert shown[150, 210] == 0
    assert shown[100, 150] == 255


def warning(text: str):
    """Adds a warning to what the server answers."""

    def handle(route: Route) -> None:
        answer = route.fetch()
        said = json.loads(answer.text())
        route.fulfill(response=answer, json={**said, "warnings": [*said["warnings"], text]})

    return handle


def test_warnings_stay_visible_while_variations_are_offered(editor):
    editor.page.route("**/inpaint", warning("Hardly anything of it can be seen."))
    for _ in range(2):  # the second time, too
        editor.point(*DISC)
        editor.press("remove")
        editor.offered(2)
        expect(editor["offer-warnings"]).to_contain_text("Hardly anything of it can be seen.")
        assert violations(editor.page) == []
        editor["discard"].click()
        editor["undo"].click()
        editor["undo"].click()


def test_repeated_history_warning_is_shown_every_time(editor):
    editor.point(*DISC)
    editor.press("remove")
    editor.offered(2)
    editor["keep"].click()
    editor.page.route("**/history", warning("It is as it was."))
    for _ in range(2):
        editor["step-again"].click()
        expect(editor["notices"]).to_contain_text("It is as it was.", timeout=WAIT_MS)
        editor["notices"].get_by_role("button", name="Dismiss").last.click()
        expect(editor["notices"]).not_to_contain_text("It is as it was.")


def test_seed_of_64_bits_is_reduced_with_a_note(editor):
    editor.page.get_by_role("button", name="Settings for").click()
    seed = editor.page.locator("#rt-seed")
    seed.fill("12345678901234567890")
    seed.press("Tab")
    expect(seed).to_have_value("3944680146")
    expect(editor.page.locator("#rt-seed-told")).to_contain_text("12345678901234567890 is above 4294967295")
    editor.point(*DISC)
    editor.press("remove")
    editor.offered(2)
    assert editor.bodies("inpaint")[0]["seed"] == 3944680146


def test_seed_of_32_bits_has_no_note(editor):
    editor.page.get_by_role("button", name="Settings for").click()
    editor.page.locator("#rt-seed").fill("7")
    editor.page.locator("#rt-seed").press("Tab")
    expect(editor.page.locator("#rt-seed-told")).to_be_hidden()


def test_distant_objects_become_separate_repaintable_steps(session, server, tmp_path):
    wide = np.random.default_rng(5).integers(0, 256, (500, 900, 3)).astype(np.uint8)
    Image.fromarray(wide).save(tmp_path / "wide.png")
    editor = session()
    editor.open(tmp_path / "wide.png")
    editor["tool-brush"].click()
    editor["brush-size"].fill("14")
    for x, y in ((30, 30), (870, 470)):
        editor["new-object"].click()
        editor.drag((x, y), (x + 2, y))
    expect(editor["object"]).to_have_count(2)
    editor.press("fill")
    editor.offered(2)
    assert len(editor.bodies("inpaint")) == 1
    editor["keep"].click()
    expect(editor["step"]).to_have_count(2)
    expect(editor["step-again"]).to_have_count(2)
    changed = (editor.saved()[0] != wide).any(2)
    assert changed[:250].any()
    assert changed[250:].any()
    assert not changed[100:400].any()


def test_ambiguous_mask_file_opens_a_choice_of_readings(editor, tmp_path):
    levels = np.zeros((200, 300, 2), np.uint8)
    levels[:, :150, 0] = levels[:, 150:, 1] = 255
    levels[:100, :, 1] |= 128
    Image.fromarray(levels, "LA").save(tmp_path / "both.png")
    choose(editor, editor["import-mask"].click, tmp_path / "both.png")
    dialog = editor["choice"]
    expect(dialog).to_contain_text("both.png can be read in several ways", timeout=WAIT_MS)
    assert violations(editor.page) == []
    dialog.get_by_role("button", name="Brightness").click()
    expect(editor["object"]).to_have_count(1, timeout=WAIT_MS)
    expect(editor["notices"]).to_contain_text("both.png: mask read as grey levels; 50.0 % of the picture")
    assert (active_mask(editor)[:, :150] == 255).all()
    assert not active_mask(editor)[:, 150:].any()
    choose(editor, editor["import-mask"].click, tmp_path / "both.png")
    dialog.get_by_role("button", name="Close").click()
    expect(editor["object"]).to_have_count(1)
