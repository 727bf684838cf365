"""Callbacks, registered anew at every UI reload: the host forgets all of them first."""

from __future__ import annotations

from typing import Any

from retouch.webui import settings
from retouch.webui.host import script_callbacks
from retouch.webui.panel import xyz_axes


def register_extension() -> None:
    """One callback now, the others from it: for each the host inspects the whole call stack, which from
    inside an import, where it is searched in vain for the import's own frames, takes longer than all else.
    """
    script_callbacks.on_before_ui(_on_before_ui)


def _on_before_ui() -> None:
    """The host builds its settings, its page and its routes after this, in this order."""
    script_callbacks.on_ui_settings(settings.on_ui_settings)
    script_callbacks.on_ui_tabs(_on_ui_tabs)
    script_callbacks.on_app_started(_on_app_started)
    script_callbacks.on_image_saved(_on_image_saved)
    xyz_axes.on_before_ui()


def _on_ui_tabs() -> list[Any]:
    """Imported late: the tab needs the address of the API, and so its module."""
    from retouch.webui.panel.tab import on_ui_tabs

    return on_ui_tabs()


def _on_app_started(demo: object, app: object) -> None:
    """Imported late, so that the import of the script is fast."""
    from retouch.webui.backend import on_app_started

    on_app_started(demo, app)  # type: ignore[arg-type]


def _on_image_saved(params: object) -> None:
    from retouch.webui.history_files import on_image_saved

    on_image_saved(params)
