"""The studio as a top-level tab: an empty root, into which javascript/retouch.mjs puts the page.

Of our scripts the host names only that one with its date; all others come from `api.static_files`, which has
the browser ask whether they have changed: after an update none is older than another.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from retouch.api.routes import PREFIX
from retouch.api.static_files import FILES

TITLE, ELEM_ID = "Retouch", "retouch"


def on_ui_tabs() -> list[tuple[Any, str, str]]:
    """As the WebUI asks for its tabs: (blocks, title, id)."""
    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.HTML(
            f'<div id="retouch_studio" data-host="webui" data-api="{PREFIX.lstrip("/")}" '
            f'data-files="{FILES.lstrip("/")}/"></div>',
            elem_id="retouch_studio_html",
        )
    return [(blocks, TITLE, ELEM_ID)]
