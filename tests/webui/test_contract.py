"""The stand-in says of itself what the real WebUI was recorded to say, and all that is used is recorded."""

from __future__ import annotations

import ast
import functools
import json
from pathlib import Path

import pytest
from modules import shared

from tools import host_names, record_host

RECORDING = Path(__file__).parent / "host_signatures.json"
RECORDED = json.loads(RECORDING.read_text("utf-8"))["names"]
AGAIN = "record it anew: tools/record_host.py"


@functools.cache
def standin() -> dict:
    shared.reset()
    return record_host.described(host_names.used(record_host.WEBUI))


def test_recorded_host_names_are_exactly_those_used():
    assert set(standin()) == set(RECORDED), AGAIN


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_stand_in_has_the_recorded_signature(name):
    assert standin()[name] == RECORDED[name]


def test_recording_names_a_webui_release_and_contains_no_paths():
    text = RECORDING.read_text("utf-8")
    said = json.loads(text)
    assert said["host"]["version"] == "v1.10.1"
    assert len(said["host"]["commit"]) == 40
    assert "/" not in text
    assert record_host.written(said["host"], said["names"]) == text


SOURCE = """
from modules import shared as s
from retouch.webui import host
from retouch.webui.host import processing

class Ours(processing.StableDiffusionProcessingImg2Img):
    mine: int
    def init(self, all_prompts): self.mine = self.width; self._kept = 1
    @classmethod
    def of(cls): ...

def use(p, pp):
    host.progress.start_task(s.state.job.upper())
    host.option("a")
    Ours(steps=1)
    p.retouch = p.tiling
    return pp.image, getattr(p, "mask_for_overlay", None)
"""


def test_used_host_names_are_read_from_the_source(tmp_path):
    (tmp_path / "a.py").write_text(SOURCE)
    (tmp_path / "host.py").write_text("from modules import processing, progress\n")
    job = "processing.StableDiffusionProcessingImg2Img"
    expected = {f"{job}.{name}" for name in ("init", "width", "steps", "tiling", "mask_for_overlay")}
    expected |= {job, "shared", "shared.state.job.upper", "progress", "progress.start_task", "processing"}
    expected.add("scripts.PostprocessImageArgs.image")
    assert set(host_names.used(tmp_path)) - set(host_names.DYNAMIC) == expected


def test_only_the_webui_package_imports_host_modules():
    package = record_host.WEBUI.parent
    others = [path for path in package.rglob("*.py") if record_host.WEBUI not in path.parents]
    roots = {path.name: _imported(ast.parse(path.read_text("utf-8"))) for path in others}
    assert not {name for name, imported in roots.items() if "modules" in imported}


def _imported(tree: ast.AST) -> set[str]:
    plain = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    named = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and not n.level}
    return {name.split(".")[0] for name in plain | named}
