"""Progress on the WebUI's progress bar, and stopping by the WebUI's Interrupt and Skip or by Retouch's."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field

from retouch.api.queue import JobTicket
from retouch.webui.host.modules import shared


@dataclass
class HostProgress:
    """The progress of one fix. Interrupt and Skip stop it; "interrupt after current" does not.

    The host resets Skip at its next batch, so a Skip that was seen is stored on the ticket. The host also
    resets an interrupt from before the job's start. So a job that was stopped in the queue is marked on the
    ticket and is stopped from the start.
    """

    ticket: JobTicket = field(default_factory=JobTicket)

    @property
    def stopped(self) -> bool:
        """True after Interrupt or Skip, and if the ticket was stopped. It stays True."""
        pressed = bool(shared.state.interrupted or shared.state.skipped)
        self.ticket.stopped = self.ticket.stopped or pressed
        return self.ticket.stopped

    def show(self, done: int, total: int, what: str) -> None:
        """Show `done` of `total` on the ticket, with the text `what`, and on the WebUI's progress bar."""
        self.ticket.show(done, total, what)
        shared.state.textinfo = f"Retouch: {done} of {total} regions" if total else None


def preview() -> str | None:
    """The current preview of the running job as a data URI. None if the host shows no previews."""
    if not shared.opts.live_previews_enable:
        return None
    shared.state.set_current_image()
    image = shared.state.current_image
    if image is None:
        return None
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode("ascii")
