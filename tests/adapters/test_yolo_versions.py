"""Detector files of one version of ultralytics read by another.

As it is, the installed version reads its own files. For others, name folders made by
`uv pip install --no-deps --target DIR ultralytics==VERSION` (8.1.0 also wants hub-sdk in its folder):

    RETOUCH_ULTRALYTICS=/tmp/u8.1.0:/tmp/u8.4.190 python -m pytest tests/adapters/test_yolo_versions.py

Each version then reads the files of every other, in a process of its own. `PYTHONPATH=/tmp/u8.1.0` before
the other detector tests runs them with that one.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("", *filter(None, os.environ.get("RETOUCH_ULTRALYTICS", "").split(os.pathsep)))
"""Where versions of ultralytics are; "" is the installed one."""

SAVE = """
import sys, torch
from ultralytics import __version__
from ultralytics.nn.tasks import DetectionModel, SegmentationModel
for name in ("yolov8n.yaml", "yolov8n-seg.yaml", "yolov10n.yaml", "yolo11n.yaml", "yolo26n.yaml"):
    kind = SegmentationModel if "-seg" in name else DetectionModel
    torch.manual_seed(0)
    try:
        model = kind(name, nc=2, verbose=False)
    except FileNotFoundError:
        continue  # this version has no such model yet
    model.names, model.args = {0: "a", 1: "b"}, {"imgsz": 64}
    held = {"model": model.half(), "version": __version__, "train_args": {"imgsz": 64}}
    torch.save(held, f"{sys.argv[1]}/{name}.pt")
"""
READ = """
import sys
from pathlib import Path
import numpy as np
from retouch.detectors.registry import DetectorRegistry
from retouch.errors import WeightsRefused
from retouch.image.codec.decoder import Picture
picture = Picture(np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8))
registry = DetectorRegistry([Path(sys.argv[1])], offline=True)
for file in sorted(Path(sys.argv[1]).glob("*.pt")):
    try:
        found = registry.get(file.name).find(picture, 1e-5, ())
        print(file.name, "ran", len(found))
    except WeightsRefused as error:
        print(file.name, "told", error)
"""


def run(code: str, version: str, argument: Path) -> list[str]:
    paths = os.pathsep.join(filter(None, [version, str(ROOT)]))
    quiet = {"YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false", "YOLO_VERBOSE": "false"}
    env = {**os.environ, **quiet, "YOLO_CONFIG_DIR": str(argument), "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", code, str(argument)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if ".yaml.pt" in line]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folders = {version: tmp_path_factory.mktemp("saved") for version in FOLDERS}
    for version, folder in folders.items():
        run(SAVE, version, folder)
    return folders


@pytest.mark.parametrize(("saver", "reader"), itertools.product(FOLDERS, FOLDERS))
def test_file_of_another_ultralytics_runs_or_is_refused_with_versions(saver, reader, saved) -> None:
    said = dict(line.split(" ", 1) for line in run(READ, reader, saved[saver]))
    assert len(said) == len(list(saved[saver].glob("*.pt")))
    assert {word.split(" ")[0] for word in said.values()} <= {"ran", "told"}
    for name in ("yolov8n.yaml.pt", "yolov8n-seg.yaml.pt"):
        assert said[name].startswith("ran"), said[name]
    if saver == reader:
        assert all(word.startswith("ran") for word in said.values()), said
    for word in said.values():
        assert word.startswith("ran") or ("ultralytics" in word and "saved by" in word), word
