"""The standalone app: the studio and the REST routes without a WebUI, `python -m retouch.app`."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from retouch.api import routes
from retouch.app import page
from retouch.app.backend import Standalone, add_arguments, backend_of
from retouch.errors import RetouchError

if TYPE_CHECKING:
    from fastapi import FastAPI

PORT = 7861
BACKLOG = 128
"""Number of connections that may wait while the server starts. Its address is printed before."""


def create(backend: Standalone) -> FastAPI:
    """The app on a backend, not yet serving."""
    from fastapi import FastAPI

    app = FastAPI(title="Retouch", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.service = routes.install(app, backend)
    app.router.on_shutdown.append(app.state.service.batches.close)
    page.install(app)
    return app


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m retouch.app", description=__doc__)
    top.add_argument("--host", default="127.0.0.1", help="0.0.0.0 opens it to the network, unguarded")
    top.add_argument("--port", type=int, default=PORT, help=f"{PORT} if not said; 0 for any free one")
    add_arguments(top)
    return top


def main(words: Sequence[str] | None = None) -> int:
    """Serve until stopped. Returns 2 if the address is not available or the model does not exist."""
    args = parser().parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        backend = backend_of(args)
    except RetouchError as error:
        _say(f"retouch: {error}")
        return 2
    try:
        listener = _listen(args.host, args.port)
    except OSError as error:
        _say(f"{args.host}:{args.port} cannot be had: {error.strerror}. Choose another with --port.")
        return 2
    with listener:
        _serve(create(backend), listener)
    return 0


def _listen(host: str, port: int) -> socket.socket:
    """A socket that accepts connections at once; they are answered when the server runs."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY on sockets of this protocol only. Without it each answer waits up to 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _serve(app: FastAPI, listener: socket.socket) -> None:
    import uvicorn

    host, port = listener.getsockname()[:2]
    _say(f"Retouch is at http://{f'[{host}]' if ':' in host else host}:{port}")
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    server.run(sockets=[listener])


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
