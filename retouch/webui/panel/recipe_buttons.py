"""The buttons below the accordion's recipe: save, import, share and delete.

None of these widgets is an argument of the script, and no handler raises. Errors are shown below the buttons.
Imports that only a handler needs are late.
"""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from retouch.errors import RetouchError
from retouch.recipes import library
from retouch.recipes.checks import contradictions
from retouch.recipes.library import UNNAMED, RecipeLibrary, pretty
from retouch.recipes.recipe import Recipe
from retouch.webui import settings
from retouch.webui.panel.messages import message
from retouch.webui.service import known_detectors, own_recipes

REFRESH = "retouch-refresh"
"""CSS class of the buttons that update a dropdown's choices. The page (javascript/retouch.mjs) clicks all of
them when it is loaded."""
REFRESH_ALL = f"() => {{ document.querySelectorAll('.{REFRESH}').forEach((button) => button.click()); }}"
"""JavaScript that updates the choices of every dropdown of recipes on the page."""
DRAWERS = {
    "save_as": message("save_as"),
    "import": message("import"),
    "share": message("share"),
    "delete": message("delete"),
}
"""Label of the button of each drawer, by the drawer's name. The name is part of the button's elem_id."""


def recipe_choices() -> list[str]:
    """The choices of the dropdown: "Custom", then the names of all recipes."""
    return [UNNAMED, *library.recipes(own_recipes())]


def library_recipe(recipe: Recipe) -> Recipe | None:
    """The library's recipe of the same name. None if there is none, or if its passes or people differ."""
    known = library.recipes(own_recipes()).get(recipe.name)
    return known if known and (known.passes, known.people) == (recipe.passes, recipe.people) else None


def overflow_remarks(recipe: Recipe) -> tuple[str, ...]:
    """A remark if the recipe has more passes than the accordion has tabs, else ()."""
    count, tabs = len(recipe.passes), settings.tabs()
    if count <= tabs:
        return ()
    return (message("too_many_passes", name=recipe.name, passes=count, tabs=tabs),)


def message_html(*texts: str, bad: bool = False) -> str:
    """The HTML of the status below the buttons, a line for each text. `bad` marks an error."""
    lines = "<br>".join(html.escape(text) for text in texts if text)
    css_class = "retouch-status retouch-error" if bad else "retouch-status"
    return f'<div class="{css_class}" role="status">{lines}</div>' if lines else ""


@dataclass
class RecipeButtons:
    """One build of the buttons.

    `read_recipe(name, values)` makes a recipe of the values of the tabs' widgets. `fill(recipe)` returns the
    updates that show a recipe in these widgets.
    """

    elem_id: Callable[[str], str]
    recipe: Any
    read_recipe: Callable[[str, Sequence[Any]], Recipe]
    fill: Callable[[Recipe], list[Any]]
    status: Any = None
    """The widget that shows the outcome of a click."""
    _widgets: dict[str, Any] = field(default_factory=dict)

    def build(self) -> None:
        """Create the widgets. Call `connect` once the widgets of the tabs exist."""
        with gr.Row(elem_classes=["retouch-recipe-buttons"]):
            openers = [self._button(name, label) for name, label in DRAWERS.items()]
            self._button("refresh", message("refresh"), REFRESH)
        drawers = [self._drawer(name) for name in DRAWERS]
        self.status = gr.HTML("", elem_id=self.elem_id("recipe_said"))
        for opener, name in zip(openers, DRAWERS, strict=True):
            self._on(opener, _toggle(name), [self._widgets["open"]], [self._widgets["open"], *drawers])

    def _drawer(self, name: str) -> Any:
        if "open" not in self._widgets:
            self._widgets["open"] = gr.State("")
        with gr.Group(visible=False) as drawer:
            _DRAWER_CONTENTS[name](self)
        return drawer

    def _save_drawer(self) -> None:
        with gr.Row():
            self._text("name", message("recipe_name"))
            self._widgets["replace"] = _without_saved_default(
                gr.Checkbox(False, label=message("recipe_replace"), elem_id=self.elem_id("recipe_replace"))
            )
            self._button("save", message("save"))

    def _import_drawer(self) -> None:
        self._text("pasted", message("paste_recipe"), lines=3, placeholder=message("paste_about"))
        self._button("read", message("read"))

    def _share_drawer(self) -> None:
        read_only = {"show_copy_button": True, "interactive": False}
        self._text("share", message("share_text"), **read_only)
        self._text("json", message("share_file"), lines=4, max_lines=12, **read_only)

    def _delete_drawer(self) -> None:
        self._button("sure", message("delete_confirm"))

    def _text(self, name: str, label: str, **options: Any) -> None:
        textbox = gr.Textbox(label=label, elem_id=self.elem_id(f"recipe_{name}"), **options)
        self._widgets[f"{name}_text"] = _without_saved_default(textbox)

    def _button(self, name: str, label: str, *classes: str) -> Any:
        elem_id = self.elem_id(f"recipe_{name}_button")
        button = gr.Button(label, size="sm", min_width=60, elem_id=elem_id, elem_classes=list(classes))
        self._widgets[name] = _without_saved_default(button)
        return button

    def connect(self, tabs: Sequence[Any]) -> None:
        """Register the click handlers. `tabs` are the widgets of people and tabs, in the order of `fill`."""
        widgets, outputs = self._widgets, [self.recipe, self.status]
        name, texts = widgets["name_text"], [widgets["share_text"], widgets["json_text"]]
        self._on(self.recipe, self._choose, [self.recipe], [self.status, *tabs], "input")
        self._on(widgets["refresh"], self._refresh, [], [self.recipe])
        self._on(widgets["share"], self._share, [self.recipe, *tabs], [*texts, self.status])
        inputs = [name, widgets["replace"], self.recipe, *tabs]
        self._on(widgets["save"], self._save, inputs, outputs).then(None, None, None, _js=REFRESH_ALL)
        self._on(widgets["read"], self._read, [widgets["pasted_text"]], [*outputs, name, *tabs])
        deleted = self._on(widgets["sure"], self._delete, [self.recipe], outputs)
        deleted.then(None, None, None, _js=REFRESH_ALL)

    @staticmethod
    def _on(
        source: Any, handler: Callable[..., Any], inputs: list[Any], outputs: list[Any], event: str = "click"
    ) -> Any:
        register = getattr(source, event)
        return register(handler, inputs=inputs, outputs=outputs, queue=False, show_progress="hidden")

    def _choose(self, name: str) -> list[Any]:
        """Show the chosen recipe in the tabs. "Custom" leaves the tabs unchanged."""
        if name == UNNAMED:
            return [message_html(), *self._no_updates()]
        try:
            recipe = library.recipe(name, own_recipes())
        except RetouchError as error:
            return [message_html(str(error), bad=True), *self._no_updates()]
        return [message_html(recipe.description, *overflow_remarks(recipe)), *self.fill(recipe)]

    @staticmethod
    def _refresh() -> Any:
        return gr.update(choices=recipe_choices())

    def _save(self, name: str, replace: bool, chosen: str, *values: Any) -> list[Any]:
        """Save the recipe of the tabs. It keeps the description of the recipe of the same name."""
        try:
            recipe = self.read_recipe(chosen, values)
            before = library.recipes(own_recipes()).get(name or chosen)
            description = before.description if before else ""
            named = dataclasses.replace(recipe, name=name or chosen, description=description)
            saved = RecipeLibrary(own_recipes()).save(named, bool(replace))
        except RetouchError as error:
            return [gr.update(), message_html(str(error), bad=True)]
        dropdown = gr.update(choices=recipe_choices(), value=saved.name)
        return [dropdown, message_html(message("saved", name=saved.name), *contradictions(saved))]

    def _read(self, pasted: str) -> list[Any]:
        """Show the pasted recipe in the tabs."""
        from retouch.recipes.sharing import read_text

        try:
            received = read_text(pasted or "", known_detectors())
        except RetouchError as error:
            return [gr.update(), message_html(str(error), bad=True), gr.update(), *self._no_updates()]
        recipe = received.recipe
        is_saved = library_recipe(recipe) is not None
        status = message_html(
            message("in_the_tabs" if is_saved else "in_the_tabs_unsaved", name=recipe.name),
            message("older_schema", schema=received.migrated) if received.migrated else "",
            *received.remarks,
            *overflow_remarks(recipe),
            *contradictions(recipe),
        )
        dropdown = gr.update(choices=recipe_choices(), value=recipe.name if is_saved else UNNAMED)
        name = "" if recipe.name == UNNAMED else recipe.name
        return [dropdown, status, gr.update(value=name), *self.fill(recipe)]

    def _share(self, chosen: str, *values: Any) -> list[Any]:
        """The recipe of the tabs as a share string and as JSON."""
        from retouch.recipes.sharing import share

        try:
            recipe = self.read_recipe(chosen, values)
        except RetouchError as error:
            return ["", "", message_html(str(error), bad=True)]
        return [share(recipe), pretty(recipe), message_html(*contradictions(recipe))]

    def _delete(self, name: str) -> list[Any]:
        """Delete the person's own recipe of that name."""
        try:
            built_in = RecipeLibrary(own_recipes()).remove(name)
        except RetouchError as error:
            return [gr.update(), message_html(str(error), bad=True)]
        if built_in:
            text = message("deleted_built_in", name=name, built_in=built_in.name)
        else:
            text = message("deleted", name=name)
        return [gr.update(choices=recipe_choices(), value=UNNAMED), message_html(text)]

    def _no_updates(self) -> list[Any]:
        return [gr.update() for _ in self.fill(Recipe())]


_DRAWER_CONTENTS: dict[str, Callable[[RecipeButtons], None]] = {
    "save_as": RecipeButtons._save_drawer,
    "import": RecipeButtons._import_drawer,
    "share": RecipeButtons._share_drawer,
    "delete": RecipeButtons._delete_drawer,
}


def _toggle(drawer: str) -> Callable[[str], list[Any]]:
    """The click handler that opens one drawer and closes the others. A second click closes it."""

    def click(opened: str) -> list[Any]:
        now = "" if opened == drawer else drawer
        return [now, *(gr.update(visible=now == name) for name in DRAWERS)]

    return click


def _without_saved_default(component: Any) -> Any:
    """The host must not save the last value of this widget as everybody's default."""
    component.do_not_save_to_config = True
    return component
