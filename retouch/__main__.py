"""`python -m retouch VERB`."""

from __future__ import annotations

import sys

from retouch.cli.command import main

if __name__ == "__main__":
    sys.exit(main())
