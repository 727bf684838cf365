from __future__ import annotations

import re

import pytest

from retouch.cli.parser import build_parser

VERBS = ("run", "fix", "inpaint", "outpaint", "plan", "detect", "segment")


def help_of(capsys, monkeypatch, verb: str, option: str, columns: int = 100) -> str:
    monkeypatch.setenv("COLUMNS", str(columns))
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([verb, option])
    assert ended.value.code == 0
    return capsys.readouterr().out


def options_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][\w-]*", text))


@pytest.mark.parametrize("verb", VERBS)
def test_help_has_fewer_than_40_lines_and_an_example(capsys, monkeypatch, verb):
    text = help_of(capsys, monkeypatch, verb, "--help")
    assert len(text.splitlines()) < 40
    assert f"Example: python -m retouch {verb} " in text
    assert "--help-all" in text


@pytest.mark.parametrize("verb", VERBS)
def test_full_help_has_every_option_of_the_short_one(capsys, monkeypatch, verb):
    short, full = (help_of(capsys, monkeypatch, verb, option) for option in ("--help", "--help-all"))
    assert options_in(short) < options_in(full) | {"--help-all"}
    assert {"--offline", "--force"} <= options_in(full) - options_in(short)


@pytest.mark.parametrize("verb", VERBS)
def test_example_of_the_help_can_be_parsed(capsys, monkeypatch, verb):
    import shlex

    text = help_of(capsys, monkeypatch, verb, "--help", columns=200)
    (example,) = re.findall(r"Example: python -m retouch (.*)", text)
    assert build_parser().parse_args(shlex.split(example)).verb == verb


def test_rare_option_of_the_short_help_still_works():
    args = build_parser().parse_args(["fix", "a.png", "--force", "--offline", "--overlap", "8"])
    assert args.force
    assert args.offline


def test_defaults_are_in_the_help(capsys, monkeypatch):
    assert "0 to 1. Default 0.8." in help_of(capsys, monkeypatch, "outpaint", "--help-all", columns=200)
