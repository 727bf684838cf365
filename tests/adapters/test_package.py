"""The wheel and the source distribution, built, and installed in an environment that has no checkout."""

from __future__ import annotations

import email
import email.message
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

import retouch
from tools.environment import python_of

ROOT = Path(__file__).parents[2]
PROGRAM = """
import pathlib, retouch
from retouch.detectors.mtcnn_networks import WEIGHTS
from retouch.engines.demo_model import FOLDER
print(retouch.__file__)
print(*(path for path in (WEIGHTS, FOLDER / "model_index.json") if path.is_file()), sep="\\n")
"""


def _run(*command: object, folder: Path = ROOT) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution and the wheel."""
    folder = tmp_path_factory.mktemp("built")
    _run(sys.executable, "-m", "hatchling", "build", "-d", folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("retouch-*.whl")
    return path


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel. A .pth file gives it the dependencies of the tests."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    _run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = python_of(folder)
    _run(sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-deps", "--python", python, wheel)
    packages = _run(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").strip()
    Path(packages, "tests.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", "utf-8")
    return python


def _metadata(wheel: Path) -> email.message.Message:
    with zipfile.ZipFile(wheel) as members:
        (name,) = (name for name in members.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(members.read(name))


def test_wheel_has_the_version_and_the_extras(wheel):
    metadata = _metadata(wheel)
    assert metadata["Version"] == retouch.__version__
    assert {"webui", "diffusers", "app"} <= set(metadata.get_all("Provides-Extra", []))


def test_installed_command_tells_its_version(environment, tmp_path):
    command = environment.with_name("retouch")
    assert _run(command, "--version", folder=tmp_path).strip() == f"retouch {retouch.__version__}"


def test_installed_package_has_its_models_and_its_page(environment, tmp_path):
    ours, *files = _run(environment, "-c", PROGRAM, folder=tmp_path).splitlines()
    assert not Path(ours).is_relative_to(ROOT)
    assert [Path(path).name for path in files] == ["mtcnn.safetensors", "model_index.json"]
    modules = {path.relative_to(ROOT) for path in (ROOT / "javascript").rglob("*.*js")}
    installed = Path(ours).parent / "assets"
    assert {path for path in modules if not (installed / path).is_file()} == set()


def test_wheel_of_the_source_distribution_has_the_same_files(built, wheel, tmp_path):
    with tarfile.open(next(built.glob("retouch-*.tar.gz"))) as source:
        source.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, folder=unpacked)
    (again,) = tmp_path.glob("retouch-*.whl")
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(again) as second:
        assert sorted(first.namelist()) == sorted(second.namelist())
