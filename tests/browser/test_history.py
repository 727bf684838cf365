"""Kept steps on the page: region by region, painted again, saved with the picture and reopened."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from retouch.api.memory import StateCache
from retouch.engines.base import Job
from retouch.image.codec import decoder, encoder
from retouch.image.picture import Picture
from retouch.pipeline import history_file
from retouch.pipeline.history import History
from retouch.recipes import sharing
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.target import Target
from tests.browser.backend import FACE, Server
from tests.browser.conftest import DISC
from tests.browser.editor import WAIT_MS, Editor
from tests.browser.test_exchange import give
from tests.browser.test_page import violations
from tests.browser.test_recipes import paste

ON_FACES = Target(models=("face",))
TWICE = Recipe("Twice", passes=(Pass(target=ON_FACES, variations=2), Pass(target=ON_FACES)))
"""The second pass is painted upon the first."""


def over_it(job: Job) -> Picture:
    """Paints over what is there, so that what lies under a step can be told from it."""
    return Picture(job.picture.pixels // 2 + np.uint8(job.seed % 100))


def run(editor: Editor, recipe: Recipe = TWICE) -> None:
    editor["recipes"].click()
    editor["recipes-all"].click()
    paste(editor, sharing.share(recipe))
    expect(editor["recipe-name"]).to_have_value(recipe.name)
    editor["recipe-run"].click()
    editor.offered(1)


def keep(editor: Editor, steps: int) -> None:
    editor["keep"].click()
    expect(editor["step"]).to_have_count(steps)


@pytest.fixture
def fixed(editor, server, monkeypatch) -> Editor:
    """The picture with both steps of the recipe kept."""
    monkeypatch.setattr(server.engine, "colour", over_it)
    run(editor)
    keep(editor, 2)
    return editor


def step(editor: Editor, number: int) -> Locator:
    """By its number, as the list shows it: the last is on top."""
    return editor["step"].nth(editor["step"].count() - number)


def switch(editor: Editor, number: int) -> None:
    step(editor, number).get_by_role("checkbox").click()


def with_history(editor: Editor, folder: Path) -> Path:
    """The file that "Picture with history" gives."""
    editor["save-as"].click()
    with editor.page.expect_download() as download:
        editor["save-history"].click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def read(path: Path) -> History:
    return history_file.read(path.read_bytes())[0]


def painted(editor: Editor) -> None:
    expect(editor["progress"]).to_be_hidden(timeout=WAIT_MS)
    editor.settle()


def again(editor: Editor, number: int, choice: str = "") -> None:
    step(editor, number).get_by_test_id("step-again").click()
    if choice:
        step(editor, number).get_by_role("button", name=choice).click()
    painted(editor)


def test_recipe_result_is_kept_as_separate_steps_and_undone_at_once(fixed, pixels):
    whole, text = fixed.saved()
    assert "Retouch" in text
    expect(step(fixed, 1).get_by_label("Name of the step")).to_have_value("Face · pass 1")
    expect(step(fixed, 1).get_by_test_id("upon-it")).to_have_text("Painted upon it: 2")
    expect(step(fixed, 2).get_by_test_id("upon-it")).to_be_empty()
    switch(fixed, 1)
    switch(fixed, 2)
    assert np.array_equal(fixed.saved()[0], pixels)
    assert fixed.saved()[1] == ""
    switch(fixed, 1)
    switch(fixed, 2)
    assert np.array_equal(fixed.saved()[0], whole)
    fixed.undo_all()
    assert np.array_equal(fixed.saved()[0], pixels)


def test_the_picture_and_its_history_are_saved_and_reopened_elsewhere(fixed, session, tmp_path, pixels):
    fixed.point(*DISC)
    fixed.press("remove")
    fixed.offered(1)
    keep(fixed, 3)
    switch(fixed, 2)
    seen, text = fixed.saved()
    path = with_history(fixed, tmp_path)
    assert path.name == "disc.retouch"
    held = read(path)
    assert np.array_equal(held.picture.pixels, pixels)
    assert np.array_equal(held.now().pixels, seen)
    assert [(e.on, e.step is not None, len(e.candidates)) for e in held.entries] == [
        (True, True, 2),
        (False, True, 1),
        (True, True, 2),
    ]
    other = session()
    other.open(path)
    expect(other["step"]).to_have_count(3)
    after, infotext = other.saved()
    assert np.array_equal(after, seen)
    assert infotext == text
    expect(step(other, 3).get_by_test_id("step-again")).to_be_visible()
    for number in (1, 3):
        switch(other, number)
    assert np.array_equal(other.saved()[0], pixels)
    step(other, 3).get_by_test_id("reopen").click()
    expect(other["object"]).to_have_count(1)


def brushed(editor: Editor, intent: str, *spots: tuple[int, int], steps: int) -> None:
    """Paint what a stroke through these covers as an intent says, and keep it."""
    editor["tool-brush"].click()
    editor["brush-size"].fill("30")
    editor.drag(*spots)
    editor.press(intent)
    editor.offered(2)
    keep(editor, steps)


@pytest.fixture
def by_hand(editor, server, monkeypatch, session, tmp_path) -> tuple[Editor, Path]:
    """Something removed and, upon that, something refined; saved, and reopened elsewhere."""
    monkeypatch.setattr(server.engine, "colour", over_it)
    brushed(editor, "remove", (80, 80), (110, 80), steps=1)
    brushed(editor, "refine", (100, 95), (130, 95), steps=2)
    path = with_history(editor, tmp_path)
    server.service.histories = StateCache()  # as after a restart
    other = session()
    other.open(path)
    expect(other["step"]).to_have_count(2)
    return other, path


def test_repainting_a_removal_changes_pixels_only_inside_its_mask(by_hand, tmp_path):
    editor, path = by_hand
    before, shown = read(path), editor.saved()[0]
    expect(step(editor, 1).get_by_test_id("upon-it")).to_have_text("Painted upon it: 2")
    again(editor, 1, "It alone")
    now = read(with_history(editor, tmp_path))
    assert now.entries[0].best.seed != before.entries[0].best.seed
    assert now.entries[1].best.over == before.entries[1].best.over
    moved = (editor.saved()[0] != shown).any(2)
    inside = np.zeros_like(moved)
    inside[now.entries[0].best.box.slices] = now.entries[0].best.mask.alpha > 0
    assert moved.any()
    assert not moved[~inside].any()
    step(editor, 1).get_by_test_id("reopen").click()
    expect(editor["object"]).to_have_count(1)


def test_repainting_a_step_can_include_later_steps_on_top_of_it(by_hand, tmp_path):
    editor, path = by_hand
    before = read(path)
    again(editor, 1, "It, then 2")
    now = read(with_history(editor, tmp_path))
    seeds, others = (sorted(made.seed for made in past.entries[1].candidates) for past in (now, before))
    assert seeds == others
    assert now.entries[1].best.over != before.entries[1].best.over
    assert np.array_equal(editor.saved()[0], now.now().pixels)


def test_objects_with_own_prompts_become_steps_with_all_variations(editor, tmp_path):
    editor["tool-brush"].click()
    for spot, words in (((80, 80), "a cat"), ((200, 150), "a dog")):
        editor["new-object"].click()
        editor.drag(spot, (spot[0] + 20, spot[1]))
        editor.page.locator("li[aria-current=true]").get_by_label("Prompt of this object").fill(words)
    editor.press("replace")
    editor.offered(2)
    editor["next"].click()
    keep(editor, 2)
    held = read(with_history(editor, tmp_path))
    assert [(e.step and e.step.prompt, e.chosen, len(e.candidates)) for e in held.entries] == [
        ("a cat", 1, 2),
        ("a dog", 1, 2),
    ]
    assert np.array_equal(held.now().pixels, editor.saved()[0])


def test_step_painted_over_a_sketch_cannot_be_repainted(editor, tmp_path):
    editor["tool-sketch"].click()
    editor.drag((80, 80), (110, 80))
    editor.press("fill")
    editor.offered(2)
    keep(editor, 1)
    expect(step(editor, 1)).to_contain_text("Cannot be painted again")
    expect(step(editor, 1).get_by_test_id("step-again")).to_be_hidden()
    assert [e.step for e in read(with_history(editor, tmp_path)).entries] == [None]


def test_dropped_server_history_opens_and_its_steps_can_be_toggled(session, server: Server, pixels):
    image = encoder.encode_base64(Picture(pixels))
    body = {"image": image, "recipe": {"passes": [{"target": {"models": ["face"]}}] * 2}, "seed": 5}
    made = server.service.answer("fix", {**body, "return_history": True})
    said = server.service.answer("history", {"history": made["history"], "return_file": True})
    editor = session()
    give(editor, "drop", "dragenter", "dragover", "drop", content=base64.b64decode(said["file"]))
    expect(editor["step"]).to_have_count(2, timeout=WAIT_MS)
    for numbers in ([], [1], [1, 2], [2]):
        expected = server.service.answer("history", {"history": made["history"], "revert": numbers})["image"]
        for number in (1, 2):
            step(editor, number).get_by_role("checkbox").set_checked(number not in numbers)
        assert np.array_equal(editor.saved()[0], decoder.decode_base64(expected).pixels)


def test_step_is_repainted_alone_or_with_the_steps_on_top(fixed, server, tmp_path):
    before = read(with_history(fixed, tmp_path))
    again(fixed, 1, "It alone")
    alone = read(with_history(fixed, tmp_path))
    assert alone.entries[0].best.seed != before.entries[0].best.seed
    assert alone.entries[1].best.over == before.entries[1].best.over
    fixed["undo"].click()
    again(fixed, 1, "It, then 2")
    both = read(with_history(fixed, tmp_path))
    assert both.entries[0].best.seed == alone.entries[0].best.seed
    assert both.entries[1].best.seed == before.entries[1].best.seed
    assert both.entries[1].best.over != before.entries[1].best.over
    fixed["undo"].click()
    assert np.array_equal(fixed.saved()[0], before.now().pixels)


def test_step_on_top_of_a_disabled_step_is_repainted_without_it(fixed, server, tmp_path):
    server.service.histories = StateCache()  # as after a restart: the page needs nothing of what was
    switch(fixed, 1)
    kept = read(with_history(fixed, tmp_path))
    again(fixed, 1, "Only 2")
    now = read(with_history(fixed, tmp_path))
    assert not now.entries[0].on
    assert now.entries[1].best.over != kept.entries[1].best.over
    assert now.entries[1].best.seed == kept.entries[1].best.seed


def test_repaint_of_the_last_step_changes_only_its_seed(fixed, tmp_path):
    seeds = [e.best.seed for e in read(with_history(fixed, tmp_path)).entries]
    again(fixed, 2)
    now = [e.best.seed for e in read(with_history(fixed, tmp_path)).entries]
    assert now[0] == seeds[0]
    assert now[1] != seeds[1]


def test_choosing_another_variation_of_a_kept_step_is_saved(fixed, tmp_path):
    level = step(fixed, 1).get_by_test_id("step-variation")
    first = read(with_history(fixed, tmp_path)).entries[0]
    level.click()
    expect(level).to_have_text(f"{2 - first.chosen}/2")
    now = read(with_history(fixed, tmp_path))
    assert now.entries[0].chosen == 1 - first.chosen
    assert np.array_equal(now.now().pixels, fixed.saved()[0])
    expect(step(fixed, 2).get_by_test_id("step-variation")).to_be_hidden()


def test_result_without_a_history_on_the_server_is_kept_as_one_step(editor, tmp_path):
    gone = {"error": "Missing", "path": "history", "what": "no history is kept.", "hint": ""}
    editor.page.route("**/history", lambda route: route.fulfill(status=404, json=gone))
    run(editor)
    keep(editor, 1)
    assert [e.step for e in read(with_history(editor, tmp_path)).entries] == [None]


def test_history_survives_a_reload(fixed, tmp_path):
    before = with_history(fixed, tmp_path).read_bytes()
    fixed.page.wait_for_timeout(1200)
    fixed.page.reload()
    expect(fixed["step"]).to_have_count(2, timeout=WAIT_MS)
    assert with_history(fixed, tmp_path).read_bytes() == before


def test_damaged_history_is_refused_and_the_open_picture_stays(editor, tmp_path, pixels):
    path = tmp_path / "broken.retouch"
    path.write_bytes(b"PK\x03\x04 and nothing more that makes sense")
    with editor.page.expect_file_chooser() as chooser:
        editor["open"].click()
    chooser.value.set_files(path)
    expect(editor["notices"]).to_contain_text("broken.retouch is damaged, or no history")
    assert np.array_equal(editor.saved()[0], pixels)


def test_history_panel_has_no_accessibility_violations(fixed):
    step(fixed, 1).get_by_test_id("step-again").click()
    expect(step(fixed, 1).get_by_role("button", name="It alone")).to_be_visible()
    assert violations(fixed.page) == []
    fixed["save-as"].click()
    assert violations(fixed.page) == []


def test_objects_with_own_prompts_are_sent_as_people_of_a_recipe(editor):
    left, top, right, _ = FACE
    editor["tool-brush"].click()
    editor["brush-size"].fill("30")
    editor.drag((left + 20, top + 40), (left + 40, top + 40))
    editor.page.get_by_label("Prompt of this object").fill("red hair")
    editor["recipes"].click()
    editor["recipes-all"].click()
    paste(editor, sharing.share(TWICE))
    expect(editor["recipe-people"]).to_contain_text('"red hair"')
    editor["recipe-run"].click()
    editor.offered(1)
    (body,) = editor.bodies("fix")
    ((person),) = body["people"]
    x, y = person["at"]
    assert person["prompt"] == "red hair"
    assert left < x * 300 < right
    assert abs(y * 200 - (top + 40)) < 16


def test_prompt_of_an_object_is_painted_in_every_pass(editor, server):
    editor["tool-brush"].click()
    editor.drag((70, 80), (90, 80))
    editor.page.get_by_label("Prompt of this object").fill("red hair")
    run(editor)
    assert [job.prompt for call in server.engine.calls for job in call] == ["red hair"] * 3
