"""Registers the extension's callbacks. It runs at every UI reload, because the host clears all callbacks."""

from __future__ import annotations

from typing import Any

from retouch.webui import settings
from retouch.webui.host.modules import script_callbacks
from retouch.webui.panel import xyz_axes


def register_extension() -> None:
    """Register one callback. That callback registers the others.

    For each registration, the host inspects the whole call stack. During an import, the inspection also
    searches for the import's own frames, without success. That takes longer than the rest of the import.
    """
    script_callbacks.on_before_ui(_on_before_ui)


def _on_before_ui() -> None:
    """Register the other callbacks. The host then builds its settings, page and routes, in this order."""
    script_callbacks.on_ui_settings(settings.on_ui_settings)
    script_callbacks.on_ui_tabs(_on_ui_tabs)
    script_callbacks.on_app_started(_on_app_started)
    script_callbacks.on_image_saved(_on_image_saved)
    xyz_axes.on_before_ui()


def _on_ui_tabs() -> list[Any]:
    """The tab of the page. The import is late, because the tab imports the API's module for its address."""
    from retouch.webui.panel.tab import on_ui_tabs

    return on_ui_tabs()


def _on_app_started(demo: object, app: object) -> None:
    """Add the API's routes. The import is late, so that the import of the script is fast."""
    from retouch.webui.backend import on_app_started

    on_app_started(demo, app)  # type: ignore[arg-type]


def _on_image_saved(params: object) -> None:
    from retouch.webui.history_files import on_image_saved

    on_image_saved(params)
