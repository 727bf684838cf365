"""The always-visible script: mends each picture while it is being made."""

from __future__ import annotations

from typing import Any

from retouch.webui import host
from retouch.webui.job import AutofixJob
from retouch.webui.panel import Panel

TITLE = "Retouch"


class RetouchScript(host.scripts.Script):
    """The host keeps two of these for good, so what belongs to one job lives on its `p.retouch`."""

    def title(self) -> str:
        return TITLE

    def show(self, is_img2img: bool) -> Any:
        return host.scripts.AlwaysVisible

    def ui(self, is_img2img: bool) -> list[Any]:
        panel = Panel(self.elem_id, is_img2img)
        components = panel.build()
        self.infotext_fields = panel.paste_fields
        return components

    def process(self, p: Any, *args: Any) -> None:
        """The host reuses one `p` for every file of the Batch tab, each with a process of its own."""
        p.retouch = AutofixJob.begin(p, args)

    def postprocess_batch_list(self, p: Any, pp: Any, *args: Any, **kwargs: Any) -> None:
        if p.retouch:
            p.retouch.fix_batch(p, pp)

    def postprocess_image_after_composite(self, p: Any, pp: Any, *args: Any) -> None:
        if p.retouch:
            p.retouch.fix_finished(p, pp)

    def postprocess(self, p: Any, processed: Any, *args: Any) -> None:
        """ADetailer also calls this, in the middle of a job, on a copy of `p` and without pictures."""
        if getattr(p, "retouch", None) and processed.images:
            p.retouch.end(p, processed)
            p.retouch = None
