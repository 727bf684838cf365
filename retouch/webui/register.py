"""Callbacks, registered anew at every UI reload: the host forgets all of them first."""

from __future__ import annotations

from retouch.webui import axes, settings
from retouch.webui.host import script_callbacks


def register() -> None:
    script_callbacks.on_ui_settings(settings.on_ui_settings)
    script_callbacks.on_before_ui(axes.on_before_ui)
    script_callbacks.on_app_started(_on_app_started)


def _on_app_started(demo: object, app: object) -> None:
    """The doors are built only now, so that the script itself imports in no time."""
    from retouch.webui.api import on_app_started

    on_app_started(demo, app)  # type: ignore[arg-type]
