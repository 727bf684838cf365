"""Errors are remembered, not printed: a test asks for those it does not expect."""

import sys

from modules import trace


def report(message: str, *, exc_info: bool = False) -> None:
    trace.add("error", message=message, error=sys.exc_info()[1] if exc_info else None)
