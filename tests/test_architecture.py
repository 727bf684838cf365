"""The shape of the code: who may import whom, what may be heavy, how long things may be."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "retouch"

ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "progress": set(),
    "knobs": {"errors"},
    "image": {"errors"},
    "recipes": {"errors", "knobs", "image"},
    "weights": {"errors"},
    "detectors": {"errors", "image", "weights"},
    "segmenters": {"errors", "image", "weights", "detectors"},
    "engines": {"errors", "progress", "image", "recipes", "weights"},
    "pipeline": {"errors", "knobs", "progress", "image", "recipes", "detectors", "segmenters", "engines"},
    "outpaint": {"errors", "knobs", "progress", "image", "recipes", "engines", "pipeline"},
    "testing": {"progress", "image", "recipes", "detectors", "segmenters", "engines"},
}
ALLOWED["api"] = {*ALLOWED} - {"weights", "testing"}
ALLOWED["app"] = {*ALLOWED}
ALLOWED["cli"] = {"errors", "knobs", "image", "recipes", "weights", "pipeline", "outpaint", "api", "app"}
ALLOWED["webui"] = {*ALLOWED["api"], "api"}
ALLOWED["comfyui"] = {*ALLOWED["outpaint"], "detectors", "segmenters", "outpaint"}
ALLOWED["__main__"] = {"cli"}
"""What each package and each module of the root may import besides its own modules."""
INTERFACES = {
    "engines": {"base"},
    "detectors": {"base", "tilted", "unsharp"},
    "segmenters": {"base", "registry", "text_segmenter"},
}
"""What `pipeline` may import of these."""

HEAVY = {
    "accelerate",
    "diffusers",
    "fastapi",
    "gradio",
    "httpx",
    "jinja2",
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
HOST = {"webui": {"gradio", "torch", "fastapi"}, "comfyui": {"torch"}}
"""What a running host has loaded long before it looks at us: the package for it may import these."""
BY_NAME = {PACKAGE / "engines" / "unshuffle.py"}
"""What diffusers imports by the name in a model_index.json, and nothing of ours: it may be heavy."""

LONGEST_FUNCTION = 60
LONGEST_FILE = 300
MOST_PARAMETERS = 6
"""Budgets without a list of exceptions: what does not fit is taken apart."""
LONGEST_TEST_NAME = 70
"""Characters of a test's name, `test_` counted."""

SOURCES = sorted(PACKAGE.rglob("*.py"))
PACKAGES = {".".join(path.parent.relative_to(ROOT).parts) for path in SOURCES if path.name == "__init__.py"}
BUDGETED = [*SOURCES, *sorted((ROOT / "scripts").rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_of(module: str) -> str:
    """`retouch.detectors.yolo` is of package `detectors`; `retouch` itself of none."""
    return module.split(".")[1] if "." in module else ""


MODULES = {module_of(path) for path in SOURCES}


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
    """Of our own modules: (module, line). A package counts where it is imported for itself only."""
    for name, line in words:
        if name in MODULES and "." in name:
            yield name, line


def ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_every_package_is_in_the_import_table():
    packages = {package_of(module) for module in MODULES} - {""}
    assert packages == set(ALLOWED)


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_module_imports_only_packages_allowed_for_its_own(path):
    if path == PACKAGE / "__init__.py":  # it lists public names of every package, imported at their first use
        return
    mine = package_of(module_of(path))
    for module, line in modules_named(imports(parsed(path))):
        theirs = package_of(module)
        assert theirs == mine or theirs in ALLOWED[mine], f"{path.name}:{line} imports {module}"
        interface = INTERFACES.get(theirs) if mine == "pipeline" else None
        assert not interface or module.count(".") < 2 or module.split(".")[2] in interface, (
            f"{path.name}:{line} imports {module}"
        )


def test_no_modules_import_each_other_in_a_circle():
    graph = {module_of(path): dict(modules_named(imported_at_once(path))) for path in SOURCES}
    plain = {name: [other for other in others if other not in PACKAGES] for name, others in graph.items()}
    graphlib.TopologicalSorter(plain).prepare()


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_no_function_has_the_name_of_its_module(path):
    names = {n.name for n in parsed(path).body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    assert path.stem not in names


def test_no_two_classes_have_one_name():
    names = [n.name for path in SOURCES for n in ast.walk(parsed(path)) if isinstance(n, ast.ClassDef)]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: path.parent.name)
def test_init_of_a_package_contains_only_a_docstring(path):
    kinds = [type(node) for node in parsed(path).body]
    assert kinds == [ast.Expr] or path.parent == PACKAGE


@pytest.mark.parametrize("path", BUDGETED, ids=ids(BUDGETED))
def test_only_the_webui_package_imports_host_modules(path):
    if path.is_relative_to(PACKAGE / "webui") or path.is_relative_to(ROOT / "scripts"):
        return
    named = [(name, line) for name, line in imports(parsed(path)) if name.split(".")[0] == "modules"]
    assert not named


@pytest.mark.parametrize("path", BUDGETED, ids=ids(BUDGETED))
def test_nothing_heavy_is_imported_at_import(path):
    allowed = HOST.get(package_of(module_of(path)), set())
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
    names = [module for module in map(module_of, light) if package_of(module) not in HOST]
    imported = [name for name in names if not name.endswith("__main__")]
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


@pytest.mark.parametrize("path", TESTS, ids=ids(TESTS))
def test_every_test_name_has_at_most_70_characters(path):
    names = [function.name for function in functions(path) if function.name.startswith("test_")]
    assert [name for name in names if len(name) > LONGEST_TEST_NAME] == []
