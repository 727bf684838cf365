"""Client: where the command line sends its requests."""

from __future__ import annotations

from typing import Any, Protocol


class Client(Protocol):
    """Where requests go: a `ApiService` here, or a `Remote`."""

    def answer(self, verb: str, body: dict[str, Any]) -> dict[str, Any]: ...

    def recipes(self) -> dict[str, Any]: ...
