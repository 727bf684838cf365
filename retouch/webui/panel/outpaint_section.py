"""The accordion's fold "Outpaint": extends each finished picture. Generation texts carry its request."""

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
from retouch.webui.panel.messages import message
from retouch.webui.panel.widgets import AUTO, GRID, read_all, widget, widget_value

CHANGES = "retouch_outpaint_changes"
"""Attribute of `p` in which an X/Y/Z axis leaves its changes to the request: {knob: value}."""
_FROM_PICTURE = ("seed", "subseed", "subseed_strength")
"""Knobs without a widget: each picture has its own seeds."""
KNOB_PATHS = tuple(k for k in knob_paths(ScriptOutpaint) if k.path not in _FROM_PICTURE)
"""The knobs of the fold, in the order of the script's args."""
WIDGETS = 1 + len(KNOB_PATHS)
"""Number of the script's args that belong to the fold. They are the last ones."""
FRONT_KNOBS = 5
"""Number of knobs above the inner folds: the aspect and the margins."""
BLANK = ScriptOutpaint()


@dataclass
class OutpaintSection:
    """One build of the fold. Its values, in order, are the last of the script's args."""

    elem_id: Callable[[str], str]
    components: list[Any] = field(default_factory=list)
    paste_fields: list[tuple[Any, Any]] = field(default_factory=list)

    def build(self) -> list[Any]:
        """Lay the widgets out with the front knobs first; return them in the order of KNOB_PATHS."""
        widgets: dict[str, Any] = {}
        with gr.Accordion(message("outpaint"), open=False, elem_id=self.elem_id("outpaint")):
            label = message("outpaint_enabled")
            enable = gr.Checkbox(False, label=label, elem_id=self.elem_id("outpaint_enabled"))
            front, folds = front_knobs(KNOB_PATHS, FRONT_KNOBS), folded_knobs(KNOB_PATHS, FRONT_KNOBS)
            for title, group in [("", front), *folds.items()]:
                fold = gr.Accordion(title, open=False) if title else gr.Group()
                with fold, gr.Row(elem_classes=[GRID]):
                    widgets |= {knob_path.path: self._widget(knob_path) for knob_path in group}
        self.components = [enable, *(widgets[knob_path.path] for knob_path in KNOB_PATHS)]
        pasters = [lambda params: OUTPAINT in params, *map(_paster, KNOB_PATHS)]
        self.paste_fields = list(zip(self.components, pasters, strict=True))
        return self.components

    def _widget(self, knob_path: KnobPath) -> Any:
        """The widget of one knob. Its label differs from the pass's: the host stores defaults by label."""
        knob = dataclasses.replace(knob_path.knob, label=message("outpaint_knob", label=knob_path.knob.label))
        if knob_path.plain_type is tuple:
            knob = dataclasses.replace(knob, choices=())
        value, elem_id = getattr(BLANK, knob_path.path), self.elem_id(f"outpaint_{knob_path.path}")
        component: Any = widget(dataclasses.replace(knob_path, knob=knob), value, elem_id, 1)
        if knob_path.optional and knob_path.path in knobs_of(StageOptions):
            component.placeholder = AUTO
        return component


def _paster(knob_path: KnobPath) -> Callable[[dict[str, Any]], Any]:
    """The function from a pasted infotext to the value of one widget. None leaves the widget unchanged."""

    def paste(params: dict[str, Any]) -> Any:
        try:
            request = outpaint_in(params)
        except RetouchError:
            return None
        return None if request is None else widget_value(knob_path, getattr(request, knob_path.path))

    return paste


def outpaint_in(params: dict[str, Any]) -> ScriptOutpaint | None:
    """The request in the parameters of an infotext, None without one. BadInput if it is damaged."""
    text = params.get(OUTPAINT)
    if not text:
        return None
    try:
        return load(ScriptOutpaint, json.loads(text), OUTPAINT)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{error}.", path=OUTPAINT, hint="Copy the whole generation text.") from None


def request_from_widgets(values: Sequence[Any], always: bool = False) -> ScriptOutpaint | None:
    """The request of the fold's values. None if the fold is switched off, unless `always` is true."""
    enabled, *rest = values
    if not (enabled or always):
        return None
    return load(ScriptOutpaint, unflatten(read_all(dict(zip(KNOB_PATHS, rest, strict=True)))), "outpaint")
