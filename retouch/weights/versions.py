"""Versions of the libraries that model files are made with, and what to do where they do not fit."""

from __future__ import annotations

import importlib.metadata
import re
import sys

OLDEST, NEWEST = "8.1.0", "8.4.190"
"""Of ultralytics: both run their own files and one another's as far as they have the layers
(tests/adapters/test_yolo_versions.py). Older ones may run, and are not tested."""


def installed_version(library: str) -> str:
    """The version of an installed library, "" without it. Imports nothing."""
    version = getattr(sys.modules.get(library), "__version__", "")
    if version:
        return str(version)
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return ""


def number(version: str) -> tuple[int, ...]:
    """ "8.2.79" as (8, 2, 79), to compare; () for what has no number."""
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0])[:4])


def name(library: str) -> str:
    """A library with its version, for a message."""
    return f"{library} {installed_version(library) or '(not installed)'}"


def saved_with(saved: str) -> str:
    """What a message says of the version that saved a file, "" where the file does not say."""
    return f" It was saved by ultralytics {saved}." if saved else ""


def next_step(library: str, saved: str) -> str:
    """What to do where a file of version `saved`, "" for unknown, does not fit the installed library."""
    here = installed_version(library)
    if library == "ultralytics" and saved and number(saved) < number(here):
        return f"Install ultralytics {saved}, or save the file again with {here}."
    wanted = f'"{library}>={saved}"' if library == "ultralytics" and saved else library
    return f"Update {library} (pip install --upgrade {wanted}), or use a file of an older kind of model."
