"""Runs a request for one photograph after another. A failed one does not stop the rest."""

from __future__ import annotations

import argparse
import base64
from collections.abc import Sequence

from retouch.cli import output_files
from retouch.cli.client import Client
from retouch.cli.input_files import InputFile
from retouch.cli.progress import ProgressReport
from retouch.cli.remote import Unreachable
from retouch.cli.requests import CliRequest
from retouch.cli.summary_page import NoSummary
from retouch.errors import RetouchError, describe

PHOTO_FIELDS = ("image", "points", "box", "mask")
"""Fields whose errors concern one photograph only: another one has another size."""
AGAIN = "The same command goes on from here."


def run_files(
    named: Sequence[InputFile], work: CliRequest, client: Client, summary: NoSummary, args: argparse.Namespace
) -> int:
    """Returns the exit status. Raises an error that every other photograph would have too."""
    with ProgressReport(len(named), quiet=args.json) as progress:
        try:
            for photo in named:
                if photo.done and not args.force:
                    summary.skip(photo)
                    progress.skip(photo.target)
                else:
                    _run_file(photo, work, client, (progress, summary))
        except KeyboardInterrupt:
            progress.page(summary.close(f"Interrupted. {AGAIN}"))
            return progress.interrupted()
        except RetouchError as error:
            progress.page(summary.close(f"It could not go on: {error} {AGAIN}"))
            raise
        progress.page(summary.close())
        return progress.status()


def _run_file(
    photo: InputFile, work: CliRequest, client: Client, reports: tuple[ProgressReport, NoSummary]
) -> None:
    progress, summary = reports
    try:
        image = base64.b64encode(photo.source.read_bytes()).decode("ascii")
        answer = work.answer(client, image)
        output_files.check(answer)
        answer = output_files.with_losses(photo, answer)
        photo.target.parent.mkdir(parents=True, exist_ok=True)
        summary.finish(photo, answer)
        work.keep(photo, answer)
    except Exception as error:  # an error of one photograph must not stop the rest
        if _is_request_error(error):
            raise
        fault = (
            error
            if isinstance(error, RetouchError | OSError)
            else RetouchError(f"failed ({describe(error)}).")
        )
        summary.fail(photo, fault)
        progress.fail(photo.source, fault)
    else:
        progress.finish(photo, output_files.line(photo, answer), output_files.outcome(answer))


def _is_request_error(error: Exception) -> bool:
    """True if every other photograph would have the same error."""
    if not isinstance(error, RetouchError):
        return False
    at_fault = error.status in (404, 422) and error.path and not error.path.startswith(PHOTO_FIELDS)
    return isinstance(error, Unreachable) or bool(at_fault)
