"""Recipes on the page: run, taken in by paste, file and picture, kept, handed on, deleted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from playwright.sync_api import expect

from retouch.engines.base import Job
from retouch.image.picture import Picture
from retouch.pipeline import report_infotext
from retouch.recipes import infotext, library, sharing
from retouch.recipes.recipe import Pass, Recipe
from retouch.recipes.target import Target
from tests.browser.backend import FACE
from tests.browser.editor import Editor

POLISH = library.recipe("Face polish")
MINE = Recipe("Soft glow", "For evenings.", (Pass(target=Target(models=("face",)), denoising_strength=0.3),))


@pytest.fixture
def studio(session, portrait, own_recipes):
    """The dialog of recipes over a portrait."""
    one = session()
    one.open(portrait)
    opened(one)
    return one


def gently(job: Job) -> Picture:
    """What a gate lets stay: every pixel a little different, none much."""
    return Picture(job.picture.pixels ^ 4)


def opened(editor: Editor) -> None:
    editor["recipes"].click()
    editor["recipes-all"].click()
    expect(editor["recipe-entry"].filter(has_text="Face polish")).to_be_visible()


def paste(editor: Editor, text: str) -> None:
    editor["recipe-paste"].fill(text)
    editor["recipe-read"].click()


def saved(editor: Editor, recipe: Recipe = MINE) -> None:
    paste(editor, sharing.share(recipe))
    expect(editor["recipe-name"]).to_have_value(recipe.name)
    editor["recipe-save"].click()
    expect(editor["recipe-said"]).to_contain_text("Saved")


@pytest.mark.parametrize("recipe", [MINE, POLISH], ids=["a name of its own", "a built-in's name"])
def test_a_recipe_pasted_before_the_list_arrives_stays_chosen(session, portrait, recipe):
    editor = session()
    editor.open(portrait)
    changed = replace(recipe, description="Pasted.")
    editor["recipes"].click()
    expect(editor["recipes-all"]).to_be_visible()
    with editor.held("**/recipes"):
        editor["recipes-all"].click()
        paste(editor, sharing.share(changed))
        expect(editor["recipe-detail"]).to_contain_text("Pasted.")
    expect(editor["recipe-entry"].filter(has_text="Full refine")).to_be_visible()
    expect(editor["recipe-detail"]).to_contain_text("Pasted.")
    expect(editor.page.locator("[role=option][aria-selected=true]")).to_have_text(recipe.name)


def test_pasted_recipe_runs_on_a_portrait_is_kept_and_undone(studio, portrait, server, monkeypatch):
    monkeypatch.setattr(server.engine, "colour", gently)
    before = np.asarray(Image.open(portrait))
    paste(studio, sharing.share(POLISH))
    expect(studio["recipe-detail"]).to_contain_text(POLISH.description)
    studio["recipe-run"].click()
    studio.offered(1)
    (body,) = studio.bodies("fix")
    assert body["recipe"]["passes"][0]["gate"] == {"mode": "on"}
    assert "mask" not in body
    assert server.engine.calls
    assert np.array_equal(studio.saved()[0], before)
    painted = studio.screen()
    studio.page.keyboard.down("c")
    assert (studio.screen() != painted).any()
    studio.page.keyboard.up("c")
    studio["keep"].click()
    expect(studio["step"]).to_have_count(1)
    after, text = studio.saved()
    changed = (after != before).any(2)
    assert changed[FACE.slices].mean() > 0.9
    assert sharing.read_text(text).recipe.passes == POLISH.passes
    studio.undo_all()
    assert np.array_equal(studio.saved()[0], before)


def test_result_reverted_by_the_gate_is_reported(studio):
    paste(studio, sharing.share(POLISH))
    studio["recipe-run"].click()
    expect(studio["notices"]).to_contain_text("Nothing was changed: ")
    expect(studio["notices"]).to_contain_text("allowed")


def test_saved_recipe_survives_a_reload_until_deleted(studio, server):
    saved(studio)
    studio.page.reload()
    expect(studio["intent-remove"]).to_be_visible()
    opened(studio)
    mine = studio["recipe-entry"].filter(has_text="Soft glow")
    mine.click()
    expect(studio["recipe-detail"]).to_contain_text("For evenings.")
    assert library.recipe("Soft glow", server.backend.own_recipes) == MINE
    studio["recipe-delete"].click()
    assert library.recipe("Soft glow", server.backend.own_recipes)
    studio["recipe-delete-sure"].click()
    expect(mine).to_have_count(0)
    assert "Soft glow" not in library.recipes(server.backend.own_recipes)


def test_used_recipe_name_is_reported_and_can_be_replaced(studio, server):
    saved(studio)
    changed = Recipe("Soft glow", "Another.", MINE.passes)
    paste(studio, sharing.share(changed))
    expect(studio["recipe-detail"]).to_contain_text("Another.")
    studio["recipe-save"].click()
    expect(studio["recipe-said"]).to_contain_text("already")
    assert library.recipe("Soft glow", server.backend.own_recipes) == MINE
    studio["recipe-replace"].click()
    expect(studio["recipe-said"]).to_contain_text("Saved")
    assert library.recipe("Soft glow", server.backend.own_recipes) == changed


def test_built_in_recipe_cannot_be_deleted_but_replaced_by_an_own_one(studio, server):
    studio["recipe-entry"].filter(has_text="Crowd").click()
    expect(studio["recipe-delete"]).to_have_count(0)
    studio["recipe-save"].click()
    expect(studio["recipe-said"]).to_contain_text("built in")
    studio["recipe-replace"].click()
    expect(studio["recipe-said"]).to_contain_text("Saved")
    studio["recipe-delete"].click()
    studio["recipe-delete-sure"].click()
    expect(studio["recipe-said"]).to_contain_text("built-in one is used again")


def test_invalid_pasted_recipe_is_reported_and_its_text_stays(studio):
    paste(studio, '{"passes": [{"denoising_strenght": 1}]}')
    expect(studio["recipe-said"]).to_contain_text("passes[0].denoising_strenght")
    expect(studio["recipe-said"]).to_contain_text("denoising_strength")
    expect(studio["recipe-paste"]).to_have_value('{"passes": [{"denoising_strenght": 1}]}')


def test_a_contradiction_is_shown_before_anything_runs(studio):
    paste(studio, '{"name": "Odd", "passes": [{"target": {"what": "mask", "models": ["face"]}}]}')
    expect(studio["recipe-detail"]).to_contain_text("'Detectors' is not used")


def test_recipe_is_read_from_a_json_file_or_an_infotext(studio, tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(
        json.dumps({"name": "From a file", "schema": 1, "passes": [{"target": {"models": ["face"]}}]})
    )
    picture, chunks = tmp_path / "made.png", PngImagePlugin.PngInfo()
    chunks.add_text(
        "parameters", infotext.write_infotext("a cat", "", {"Steps": 20, **report_infotext.params(MINE)})
    )
    Image.new("RGB", (8, 8)).save(picture, pnginfo=chunks)
    for path, name, remark in ((file, "From a file", "schema 1"), (picture, "Soft glow", "")):
        with studio.page.expect_file_chooser() as chooser:
            studio["recipe-file"].click()
        chooser.value.set_files(path)
        expect(studio["recipe-name"]).to_have_value(name)
        expect(studio["recipe-detail"]).to_contain_text(remark)


def test_the_pictures_own_recipe_is_saved(studio, server):
    studio["recipe-entry"].filter(has_text="Face of the tests").click()
    studio["recipe-run"].click()
    studio.offered(1)
    studio["keep"].click()
    opened(studio)
    studio["recipe-of-picture"].click()
    expect(studio["recipe-name"]).to_have_value("Face of the tests")
    studio["recipe-name"].fill("As on the portrait")
    studio["recipe-name"].press("Enter")
    expect(studio["recipe-said"]).to_contain_text("Saved")
    kept = library.recipe("As on the portrait", server.backend.own_recipes)
    assert kept.passes == (Pass(target=Target(models=("face",))),)


def test_a_recipe_is_exported_and_its_share_string_is_given(studio):
    studio["recipe-entry"].filter(has_text="Hand rescue").click()
    with studio.page.expect_download() as download:
        studio["recipe-export"].click()
    assert download.value.suggested_filename == "hand-rescue.json"
    text = Path(download.value.path()).read_text("utf-8")
    assert sharing.read_text(text).recipe == library.recipe("Hand rescue")
    studio.page.evaluate(
        "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }"
    )
    studio["recipe-share"].click()
    expect(studio["recipe-said"]).to_contain_text("copied")
    assert sharing.read_text(studio.page.evaluate("window.copied")).recipe == library.recipe("Hand rescue")


def test_recipe_with_a_mask_target_gets_the_active_mask(studio, server):
    studio.page.keyboard.press("Escape")
    studio["tool-brush"].click()
    studio["brush-size"].fill("40")
    studio.drag((150, 150), (200, 150))
    opened(studio)
    studio["recipe-entry"].filter(has_text="Remove object").click()
    studio["recipe-run"].click()
    studio.offered(1)
    (body,) = studio.bodies("fix")
    left, top, right, bottom = body["box"]
    assert np.allclose((left, top, right, bottom), (130, 130, 220, 170), atol=3)
    assert all(
        report["label"] == "mask"
        for report in server.service.answer("plan", {"verb": "fix", **body})["steps"]
    )


def test_recipe_uses_its_own_prompt_and_not_that_of_the_next_intent(session, portrait, server):
    editor = session()
    editor.open(portrait)
    editor["prompt"].fill("sandy beach")
    opened(editor)
    editor["recipe-entry"].filter(has_text="Face polish").click()
    assert "No prompt" in (editor["recipe-prompt"].get_attribute("placeholder") or "")
    editor["recipe-prompt"].fill("a smiling woman")
    with editor.page.expect_response("**/fix"):
        editor["recipe-run"].click()
    expect(editor["progress"]).to_be_hidden()
    (body,) = editor.bodies("fix")
    assert body["prompt"] == "a smiling woman"
    editor["recipes"].click()
    expect(editor["recipe"].first).to_contain_text('"a smiling woman"')


def test_prompts_of_a_picture_do_not_follow_into_the_next(session, portrait, picture):
    editor = session()
    editor.open(portrait)
    editor["prompt"].fill("sandy beach")
    editor.open(picture)
    expect(editor["prompt"]).to_have_value("")
