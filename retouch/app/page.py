"""The standalone page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retouch.api.addresses import PREFIX
from retouch.api.pages.rendering import render
from retouch.api.static_files import HEADERS, add_files, add_route

if TYPE_CHECKING:
    from fastapi import FastAPI


def install(app: FastAPI) -> None:
    """Add `/`, `/doors` and the files of the page to an app that already has all other routes."""
    from fastapi import Request
    from fastapi.responses import HTMLResponse, Response

    add_files(app)

    async def index() -> Response:
        return HTMLResponse(render_studio(), headers=HEADERS)

    async def doors(request: Request) -> Response:
        return HTMLResponse(render_doors(request.app), headers=HEADERS)

    doors.__annotations__["request"] = Request
    add_route(app, "/", index)
    add_route(app, "/doors", doors)


def render_studio() -> str:
    """The HTML of the studio's page."""
    return render("studio.html", api=PREFIX.lstrip("/"))


def render_doors(app: FastAPI) -> str:
    """The HTML page that lists every route under the prefix."""
    routes = sorted((r.path, how) for r in app.routes if r.path.startswith(PREFIX) for how in r.methods)  # type: ignore[attr-defined]
    return render("doors.html", routes=routes)
