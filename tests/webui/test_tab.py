"""The studio's tab: a root for the page, and a button that leads to it."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI
from fastapi.testclient import TestClient
from modules import script_callbacks

from retouch.api.static_files import BUNDLES
from retouch.webui.panel import tab


def test_tab_contains_the_root_element_of_the_studio_page(webui):
    blocks, title, name = script_callbacks.ui_tabs_callback()[-1]  # other tests load the scripts again
    assert (title, name) == ("Retouch", "retouch")
    (root,) = [c for c in blocks.blocks.values() if isinstance(c, gr.HTML)]
    assert 'id="retouch_studio"' in str(root.value)
    assert 'data-host="webui"' in str(root.value)
    assert 'data-api="retouch/v1"' in str(root.value)
    assert 'data-files="retouch/site/"' in str(root.value)
    assert "Loading the studio" in str(root.value)


def test_studio_files_are_served_with_etag_and_no_cache(webui):
    app = FastAPI()
    script_callbacks.app_started_callback(None, app)
    for name in (
        *BUNDLES,
        "javascript/retouch/studio.mjs",
        "javascript/retouch/host/webui-gallery.mjs",
        "javascript/retouch/styles/studio.css",
    ):
        answer = TestClient(app).get(f"/retouch/site/{name}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["etag"]


def test_every_page_build_gets_new_tab_blocks(webui):
    """ "Reload UI" builds the page again: gradio refuses blocks that were rendered before."""
    first, second = tab.on_ui_tabs(), tab.on_ui_tabs()
    assert first[0][0] is not second[0][0]


def test_open_studio_button_is_no_script_argument(webui):
    for is_img2img, page in ((False, "txt2img"), (True, "img2img")):
        script = webui.script(is_img2img)
        with gr.Blocks() as blocks:
            controls = script.ui(is_img2img)
        buttons = [c for c in blocks.blocks.values() if isinstance(c, gr.Button)]
        assert f"script_{page}_retouch_open_studio" in [b.elem_id for b in buttons]
        assert not set(map(id, buttons)) & set(map(id, controls))
