"""The outside of the accordion: the WebUI keeps people's settings by these names, in this order."""

from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize("is_img2img", [False, True])
def test_labels_and_ids_of_the_accordion_match_their_golden_file(webui, golden_text, is_img2img):
    told = [
        [c.elem_id, c.label, c.value, type(c).__name__, getattr(c, "choices", None), getattr(c, "info", None)]
        for c in webui.script(is_img2img).controls
    ]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in told) + "\n"
    golden_text(text, f"accordion-{'img2img' if is_img2img else 'txt2img'}.jsonl")
