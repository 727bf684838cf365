"""The standalone app: the REST doors without a WebUI, `python -m retouch.app`."""

from __future__ import annotations

import argparse
import html
import logging
import socket
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from retouch import rest
from retouch.standalone import Standalone, add_arguments, backend_of

if TYPE_CHECKING:
    from fastapi import FastAPI

PORT = 7861
_DOORS = (
    ("GET", "health", "what runs here"),
    ("GET", "schema", "JSON schemas of every request"),
    ("GET", "models", "detectors, and which are installed"),
    ("GET", "recipes", "recipes by name"),
    ("GET", "progress", "the job being done and how many wait"),
    ("POST", "detect", "find regions, paint nothing"),
    ("POST", "plan", "what a fix would paint, and how"),
    ("POST", "fix", "find and repaint"),
    ("POST", "interrupt", "stop the job being done, keep what is finished"),
)


def create(backend: Standalone) -> FastAPI:
    """The app on a backend, not yet serving."""
    from fastapi import APIRouter, FastAPI
    from fastapi.responses import HTMLResponse

    app = FastAPI(title="Retouch", docs_url=None, redoc_url=None, openapi_url=None)
    rest.install(app, backend)
    router = APIRouter(prefix=rest.PREFIX)
    rest.add_quick(router, "GET", "/progress", backend.progress)
    rest.add_quick(router, "POST", "/interrupt", backend.interrupt)
    app.include_router(router)

    async def index() -> HTMLResponse:
        return HTMLResponse(_page())

    index.__annotations__.clear()
    app.add_api_route("/", index, response_class=HTMLResponse)
    return app


def _page() -> str:
    rows = "".join(
        f"<tr><td>{how}<td>{_link(how, rest.PREFIX + '/' + name)}<td>{html.escape(what)}"
        for how, name, what in _DOORS
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Retouch</title>'
        "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem}"
        "td{padding:.2rem 1rem .2rem 0}</style><h1>Retouch</h1>"
        "<p>Finds what is wrong in a picture and repaints exactly that. These are its doors:</p>"
        f"<table>{rows}</table></html>"
    )


def _link(how: str, path: str) -> str:
    return f'<a href="{path}">{path}</a>' if how == "GET" else f"<code>{path}</code>"


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m retouch.app", description=__doc__)
    top.add_argument("--host", default="127.0.0.1", help="0.0.0.0 opens it to the network, unguarded")
    top.add_argument("--port", type=int, default=PORT, help=f"{PORT} if not said; 0 for any free one")
    add_arguments(top)
    return top


def main(words: Sequence[str] | None = None) -> int:
    """Serve until told to stop. 2 when the address cannot be had."""
    args = parser().parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        door = _listen(args.host, args.port)
    except OSError as error:
        _say(f"{args.host}:{args.port} cannot be had: {error.strerror}. Choose another with --port.")
        return 2
    with door:
        _serve(create(backend_of(args)), door)
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
    except OSError:
        door.close()
        raise
    return door


def _serve(app: FastAPI, door: socket.socket) -> None:
    import uvicorn

    host, port = door.getsockname()[:2]
    _say(f"Retouch is at http://{f'[{host}]' if ':' in host else host}:{port}")
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    server.run(sockets=[door])


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
