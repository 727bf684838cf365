"""`python -m bench NAME [--json FILE] [--url WEBUI] [--webui DIR]`: measure what was promised."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.figures import Figure, table, write


def _fix(args: argparse.Namespace) -> list[Figure]:
    from bench import fix

    return fix.measure(args)


BENCHES: dict[str, Callable[[argparse.Namespace], list[Figure]]] = {"fix": _fix}
"""By name. Each imports what it needs when it is asked for."""


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
    made.add_argument("--rounds", type=int, default=3, help="timed rounds (default: %(default)s)")
    return made


def main(words: Sequence[str] | None = None) -> int:
    """0 when every figure measured keeps its promise, 1 when one does not."""
    args = parser().parse_args(words)
    figures = BENCHES[args.name](args)
    print("\n" + table(figures))
    if args.json:
        write(args.json, args.name, figures)
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
