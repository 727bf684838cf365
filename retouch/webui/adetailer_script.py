"""The name "ADetailer" in `alwayson_scripts`, served by Retouch where ADetailer itself is not loaded.

The script has no visible widgets. It hands its arguments to the job of Retouch's own script.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from retouch.recipes.adetailer.payload import TITLE, read_payload
from retouch.recipes.target import MAX_PASSES
from retouch.webui import service, settings
from retouch.webui.host.modules import scripts

if TYPE_CHECKING:
    from retouch.recipes.adetailer.conversion import Conversion

ARGUMENTS = "retouch_adetailer"
"""Attribute of `p` with the arguments of the current job."""
PATH = f"alwayson_scripts.{TITLE}.args"


def is_adetailer_loaded() -> bool:
    """True if a script file of ADetailer or of a fork of it is loaded. Their file is `!adetailer.py`."""
    names = (Path(data.path).stem.lower() for data in scripts.scripts_data)
    return any(TITLE.lower() in name for name in names)


class AdetailerScript(scripts.Script):
    """The script of the name. The host leaves it out of both tabs unless the setting is on."""

    create_group = False

    def title(self) -> str:
        return TITLE

    def show(self, is_img2img: bool) -> Any:
        """The host asks this after all scripts are loaded, whatever their order."""
        serves = bool(settings.get(settings.ADETAILER)) and not is_adetailer_loaded()
        return scripts.AlwaysVisible if serves else False

    def ui(self, is_img2img: bool) -> list[Any]:
        """Invisible widgets: enable, skip img2img, and one for each tab. A request replaces their values."""
        labels = [f"{TITLE} tab {number}" for number in range(1, MAX_PASSES + 1)]
        return [
            *(self._widget(gr.Checkbox, label, False) for label in (f"Enable {TITLE}", "Skip img2img")),
            *(self._widget(gr.Textbox, label, "") for label in labels),
        ]

    def _widget(self, kind: Any, label: str, value: Any) -> Any:
        name = label.lower().replace(" ", "_")
        widget = kind(value, label=label, visible=False, elem_id=self.elem_id(name))
        widget.do_not_save_to_config = True
        return widget

    def before_process(self, p: Any, *args: Any) -> None:
        """Keep the arguments for `process` of Retouch's own script, which the host calls later."""
        setattr(p, ARGUMENTS, args)


def has_request(p: Any) -> bool:
    """True if the request of a job has arguments for ADetailer with a tab."""
    return any(isinstance(arg, dict) for arg in getattr(p, ARGUMENTS, ()))


def served_conversion(p: Any) -> Conversion | None:
    """The recipe of a job's arguments for ADetailer, None without a tab.

    Raises BadInput with the path in the request.
    """
    if not has_request(p):
        return None
    return service.convert_adetailer(read_payload(_sent(getattr(p, ARGUMENTS)), PATH))


def _sent(args: Sequence[Any]) -> list[Any]:
    """The arguments without the values of widgets that the request does not set."""
    switches = list(itertools.takewhile(lambda arg: isinstance(arg, bool), args))
    return [*switches, *(arg for arg in args[len(switches) :] if arg not in (None, "", False))]
