"""What importing ultralytics and mediapipe changes in a process is put back: proven in fresh processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SNAPSHOT = """
import json, os, socket, subprocess, sys, warnings
import cv2, numpy, torch, torchvision, PIL.Image
from pathlib import Path
calls = []
real = socket.socket.connect
socket.socket.connect = lambda self, address: calls.append(str(address)) or real(self, address)
start = subprocess.Popen.__init__
def popen(self, args, *rest, **named):
    calls.append(str(args)); start(self, args, *rest, **named)
subprocess.Popen.__init__ = popen

def state():
    options = {k: str(v) for k, v in vars(torch._tensor_str.PRINT_OPTS).items()}
    functions = [PIL.Image.open, torch.load, torch.save, cv2.imread, cv2.imwrite, cv2.imshow]
    return {
        "environment": dict(os.environ), "functions": [id(f) for f in functions],
        "numpy": str(numpy.get_printoptions()), "torch": options, "cv2": cv2.getNumThreads(),
        "threads": torch.get_num_threads(), "filters": len(warnings.filters),
        "home": sorted(str(p) for p in Path(os.environ["HOME"]).rglob("*")),
    }
before = state()
"""

ULTRALYTICS = """
from retouch.weights import import_guard
import_guard.import_ultralytics()
"""

DETECT = """
import numpy as np
from pathlib import Path
from retouch.detectors.registry import DetectorRegistry
from retouch.image.codec.decoder import Picture
registry = DetectorRegistry([Path("tests/data")], offline=True)
picture = Picture(np.full((96, 96, 3), 90, np.uint8))
for name in ("shapes-seg.pt", "face", "hand", "person", "opencv face"):
    registry.get(name).find(picture, 0.9, ())
"""

REPORT = """
after = state()
changed = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
calls = [call for call in calls if call[0] == "(" or "pip" in call or "git" in call]
print(json.dumps({"calls": calls, "changed": changed}))
"""


def run(code: str, home: Path) -> dict[str, object]:
    root = Path(__file__).parents[2]
    hidden = ("OMP_NUM_THREADS", "YOLO_CONFIG_DIR", "YOLO_OFFLINE", "YOLO_AUTOINSTALL")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env.update(HOME=str(home), PYTHONPATH=str(root), MPLCONFIGDIR=str(home.parent))
    command = [sys.executable, "-c", SNAPSHOT + code + REPORT]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, env=env, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / ".config").mkdir(parents=True)
    return tmp_path / "home"


@pytest.mark.parametrize("code", [ULTRALYTICS, DETECT], ids=["import", "detect"])
def test_guarded_import_changes_no_state_and_opens_no_connection(code: str, home: Path) -> None:
    """No connection and no installer. mediapipe's imports do look for fonts and a sound library here."""
    assert run(code, home) == {"calls": [], "changed": {}}


def test_unguarded_import_of_ultralytics_changes_global_state(home: Path) -> None:
    """Without it the same import changes nearly all that is watched."""
    changed = run("import ultralytics.nn.tasks", home)["changed"]
    assert isinstance(changed, dict)
    assert {"environment", "functions", "numpy", "cv2", "home"} <= set(changed)
