"""The command line: `python -m retouch VERB PHOTO... -o DIR`, in this process or through a server.

It takes files, folders and globs. A photograph whose target is up to date is skipped. If one fails, its name
is printed and the others are still processed.
Exit status: 0 if all succeeded, also if nothing was detected in a photograph or all its regions were
reverted; 1 if one failed; 2 if the command could not start; 3 if none failed, but one was to be painted and
no change is visible; 130 after Ctrl-C, which keeps the finished files.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from retouch.api.service import ApiService
from retouch.app.backend import backend_of
from retouch.cli import history, output_files, recipes
from retouch.cli.client import Client
from retouch.cli.input_files import photos
from retouch.cli.parser import build_parser
from retouch.cli.remote import connect
from retouch.cli.requests import request_from
from retouch.cli.run import run_files
from retouch.cli.summary_page import NoSummary, SummaryPage
from retouch.errors import RetouchError, convert_errors

_ALONE = {"recipes": recipes.run, "history": history.run}
"""Verbs without photographs."""


def main(words: Sequence[str] | None = None, client: Client | None = None) -> int:
    """Run the command line and return the exit status. `client` replaces the client of the arguments."""
    args = build_parser().parse_args(words)
    try:
        with convert_errors(_internal_error):
            return _execute(args, client or _connect(args))
    except RetouchError as error:
        return _refuse(error)


def _execute(args: argparse.Namespace, client: Client) -> int:
    if args.verb in _ALONE:
        return _ALONE[args.verb](args, client)
    named = photos(args.photos, args.out, output_files.ENDINGS["plan" if args.plan else args.verb])
    request = request_from(args, client)
    summary = SummaryPage(args.out, request.recipe, named) if args.verb == "run" else NoSummary()
    return run_files(named, request, client, summary, args)


def _internal_error(cause: str) -> RetouchError:
    """The error for a disk that cannot be written, for a server of another version, and for a bug."""
    return RetouchError(f"it failed ({cause}).", hint="With --url: is the Retouch there of this version?")


def _connect(args: argparse.Namespace) -> Client:
    return connect(args.url) if args.url else ApiService(backend_of(args))


def _refuse(error: RetouchError) -> int:
    print(f"retouch: {error}", file=sys.stderr)
    return 2
