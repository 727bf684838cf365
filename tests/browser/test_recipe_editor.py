"""Recipes written on the page: pass by pass, told what is wrong where, saved, run, and never lost."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from retouch.detectors.registry import ModelInfo
from retouch.recipes import library
from retouch.recipes.recipe import Gate, Pass, Recipe
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target
from tests.browser.backend import Registry
from tests.browser.editor import Editor

REFINE = library.recipe("Full refine")
DETECTORS = (
    ModelInfo("face", "role", True),
    ModelInfo("hand", "role", True),
    ModelInfo("far.pt", "yolo", False),
)


@pytest.fixture
def studio(session, portrait, own_recipes, monkeypatch) -> Editor:
    """The dialog of recipes over a portrait, where detectors are listed."""
    monkeypatch.setattr(Registry, "available", lambda self: DETECTORS)
    one = session()
    one.open(portrait)
    opened(one)
    return one


def opened(editor: Editor) -> None:
    editor["recipes"].click()
    editor["recipes-all"].click()
    expect(editor["recipe-entry"].filter(has_text="Face polish")).to_be_visible()


def edit(editor: Editor, name: str) -> None:
    editor["recipe-entry"].filter(has_text=name).click()
    editor["recipe-edit"].click()
    expect(editor["pass"].first).to_be_visible()


def knob(editor: Editor, label: str) -> Locator:
    return editor["recipe-editor"].get_by_label(label, exact=True)


def fault(editor: Editor, label: str) -> Locator:
    """What is said below the field of a knob."""
    return editor.page.locator(f"#{knob(editor, label).get_attribute('id')}-fault")


def passes(editor: Editor, *looks: str) -> None:
    expect(editor["pass"].locator("b")).to_have_text(list(looks))


def axe(editor: Editor) -> list[str]:
    found = Axe().run(editor.page).response["violations"]
    return [f"{v['id']}: {[node['html'][:120] for node in v['nodes']]}" for v in found]


def test_recipe_of_two_passes_is_created_saved_and_run(studio, own_recipes, server):
    studio["recipe-new"].click()
    studio["edit-name"].fill("Mine in two")
    studio["edit-description"].fill("Written here.")
    studio["add-detector"].select_option("face")
    studio["add-detector"].select_option("hand")
    expect(knob(studio, "Detectors")).to_have_value("face, hand")
    knob(studio, "Denoising strength").fill("0.55")
    knob(studio, "Prompt").fill("sharp, [PROMPT]")
    studio["pass-add"].click()
    passes(studio, "face, hand", "nothing yet")
    expect(knob(studio, "Prompt")).to_have_value("")
    knob(studio, "Target").select_option("tiles")
    expect(knob(studio, "Detectors")).to_have_count(0)
    knob(studio, "Tile size").fill("768")
    knob(studio, "Only masked padding").fill("48")
    knob(studio, "Variations").fill("3")
    knob(studio, "Gate").select_option("on")
    studio.page.get_by_role("button", name="Sampling").click()
    knob(studio, "Steps").fill("12")
    studio["edit-save"].click()
    expect(studio["recipe-said"]).to_have_text('Saved as "Mine in two".')
    expect(studio["recipe-editor"]).to_have_count(0)
    first = Pass(target=Target(models=("face", "hand")), denoising_strength=0.55, prompt="sharp, [PROMPT]")
    second = Pass(
        target=Target(what="tiles", tile=768),
        shape=Shape(padding=48),
        variations=3,
        gate=Gate("on"),
        steps=12,
    )
    expected = Recipe("Mine in two", "Written here.", (first, second))
    assert library.recipe("Mine in two", own_recipes) == expected
    studio["recipe-run"].click()
    studio.offered(1)
    (body,) = studio.bodies("fix")
    assert body["recipe"]["passes"][1]["target"] == {"what": "tiles", "tile": 768}
    assert server.engine.calls


def test_invalid_value_is_reported_at_its_knob_and_on_its_pass(studio):
    edit(studio, "Full refine")
    studio.page.get_by_role("button", name="Detection").click()
    knob(studio, "Mask min area ratio").fill("0.5")
    knob(studio, "Mask max area ratio").fill("0.25")
    knob(studio, "Mask max area ratio").press("Tab")
    expect(fault(studio, "Mask min area ratio")).to_contain_text("0.5 is above max_area 0.25")
    expect(knob(studio, "Mask min area ratio")).to_have_attribute("aria-invalid", "true")
    assert axe(studio) == []
    studio["pass"].nth(2).click()
    expect(knob(studio, "Mask min area ratio")).to_have_attribute("aria-invalid", "false")
    expect(studio["pass"].nth(0).get_by_role("img")).to_have_accessible_name("0.5 is above max_area 0.25.")
    studio.page.get_by_role("button", name="Detection").click()
    studio["edit-save"].click()
    expect(knob(studio, "Mask min area ratio")).to_be_focused()
    expect(studio["pass"].nth(0)).to_have_attribute("aria-current", "true")
    knob(studio, "Mask min area ratio").fill("0.1")
    studio["edit-save"].click()
    expect(studio["recipe-said"]).to_contain_text("Saved")


def test_invalid_number_in_points_is_reported_at_its_knob(studio):
    studio["recipe-new"].click()
    knob(studio, "Target").select_option("points")
    knob(studio, "Points").fill("0.5, left")
    knob(studio, "Points").press("Tab")
    expect(fault(studio, "Points")).to_contain_text("'left' is not a finite number")
    knob(studio, "Points").fill("0.5, 0.25")
    knob(studio, "Points").press("Tab")
    expect(fault(studio, "Points")).to_be_hidden()


def test_passes_move_by_mouse_and_keys_and_references_follow(studio, own_recipes):
    edit(studio, "Full refine")
    passes(studio, "person", "face", "eyes, within pass 2", "seam")
    studio["pass"].nth(1).click()
    studio["pass-up"].click()
    passes(studio, "face", "person", "eyes, within pass 1", "seam")
    expect(studio["pass"].nth(0)).to_be_focused()  # the button is of no more use
    studio.page.keyboard.press("ArrowDown")
    studio.page.keyboard.press("ArrowDown")
    studio.page.keyboard.press("Alt+ArrowDown")
    passes(studio, "face", "person", "seam", "eyes, within pass 1")
    expect(studio["pass"].nth(3)).to_be_focused()
    for _ in range(3):
        studio.page.keyboard.press("Alt+ArrowUp")
    expect(fault(studio, "Of pass")).to_contain_text("2 does not come before")
    studio["pass-down"].click()
    expect(fault(studio, "Of pass")).to_be_hidden()
    studio["edit-name"].fill("Turned")
    studio["edit-save"].click()
    expect(studio["recipe-said"]).to_contain_text("Saved")
    person, face, eyes, seam = REFINE.passes
    kept = library.recipe("Turned", own_recipes).passes
    assert [one.target.models for one in kept] == [("face",), ("eyes",), ("person",), ()]
    assert (kept[0], kept[2], kept[3]) == (face, person, seam)
    assert (kept[1].target.of_pass, kept[1].gate) == (1, eyes.gate)


def test_a_pass_is_duplicated_removed_and_brought_back(studio):
    edit(studio, "Full refine")
    studio["pass"].nth(1).click()
    studio["pass-duplicate"].click()
    passes(studio, "person", "face", "face", "eyes, within pass 2", "seam")
    studio["pass"].nth(1).click()
    studio["pass-remove"].click()
    passes(studio, "person", "face", "eyes", "seam")
    expect(studio["edit-said"]).to_contain_text(
        "Pass 2 is removed. What looked in it now looks everywhere: pass 3."
    )
    studio["edit-undo"].click()
    passes(studio, "person", "face", "face", "eyes, within pass 2", "seam")
    for _ in range(5):
        studio["pass-remove"].click()
    expect(studio["recipe-editor"]).to_contain_text("No pass yet")
    studio["pass-add"].click()
    passes(studio, "nothing yet")


def test_built_in_recipe_is_copied_and_used_names_are_refused(studio, own_recipes):
    edit(studio, "Crowd")
    expect(studio["edit-name"]).to_have_value("Crowd copy")
    studio["edit-name"].fill("crowd")
    studio["edit-save"].click()
    expect(studio["recipe-editor"]).to_contain_text(
        "'Crowd' is built in and cannot be changed. Take another name."
    )
    expect(studio["edit-name"]).to_be_focused()
    studio["edit-name"].fill("Face of the tests")
    studio["edit-save"].click()
    expect(studio["recipe-editor"]).to_contain_text("you have a recipe called 'Face of the tests' already.")
    assert len(list(own_recipes.iterdir())) == 1
    assert library.recipe("Face of the tests", own_recipes).passes == (Pass(target=Target(models=("face",))),)
    assert library.recipe("Crowd", own_recipes) == library.recipe("Crowd")


def test_own_recipe_is_saved_over_itself(studio, own_recipes):
    edit(studio, "Face of the tests")
    knob(studio, "Denoising strength").fill("0.7")
    studio["edit-save"].click()
    expect(studio["recipe-said"]).to_contain_text("Saved")
    assert len(list(own_recipes.iterdir())) == 1
    (one,) = library.recipe("Face of the tests", own_recipes).passes
    assert one == Pass(target=Target(models=("face",)), denoising_strength=0.7)


def test_value_restored_to_its_default_is_no_unsaved_change(studio):
    edit(studio, "Crowd")
    knob(studio, "Denoising strength").fill("0.9")
    knob(studio, "Variations").fill("4")
    knob(studio, "Variations").press("Tab")
    expect(studio["pass"].first).to_contain_text("0.9 · 4 variations")
    studio.page.get_by_label("Variations: back to the default").click()
    expect(knob(studio, "Variations")).to_have_value("1")
    knob(studio, "Denoising strength").fill("0.35")
    knob(studio, "Denoising strength").press("Tab")
    studio.page.keyboard.press("Escape")
    expect(studio["recipe-editor"]).to_have_count(0)


def test_unsaved_recipe_is_asked_about_and_survives_a_reload(studio):
    edit(studio, "Crowd")
    knob(studio, "Denoising strength").fill("0.9")  # and not left: what is typed counts
    for _ in range(3):
        studio.page.keyboard.press("Escape")
    expect(studio["edit-said"]).to_contain_text("not saved")
    expect(studio["edit-on"]).to_be_focused()
    studio["edit-on"].click()
    expect(studio["edit-said"]).to_be_empty()
    knob(studio, "Prompt").fill("a choir")
    studio.page.keyboard.press("Escape")
    studio["edit-later"].click()
    expect(studio["recipe-editor"]).to_have_count(0)
    studio.page.reload()
    expect(studio["intent-remove"]).to_be_visible()
    opened(studio)
    edit(studio, "Crowd copy")
    expect(knob(studio, "Prompt")).to_have_value("a choir")
    expect(knob(studio, "Denoising strength")).to_have_value("0.9")
    studio.page.keyboard.press("Escape")
    studio["edit-drop"].click()
    expect(studio["recipe-editor"]).to_have_count(0)
    expect(studio["recipe-entry"].filter(has_text="Crowd copy")).to_have_count(0)


def test_unsaved_recipe_can_be_run(studio, own_recipes, server):
    edit(studio, "Face of the tests")
    knob(studio, "Denoising strength").fill("0.85")
    studio["edit-run"].click()
    studio.offered(1)
    (painted,) = server.engine.calls
    assert painted[0].settings.denoising_strength == 0.85
    assert library.recipe("Face of the tests", own_recipes).passes[0].denoising_strength == 0.4
    expect(studio["notices"]).to_contain_text("Not saved")
    opened(studio)
    studio["recipe-entry"].filter(has_text="Face of the tests").first.click()
    expect(studio["recipe-detail"]).to_contain_text("denoising strength 0.85")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_recipe_editor_has_no_accessibility_violations(session, portrait, scheme):
    editor = session(color_scheme=scheme)
    editor.open(portrait)
    opened(editor)
    edit(editor, "Full refine")
    for group in editor.page.locator(".rt-edit-knobs .rt-fold").all():
        group.click()
    expect(knob(editor, "Sampling method")).to_be_visible()
    knob(editor, "Prompt").fill("x")
    editor.page.keyboard.press("Escape")
    expect(editor["edit-on"]).to_be_visible()
    assert axe(editor) == []


def test_copy_of_a_built_in_recipe_keeps_description_and_passes(studio, own_recipes):
    edit(studio, "Hand rescue")
    studio["edit-save"].click()
    expect(studio["recipe-said"]).to_contain_text("Saved")
    rescue = library.recipe("Hand rescue")
    kept = library.recipe("Hand rescue copy", own_recipes)
    assert (kept.description, kept.passes) == (rescue.description, rescue.passes)
