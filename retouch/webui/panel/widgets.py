"""Knobs to gradio widgets and back. Blank widgets mean None."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from retouch.knobs import KnobPath
from retouch.webui import host
from retouch.webui.service import detector_names

INHERIT = "As the picture"
AUTO = "Auto"
_LISTS = {
    "sampler": host.sampler_names,
    "scheduler": host.scheduler_names,
    "checkpoint": host.checkpoint_names,
    "vae": host.vae_names,
}
_LINES = {"prompt": 2, "negative_prompt": 2, "stage_prompts": 3}
_BY_LINE = ("stage_prompts",)
"""Lists of texts that may have commas in them: one a line. Blank lines count, but for the last."""


def widget(leaf: KnobPath, value: Any, elem_id: str, number: int) -> gr.components.Component:
    """The widget of one knob of target `number`, showing `value`.

    The host keeps a person's defaults by label: two targets' widgets of one label would share them.
    """
    knob, name = leaf.knob, leaf.path.rpartition(".")[2]
    label = knob.label if number == 1 else f"{knob.label} {number}"
    if name in _LINES:
        help_text = f"{knob.help} One a line." if name in _BY_LINE else knob.help
        return _words(label, help_text, widget_value(leaf, value), elem_id, _LINES[name])
    common = {"label": label, "info": knob.help, "elem_id": elem_id, "value": widget_value(leaf, value)}
    if name == "models":
        return gr.Dropdown(detector_names(), multiselect=True, **common)
    if name in _LISTS:
        return gr.Dropdown([INHERIT, *_LISTS[name]()], allow_custom_value=True, **common)
    if knob.choices:
        return gr.Dropdown(list(knob.choices), **common)
    if leaf.plain_type is bool:
        return gr.Checkbox(label=label, elem_id=elem_id, value=value)
    if leaf.plain_type in (int, float) and not leaf.optional:
        return gr.Slider(minimum=knob.low or 0, maximum=knob.high or 1, step=knob.step or 0.01, **common)
    return gr.Textbox(max_lines=1, placeholder=_placeholder(leaf), **common)


def _words(label: str, help_text: str, value: str, elem_id: str, lines: int) -> gr.Textbox:
    """Prompts look like the host's own: no label above, the name inside."""
    placeholder = f"{label}. {help_text}"
    return gr.Textbox(
        value, lines=lines, label=label, show_label=False, placeholder=placeholder, elem_id=elem_id
    )


def _placeholder(leaf: KnobPath) -> str:
    """What blank stands for: knobs of shape scale with the region, the others are inherited."""
    if not leaf.optional:
        return "All"
    return AUTO if leaf.path.startswith("shape.") else INHERIT


def widget_value(leaf: KnobPath, value: Any) -> Any:
    """A knob's value as its widget shows it."""
    name = leaf.path.rpartition(".")[2]
    if name == "models":
        return list(value)
    if name in _BY_LINE:
        return "\n".join(" ".join(text.splitlines()) for text in value)
    if leaf.plain_type is tuple:
        return ", ".join(str(item) for item in value)
    if name in _LISTS:
        return value or INHERIT
    if leaf.optional:
        return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return value


def read(leaf: KnobPath, given: Any) -> Any:
    """A widget's value as JSON data for `knobs.load`; None where blank means the picture's own."""
    if leaf.path.rpartition(".")[2] in _BY_LINE:
        return [text.strip() for text in str(given or "").rstrip().splitlines()]
    if leaf.plain_type is tuple:
        return _items(leaf, given)
    if given in (None, "", INHERIT):
        return None if leaf.optional else ("" if leaf.plain_type is str else leaf.default)
    if leaf.optional and isinstance(given, str) and leaf.plain_type in (int, float):
        return _number(given)
    return given


def _items(leaf: KnobPath, given: Any) -> list[Any]:
    parts = given if isinstance(given, list) else str(given or "").split(",")
    words = [str(part).strip() for part in parts if str(part).strip()]
    return words if leaf.type == tuple[str, ...] else [_number(word) for word in words]


def _number(text: str) -> Any:
    """The number, or the text itself for the loader to refuse with the field's name."""
    try:
        return float(text)
    except ValueError:
        return text


def read_all(values: Mapping[KnobPath, Any]) -> dict[str, Any]:
    """Flat JSON data by dotted path."""
    return {leaf.path: read(leaf, given) for leaf, given in values.items()}
