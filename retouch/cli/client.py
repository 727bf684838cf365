"""The protocol of a client: the receiver of the command line's requests."""

from __future__ import annotations

from typing import Any, Protocol


class Client(Protocol):
    """Answers requests: an `ApiService` in this process, or a `Remote` server."""

    def answer(self, verb: str, body: dict[str, Any]) -> dict[str, Any]: ...

    def recipes(self) -> dict[str, Any]: ...
