"""What a start of the WebUI costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.webui.conftest import STANDIN
from tests.webui.driver import ROOT

PROGRAM = """
import socket, sys

def forbidden(*given, **named):
    raise AssertionError(f"a socket was used: {given}")

sys.path[:0] = [STANDIN, ROOT]
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


def boot(tmp_path: Path) -> dict[str, set[str]]:
    program = PROGRAM.replace("STANDIN", repr(str(STANDIN)), 1).replace("ROOT", repr(str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines() if line]
    return {name: set(rest) for name, *rest in lines}


def test_start_imports_no_heavy_module(tmp_path):
    said = boot(tmp_path)
    assert not said["ADDED"] & HEAVY
    assert "retouch.webui.script" in said["MODULES"]
    light = {"retouch.engines", "retouch.engines.base", "retouch.engines.soft_denoising"}
    unused = {name for name in said["MODULES"] if name.startswith(("retouch.engines", "retouch.app"))}
    assert unused <= light
    assert "retouch.webui.backend" not in said["MODULES"]


def test_start_writes_no_files(tmp_path):
    before = {
        path for path in (ROOT / "retouch").rglob("*") if path.suffix != ".pyc" and path.name != "__pycache__"
    }
    boot(tmp_path)
    after = {
        path for path in (ROOT / "retouch").rglob("*") if path.suffix != ".pyc" and path.name != "__pycache__"
    }
    assert after == before
    assert list(tmp_path.iterdir()) == []
