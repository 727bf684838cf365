"""What a start of the WebUI costs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.webui.driver import ROOT

PROGRAM = """
import socket, sys

def forbidden(*given, **named):
    raise AssertionError(f"a socket was used: {given}")

sys.path.insert(0, ROOT)
from tests.webui.dialect import install
install()
from modules import processing, script_callbacks, scripts, shared
import gradio, fastapi
before = set(sys.modules)
socket.socket.connect = socket.create_connection = socket.getaddrinfo = forbidden
scripts.load_scripts(ROOT)
found = [data.script_class.__name__ for data in scripts.scripts_data]
assert "RetouchScript" in found, found
script_callbacks.ui_settings_callback()
script_callbacks.before_ui_callback()
added = {name.split(".")[0] for name in set(sys.modules) - before}
print("ADDED", *sorted(added))
print("MODULES", *sorted(name for name in set(sys.modules) - before if name.startswith("retouch")))
"""
HEAVY = {"ultralytics", "mediapipe", "diffusers", "transformers", "segment_anything", "accelerate", "peft"}


@dataclass
class Boot:
    """What one start said, and which files it made in the package and in its working folder."""

    said: dict[str, set[str]]
    made: set[Path]


@pytest.fixture(scope="module")
def boot(tmp_path_factory: pytest.TempPathFactory) -> Boot:
    folder, before = tmp_path_factory.mktemp("start"), _files(ROOT / "retouch")
    program = PROGRAM.replace("ROOT", repr(str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=folder, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines() if line]
    made = _files(ROOT / "retouch") - before | _files(folder)
    return Boot({name: set(rest) for name, *rest in lines}, made)


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.suffix != ".pyc" and path.name != "__pycache__"}


def test_start_imports_no_heavy_module(boot):
    assert not boot.said["ADDED"] & HEAVY
    assert "retouch.webui.script" in boot.said["MODULES"]
    light = {"retouch.engines", "retouch.engines.base", "retouch.engines.soft_denoising"}
    ours = boot.said["MODULES"]
    assert {name for name in ours if name.startswith(("retouch.engines", "retouch.app"))} <= light
    assert "retouch.webui.backend" not in ours


@pytest.mark.parametrize(
    "late",
    [
        "retouch.detectors",
        "retouch.image.codec.decoder",
        "retouch.pipeline.pipeline",
        "retouch.recipes.adetailer.conversion",
        "retouch.segmenters",
        "retouch.webui.fix_job",
        "retouch.webui.outpaint_job",
    ],
)
def test_start_imports_nothing_that_only_a_job_needs(boot, late):
    assert not {name for name in boot.said["MODULES"] if name.startswith(late)}


def test_start_writes_no_files(boot):
    assert boot.made == set()
