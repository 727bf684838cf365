"""Extend each finished picture: a fold of the accordion, and what is said of it in a generation text."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from retouch.api.requests.script import ScriptOutpaint
from retouch.errors import BadInput, RetouchError
from retouch.knobs import KnobPath, folded_knobs, front_knobs, knob_paths, knobs_of, load, unflatten
from retouch.outpaint.stages import StageOptions
from retouch.recipes.infotext import OUTPAINT
from retouch.webui.panel.widgets import AUTO, read_all, widget, widget_value

CHANGES = "retouch_outpaint_changes"
"""Where an X/Y/Z axis leaves its changes to the extension, on `p`: {knob: value}."""
_OF_THE_PICTURE = ("seed", "subseed", "subseed_strength")
"""No widget: each picture has its own."""
LEAVES = tuple(leaf for leaf in knob_paths(ScriptOutpaint) if leaf.path not in _OF_THE_PICTURE)
WIDGETS = 1 + len(LEAVES)
"""How many of a script's args are ours: the last."""
FRONT_KNOBS = 5
"""How many knobs stand above the folds: the aspect and the margins."""
BLANK = ScriptOutpaint()


@dataclass
class Section:
    """One build of the fold. Its values, in order, are the last of the script's args."""

    elem_id: Callable[[str], str]
    components: list[Any] = field(default_factory=list)
    paste_fields: list[tuple[Any, Any]] = field(default_factory=list)

    def build(self) -> list[Any]:
        """Widgets are laid out front first, but handed over in the order of LEAVES."""
        made: dict[str, Any] = {}
        with gr.Accordion("Outpaint", open=False, elem_id=self.elem_id("outpaint")):
            label = "Extend each finished picture"
            enable = gr.Checkbox(False, label=label, elem_id=self.elem_id("outpaint_enabled"))
            front, folds = front_knobs(LEAVES, FRONT_KNOBS), folded_knobs(LEAVES, FRONT_KNOBS)
            for title, group in [("", front), *folds.items()]:
                with gr.Accordion(title, open=False) if title else gr.Group():
                    for row in (group[i : i + 4] for i in range(0, len(group), 4)):
                        with gr.Row():
                            made |= {leaf.path: self._widget(leaf) for leaf in row}
        self.components = [enable, *(made[leaf.path] for leaf in LEAVES)]
        pasters = [lambda params: OUTPAINT in params, *map(_paster, LEAVES)]
        self.paste_fields = list(zip(self.components, pasters, strict=True))
        return self.components

    def _widget(self, leaf: KnobPath) -> Any:
        """The host keeps a person's defaults by label: a pass has knobs of the same."""
        knob = dataclasses.replace(leaf.knob, label=f"{leaf.knob.label} (outpaint)")
        if leaf.plain_type is tuple:
            knob = dataclasses.replace(knob, choices=())
        elem_id = self.elem_id(f"outpaint_{leaf.path}")
        made: Any = widget(dataclasses.replace(leaf, knob=knob), getattr(BLANK, leaf.path), elem_id, 1)
        if leaf.optional and leaf.path in knobs_of(StageOptions):
            made.placeholder = AUTO
        return made


def _paster(leaf: KnobPath) -> Callable[[dict[str, Any]], Any]:
    def paste(params: dict[str, Any]) -> Any:
        try:
            asked = outpaint_in(params)
        except RetouchError:
            return None
        return None if asked is None else widget_value(leaf, getattr(asked, leaf.path))

    return paste


def outpaint_in(params: dict[str, Any]) -> ScriptOutpaint | None:
    """What an infotext carries, None without. BadInput when it is damaged."""
    text = params.get(OUTPAINT)
    if not text:
        return None
    try:
        return load(ScriptOutpaint, json.loads(text), OUTPAINT)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{error}.", path=OUTPAINT, hint="Copy the whole generation text.") from None


def request_from_widgets(values: Sequence[Any], always: bool = False) -> ScriptOutpaint | None:
    """The fold's values; None where it is switched off, unless `always`."""
    enabled, *rest = values
    if not (enabled or always):
        return None
    return load(ScriptOutpaint, unflatten(read_all(dict(zip(LEAVES, rest, strict=True)))), "outpaint")
