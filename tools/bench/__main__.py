"""`python -m bench NAME [--json FILE] [--url WEBUI] [--webui DIR]`: measure what was promised."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from tools.bench.figures import table, write

BENCHES = {
    "canvas": "tools.bench.canvas",
    "clicks": "tools.bench.clicks",
    "fix": "tools.bench.fix",
    "demo-model": "tools.bench.demo_model",
    "faces": "tools.bench.faces",
    "masks": "tools.bench.masks",
    "outpaint": "tools.bench.outpaint",
    "page": "tools.bench.page",
    "recipes": "tools.bench.recipes",
    "removal": "tools.bench.removal",
    "seam": "tools.bench.seam",
    "segment": "tools.bench.segment",
}
"""The module of each, imported when it is asked for; its `measure(args)` gives the figures."""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="bench", description=__doc__)
    made.add_argument("name", choices=sorted(BENCHES), help="what to measure")
    made.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    made.add_argument(
        "--url", default="", metavar="WEBUI", help="a running WebUI that has Retouch, with --api"
    )
    webui = "a WebUI's folder: boot it and measure inside; COMMANDLINE_ARGS are its options"
    made.add_argument("--webui", type=Path, metavar="DIR", help=webui)
    made.add_argument("--steps", type=int, default=10, help="sampling steps (default: %(default)s)")
    made.add_argument("--page", type=Path, metavar="FILE", help="seam: a page of crops to look at")
    made.add_argument("--rounds", type=int, default=3, help="timed rounds (default: %(default)s)")
    return made


def main(words: Sequence[str] | None = None) -> int:
    """Run a bench. Returns 0 if every measured figure meets its target, 1 if one does not."""
    args = parser().parse_args(words)
    figures = import_module(BENCHES[args.name]).measure(args)
    print("\n" + table(figures))
    if args.json:
        write(args.json, args.name, figures)
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
