"""The accordion: enable, recipe, people, a tab per target. Its values, in order, are the script's args."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from retouch.api.requests.script import AutofixRequest
from retouch.errors import RetouchError
from retouch.knobs import KnobPath, folded_knobs, front_knobs, get_path, knob_paths, load, unflatten
from retouch.recipes import library, people
from retouch.recipes.infotext import RECIPE, SKIPPED, recipe_in
from retouch.recipes.library import UNNAMED
from retouch.recipes.recipe import Pass, Recipe
from retouch.webui import host, settings
from retouch.webui.panel import outpaint_section
from retouch.webui.panel.outpaint_section import WIDGETS, Section
from retouch.webui.panel.recipe_buttons import RecipeButtons, kept_as, left_out, message_html, names
from retouch.webui.panel.widgets import read_all, widget, widget_value
from retouch.webui.service import own_recipes

START = "Face polish"
LEAVES = knob_paths(Pass)
FRONT_KNOBS = 5
"""How many knobs stand above the folds of a target."""
PEOPLE = "Words bound to one person through all targets, a person a line: who, a colon, the words."
EXAMPLE = "left: a woman with red hair\nNegative prompt: hat"


@dataclass
class Panel:
    """One build of the accordion. The host builds it several times; nothing is shared between builds."""

    elem_id: Callable[[str], str]
    is_img2img: bool
    components: list[Any] = field(default_factory=list)
    paste_fields: list[tuple[Any, Any]] = field(default_factory=list)

    def build(self) -> list[Any]:
        with host.ui_components.InputAccordion(
            False, label="Retouch", elem_id=self.elem_id("enable")
        ) as enable:
            with gr.Row():
                recipe = gr.Dropdown(
                    names(),
                    value=START,
                    label="Recipe",
                    info="Fills the tabs below, which are what runs.",
                    elem_id=self.elem_id("recipe"),
                )
                skip = gr.Checkbox(
                    False,
                    label="Do not run the img2img itself",
                    visible=self.is_img2img,
                    elem_id=self.elem_id("skip_img2img"),
                )
            keeping = RecipeButtons(self.elem_id, recipe, _recipe_from_fields, _fill_fields)
            keeping.build()
            words = gr.Textbox(
                "", label="People", info=PEOPLE, elem_id=self.elem_id("people"), lines=2, placeholder=EXAMPLE
            )
            # the page gives it what it does: it opens the gallery's picture in our tab
            gr.Button("Open in Retouch", elem_id=self.elem_id("open_studio"), size="sm")
            self.components += [enable, recipe, skip, words]
            self._tabs()
            shown_recipe = self.components[3:]
            section = Section(self.elem_id)
            self.components += section.build()
        keeping.connect(shown_recipe)
        self.paste_fields = [
            (enable, lambda params: RECIPE in params),
            (recipe, _pasted_name),
            (skip, lambda params: SKIPPED in params),
            (keeping.said, _pasted_remark),
            (words, _pasted_people),
            *self._paste_fields(shown_recipe[1:]),
            *section.paste_fields,
        ]
        return self.components

    def _tabs(self) -> None:
        start = _pad_passes(library.recipe(START, own_recipes()))
        with gr.Tabs(elem_id=self.elem_id("tabs")):
            for index, recipe_pass in enumerate(start):
                with gr.Tab(f"Target {index + 1}", elem_id=self.elem_id(f"tab_{index + 1}")):
                    self._tab(index, recipe_pass)

    def _tab(self, index: int, recipe_pass: Pass) -> None:
        """Widgets are laid out front first, but handed over in the order of LEAVES."""
        made: dict[KnobPath, Any] = {}

        def make(leaf: KnobPath) -> None:
            elem_id = self.elem_id(f"{leaf.path.replace('.', '_')}_{index + 1}")
            made[leaf] = widget(leaf, get_path(recipe_pass, leaf.path), elem_id, index + 1)

        for leaf in front_knobs(LEAVES, FRONT_KNOBS):
            make(leaf)
        for title, group in folded_knobs(LEAVES, FRONT_KNOBS).items():
            with gr.Accordion(title, open=False, elem_id=self.elem_id(f"{title.lower()}_{index + 1}")):
                for row in _rows(group):
                    with gr.Row():
                        for leaf in row:
                            make(leaf)
        self.components += [made[leaf] for leaf in LEAVES]

    def _paste_fields(self, tabs: Sequence[Any]) -> list[tuple[Any, Any]]:
        places = [(index, leaf) for index in range(settings.tabs()) for leaf in LEAVES]
        return [(c, _paster(index, leaf)) for c, (index, leaf) in zip(tabs, places, strict=True)]


def _rows(group: Sequence[KnobPath], width: int = 3) -> list[Sequence[KnobPath]]:
    return [group[i : i + width] for i in range(0, len(group), width)]


def _pad_passes(recipe: Recipe) -> list[Pass]:
    """As many passes as there are tabs; what does not fit is left out."""
    count = settings.tabs()
    return [*recipe.passes[:count], *[Pass()] * (count - len(recipe.passes))]


def _fill_fields(recipe: Recipe) -> list[Any]:
    """A recipe into the field of its people and the tabs."""
    tabs = [widget_value(leaf, get_path(p, leaf.path)) for p in _pad_passes(recipe) for leaf in LEAVES]
    return [gr.update(value=value) for value in (people.write_people(recipe.people), *tabs)]


def _pasted_name(params: dict[str, Any]) -> str | None:
    try:
        recipe = recipe_in(params)
    except RetouchError:
        return None
    return recipe and _rename(recipe).name


def _pasted_people(params: dict[str, Any]) -> str | None:
    try:
        recipe = recipe_in(params)
    except RetouchError:
        return None
    return None if recipe is None else people.write_people(recipe.people)


def _pasted_remark(params: dict[str, Any]) -> str:
    """What of a pasted recipe does not come back, and why."""
    try:
        recipe = recipe_in(params)
    except RetouchError as error:
        return message_html(str(error), bad=True)
    return message_html(*left_out(recipe)) if recipe else message_html()


def _paster(index: int, leaf: KnobPath) -> Callable[[dict[str, Any]], Any]:
    """What a pasted infotext puts into one widget; None leaves it."""

    def paste(params: dict[str, Any]) -> Any:
        try:
            recipe = recipe_in(params)
        except RetouchError:
            return None
        return None if recipe is None else widget_value(leaf, get_path(_pad_passes(recipe)[index], leaf.path))

    return paste


def request_from(args: Sequence[Any]) -> AutofixRequest | None:
    """The request in a script's args: the accordion's values, or from the API an object among them.

    None when it is switched off. BadInput names the field.
    """
    given = next((arg for arg in args if isinstance(arg, dict)), None)
    if given is not None:
        request = load(AutofixRequest, given, "Retouch")
        return request if request.enabled else None
    enabled, name, skip, *values = args
    if not enabled:
        return None
    recipe, outpaint = (
        _recipe_from_fields(name, values[:-WIDGETS]),
        outpaint_section.request_from_widgets(values[-WIDGETS:]),
    )
    return AutofixRequest(recipe=recipe, skip_img2img=bool(skip), outpaint=outpaint)


def _recipe_from_fields(name: str, values: Sequence[Any]) -> Recipe:
    """What is above, the people's words and then the tabs, as a recipe."""
    said, *rest = values
    size = len(LEAVES)
    tabs = [dict(zip(LEAVES, rest[i : i + size], strict=True)) for i in range(0, len(rest), size)]
    passes = tuple(load(Pass, unflatten(read_all(tab)), f"target {i}") for i, tab in enumerate(tabs, 1))
    while passes and not passes[-1].target.looks:
        passes = passes[:-1]
    return _rename(Recipe(name, passes=passes, people=people.read(str(said or ""))))


def _rename(recipe: Recipe) -> Recipe:
    """It keeps its name only while it still is that recipe."""
    return recipe if kept_as(recipe) else dataclasses.replace(recipe, name=UNNAMED)
