"""`python -m retouch.app`."""

from __future__ import annotations

import sys

from retouch.app.server import main

if __name__ == "__main__":
    sys.exit(main())
