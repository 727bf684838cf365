"""The dialect of the stand-in: the WebUI that it behaves like."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from pathlib import Path

STANDIN = Path(__file__).parent / "standin"
DIALECT = os.environ.get("RETOUCH_STANDIN", "a1111")
"""One of `tools.host_names.DIALECTS`."""
FORGE = DIALECT in ("forge", "neo")


def install() -> None:
    """Make `modules` importable, in the dialect. sys.path is as before afterwards."""
    sys.path.insert(0, str(STANDIN))
    try:
        package = importlib.import_module("modules")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"modules.{module.name}")
        if DIALECT != "a1111":
            importlib.import_module(f"dialects.{DIALECT}").install()
    finally:
        sys.path.remove(str(STANDIN))
