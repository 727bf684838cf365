"""Beside the accordion's recipe: save what it shows, take in what others sent, hand on, remove.

Nothing here is an arg of the script, and nothing raises: what went wrong is said below the buttons.
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
from retouch.recipes.sharing import read_text, share
from retouch.webui import settings
from retouch.webui.service import own_recipes

REFRESH = "retouch-refresh"
"""Class of the buttons that make a dropdown list what is there now: the page presses all of them at once,
and when it is loaded (javascript/retouch.mjs)."""
EVERYWHERE = f"() => {{ document.querySelectorAll('.{REFRESH}').forEach((button) => button.click()); }}"
DRAWERS = ("Save as", "Import", "Share", "Delete")


def names() -> list[str]:
    return [UNNAMED, *library.recipes(own_recipes())]


def kept_as(recipe: Recipe) -> Recipe | None:
    """The recipe of its name, where that paints as this one does, and says the same of the same people."""
    known = library.recipes(own_recipes()).get(recipe.name)
    return known if known and (known.passes, known.people) == (recipe.passes, recipe.people) else None


def left_out(recipe: Recipe) -> tuple[str, ...]:
    """What of it the accordion has no place for, a sentence each; () when all fits."""
    count, tabs = len(recipe.passes), settings.tabs()
    if count <= tabs:
        return ()
    fault = f"{recipe.name!r} has {count} passes and here are {tabs} tabs: the others are left out."
    return (f"{fault} Settings, Retouch, has the number of targets.",)


def message_html(*texts: str, bad: bool = False) -> str:
    """Lines for the place below the buttons, as HTML."""
    lines = "<br>".join(html.escape(text) for text in texts if text)
    kind = "retouch-said retouch-bad" if bad else "retouch-said"
    return f'<div class="{kind}" role="status">{lines}</div>' if lines else ""


@dataclass
class RecipeButtons:
    """`shown(name, values)` is the recipe in the tabs' widgets, `fill(recipe)` what puts one there."""

    elem_id: Callable[[str], str]
    recipe: Any
    shown: Callable[[str, Sequence[Any]], Recipe]
    fill: Callable[[Recipe], list[Any]]
    said: Any = None
    """Where it is told what became of a press."""
    _made: dict[str, Any] = field(default_factory=dict)

    def build(self) -> None:
        with gr.Row(elem_classes=["retouch-keeping"]):
            openers = [self._button(label, label) for label in DRAWERS]
            self._button("Refresh", "Refresh", REFRESH)
        drawers = [self._drawer(label) for label in DRAWERS]
        self.said = gr.HTML("", elem_id=self.elem_id("recipe_said"))
        for opener, label in zip(openers, DRAWERS, strict=True):
            self._on(opener, _opening(label), [self._made["open"]], [self._made["open"], *drawers])

    def _drawer(self, label: str) -> Any:
        if "open" not in self._made:
            self._made["open"] = gr.State("")
        with gr.Group(visible=False) as drawer:
            _FILLED[label](self)
        return drawer

    def _save_drawer(self) -> None:
        with gr.Row():
            self._text("name", "Name of the recipe")
            self._made["replace"] = _aside(
                gr.Checkbox(False, label="Replace mine of that name", elem_id=self.elem_id("recipe_replace"))
            )
            self._button("save", "Save")

    def _import_drawer(self) -> None:
        about = "A recipe's JSON, a share string (retouch:...), or a picture's whole generation text."
        self._text("pasted", "Paste a recipe", lines=3, placeholder=about)
        self._button("read", "Take it over into the tabs")

    def _share_drawer(self) -> None:
        self._text("share", "To send to others", show_copy_button=True, interactive=False)
        self._text("json", "As a file", lines=4, max_lines=12, show_copy_button=True, interactive=False)

    def _delete_drawer(self) -> None:
        self._button("sure", "Delete my recipe of this name for good")

    def _text(self, name: str, label: str, **how: Any) -> None:
        made = gr.Textbox(label=label, elem_id=self.elem_id(f"recipe_{name}"), **how)
        self._made[name] = _aside(made)

    def _button(self, name: str, label: str, *classes: str) -> Any:
        elem_id = self.elem_id(f"recipe_{name.lower().replace(' ', '_')}_button")
        made = gr.Button(label, size="sm", min_width=60, elem_id=elem_id, elem_classes=list(classes))
        self._made[name] = _aside(made)
        return made

    def connect(self, tabs: Sequence[Any]) -> None:
        """Once the tabs' widgets are there."""
        made, here = self._made, [self.recipe, self.said]
        self._on(self.recipe, self._choose, [self.recipe], [self.said, *tabs], "input")
        self._on(made["Refresh"], self._refresh, [], [self.recipe])
        self._on(made["Share"], self._share, [self.recipe, *tabs], [made["share"], made["json"], self.said])
        asked = [made["name"], made["replace"], self.recipe, *tabs]
        self._on(made["save"], self._save, asked, here).then(None, None, None, _js=EVERYWHERE)
        self._on(made["read"], self._read, [made["pasted"]], [*here, made["name"], *tabs])
        self._on(made["sure"], self._delete, [self.recipe], here).then(None, None, None, _js=EVERYWHERE)

    @staticmethod
    def _on(
        source: Any, work: Callable[..., Any], inputs: list[Any], outputs: list[Any], how: str = "click"
    ) -> Any:
        return getattr(source, how)(work, inputs=inputs, outputs=outputs, queue=False, show_progress="hidden")

    def _choose(self, name: str) -> list[Any]:
        """A chosen recipe into the tabs; "Custom" leaves them."""
        if name == UNNAMED:
            return [message_html(), *self._nothing()]
        try:
            recipe = library.recipe(name, own_recipes())
        except RetouchError as error:
            return [message_html(str(error), bad=True), *self._nothing()]
        return [message_html(recipe.description, *left_out(recipe)), *self.fill(recipe)]

    @staticmethod
    def _refresh() -> Any:
        return gr.update(choices=names())

    def _save(self, name: str, replace: bool, chosen: str, *values: Any) -> list[Any]:
        """The whole recipe as the accordion shows it. Its description stays while it keeps its name."""
        try:
            here = self.shown(chosen, values)
            before = library.recipes(own_recipes()).get(name or chosen)
            about = before.description if before else ""
            asked = dataclasses.replace(here, name=name or chosen, description=about)
            kept = RecipeLibrary(own_recipes()).save(asked, bool(replace))
        except RetouchError as error:
            return [gr.update(), message_html(str(error), bad=True)]
        chosen_now = gr.update(choices=names(), value=kept.name)
        return [chosen_now, message_html(f"Saved as {kept.name!r}.", *contradictions(kept))]

    def _read(self, pasted: str) -> list[Any]:
        try:
            received = read_text(pasted or "")
        except RetouchError as error:
            return [gr.update(), message_html(str(error), bad=True), gr.update(), *self._nothing()]
        recipe = received.recipe
        same = kept_as(recipe) is not None
        said = message_html(
            f"{recipe.name!r} is in the tabs." + ("" if same else " Save it to keep it."),
            f"It was of schema {received.migrated}." if received.migrated else "",
            *left_out(recipe),
            *contradictions(recipe),
        )
        chosen = gr.update(choices=names(), value=recipe.name if same else UNNAMED)
        named = "" if recipe.name == UNNAMED else recipe.name
        return [chosen, said, gr.update(value=named), *self.fill(recipe)]

    def _share(self, chosen: str, *values: Any) -> list[Any]:
        try:
            here = self.shown(chosen, values)
        except RetouchError as error:
            return ["", "", message_html(str(error), bad=True)]
        return [share(here), pretty(here), message_html(*contradictions(here))]

    def _delete(self, name: str) -> list[Any]:
        try:
            before = RecipeLibrary(own_recipes()).remove(name)
        except RetouchError as error:
            return [gr.update(), message_html(str(error), bad=True)]
        again = f" The built-in {before.name!r} is in its place." if before else ""
        chosen = gr.update(choices=names(), value=UNNAMED)
        return [chosen, message_html(f"{name!r} is deleted; the tabs still show it.{again}")]

    def _nothing(self) -> list[Any]:
        return [gr.update() for _ in self.fill(Recipe())]


_FILLED: dict[str, Callable[[RecipeButtons], None]] = {
    "Save as": RecipeButtons._save_drawer,
    "Import": RecipeButtons._import_drawer,
    "Share": RecipeButtons._share_drawer,
    "Delete": RecipeButtons._delete_drawer,
}


def _opening(label: str) -> Callable[[str], list[Any]]:
    """A press opens one drawer and shuts the others, or shuts it again."""

    def press(before: str) -> list[Any]:
        now = "" if before == label else label
        return [now, *(gr.update(visible=now == name) for name in DRAWERS)]

    return press


def _aside(component: Any) -> Any:
    """The host must not keep what was last typed as everybody's default."""
    component.do_not_save_to_config = True
    return component
