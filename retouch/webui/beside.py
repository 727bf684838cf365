"""Histories beside the pictures they tell of, written when the host has saved the picture and named it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from retouch import sidecar
from retouch.history import History
from retouch.webui import host, settings


def remember(p: Any, index: int, history: History, about: dict[str, str]) -> None:
    """To be written beside picture `index` of the batch at hand, where the settings say so."""
    if settings.get(settings.SAVE_HISTORY) and history.entries:
        held = getattr(p, "retouch_pasts", {})
        p.retouch_pasts = {**held, index: (history, about)}


def on_image_saved(params: Any) -> None:
    """The host saves grids and masks of a job by the same call: only the first picture of an index counts."""
    held = getattr(params.p, "retouch_pasts", {})
    found = held.pop(getattr(params.p, "batch_index", None), None)
    if found is not None:
        try:
            path = Path(params.filename).with_suffix(sidecar.ENDING)
            sidecar.save(path, sidecar.written(*found), settings.history_bytes())
        except Exception:  # a full disk must not cost the picture
            host.errors.report("Retouch: the history beside a picture was not saved", exc_info=True)
