"""What a release is published with agrees with the package."""

from __future__ import annotations

import json
import re
from pathlib import Path

import retouch

ROOT = Path(__file__).parents[2]
INDEX_KEYS = {"name", "url", "description", "tags"}
"""The keys that `validate.py` of AUTOMATIC1111/stable-diffusion-webui-extensions asks for."""
INDEX_TAGS = {
    "script",
    "localization",
    "tab",
    "dropdown",
    "ads",
    "installed",
    "training",
    "models",
    "UI related",
}
INDEX_TAGS |= {"prompting", "editing", "manipulations", "online", "animation", "query", "science", "extras"}
"""The keys of its `tags.json`. "manipulations" are changes of pictures with Stable Diffusion."""


def test_entry_of_the_extension_index_meets_its_rules():
    entry = json.loads((ROOT / "tools" / "extension_index.json").read_text("utf-8"))
    assert entry.keys() == INDEX_KEYS
    assert entry["tags"]
    assert set(entry["tags"]) <= INDEX_TAGS
    assert re.fullmatch(r"https://[^ ]+/[^ /]+/[^ /]+\.git", entry["url"])
    assert all(isinstance(entry[key], str) and entry[key].strip() for key in ("name", "description"))


def test_changelog_has_a_dated_section_for_the_version():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## \[{re.escape(retouch.__version__)}\] - \d{{4}}-\d\d-\d\d$", text, re.MULTILINE)


def test_update_notes_of_the_page_are_of_the_version():
    text = (ROOT / "javascript" / "retouch" / "ui" / "text.mjs").read_text("utf-8")
    assert f'"update.version": "{retouch.__version__}"' in text
    assert retouch.__version__ in text.split('"update.notes":')[1].split('",\n')[0]
