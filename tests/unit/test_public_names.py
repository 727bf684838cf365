"""The public surface of the package: `retouch.NAME`, as `retouch/__init__.py` lists it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import retouch

INIT = Path(retouch.__file__)
PUBLIC = sorted(set(retouch.__all__) - {"__version__"})
PURE = [name for name in PUBLIC if name != "DiffusersEngine"]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_name_can_be_imported_and_has_a_docstring(name):
    assert getattr(retouch, name).__doc__


def test_private_names_are_no_attributes_of_the_package():
    with pytest.raises(AttributeError, match="no attribute 'Shelf'"):
        retouch.Shelf  # noqa: B018
    assert dir(retouch) == sorted(retouch.__all__)


def test_static_imports_equal_the_public_names():
    imported = {
        alias.asname: (node.module, alias.name)
        for node in ast.walk(ast.parse(INIT.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("retouch.")
        for alias in node.names
    }
    assert sorted(imported) == PUBLIC
    for name, (module, symbol) in imported.items():
        assert getattr(sys.modules[getattr(retouch, name).__module__], symbol) is getattr(retouch, name)
        assert getattr(retouch, name).__module__ == module


def test_public_names_are_documented():
    text = (Path(__file__).parents[2] / "docs" / "python.md").read_text("utf-8")
    assert [name for name in PUBLIC if f"`{name}`" not in text] == []


def test_importing_the_package_imports_none_of_its_modules():
    code = "import sys, retouch; print([m for m in sys.modules if m.startswith('retouch.')])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
