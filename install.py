"""Run by the WebUI before it starts: installs the packages that Retouch lacks.

Installed packages are passed to pip as constraints, so no version that the host pins can change. Packages
that require torch, numpy or opencv are installed without their requirements. Without a network the WebUI
starts all the same, and only the functions that need the missing package report it.
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

# Distribution -> requirement for pip. Exact versions: releases of ultralytics were tampered with before.
# They require torch and opencv, which the host provides, so pip must not install their requirements.
ALONE = {
    "ultralytics": "ultralytics==8.4.100",
    "ultralytics-thop": "ultralytics-thop==2.2.3",
    "segment-anything": "segment-anything==1.0",
}
OLDEST = {"ultralytics": "8.1.0"}
"""The oldest version that is supported. An older installed package is not changed, but is reported."""
# Requirements of those packages that not every host has.
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
QUICKLY = "--retries 1 --timeout 15 --disable-pip-version-check"  # do not wait long when offline
MEDIAPIPE = (
    "Retouch: the mediapipe detectors are optional, as `pip install mediapipe` moves the WebUI's "
    "protobuf; every other detector works without."
)


def canonical(name: str) -> str:
    """The normalised name of a distribution, as pip compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(distributions: Iterable[Any]) -> dict[str, str]:
    """Canonical name -> version. The first one on the path counts; broken installations are left out."""
    versions: dict[str, str] = {}
    for distribution in distributions:
        name, version = distribution.metadata["Name"], distribution.metadata["Version"]
        if name and version and re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
            versions.setdefault(canonical(name), version)
    return versions


def missing(wanted: dict[str, str], there: dict[str, str]) -> list[str]:
    """The requirements that pip must install. An installed package counts whatever its version."""
    return [requirement for name, requirement in wanted.items() if name not in there]


def outdated(there: dict[str, str]) -> list[str]:
    """One sentence for each installed package that is older than the oldest supported version."""
    return [
        f"Retouch: {name} {there[name]} is installed and stays; files of today's detectors need {oldest} or "
        f'newer: pip install --upgrade "{name}>={oldest}".'
        for name, oldest in OLDEST.items()
        if name in there and _numbers(there[name]) < _numbers(oldest)
    ]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def constraints(there: dict[str, str]) -> str:
    """The text of a pip constraints file that pins every installed package."""
    return "".join(f"{name}=={version}\n" for name, version in sorted(there.items()))


def commands(there: dict[str, str], constraint_file: Path) -> list[str]:
    """The arguments of the pip commands that are needed. Empty if everything is installed."""
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
    """Install the missing packages. `launch` is the module of that name of the host."""
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
    except Exception as error:  # the host raises RuntimeError with the whole output of pip
        last = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        print(f"Retouch could not install what it lacks, and tries again next start: {last}")


if __name__ == "__main__":
    main()
