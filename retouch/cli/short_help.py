"""A parser whose --help lists the options that most people use; --help-all lists every option."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MORE = "More options: --help-all."


class ShortHelpParser(argparse.ArgumentParser):
    """An argument parser with two helps. Options that were given to `set_rare` are in the long one only."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"formatter_class": _Formatter, **options})
        self._rare: list[argparse.Action] = []
        help_text = "list every option"
        self._help_all = self.add_argument("--help-all", action=_HelpAll, help=help_text)

    def set_rare(self, *actions: argparse.Action) -> None:
        """Leave these options out of --help."""
        self._rare += actions

    def format_help(self) -> str:
        """The short help. It ends with the hint to the long one, if any option is left out."""
        if not self._rare:
            with _without_help([self._help_all]):
                return super().format_help()
        full_usage, self.usage = self.usage, f"%(prog)s [OPTIONS] {self._describe_positionals()}"
        try:
            with _without_help(self._rare):
                return f"{super().format_help()}{MORE}\n"
        finally:
            self.usage = full_usage

    def _describe_positionals(self) -> str:
        names = [(str(action.metavar), action.nargs) for action in self._actions if not action.option_strings]
        return " ".join(f"{name} [{name} ...]" if nargs == "+" else name for name, nargs in names)

    def format_full_help(self) -> str:
        """The long help, with every option in its usage."""
        return super().format_help()


class _Formatter(argparse.HelpFormatter):
    """A wider column for the options, so that fewer helps begin on a line of their own."""

    def __init__(self, prog: str, **options: Any) -> None:
        super().__init__(prog, **{"max_help_position": 30, **options})


class _HelpAll(argparse.Action):
    """Prints the long help and ends the program."""

    def __init__(self, option_strings: Any, dest: str, **options: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, default=argparse.SUPPRESS, **options)

    def __call__(self, parser: Any, *_: Any) -> None:
        print(parser.format_full_help(), end="")
        parser.exit()


@contextmanager
def _without_help(actions: list[argparse.Action]) -> Iterator[None]:
    """Context manager: argparse leaves the actions out of usage and help."""
    texts = [action.help for action in actions]
    for action in actions:
        action.help = argparse.SUPPRESS
    try:
        yield
    finally:
        for action, text in zip(actions, texts, strict=True):
            action.help = text
