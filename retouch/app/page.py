"""The standalone page."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from retouch.api.routes import PREFIX

if TYPE_CHECKING:
    from fastapi import FastAPI

from retouch.api.static_files import HEADERS, add_files, add_route

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' "
    "height='32' rx='8' fill='%233563e9'/%3E%3Cpath d='M16 6l2.5 7.5L26 16l-7.5 2.5L16 26l-2.5-7.5L6 "
    "16l7.5-2.5z' fill='white'/%3E%3C/svg%3E"
)


def install(app: FastAPI) -> None:
    """Add `/`, `/doors` and the files of the page to an app that already has all other routes."""
    from fastapi import Request
    from fastapi.responses import HTMLResponse, Response

    add_files(app)

    async def index() -> Response:
        return HTMLResponse(studio_page(), headers=HEADERS)

    async def doors(request: Request) -> Response:
        return HTMLResponse(doors_page(request.app), headers=HEADERS)

    doors.__annotations__["request"] = Request
    add_route(app, "/", index)
    add_route(app, "/doors", doors)


def studio_page() -> str:
    """The HTML of the studio's page."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Retouch</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="{_ICON}"><link rel="stylesheet" href="javascript/retouch/styles/studio.css">'
        '<script type="module" src="javascript/retouch.mjs"></script></head>'
        '<body class="retouch-page">'
        f'<div id="retouch_studio" data-host="standalone" data-api="{PREFIX.lstrip("/")}"></div>'
        "<noscript>The studio needs JavaScript. What it does is also at the "
        '<a href="doors">doors</a>.</noscript></body></html>'
    )


def doors_page(app: FastAPI) -> str:
    """The HTML page that lists every route under the prefix."""
    routes = sorted((r.path, how) for r in app.routes if r.path.startswith(PREFIX) for how in r.methods)  # type: ignore[attr-defined]
    rows = "".join(f"<tr><td>{how}<td>{_link(how, html.escape(path))}" for path, how in routes)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Retouch: doors</title>'
        "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem}"
        "td{padding:.2rem 1rem .2rem 0}</style></head><body><h1>Retouch</h1>"
        '<p>The <a href="./">studio</a> is made of these doors; <code>schema</code> says what each takes.</p>'
        f"<table>{rows}</table></body></html>"
    )


def _link(how: str, path: str) -> str:
    plain = how == "GET" and "{" not in path
    return f'<a href="{path}">{path}</a>' if plain else f"<code>{path}</code>"
