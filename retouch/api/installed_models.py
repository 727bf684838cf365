"""The detectors of a backend, in the form in which ADetailer's model names are looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from retouch.detectors.registry import ALIASES, role_of
from retouch.recipes.adetailer.models import KnownDetectors


def known_detectors(models: Iterable[Mapping[str, Any]]) -> KnownDetectors:
    """The names in the entries of `Backend.models`."""
    entries = list(models)
    return KnownDetectors(
        frozenset(entry["name"] for entry in entries if entry["installed"]),
        frozenset(entry["name"] for entry in entries if not entry["installed"] and entry["kind"] == "yolo"),
        ALIASES,
        role_of,
    )
