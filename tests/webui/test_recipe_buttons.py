"""The buttons beside the accordion's recipe, pressed as gradio would: by what is wired to what."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from modules import shared

from retouch.knobs import dump
from retouch.pipeline import report_infotext
from retouch.recipes import infotext, library, sharing
from retouch.recipes.library import UNNAMED, RecipeLibrary
from retouch.recipes.people import Person
from retouch.recipes.recipe import Gate, Pass, Recipe
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target
from retouch.webui.panel import panel, recipe_buttons
from retouch.webui.panel.panel import request_from
from tests.webui.driver import WebUI

MINE = Recipe(
    "Mine, <b>all</b>",
    passes=(
        Pass(
            target=Target(models=("hand",), classes=("left",), tilted=True, index=(2, 3)),
            shape=Shape(grow=-4, padding=64, area="only masked"),
            gate=Gate("on", confidence_drop=0.1, drift=12),
            prompt="five fingers",
            denoising_strength=0.65,
            variations=6,
            steps=33,
            seed=7,
            if_missing="skip",
        ),
        Pass(enabled=False, target=Target(models=("face",))),
        Pass(target=Target(what="regions of a pass", of_pass=1), masked_content="fill", vae="soft.pt"),
    ),
)


@dataclass
class Page:
    """One page's accordion in a browser: what its components hold, and what a press does to them."""

    webui: WebUI
    is_img2img: bool = False

    def __post_init__(self) -> None:
        blocks = self.webui.page.blocks.values()
        self.prefix = self.webui.script(self.is_img2img).elem_id("")
        self.mine = {c.elem_id: c for c in blocks if str(c.elem_id or "").startswith(self.prefix)}
        self.now: dict[int, Any] = {c._id: getattr(c, "value", None) for c in blocks}
        self.choices: list[str] = []
        self.visible: dict[int, bool] = {}

    def component(self, name: str) -> Any:
        return self.mine[self.prefix + name]

    def __getitem__(self, name: str) -> Any:
        return self.now[self.component(name)._id]

    def __setitem__(self, name: str, value: Any) -> None:
        self.now[self.component(name)._id] = value

    def press(self, name: str, how: str = "click") -> None:
        """Everything wired to it, the steps that follow by themselves left out."""
        page, mine = self.webui.page, self.component(name)._id
        heard = [(mine in said["targets"], said["trigger"]) for said in page.dependencies]
        wired = [index for index, said in enumerate(heard) if said == (True, how)]
        assert wired, f"nothing hears {how} of {name}"
        for index in wired:
            said = page.dependencies[index]
            self._take(said["outputs"], page.fns[index].fn(*(self.now[i] for i in said["inputs"])))

    def _take(self, outputs: list[int], results: Any) -> None:
        results = results if len(outputs) > 1 else [results]
        for output, result in zip(outputs, results, strict=True):
            if not isinstance(result, dict):
                self.now[output] = result
                continue
            self.now[output] = result.get("value", self.now[output])
            self.visible[output] = result.get("visible", True)
            self.choices = result.get("choices", self.choices)

    def choose(self, name: str) -> None:
        self["recipe"] = name
        self.press("recipe", "input")

    @property
    def request(self) -> Recipe:
        controls = self.webui.script(self.is_img2img).controls
        values = [self.now[c._id] for c in controls]
        asked = request_from([True, *values[1:]])
        assert asked
        return asked.recipe

    @property
    def said(self) -> str:
        return self["recipe_said"]

    def take_in(self, text: str) -> None:
        self["recipe_pasted"] = text
        self.press("recipe_read_button")

    def save(self, name: str, replace: bool = False) -> None:
        self["recipe_name"], self["recipe_replace"] = name, replace
        self.press("recipe_save_button")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (recipe_buttons, panel):
        monkeypatch.setattr(module, "own_recipes", lambda: tmp_path / "recipes")
    return tmp_path / "recipes"


@pytest.fixture(params=[False, True], ids=["txt2img", "img2img"])
def page(webui: WebUI, folder: Path, request: pytest.FixtureRequest) -> Page:
    return Page(webui, request.param)


@pytest.mark.parametrize("name", sorted(library.recipes()))
def test_choosing_a_recipe_fills_the_tabs(webui, folder, name):
    page, chosen = Page(webui), library.recipes()[name]
    page.choose(name)
    assert page.request == Recipe(name, passes=chosen.passes)
    assert chosen.description.split("'")[0] in page.said


def test_choosing_custom_keeps_the_tabs(page):
    before = page.request.passes
    page.choose(UNNAMED)
    assert page.request == Recipe(UNNAMED, passes=before)


def test_saved_recipe_equals_the_accordion_and_can_be_chosen(page, folder):
    page.take_in(json.dumps(dump(MINE)))
    assert page.request == Recipe(UNNAMED, passes=MINE.passes)
    assert page["recipe_name"] == MINE.name
    page.save(MINE.name)
    assert page["recipe"] == MINE.name
    assert page.request == MINE
    page.choose("Crowd")
    assert page.request.passes != MINE.passes
    page.choose(MINE.name)
    assert page.request == MINE
    assert library.recipe(MINE.name, folder) == MINE


def test_changed_tab_values_are_saved(page, folder):
    page.choose("Face polish")
    page["denoising_strength_1"], page["variations_1"] = 0.55, 4
    page.save("My faces")
    (kept,) = library.recipe("My faces", folder).passes
    assert (kept.denoising_strength, kept.variations, kept.gate.mode) == (0.55, 4, "on")
    page["denoising_strength_1"] = 0.6
    assert page.request.name == UNNAMED


def test_used_recipe_name_is_refused_unless_replaced(page, folder):
    page.save("Mine")
    page["denoising_strength_1"] = 0.6
    page.save("mine")
    assert "retouch-error" in page.said
    assert "already" in page.said
    assert library.recipe("Mine", folder).passes[0].denoising_strength == 0.4
    page.save("Mine", replace=True)
    assert library.recipe("Mine", folder).passes[0].denoising_strength == 0.6


def test_replacing_a_recipe_keeps_its_description(page, folder):
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps({**dump(MINE), "name": "A", "description": "When it rains."}))
    page.choose("A")
    page["denoising_strength_1"] = 0.5
    page.save("A", replace=True)
    assert library.recipe("A", folder).description == "When it rains."


def test_recipe_saved_in_one_tab_is_listed_in_the_other(webui, folder):
    one, other = Page(webui), Page(webui, True)
    one.save("Fresh")
    assert "Fresh" in one.choices
    other.press("recipe_refresh_button")
    assert "Fresh" in other.choices
    assert other["recipe"] == "Face polish"
    other.choose("Fresh")
    assert other.request == one.request


def test_save_and_removal_trigger_every_refresh_button(webui):
    """By the page itself: one accordion cannot name the other's widgets."""
    pressing = [said for said in webui.page.dependencies if recipe_buttons.REFRESH in str(said["js"])]
    after = {target for said in pressing if said["trigger"] == "then" for target in said["targets"]}
    for is_img2img in (False, True):
        page = Page(webui, is_img2img)
        buttons = [page.component(f"recipe_{name}_button") for name in ("save", "sure")]
        assert {button._id for button in buttons} <= after
        assert recipe_buttons.REFRESH in page.component("recipe_refresh_button").elem_classes


def test_pasted_share_string_or_infotext_fills_the_tabs(page):
    text = infotext.write_infotext("a cat", "", {"Steps": 20, **report_infotext.params(MINE)})
    for pasted in (sharing.share(MINE), text):
        page.choose("Crowd")
        page.take_in(pasted)
        assert page.request.passes == MINE.passes


def test_pasted_built_in_recipe_is_selected_by_its_name(page):
    page.take_in(sharing.share(library.recipe("Hand rescue")))
    assert page["recipe"] == "Hand rescue"
    assert page.request.name == "Hand rescue"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no recipe in this text"),
        ('{"passes": [{"stps": 3}]}', "passes[0].stps: unknown field &#x27;stps&#x27;. Did you mean"),
        ('{"name": "<script>", "schema": 9}', "newer"),
    ],
)
def test_unreadable_paste_is_reported_and_changes_no_tab(page, text, words):
    before = page.request
    page.take_in(text)
    assert words in page.said
    assert "retouch-error" in page.said
    assert page.request == before


def test_messages_are_html_escaped(page):
    page.take_in(json.dumps(dump(MINE)))
    assert "&lt;b&gt;all" in page.said
    assert "<b>all" not in page.said


def test_contradictions_and_passes_without_a_tab_are_reported(page):
    shared.opts.data["retouch_tabs"] = 4
    odd = Recipe("Odd", passes=(Pass(target=Target(what="mask", models=("face",))),) * 5)
    page.take_in(json.dumps(dump(odd)))
    assert "5 passes" in page.said
    assert "&#x27;Detectors&#x27; is not used" in page.said


def test_share_string_and_json_contain_the_shown_recipe(page):
    page.choose("Hand rescue")
    page["variations_1"] = 3
    page.press("recipe_share_button")
    for text in (page["recipe_share"], page["recipe_json"]):
        assert sharing.read_text(text).recipe == page.request
    assert page.request.passes[0].variations == 3


def test_an_own_recipe_is_deleted_and_a_built_in_one_is_not(page, folder):
    page.save("Mine")
    page.press("recipe_sure_button")
    assert "deleted" in page.said
    assert page["recipe"] == UNNAMED
    assert "Mine" not in page.choices
    assert list(folder.iterdir()) == []
    page.choose("Crowd")
    page.press("recipe_sure_button")
    assert "built in" in page.said
    assert page["recipe"] == "Crowd"


def test_invalid_widget_value_is_reported_with_its_target(page, folder):
    page["steps_1"] = "many"
    page.save("Broken")
    assert "target 1" in page.said
    assert not folder.exists()


def test_deleted_recipe_is_reported_when_chosen(page):
    before = page.request.passes
    page.choose("Gone")
    assert "no recipe is called &#x27;Gone&#x27;" in page.said
    assert page.request.passes == before


def test_people_of_a_recipe_are_shown_changed_and_saved(page, folder):
    people = (Person("a smile", "hat", who="left"), Person("red hair", at=(0.25, 0.5)))
    whole = dataclasses.replace(library.recipe("Crowd"), name="Ours", people=people)
    page.take_in(sharing.share(whole))
    assert page["people"] == "left: a smile\nNegative prompt: hat\n0.25, 0.5: red hair"
    assert page.request.people == people
    RecipeLibrary(folder).save(whole)
    page.press("recipe_refresh_button")
    page.choose("Ours")
    assert page.request == dataclasses.replace(whole, description="")
    page["people"] = "2: a frown"
    assert page.request.name == UNNAMED
    page.save("Ours", replace=True)
    assert library.recipe("Ours", folder).people == (Person("a frown", who="2"),)
    page["people"] = "somebody: a frown"
    page.press("recipe_share_button")
    assert "line 1: &#x27;somebody&#x27; is nobody" in page.said


def test_only_one_group_of_recipe_buttons_is_open_at_a_time(page):
    def drawer_of(name: str) -> Any:
        spot = page.component(name)
        while type(spot).__name__ != "Group":
            spot = spot.parent
        return page.visible.get(spot._id, spot.visible)

    drawers = ("recipe_name", "recipe_pasted", "recipe_share", "recipe_sure_button")
    page.press("recipe_save_as_button")
    assert [drawer_of(name) for name in drawers] == [True, False, False, False]
    page.press("recipe_import_button")
    assert [drawer_of(name) for name in drawers] == [False, True, False, False]
    page.press("recipe_import_button")
    assert not any(drawer_of(name) for name in drawers)


def test_recipe_elem_ids_are_unique_on_the_page(webui):
    """One build of each accordion is on the page: txt2img's and img2img's."""
    names = [str(c.elem_id) for c in webui.page.blocks.values() if "_retouch_recipe" in str(c.elem_id or "")]
    assert sorted(names) == sorted(set(names))
    assert names


def test_recipe_fields_are_not_saved_to_the_ui_config(webui):
    page = Page(webui)
    ours = [
        page.component(name) for name in ("recipe_name", "recipe_replace", "recipe_pasted", "recipe_share")
    ]
    assert all(component.do_not_save_to_config for component in ours)
    assert not {c._id for c in ours} & {c._id for c in webui.script().controls}


def test_pasted_infotext_reports_passes_without_a_tab(webui):
    shared.opts.data["retouch_tabs"] = 4
    fields = {c.elem_id: read for c, read in webui.script().infotext_fields}
    said = fields[webui.script().elem_id("recipe_said")]
    many = Recipe("Many", passes=(Pass(target=Target(models=("face",))),) * 6)
    assert "6 passes" in said(report_infotext.params(many))
    assert said(report_infotext.params(MINE)) == ""
    assert said({}) == ""
    assert "Retouch" in said({infotext.RECIPE: "{"})
