"""The credentials of the WebUI's API and page."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from retouch.webui.host.modules import shared


def guard_of(app: FastAPI) -> Any:
    """A FastAPI dependency that checks the host's credentials: --api-auth, or the login of --gradio-auth.

    The host checks them on its own routes only, so Retouch's routes need this. It raises HTTPException 401
    for wrong or missing credentials. If the host has no credentials, all requests pass.
    """
    basic = HTTPBasic(auto_error=False)

    def guard(request: Request, credentials: HTTPBasicCredentials | None = Depends(basic)) -> None:
        known = {**_api_users(), **(getattr(app, "auth", None) or {})}
        demanded = bool(known or shared.cmd_opts.api_auth)
        if not demanded or _logged_in(app, request) or (credentials and _matches(known, credentials)):
            return
        raise HTTPException(401, "Incorrect username or password", {"WWW-Authenticate": "Basic"})

    return guard


def _api_users() -> dict[str, str]:
    pairs = str(shared.cmd_opts.api_auth or "").split(",")
    return {name: word for name, colon, word in (pair.partition(":") for pair in pairs) if colon}


def _logged_in(app: FastAPI, request: Request) -> bool:
    """True if the request has a valid login cookie of gradio, either the secure or the unsecure one."""
    tokens = getattr(app, "tokens", None) or {}
    owner = getattr(app, "cookie_id", "")  # since gradio 4
    names = (f"{name}-{owner}" if owner else name for name in ("access-token", "access-token-unsecure"))
    cookies = (request.cookies.get(name) for name in names)
    return any(cookie in tokens for cookie in cookies if cookie)


def _matches(known: dict[str, str], credentials: HTTPBasicCredentials) -> bool:
    """True if the password is correct. The comparison takes constant time, which prevents timing attacks."""
    password = known.get(credentials.username)
    if password is None:
        return False
    return secrets.compare_digest(credentials.password.encode(), password.encode())
