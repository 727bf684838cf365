"""The accordion: enable, recipe, people, one tab for each target. Its values are the script's args."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from retouch.api.requests.script import AutofixRequest
from retouch.errors import BadInput
from retouch.knobs import KnobPath, folded_knobs, front_knobs, get_path, knob_paths, load, unflatten
from retouch.recipes import library, people
from retouch.recipes.infotext import SKIPPED
from retouch.recipes.library import UNNAMED
from retouch.recipes.recipe import Pass, Recipe
from retouch.webui import settings
from retouch.webui.host.modules import ui_components
from retouch.webui.panel import outpaint_section
from retouch.webui.panel.messages import message
from retouch.webui.panel.outpaint_section import WIDGETS, OutpaintSection
from retouch.webui.panel.paste import pasted_recipe
from retouch.webui.panel.recipe_buttons import (
    RecipeButtons,
    library_recipe,
    message_html,
    overflow_remarks,
    recipe_choices,
)
from retouch.webui.panel.widgets import GRID, read_all, widget, widget_value
from retouch.webui.service import own_recipes

START = "Face polish"
"""The recipe in the tabs of a new page."""
KNOB_PATHS = knob_paths(Pass)
"""The knobs of one target, in the order of the script's args."""
FRONT_KNOBS = 5
"""Number of knobs above the folds of a target."""


@dataclass
class Panel:
    """One build of the accordion. The host builds it several times; builds share nothing."""

    elem_id: Callable[[str], str]
    is_img2img: bool
    components: list[Any] = field(default_factory=list)
    paste_fields: list[tuple[Any, Any]] = field(default_factory=list)

    def build(self) -> list[Any]:
        """Create the widgets and return those whose values are the script's args."""
        with ui_components.InputAccordion(
            False, label=message("title"), elem_id=self.elem_id("enable")
        ) as enable:
            with gr.Row():
                recipe, skip = self._recipe_dropdown(), self._skip_checkbox()
            gr.HTML(_summary_html(), elem_id=self.elem_id("summary"))
            buttons = RecipeButtons(self.elem_id, recipe, _recipe_from_fields, _fill_fields)
            buttons.build()
            with gr.Accordion(message("people"), open=False, elem_id=self.elem_id("people_fold")):
                people_text = self._people_textbox()
            # the page adds the click handler: it opens the gallery's picture in the tab
            gr.Button(message("open_studio"), elem_id=self.elem_id("open_studio"), size="sm")
            self.components += [enable, recipe, skip, people_text]
            self._tabs()
            recipe_fields = self.components[3:]
            section = OutpaintSection(self.elem_id)
            self.components += section.build()
        buttons.connect(recipe_fields)
        self.paste_fields = [
            (enable, lambda params: pasted_recipe(params).enables),
            (recipe, _pasted_name),
            (skip, lambda params: SKIPPED in params),
            (buttons.status, _pasted_remark),
            (people_text, _pasted_people),
            *self._paste_fields(recipe_fields[1:]),
            *section.paste_fields,
        ]
        return self.components

    def _recipe_dropdown(self) -> Any:
        return gr.Dropdown(
            recipe_choices(),
            value=START,
            label=message("recipe"),
            info=message("recipe_info"),
            elem_id=self.elem_id("recipe"),
        )

    def _skip_checkbox(self) -> Any:
        return gr.Checkbox(
            False,
            label=message("skip_img2img"),
            visible=self.is_img2img,
            elem_id=self.elem_id("skip_img2img"),
        )

    def _people_textbox(self) -> Any:
        return gr.Textbox(
            "",
            label=message("people"),
            info=message("people_info"),
            elem_id=self.elem_id("people"),
            lines=2,
            placeholder=message("people_example"),
        )

    def _tabs(self) -> None:
        start = _pad_passes(library.recipe(START, own_recipes()))
        with gr.Tabs(elem_id=self.elem_id("tabs")):
            for index, recipe_pass in enumerate(start):
                label = message("target_tab", number=index + 1)
                with gr.Tab(label, elem_id=self.elem_id(f"tab_{index + 1}")):
                    self._tab(index, recipe_pass)

    def _tab(self, index: int, recipe_pass: Pass) -> None:
        """Lay the widgets out with the front knobs first; append them in the order of KNOB_PATHS."""
        widgets: dict[KnobPath, Any] = {}

        def add(knob_path: KnobPath) -> None:
            elem_id = self.elem_id(f"{knob_path.path.replace('.', '_')}_{index + 1}")
            value = get_path(recipe_pass, knob_path.path)
            widgets[knob_path] = widget(knob_path, value, elem_id, index + 1)

        for knob_path in front_knobs(KNOB_PATHS, FRONT_KNOBS):
            add(knob_path)
        for title, group in folded_knobs(KNOB_PATHS, FRONT_KNOBS).items():
            fold = gr.Accordion(title, open=False, elem_id=self.elem_id(f"{title.lower()}_{index + 1}"))
            with fold, gr.Row(elem_classes=[GRID]):
                for knob_path in group:
                    add(knob_path)
        self.components += [widgets[knob_path] for knob_path in KNOB_PATHS]

    def _paste_fields(self, tabs: Sequence[Any]) -> list[tuple[Any, Any]]:
        places = [(index, knob_path) for index in range(settings.tabs()) for knob_path in KNOB_PATHS]
        return [(c, _paster(index, knob_path)) for c, (index, knob_path) in zip(tabs, places, strict=True)]


def _summary_html() -> str:
    """The line that tells which targets will run, without its text: the page writes it (retouch.mjs)."""
    texts = {
        "none": message("summary_none"),
        "one": message("summary_one", targets="{targets}"),
        "many": message("summary_many", count="{count}", targets="{targets}"),
    }
    words = " ".join(f'data-{name}="{html.escape(text)}"' for name, text in texts.items())
    return f'<p class="retouch-summary" role="status" {words}></p>'


def _pad_passes(recipe: Recipe) -> list[Pass]:
    """The passes of the recipe, cut or padded with blank ones to the number of tabs."""
    count = settings.tabs()
    return [*recipe.passes[:count], *[Pass()] * (count - len(recipe.passes))]


def _fill_fields(recipe: Recipe) -> list[Any]:
    """The updates that show a recipe in the field of its people and in the tabs."""
    tabs = [widget_value(k, get_path(p, k.path)) for p in _pad_passes(recipe) for k in KNOB_PATHS]
    return [gr.update(value=value) for value in (people.write_people(recipe.people), *tabs)]


def _pasted_name(params: dict[str, Any]) -> str | None:
    recipe = pasted_recipe(params).recipe
    return recipe and _rename(recipe).name


def _pasted_people(params: dict[str, Any]) -> str | None:
    recipe = pasted_recipe(params).recipe
    return None if recipe is None else people.write_people(recipe.people)


def _pasted_remark(params: dict[str, Any]) -> str:
    """The status after a paste: the error, what was converted, or the passes for which there is no tab."""
    pasted = pasted_recipe(params)
    if pasted.error:
        return message_html(pasted.error, bad=True)
    return message_html(*pasted.remarks, *overflow_remarks(pasted.recipe or Recipe()))


def _paster(index: int, knob_path: KnobPath) -> Callable[[dict[str, Any]], Any]:
    """The function from a pasted infotext to the value of one widget. None leaves the widget unchanged."""

    def paste(params: dict[str, Any]) -> Any:
        recipe = pasted_recipe(params).recipe
        if recipe is None:
            return None
        return widget_value(knob_path, get_path(_pad_passes(recipe)[index], knob_path.path))

    return paste


def request_from(args: Sequence[Any]) -> AutofixRequest | None:
    """The request of a script's args: the accordion's values, or from the API an object among them.

    None if the script is switched off. None without args: A1111's API sends none in the last second of its
    start. BadInput names the field.
    """
    body = next((arg for arg in args if isinstance(arg, dict)), None)
    if body is not None:
        request = load(AutofixRequest, body, "Retouch")
        return request if request.enabled else None
    if not args or not args[0]:
        return None
    _, name, skip, *values = _check_count(args)
    recipe = _recipe_from_fields(name, values[:-WIDGETS])
    outpaint = outpaint_section.request_from_widgets(values[-WIDGETS:])
    return AutofixRequest(recipe=recipe, skip_img2img=bool(skip), outpaint=outpaint)


def _check_count(args: Sequence[Any]) -> Sequence[Any]:
    """The args: 3 fields, the people, the tabs, the outpainting. BadInput for another number of args."""
    fixed, size = 4 + WIDGETS, len(KNOB_PATHS)
    if len(args) <= fixed or (len(args) - fixed) % size:
        raise BadInput(
            f"{len(args)} script arguments. Allowed: {fixed} and {size} for each target.",
            path="alwayson_scripts.Retouch.args",
            hint="Send one object, as in docs/http.md.",
        )
    return args


def _recipe_from_fields(name: str, values: Sequence[Any]) -> Recipe:
    """The recipe of the widgets. `values` are the people's text, then the values of the tabs."""
    people_text, *rest = values
    size = len(KNOB_PATHS)
    tabs = [dict(zip(KNOB_PATHS, rest[i : i + size], strict=True)) for i in range(0, len(rest), size)]
    passes = tuple(load(Pass, unflatten(read_all(tab)), f"target {i}") for i, tab in enumerate(tabs, 1))
    while passes and not passes[-1].target.looks:
        passes = passes[:-1]
    return _rename(Recipe(name, passes=passes, people=people.read(str(people_text or ""))))


def _rename(recipe: Recipe) -> Recipe:
    """The recipe, named "Custom" if it differs from the library's recipe of its name."""
    return recipe if library_recipe(recipe) else dataclasses.replace(recipe, name=UNNAMED)
