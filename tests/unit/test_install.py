"""install.py: asks pip for nothing but what is missing, and lets nothing installed move."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import install
from retouch.weights import versions

HOST = {"torch": "2.1.2+cu121", "numpy": "1.26.2", "pillow": "9.5.0", "filelock": "3.9.0"}
COMPLETE = {**dict.fromkeys([*install.ALONE, *install.SMALL], "1"), **HOST, "ultralytics": "8.4.100"}


class Launch:
    """The host's `launch`, as far as install.py uses it."""

    def __init__(self, error: Exception | None = None):
        self.commands: list[str] = []
        self.error = error

    def run_pip(self, command: str, desc: str):
        self.commands.append(command)
        if self.error:
            raise self.error


def distribution(name, version):
    return SimpleNamespace(metadata={"Name": name, "Version": version})


@pytest.fixture
def launch(monkeypatch):
    fake = Launch()
    monkeypatch.setitem(sys.modules, "launch", fake)
    return fake


def test_missing_lists_only_packages_that_are_not_installed():
    wanted = {"a": "a==1", "b": "b==2"}
    assert install.missing(wanted, {"b": "0.1"}) == ["a==1"]
    assert install.missing(wanted, {"a": "9", "b": "9"}) == []


def test_constraints_pin_every_installed_version():
    assert install.constraints({"torch": "2.1.2+cu121", "numpy": "1.26.2"}) == (
        "numpy==1.26.2\ntorch==2.1.2+cu121\n"
    )


def test_package_names_are_normalized_and_broken_entries_ignored():
    found = install.installed(
        [
            distribution("Segment_Anything", "1.0"),
            distribution("segment-anything", "0.9"),
            distribution("~umpy", "1.0"),
            distribution(None, None),
        ]
    )
    assert found == {"segment-anything": "1.0"}


def test_host_with_all_packages_runs_no_install_command(launch, capsys):
    install.add_missing(launch, COMPLETE)
    assert launch.commands == []
    assert capsys.readouterr().out == ""


def test_install_never_requires_torch_numpy_or_opencv(launch):
    install.add_missing(launch, {})
    names = {word.split("==")[0] for command in launch.commands for word in command.split()}
    assert not names & {"torch", "torchvision", "numpy", "pillow", "opencv-python", "mediapipe"}
    assert {"ultralytics", "segment-anything"} <= names


@pytest.mark.parametrize(
    ("version", "told"), [("8.0.230", True), ("8.1.0", False), ("8.10.1", False), ("8.4.100", False)]
)
def test_older_detector_library_stays_and_is_reported(launch, capsys, version, told):
    install.add_missing(launch, {**COMPLETE, "ultralytics": version})
    assert launch.commands == []
    assert (f"ultralytics {version} is installed and stays" in capsys.readouterr().out) == told


def test_oldest_ultralytics_version_equals_that_of_the_detectors():
    assert install.OLDEST["ultralytics"] == versions.OLDEST


def test_every_install_command_is_constrained_or_without_deps(launch):
    install.add_missing(launch, HOST)
    assert len(launch.commands) == 2
    assert all("--constraint" in text or "--no-deps" in text for text in launch.commands)
    assert not set(HOST) & {word for text in launch.commands for word in text.split()}


def test_constraint_file_exists_within_the_context_only():
    with install.constraint_file(HOST) as path:
        assert "torch==2.1.2+cu121" in path.read_text(encoding="utf-8")
    assert not path.exists()


def test_failed_install_prints_one_line(monkeypatch, capsys):
    failing = Launch(RuntimeError("Couldn't install.\nERROR: No matching distribution found"))
    monkeypatch.setitem(sys.modules, "launch", failing)
    monkeypatch.setattr(install, "installed", lambda _: HOST)
    install.main()
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "No matching distribution found" in said


def test_install_without_a_host_names_the_command_to_run():
    script = Path(install.__file__)
    done = subprocess.run([sys.executable, "-I", script], capture_output=True, text=True, check=True)
    assert "dev.py run" in done.stdout
    assert done.stderr == ""


def test_packages_without_deps_have_the_versions_of_the_lock_file():
    lock = Path(install.__file__).parent.joinpath("tools", "requirements", "app.txt").read_text().split()
    assert set(install.ALONE.values()) <= {word for word in lock if "==" in word}
