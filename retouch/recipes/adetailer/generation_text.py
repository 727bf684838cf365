"""The tabs in a generation text that ADetailer wrote.

    ADetailer model: face_yolov8n.pt, ADetailer confidence: 0.3, ADetailer model 2nd: hand_yolov8n.pt, ...

A field at its default is often left out. The number at the end of a key is that of the tab. The first tab has
none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from retouch.knobs import load
from retouch.recipes.adetailer.arguments import KNOBS, TabArguments, read_texts
from retouch.recipes.adetailer.payload import TITLE, Payload, Tab

_KEY = re.compile(rf"{TITLE} (?P<label>.+?)(?: (?P<number>\d\d?)(?:st|nd|rd|th))?")
_FIELDS = {knob.label: name for name, knob in KNOBS.items()}
_OLDER = {
    "dilate/erode": "ad_dilate_erode",
    "mask merge/invert": "ad_mask_merge_invert",
    "mask only top k largest": "ad_mask_k",
}
"""Labels of versions before 25.3."""
_IGNORED = ("version",)


def read_tabs(params: Mapping[str, Any]) -> tuple[Payload, list[str]] | None:
    """(the tabs, a warning for each unknown key) in the parameters of a generation text; None without a tab.

    Raises BadInput for an invalid value, with the tab and its field as path.
    """
    tabs: dict[int, dict[str, Any]] = {}
    unknown = []
    for key, value in params.items():
        match = _KEY.fullmatch(key)
        if match is None or match["label"] in _IGNORED:
            continue
        field = _FIELDS.get(match["label"]) or _OLDER.get(match["label"])
        if field is None:
            unknown.append(f"{key}: {value} is not known and is not used.")
        else:
            tabs.setdefault(int(match["number"] or 1), {})[field] = value
    named = {number: tab for number, tab in sorted(tabs.items()) if "ad_model" in tab}
    return (Payload(tuple(_tab(*one) for one in named.items()), path=TITLE), unknown) if named else None


def _tab(number: int, fields: Mapping[str, Any]) -> Tab:
    path = TITLE if number == 1 else f"{TITLE} tab {number}"
    return Tab(path, load(TabArguments, read_texts(fields), path))
