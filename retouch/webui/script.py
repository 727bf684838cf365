"""The always-visible script. It fixes each picture of a job, then outpaints it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from retouch.api.requests.script import ScriptOutpaint
from retouch.errors import RetouchError
from retouch.webui.host.modules import scripts
from retouch.webui.panel.outpaint_section import CHANGES, WIDGETS, request_from_widgets
from retouch.webui.panel.panel import Panel, request_from

TITLE = "Retouch"


class RetouchScript(scripts.Script):
    """The script on the txt2img and img2img tabs.

    The host uses two instances for all jobs, so the state of a job is in `p.retouch` and
    `p.retouch_outpaint`.
    """

    def title(self) -> str:
        return TITLE

    def show(self, is_img2img: bool) -> Any:
        return scripts.AlwaysVisible

    def ui(self, is_img2img: bool) -> list[Any]:
        """Build the panel. The values of its components are the `args` of the hooks below."""
        panel = Panel(self.elem_id, is_img2img)
        components = panel.build()
        self.infotext_fields = panel.paste_fields
        return components

    def process(self, p: Any, *args: Any) -> None:
        """Start the job. The host reuses one `p` for every file of the Batch tab and calls this for each.

        The imports are late, because only a job needs them.
        """
        from retouch.webui.fix_job import AutofixJob
        from retouch.webui.outpaint_job import OutpaintJob

        p.retouch = AutofixJob.begin(p, args)
        p.retouch_outpaint = OutpaintJob.begin(p, _outpaint(p, args))

    def postprocess_batch_list(self, p: Any, pp: Any, *args: Any, **kwargs: Any) -> None:
        """Fix the decoded pictures of a batch."""
        if getattr(p, "retouch", None):
            p.retouch.fix_batch(p, pp)
        if getattr(p, "retouch_outpaint", None):
            p.retouch_outpaint.begin_batch(pp)

    def postprocess_image_after_composite(self, p: Any, pp: Any, *args: Any) -> None:
        """Fix a picture that the host has composited, then outpaint it."""
        if getattr(p, "retouch", None):
            p.retouch.fix_finished(p, pp)
        if getattr(p, "retouch_outpaint", None):
            p.retouch_outpaint.extend_finished(p, pp)

    def postprocess(self, p: Any, processed: Any, *args: Any) -> None:
        """End the job. ADetailer also calls this during a job, on a copy of `p` and without pictures."""
        if getattr(p, "retouch", None) and processed.images:
            p.retouch.end(p, processed)
            p.retouch = None
        if getattr(p, "retouch_outpaint", None) and processed.images:
            p.retouch_outpaint.end(p, processed)
            p.retouch_outpaint = None


def _outpaint(p: Any, args: Sequence[Any]) -> ScriptOutpaint | None:
    """The outpaint request, None if there is none. A bad request also gives None: AutofixJob reports it."""
    changed, by_widgets = getattr(p, CHANGES, None), not any(isinstance(arg, dict) for arg in args)
    try:
        if args and changed and by_widgets:
            return request_from_widgets(args[-WIDGETS:], always=True)
        request = request_from(args)
    except RetouchError:
        return None
    return request and (request.outpaint or (ScriptOutpaint() if changed else None))
