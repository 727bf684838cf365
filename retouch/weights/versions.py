"""Versions of the libraries of model files, and the advice for a file that does not fit the version."""

from __future__ import annotations

import importlib.metadata
import re
import sys

OLDEST, NEWEST = "8.1.0", "8.4.190"
"""The oldest and newest tested versions of ultralytics. Each runs its own files, and the files of the other
with layers that it has (tests/adapters/test_yolo_versions.py). Older versions may run but are not tested."""


def installed_version(library: str) -> str:
    """The version of an installed library, "" if it is not installed. It does not import the library."""
    version = getattr(sys.modules.get(library), "__version__", "")
    if version:
        return str(version)
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return ""


def number(version: str) -> tuple[int, ...]:
    """A version as a tuple for comparison: "8.2.79" gives (8, 2, 79). () if it contains no number."""
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0])[:4])


def name(library: str) -> str:
    """The name of a library with its version, for a message."""
    return f"{library} {installed_version(library) or '(not installed)'}"


def saved_with(saved: str) -> str:
    """A sentence with the version that saved a file, for a message. "" if `saved` is ""."""
    return f" It was saved by ultralytics {saved}." if saved else ""


def next_step(library: str, saved: str) -> str:
    """Advice for a file that does not fit the installed library. `saved` is its version, "" if unknown."""
    here = installed_version(library)
    if library == "ultralytics" and saved and number(saved) < number(here):
        return f"Install ultralytics {saved}, or save the file again with {here}."
    wanted = f'"{library}>={saved}"' if library == "ultralytics" and saved else library
    return f"Update {library} (pip install --upgrade {wanted}), or use a file of an older kind of model."
