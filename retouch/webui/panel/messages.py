"""Every English sentence of the accordion and the tab, by key. Labels of knobs are at their Knob declaration.

For a second language, add a second dict with the same keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "title": "Retouch",
        "loading": "Loading the studio ...",
        "recipe": "Recipe",
        "recipe_info": "Fills the targets below.",
        "summary_none": "No target has a detector: nothing will run.",
        "summary_one": "1 target: {targets}.",
        "summary_many": "{count} targets: {targets}.",
        "skip_img2img": "Do not run the img2img itself",
        "people": "People",
        "people_info": (
            "Words bound to one person through all targets, a person a line: who, a colon, the words."
        ),
        "people_example": "left: a woman with red hair\nNegative prompt: hat",
        "open_studio": "Open in Retouch",
        "target_tab": "Target {number}",
        "outpaint": "Outpaint",
        "outpaint_enabled": "Extend each finished picture",
        "outpaint_knob": "{label} (outpaint)",
        "axis": "[Retouch] {label}",
        "inherit": "As the picture",
        "auto": "Auto",
        "all": "All",
        "one_a_line": "{help} One a line.",
        "prompt_placeholder": "{label}. {help}",
        "save_as": "Save as",
        "import": "Import",
        "share": "Share",
        "delete": "Delete",
        "refresh": "Refresh",
        "recipe_name": "Name of the recipe",
        "recipe_replace": "Replace mine of that name",
        "save": "Save",
        "paste_recipe": "Paste a recipe",
        "paste_about": "A recipe's JSON, a share string (retouch:...), or a picture's whole generation text.",
        "read": "Take it over into the tabs",
        "share_text": "To send to others",
        "share_file": "As a file",
        "delete_confirm": "Delete my recipe of this name for good",
        "too_many_passes": (
            "{name!r} has {passes} passes and here are {tabs} tabs: the others are left out. "
            "Settings, Retouch, has the number of targets."
        ),
        "saved": "Saved as {name!r}.",
        "in_the_tabs": "{name!r} is in the tabs.",
        "in_the_tabs_unsaved": "{name!r} is in the tabs. Save it to keep it.",
        "older_schema": "It was of schema {schema}.",
        "deleted": "{name!r} is deleted; the tabs still show it.",
        "deleted_built_in": (
            "{name!r} is deleted; the tabs still show it. The built-in {built_in!r} is in its place."
        ),
    }
)


def message(key: str, **values: object) -> str:
    """The sentence of `key` with `values` in its placeholders.

    Raises KeyError for an unknown key, and for a placeholder without a value.
    """
    return ENGLISH[key].format(**values)
