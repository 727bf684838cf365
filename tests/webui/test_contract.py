"""The stand-in has the signatures recorded in the real WebUI, and all that is used is recorded."""

from __future__ import annotations

import ast
import functools
import json
from pathlib import Path

import pytest
from modules import shared

from tests.webui.dialect import DIALECT
from tools import host_names, record_host

RECORDINGS = Path(__file__).parent / "signatures"
RECORDED = json.loads((RECORDINGS / f"{DIALECT}.json").read_text("utf-8"))["names"]
AGAIN = "record it anew: tools/record_host.py"

_HR_CFG = "processing.StableDiffusionProcessingTxt2Img.hr_cfg"
_HIJACK = "sd_hijack"
_MEASURE = "sd_hijack.StableDiffusionModelHijack.get_prompt_lengths"
LACKED = {
    "a1111": {_HR_CFG: "hires fix has the CFG scale of the first sampling, and so have fixes after it"},
    "reforge": {},
    "forge": {},
    "neo": {
        _HIJACK: "the model measures prompts and has the tiling. The module only tells Neo from Forge",
        _MEASURE: "the method only tells reForge from A1111",
    },
}
"""Dialect -> name in use that the WebUI lacks -> why, and what Retouch does without it."""


@functools.cache
def standin() -> dict:
    shared.reset()
    return record_host.described(host_names.used(record_host.WEBUI, DIALECT))


def test_recorded_host_names_are_exactly_those_used():
    assert set(standin()) == set(RECORDED), AGAIN


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_stand_in_has_the_recorded_signature(name):
    assert standin()[name] == RECORDED[name]


def test_names_that_the_webui_lacks_are_those_in_the_table():
    used = host_names.used(record_host.WEBUI, DIALECT)
    lacked = [name for name in used if RECORDED.get(name, {}).get("kind") == "missing"]
    assert sorted(lacked) == sorted(LACKED[DIALECT])


@pytest.mark.parametrize("dialect", host_names.DIALECTS)
def test_recording_names_a_webui_release_and_contains_no_paths(dialect):
    text = (RECORDINGS / f"{dialect}.json").read_text("utf-8")
    said = json.loads(text)
    assert said["host"]["version"]
    assert len(said["host"]["commit"]) == 40
    assert "/" not in text
    assert record_host.written(said["host"], said["names"]) == text


SOURCE = """
from modules import shared as s
from retouch.webui.host import modules
from retouch.webui.host.modules import processing

class Ours(processing.StableDiffusionProcessingImg2Img):
    mine: int
    def init(self, all_prompts): self.mine = self.width; self._kept = 1
    @classmethod
    def of(cls): ...

def use(p, pp):
    from modules_forge.utils import apply_circular_forge
    modules.progress.start_task(s.state.job.upper())
    modules.option("a")
    Ours(steps=1)
    p.retouch = p.tiling
    return pp.image, getattr(p, "mask_for_overlay", None), getattr(p, "hr_cfg", 0)
"""
HUB = """
processing = _module("processing")
progress = _module("progress")
"""
PARENT = """
from retouch.webui.host.modules import processing

class A1111:
    def load(self): processing.load()
    def size(self): processing.size()
    def test(self): helped()

def helped(): processing.helped()
"""
CHILD = """
from retouch.webui.host.modules import processing

class Forge(A1111):
    def load(self): processing.reload()
    def size(self): return super().size()
"""


def test_used_host_names_are_read_from_the_source(tmp_path):
    (tmp_path / "a.py").write_text(SOURCE)
    (tmp_path / "modules.py").write_text(HUB)
    job = "processing.StableDiffusionProcessingImg2Img"
    expected = {f"{job}.{name}" for name in ("init", "width", "steps", "tiling", "mask_for_overlay")}
    expected |= {job, "shared", "shared.state.job.upper", "progress", "progress.start_task", "processing"}
    expected |= {"scripts.PostprocessImageArgs.image", "modules_forge.utils.apply_circular_forge"}
    expected.add("processing.StableDiffusionProcessingTxt2Img.hr_cfg")
    assert _read(tmp_path, "a1111") == expected


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [("a1111", {"helped", "load", "size"}), ("forge", {"helped", "reload", "size"})],
)
def test_used_host_names_are_those_of_methods_not_overridden(tmp_path, dialect, expected):
    folder = tmp_path / "host"
    folder.mkdir()
    for name, source in {"modules": HUB, "a1111": PARENT, "forge": CHILD}.items():
        (folder / f"{name}.py").write_text(source)
    names = {"progress", "processing", *(f"processing.{name}" for name in expected)}
    assert _read(tmp_path, dialect) == names


def _read(folder: Path, dialect: str) -> set[str]:
    given = {*host_names.DYNAMIC, *host_names.OF_DIALECTS[dialect]}
    return set(host_names.used(folder, dialect)) - given


def test_only_the_webui_package_imports_host_modules():
    package = record_host.WEBUI.parent
    others = [path for path in package.rglob("*.py") if record_host.WEBUI not in path.parents]
    roots = {path.name: _imported(ast.parse(path.read_text("utf-8"))) for path in others}
    assert not {name for name, imported in roots.items() if "modules" in imported}


def _imported(tree: ast.AST) -> set[str]:
    plain = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    named = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and not n.level}
    return {name.split(".")[0] for name in plain | named}
