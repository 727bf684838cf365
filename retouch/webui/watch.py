"""Progress on the WebUI's own bar; Interrupt and Skip from its own buttons."""

from __future__ import annotations

from dataclasses import dataclass

from retouch.webui.host import shared


@dataclass
class Watch:
    """Interrupt or Skip stop what is being fixed; "interrupt after current" lets it finish.

    The host forgets Skip at its next batch, so once seen it is remembered here.
    """

    seen: bool = False

    @property
    def stopped(self) -> bool:
        self.seen = self.seen or bool(shared.state.interrupted or shared.state.skipped)
        return self.seen

    def show(self, done: int, total: int, what: str) -> None:
        shared.state.textinfo = f"Retouch: {done} of {total} regions" if total else None
