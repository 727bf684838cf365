"""The shape of the code: who may import whom, what may be heavy, how long things may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "retouch"

LAYERS = (
    "errors",
    "geometry",
    "knobs",
    "seeds",
    "picture",
    "exif",
    "png",
    "jpeg",
    "tiff",
    "file_kinds",
    "colour_models",
    "deep",
    "metadata",
    "encoding",
    "raster",
    "samples",
    "mask",
    "thickness",
    "mask_codec",
    "mask_reading",
    "matte",
    "release",
    "frame",
    "fill",
    "blend",
    "surface",
    "colour",
    "tone",
    "grain",
    "compression",
    "membrane",
    "region",
    "background",
    "draw",
    "quality",
    "candidates",
    "blurred",
    "turn",
    "prompts",
    "people",
    "migration",
    "shape",
    "step_masks",
    "recipe",
    "concerns",
    "intents",
    "request",
    "presets",
    "shelf",
    "islands",
    "plan",
    "lost",
    "outpaint",
    "ports",
    "fakes",
    "weights",
    "detectors",
    "segmenters",
    "trial",
    "choice",
    "gate",
    "execute",
    "tempo",
    "history",
    "sidecar_form",
    "sidecar",
    "walk",
    "extending",
    "aim",
    "absent",
    "infotext",
    "sharing",
    "studio",
    "subject",
    "outpainting",
    "scripted",
    "kept",
    "turns",
    "ahead",
    "batch",
    "pages",
    "jobs",
    "answers",
    "engines",
    "rest",
    "standalone",
    "photos",
    "results",
    "tally",
    "remote",
    "pointing",
    "flags",
    "cli",
    "__main__",
    "site",
    "app",
    "demo",
    "webui",
)
"""The one truth: a module may import only those before it; a package's own modules one another."""

HEAVY = {
    "accelerate",
    "diffusers",
    "fastapi",
    "gradio",
    "httpx",
    "mediapipe",
    "peft",
    "pydantic",
    "requests",
    "safetensors",
    "scipy",
    "segment_anything",
    "skimage",
    "starlette",
    "torch",
    "torchvision",
    "transformers",
    "ultralytics",
    "uvicorn",
}
HOST = {"gradio", "torch", "fastapi"}
"""What a running WebUI has loaded long before it looks at us: `retouch.webui` may import these."""
BY_NAME = {PACKAGE / "engines" / "unshuffle.py"}
"""What diffusers imports by the name in a model_index.json, and nothing of ours: it may be heavy."""

LONGEST_FUNCTION = 60
LONGEST_FILE = 300
MOST_PARAMETERS = 6
"""Budgets without a list of exceptions: what does not fit is taken apart."""

SOURCES = sorted(PACKAGE.rglob("*.py"))
BUDGETED = [*SOURCES, *sorted((ROOT / "scripts").rglob("*.py"))]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> str:
    """`retouch.detectors.yolo` is of layer `detectors`; the package itself of none."""
    return module.split(".")[1] if "." in module else ""


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module that a tree imports, with the line, `from a import b` as both `a` and `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"line {node.lineno}: imports are written out, not relative"
            yield str(node.module), node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The statements that run when a module is imported: no function bodies, nothing for types only."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from at_import(child)


def imported_at_once(path: Path) -> Iterator[tuple[str, int]]:
    for node in at_import(parsed(path)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(node)


def modules_named(words: Iterator[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Of our own modules: (layer, line)."""
    known = {module_of(path) for path in SOURCES}
    for name, line in words:
        if name in known and "." in name:
            yield layer_of(name), line


def ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_every_module_has_its_place():
    layers = {layer_of(module_of(path)) for path in SOURCES} - {""}
    assert layers <= set(LAYERS), f"not in LAYERS: {sorted(layers - set(LAYERS))}"


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_a_module_imports_only_what_lies_before_it(path):
    mine = layer_of(module_of(path))
    place = LAYERS.index(mine) if mine else -1
    for layer, line in modules_named(imports(parsed(path))):
        inside = layer == mine and (PACKAGE / layer).is_dir()
        assert inside or LAYERS.index(layer) < place, f"{path.name}:{line} imports {layer}"


@pytest.mark.parametrize("path", BUDGETED, ids=ids(BUDGETED))
def test_only_the_webui_side_knows_the_host(path):
    if path.is_relative_to(PACKAGE / "webui") or path.is_relative_to(ROOT / "scripts"):
        return
    named = [(name, line) for name, line in imports(parsed(path)) if name.split(".")[0] == "modules"]
    assert not named


@pytest.mark.parametrize("path", BUDGETED, ids=ids(BUDGETED))
def test_nothing_heavy_is_imported_at_import(path):
    allowed = HOST if path.is_relative_to(PACKAGE / "webui") else set()
    for name, line in imported_at_once(path):
        assert name != "retouch.engines.unshuffle"
        assert path in BY_NAME or name.split(".")[0] not in HEAVY - allowed, (
            f"{path.name}:{line} imports {name}"
        )


IMPORT_ALL = """
import importlib, sys
heavy, names = sys.argv[1].split(","), sys.argv[2:]
for name in names:
    importlib.import_module(name)
    found = sorted(set(heavy) & set(sys.modules))
    assert not found, f"import {name} brings in {found}"
"""


def test_importing_everything_outside_a_webui_loads_nothing_heavy():
    light = [path for path in SOURCES if path not in BY_NAME]
    names = [module_of(path) for path in light if not path.is_relative_to(PACKAGE / "webui")]
    imported = [name for name in names if layer_of(name) not in ("__main__", "webui")]
    command = [sys.executable, "-c", IMPORT_ALL, ",".join(sorted(HEAVY)), *imported]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = function.args
    named = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len(named) - (named[:1] in (["self"], ["cls"]))


@pytest.mark.parametrize("path", BUDGETED, ids=ids(BUDGETED))
def test_code_stays_within_its_budget(path):
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{path.name} has {lines} lines"
    for function in functions(path):
        where = f"{path.name}:{function.lineno} {function.name}"
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= LONGEST_FUNCTION, f"{where} has {length} lines"
        assert parameters(function) <= MOST_PARAMETERS, f"{where} takes {parameters(function)} parameters"
