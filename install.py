"""Run by the WebUI before it starts: adds the packages Retouch lacks and moves none that is there.

What is installed is handed to pip as constraints, so no version the host pins can change, and
packages that ask for torch, numpy or opencv come without their requirements. Without a network the
WebUI starts all the same, and only what needs the missing package says so.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

# Distribution -> what to ask pip for. Exact versions: releases of ultralytics were tampered with before.
# They require torch and opencv, which are the host's business, so pip does not look at that.
ALONE = {
    "ultralytics": "ultralytics==8.4.100",
    "ultralytics-thop": "ultralytics-thop==2.2.3",
    "segment-anything": "segment-anything==1.0",
}
OLDEST = {"ultralytics": "8.1.0"}
"""An installed package is never moved, whatever its version; one that is older than this is named."""
# What those need beyond what every host has.
SMALL = {
    name: name
    for name in (
        "matplotlib",
        "nvidia-ml-py",
        "polars",
        "psutil",
        "pyyaml",
        "requests",
        "scipy",
    )
}
QUICKLY = "--retries 1 --timeout 15 --disable-pip-version-check"  # no long wait when offline
MEDIAPIPE = (
    "Retouch: the mediapipe detectors are optional, as `pip install mediapipe` moves the WebUI's "
    "protobuf; every other detector works without."
)


def canonical(name: str) -> str:
    """One spelling per distribution, as pip compares them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(distributions: Iterable[Any]) -> dict[str, str]:
    """Canonical name -> version; the first on the path wins, broken installs are left out."""
    versions: dict[str, str] = {}
    for distribution in distributions:
        name, version = distribution.metadata["Name"], distribution.metadata["Version"]
        if name and version and re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
            versions.setdefault(canonical(name), version)
    return versions


def missing(wanted: dict[str, str], there: dict[str, str]) -> list[str]:
    """What to ask pip for. An installed package counts whatever its version."""
    return [requirement for name, requirement in wanted.items() if name not in there]


def outdated(there: dict[str, str]) -> list[str]:
    """What to tell of installed packages that are older than what Retouch is tested with."""
    return [
        f"Retouch: {name} {there[name]} is installed and stays; files of today's detectors need {oldest} or "
        f'newer: pip install --upgrade "{name}>={oldest}".'
        for name, oldest in OLDEST.items()
        if name in there and _numbers(there[name]) < _numbers(oldest)
    ]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def constraints(there: dict[str, str]) -> str:
    """A pip constraints file by which nothing installed can move."""
    return "".join(f"{name}=={version}\n" for name, version in sorted(there.items()))


def commands(there: dict[str, str], constraint_file: Path) -> list[str]:
    """The pip commands still needed: none when everything is there."""
    small, alone = missing(SMALL, there), missing(ALONE, there)
    steps = []
    if small:
        steps.append(f'install {" ".join(small)} --constraint "{constraint_file}" {QUICKLY}')
    if alone:
        steps.append(f"install --no-deps {' '.join(alone)} {QUICKLY}")
    return steps


@contextlib.contextmanager
def constraint_file(there: dict[str, str]) -> Iterator[Path]:
    # Closed before pip reads it: Windows does not let two processes have it open.
    handle, name = tempfile.mkstemp(suffix=".txt", prefix="retouch-constraints-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(constraints(there))
        yield Path(name)
    finally:
        Path(name).unlink()


def add_missing(launch: Any, there: dict[str, str]) -> None:
    """`launch` is the host's module of that name."""
    with constraint_file(there) as path:
        steps = commands(there, path)
        for command in steps:
            launch.run_pip(command, "packages for Retouch")
    for remark in outdated(there):
        print(remark)
    if steps and "mediapipe" not in there:
        print(MEDIAPIPE)


def main() -> None:
    try:
        launch = importlib.import_module("launch")
    except ImportError:
        print("install.py is run by the WebUI; to use Retouch without one: python3 dev.py run")
        return
    try:
        add_missing(launch, installed(importlib.metadata.distributions()))
    except Exception as error:  # the host raises RuntimeError with all of pip's output
        last = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        print(f"Retouch could not install what it lacks, and tries again next start: {last}")


if __name__ == "__main__":
    main()
