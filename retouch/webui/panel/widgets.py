"""Knobs to gradio widgets and back. A blank widget stands for None."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from retouch.knobs import KnobPath
from retouch.webui.host.models import checkpoint_names, vae_names
from retouch.webui.host.sampling import sampler_names, scheduler_names
from retouch.webui.panel.messages import message
from retouch.webui.service import detector_names

GRID = "retouch-grid"
"""CSS class of a row whose widgets stand in columns. One row for many widgets keeps the page small."""
INHERIT = message("inherit")
AUTO = message("auto")
_LISTS = {
    "sampler": sampler_names,
    "scheduler": scheduler_names,
    "checkpoint": checkpoint_names,
    "vae": vae_names,
}
_LINES = {"prompt": 2, "negative_prompt": 2, "stage_prompts": 3}
_BY_LINE = ("stage_prompts",)
"""Lists whose texts may have commas: one text a line. Blank lines count, except at the end."""


def widget(knob_path: KnobPath, value: Any, elem_id: str, number: int) -> gr.components.Component:
    """The widget of one knob of target `number` (from 1) with the value `value`.

    The host stores a person's defaults by label, so the labels of two targets must differ.
    """
    knob, name = knob_path.knob, knob_path.path.rpartition(".")[2]
    label = knob.label if number == 1 else f"{knob.label} {number}"
    if name in _LINES:
        help_text = message("one_a_line", help=knob.help) if name in _BY_LINE else knob.help
        return _prompt_box(label, help_text, widget_value(knob_path, value), elem_id, _LINES[name])
    common = {"label": label, "info": knob.help, "elem_id": elem_id, "value": widget_value(knob_path, value)}
    if name == "models":
        return gr.Dropdown(detector_names(), multiselect=True, **common)
    if name in _LISTS:
        return gr.Dropdown([INHERIT, *_LISTS[name]()], allow_custom_value=True, **common)
    if knob.choices:
        return gr.Dropdown(list(knob.choices), **common)
    if knob_path.plain_type is bool:
        return gr.Checkbox(label=label, elem_id=elem_id, value=value)
    if knob_path.plain_type in (int, float) and not knob_path.optional:
        return gr.Slider(minimum=knob.low or 0, maximum=knob.high or 1, step=knob.step or 0.01, **common)
    return gr.Textbox(max_lines=1, placeholder=_placeholder(knob_path), **common)


def _prompt_box(label: str, help_text: str, value: str, elem_id: str, lines: int) -> gr.Textbox:
    """A text box like the host's prompt: without a label above, with the label in the placeholder."""
    placeholder = message("prompt_placeholder", label=label, help=help_text)
    return gr.Textbox(
        value, lines=lines, label=label, show_label=False, placeholder=placeholder, elem_id=elem_id
    )


def _placeholder(knob_path: KnobPath) -> str:
    """The meaning of a blank widget. Knobs of `shape` scale with the region; the others are inherited."""
    if not knob_path.optional:
        return message("all")
    return AUTO if knob_path.path.startswith("shape.") else INHERIT


def widget_value(knob_path: KnobPath, value: Any) -> Any:
    """The value of a knob in the form of its widget."""
    name = knob_path.path.rpartition(".")[2]
    if name == "models":
        return list(value)
    if name in _BY_LINE:
        return "\n".join(" ".join(text.splitlines()) for text in value)
    if knob_path.plain_type is tuple:
        return ", ".join(str(item) for item in value)
    if name in _LISTS:
        return value or INHERIT
    if knob_path.optional:
        return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return value


def read(knob_path: KnobPath, value: Any) -> Any:
    """The value of a widget as JSON data for `knobs.load`. None for a blank widget that inherits."""
    if knob_path.path.rpartition(".")[2] in _BY_LINE:
        return [text.strip() for text in str(value or "").rstrip().splitlines()]
    if knob_path.plain_type is tuple:
        return _items(knob_path, value)
    if value in (None, "", INHERIT):
        return None if knob_path.optional else ("" if knob_path.plain_type is str else knob_path.default)
    if knob_path.optional and isinstance(value, str) and knob_path.plain_type in (int, float):
        return _number(value)
    return value


def _items(knob_path: KnobPath, value: Any) -> list[Any]:
    parts = value if isinstance(value, list) else str(value or "").split(",")
    texts = [str(part).strip() for part in parts if str(part).strip()]
    return texts if knob_path.type == tuple[str, ...] else [_number(text) for text in texts]


def _number(text: str) -> Any:
    """The number. Other text stays as it is: the loader refuses it and names the field."""
    try:
        return float(text)
    except ValueError:
        return text


def read_all(values: Mapping[KnobPath, Any]) -> dict[str, Any]:
    """JSON data by dotted path."""
    return {knob_path.path: read(knob_path, value) for knob_path, value in values.items()}
