"""The JavaScript and CSS files of the studio, on every host."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from retouch import ASSETS

if TYPE_CHECKING:
    from fastapi import FastAPI


FOLDERS = ("javascript",)
TYPES = {".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
"""Content types by ending. Browsers need the right one, and the system's registry may be wrong."""
SOURCES = "javascript/retouch"
"""Folder of the studio's modules and style sheets."""
BUNDLES = {
    "javascript/bundle/studio.mjs": 'export * from "../retouch/studio.mjs";\n',
    "javascript/bundle/studio.css": '@import url("../retouch/styles/studio.css");\n',
}
"""The studio in one file of each type, made by `python3 dev.py bundle`: one file loads in one round trip.

The values are what is served in place of a bundle that is not up to date.
"""
HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "worker-src 'self' blob:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    ),
}
"""The browser revalidates each file by its ETag, so that no file is older than the page."""


def add_files(app: FastAPI, prefix: str = "") -> None:
    """Add the studio's own files, below `prefix`, to an app."""
    for folder in FOLDERS:
        add_route(app, f"{prefix}/{folder}/{{name:path}}", _endpoint(folder))


def _endpoint(folder: str) -> object:
    from fastapi import Request
    from fastapi.responses import Response

    async def file(request: Request) -> Response:
        path = asset(f"{folder}/{request.path_params['name']}")
        if path is None:
            return Response("Not found", 404, media_type="text/plain")
        content = read_file(path)
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {**HEADERS, "ETag": tag}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=TYPES[path.suffix])

    file.__annotations__["request"] = Request
    return file


def add_route(app: FastAPI, path: str, endpoint: object) -> None:
    endpoint.__annotations__.pop("return", None)  # fastapi would make a model of it
    app.add_api_route(path, endpoint, include_in_schema=False, response_model=None)  # type: ignore[arg-type]


def asset(path: str) -> Path | None:
    """The studio's file at a path below the folder of assets. None for any other path."""
    if "\0" in path:
        return None
    wanted = (ASSETS / path.lstrip("/")).resolve()
    ours = any(wanted.is_relative_to(ASSETS / name) for name in FOLDERS)
    return wanted if ours and wanted.suffix in TYPES and wanted.is_file() else None


def read_file(path: Path) -> bytes:
    """The content to serve for a file. A bundle that is not up to date refers to its sources."""
    content, name = path.read_bytes(), path.relative_to(ASSETS).as_posix()
    if name in BUNDLES and sources_digest().encode() not in content.partition(b"\n")[0]:
        return BUNDLES[name].encode()
    return content


def sources_digest() -> str:
    """SHA-256 of the names and contents of all modules and style sheets."""
    digest = hashlib.sha256()
    for path in sorted((ASSETS / SOURCES).rglob("*")):
        if path.suffix in TYPES:
            digest.update(path.relative_to(ASSETS).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
