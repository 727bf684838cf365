"""The dialect of the stand-in: the WebUI that it behaves like."""

from __future__ import annotations

import os

DIALECT = os.environ.get("RETOUCH_STANDIN", "a1111")
"""One of `tools.host_names.DIALECTS`."""
