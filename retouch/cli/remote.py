"""The client of a running Retouch, in a WebUI or standalone, over HTTP."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

from retouch.errors import BadInput, Missing, RetouchError, convert_errors

PREFIX = "/retouch/v1"
TIMEOUT = 3600.0
"""Seconds to wait for an answer. A picture with many faces takes long on a slow machine."""


class Unreachable(Missing):
    """No Retouch answers at the address. Further requests would fail too."""


@dataclass(frozen=True)
class Remote:
    """`address` is scheme://host:port/path without credentials, `login` is "user:password" or ""."""

    address: str
    login: str = ""

    def answer(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer of a verb. Raises the error of the server, or Unreachable."""
        return self._ask(verb, json.dumps(body).encode())

    def recipes(self) -> dict[str, Any]:
        return self._ask("recipes")

    def _ask(self, what: str, body: bytes | None = None) -> dict[str, Any]:
        with convert_errors(self._unreachable):
            request = urllib.request.Request(f"{self.address}{PREFIX}/{what}", body, self._headers())
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                    return _object(answer.read(), self.address)
            except urllib.error.HTTPError as error:
                with error:
                    raise _error_from(error.code, error.read(), self.address) from None
            except OSError as error:
                raise self._silent(str(getattr(error, "reason", error))) from None

    def _silent(self, cause: str) -> Unreachable:
        hint = "Is it running, and was it started with --api or as python -m retouch.app?"
        return Unreachable(f"{self.address} does not answer ({cause}).", hint=hint)

    def _unreachable(self, cause: str) -> Unreachable:
        """The error for an invalid address, and for an answer that is no HTTP or ends too soon."""
        return Unreachable(
            f"{self.address} does not answer as a WebUI does ({cause}).", hint="Check the address."
        )

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.login:
            headers["Authorization"] = "Basic " + base64.b64encode(self.login.encode()).decode("ascii")
        return headers


def connect(url: str) -> Remote:
    """The client of http(s)://[user:password@]host[:port][/path]. Raises BadInput for any other text."""
    with convert_errors(lambda _: _no_address()):
        parts = urllib.parse.urlsplit(url if "://" in url else f"http://{url}")
        _ = parts.port
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _no_address()
    host = parts.netloc.rpartition("@")[2]
    names = [urllib.parse.unquote(name or "") for name in (parts.username, parts.password)]
    address = f"{parts.scheme}://{host}{parts.path}".rstrip("/")
    return Remote(address, ":".join(names) if parts.username else "")


def _no_address() -> BadInput:
    hint = "As http://127.0.0.1:7860, with user:password@ before the host if it asks for them."
    return BadInput("is not the address of a server.", path="--url", hint=hint)


def _error_from(status: int, body: bytes, address: str) -> RetouchError:
    """The error of an answer, of the class that the server names."""
    if status in (401, 403):
        hint = "Give them in the address, as http://user:password@host."
        return Unreachable(f"{address} asks for user and password.", hint=hint)
    fields = _error_fields(body)
    if not fields and status == 404:
        return Unreachable(f"{address} has no Retouch.", hint="Is the extension installed there?")
    kind = _kinds(RetouchError).get(str(fields.get("error")), RetouchError)
    fault = fields.get("what") or f"{address} answered with status {status}."
    return kind(str(fault), path=str(fields.get("path") or ""), hint=str(fields.get("hint") or ""))


def _kinds(parent: type[RetouchError]) -> dict[str, type[RetouchError]]:
    """Every error class below `parent` by name."""
    classes = {kind.__name__: kind for kind in parent.__subclasses__()}
    return classes | {n: k for child in classes.values() for n, k in _kinds(child).items()}


def _error_fields(body: bytes) -> dict[str, Any]:
    """The fields of `RetouchError.as_json`, {} for an error of another program."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) and "error" in fields else {}


def _object(body: bytes, address: str) -> dict[str, Any]:
    try:
        return dict(json.loads(body))
    except (ValueError, TypeError, RecursionError):
        fault = f"{address} does not speak JSON."
        raise Unreachable(fault, hint="Is that a WebUI or a Retouch?") from None
