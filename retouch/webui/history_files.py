"""Files next to a saved picture: the picture before the fix, a preview of its regions, and its history.

The history is written after the host has saved the picture, because its path depends on the picture's path.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from retouch.image.overlay import draw_regions
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline import history_file
from retouch.pipeline.history import History
from retouch.pipeline.report import Result
from retouch.webui import settings
from retouch.webui.host.modules import errors, images, processing, shared


def remember(p: Any, index: int, history: History, about: dict[str, str]) -> None:
    """Store a history until picture `index` of the batch is saved, if that setting is on."""
    if settings.get(settings.SAVE_HISTORY) and history.entries:
        waiting = getattr(p, "retouch_pasts", {})
        p.retouch_pasts = {**waiting, index: (history, about)}


def on_image_saved(params: Any) -> None:
    """Write the history of the saved picture. The host also calls this for grids and masks."""
    waiting = getattr(params.p, "retouch_pasts", {})
    history = waiting.pop(getattr(params.p, "batch_index", None), None)
    if history is not None:
        try:
            path = Path(params.filename).with_suffix(history_file.ENDING)
            history_file.save(path, history_file.write_history(*history), settings.history_bytes())
        except Exception:  # a full disk must not lose the picture
            errors.report("Retouch: the history beside a picture was not saved", exc_info=True)


def save_extras(p: Any, index: int, before: Picture, result: Result) -> None:
    """Save the picture before the fix and a preview of its regions, each if its setting is on."""
    if not result.reports or not p.save_samples():
        return
    if settings.get(settings.SAVE_BEFORE):
        _save(p, index, before.pil(), "-before-retouch")
    if settings.get(settings.SAVE_PREVIEW):
        regions = [
            Region(r.step.frame.crop, r.step.composite, r.step.label, r.step.score) for r in result.reports
        ]
        _save(p, index, draw_regions(before, regions).pil(), "-retouch-preview")


def _save(p: Any, index: int, image: Image.Image, suffix: str) -> None:
    info = processing.create_infotext(
        p, p.prompts, p.seeds, p.subseeds, index=index, all_negative_prompts=p.negative_prompts
    )
    images.save_image(
        image,
        p.outpath_samples,
        "",
        p.seeds[index],
        p.prompts[index],
        shared.opts.samples_format,
        info=info,
        p=p,
        suffix=suffix,
    )
