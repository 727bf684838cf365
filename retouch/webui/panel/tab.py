"""The studio as a top-level tab: a root element, which javascript/retouch.mjs fills with the page.

The host adds only that script to its page, with the file's date. The other scripts come from
`api.static_files`, which makes the browser ask for changes, so that all scripts are of one version.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from retouch.api.addresses import FILES, PREFIX
from retouch.webui.panel.messages import message

TITLE, ELEM_ID = message("title"), "retouch"


def on_ui_tabs() -> list[tuple[Any, str, str]]:
    """The tabs for the WebUI, each as (blocks, title, id)."""
    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.HTML(
            f'<div id="retouch_studio" data-host="webui" data-api="{PREFIX.lstrip("/")}" '
            f'data-files="{FILES.lstrip("/")}/"><p role="status">{message("loading")}</p></div>',
            elem_id="retouch_studio_html",
        )
    return [(blocks, TITLE, ELEM_ID)]
