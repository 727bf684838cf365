"""The options of the settings page and functions to read them. Each option is declared here only."""

from __future__ import annotations

from typing import Any

from retouch.webui.host.modules import option, shared

SECTION = ("retouch", "Retouch")
SCRIPTS = (
    "dynamic_prompting",
    "wildcards",
    "wildcard_recursive",
    "dynamic_thresholding",
    "lora_block_weight",
    "negpip",
    "comments",
)

TABS = "retouch_tabs"
BATCH = "retouch_batch_limit"
SAVE_BEFORE = "retouch_save_before"
SAVE_PREVIEW = "retouch_save_preview"
SAVE_HISTORY = "retouch_save_history"
HISTORY_MB = "retouch_history_mb"
ALLOWED = "retouch_scripts"
KEEP = "retouch_keep_detectors"
OFFLINE = "retouch_offline"
ADETAILER = "retouch_answer_adetailer"

_OPTIONS = {
    TABS: (4, "Number of targets", "Tabs in the accordion; needs a UI reload.", (1, 15, 1)),
    BATCH: (8, "Most regions in one sampling call", "Lower it if the GPU runs out of memory.", (1, 64, 1)),
    SAVE_BEFORE: (False, "Save each picture before it is fixed", "As name-before-retouch.", None),
    SAVE_PREVIEW: (False, "Save what was found", "As name-retouch-preview.", None),
    SAVE_HISTORY: (
        False,
        "Save a history beside each picture",
        "A .retouch file: any fix can be undone.",
        None,
    ),
    HISTORY_MB: (2048, "Most megabytes of histories in a folder", "The oldest make room.", (64, 65536, 64)),
    ALLOWED: (
        ", ".join(SCRIPTS),
        "Other scripts that also act on the fixes",
        "File names without .py, with commas.",
        None,
    ),
    KEEP: (True, "Keep detectors loaded", "Off frees their memory after every job.", None),
    OFFLINE: (False, "Never download detectors", "Only files that are here are used.", None),
    ADETAILER: (
        False,
        "Answer requests for ADetailer",
        "Those of the API, where ADetailer is not loaded; needs a restart.",
        None,
    ),
}


def on_ui_settings() -> None:
    """Add the options to the host's settings page."""
    for key, (default, label, info, bounds) in _OPTIONS.items():
        shared.opts.add_option(key, _info(default, label, bounds).info(info))


def _info(default: object, label: str, bounds: tuple[int, int, int] | None) -> Any:
    if bounds is None:
        return shared.OptionInfo(default, label, section=SECTION)
    import gradio

    low, high, step = bounds
    span = {"minimum": low, "maximum": high, "step": step}
    return shared.OptionInfo(default, label, gradio.Slider, span, section=SECTION)


def get(key: str) -> object:
    """The value of an option, or its default before the settings page exists."""
    return option(key, _OPTIONS[key][0])


def tabs() -> int:
    """Number of target tabs in the accordion."""
    return int(str(get(TABS)))


def batch_limit() -> int:
    """Maximum number of jobs in one sampling call."""
    return int(str(get(BATCH)))


def history_bytes() -> int:
    """Maximum size in bytes of all histories in one folder."""
    return int(str(get(HISTORY_MB))) * 1024 * 1024


def allowed_scripts() -> tuple[str, ...]:
    """File names, without .py, of the other extensions' scripts that also act on the fixes."""
    return tuple(name.strip() for name in str(get(ALLOWED)).split(",") if name.strip())
