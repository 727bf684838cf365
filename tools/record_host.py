"""Record the names of a WebUI that `retouch/webui` uses: their kinds and parameters.

Run it with a WebUI's own Python from that WebUI's folder; no server is started, no model loaded:

    cd WEBUI && venv/bin/python RETOUCH/tools/record_host.py --out RETOUCH/tests/webui/signatures/a1111.json

For a fork, name its dialect, one of `host_names.DIALECTS`: `--dialect neo`. Flags for the WebUI itself come
last, after `--`: `-- --cpu` for Forge Neo, `-- --always-cpu` for Forge and reForge.

The stand-in for `modules` that the tests use is described by the same code and must have the same names.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import importlib.util
import inspect
import json
import re
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WEBUI = ROOT / "retouch" / "webui"
FLAGS = ("--skip-torch-cuda-test", "--no-half", "--use-cpu", "all", "--skip-version-check")
PACKAGES = ("backend", "modules_forge")
"""Packages of Forge and its forks beside `modules`. Their names are recorded with the package."""
LAZY = {"sd_models.model_data.sd_model", "shared.sd_model"}
"""Names that are not read, because reading them loads a checkpoint, or because it may be loaded."""
_PLAIN = (bool, int, float, str, list, tuple, dict, set, type(None))


def described(names: list[str]) -> dict[str, dict[str, Any]]:
    """Kind and parameters of each name, and of every step on its path, in the importable `modules`.

    A step below a plain value (`shared.opts.data.get`) belongs to Python, not to the WebUI, and is left out.
    A name that the WebUI lacks is of the kind "missing", and so is each name below it.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(names, reverse=True):  # the entry of a used name replaces that of a mere prefix
        found.update(_walk(name))
    return dict(sorted(found.items()))


def _walk(name: str) -> dict[str, dict[str, Any]]:
    first, *parts = name.split(".")
    at, path, found = _first(first), first, {first: {"kind": "missing"}}
    if at is not None:
        found[first] = {"kind": "module"}
    for part in parts:
        path = f"{path}.{part}"
        found[path] = _step(at, part, path in LAZY)
        if path != name:  # a mere prefix of a name: its parameters are not used
            found[path].pop("parameters", None)
        at = None if path in LAZY else getattr(at, part, None)
        if (at is None and found[path]["kind"] != "missing") or isinstance(at, _PLAIN[:-1]):
            break
    return found


def _step(owner: Any, name: str, lazy: bool) -> dict[str, Any]:
    if owner is None:
        return {"kind": "missing"}
    if lazy:
        known = name in vars(owner) or hasattr(type(owner), name)
        return {"kind": "value" if known else "missing"}
    return _entry(owner, name)


def _first(name: str) -> Any:
    """A module of `modules`, another package of a fork, or the X/Y/Z script. None if this WebUI has none."""
    if name == "xyz_grid":
        return _xyz_grid()
    full = name if name in PACKAGES else f"modules.{name}"
    return importlib.import_module(full) if importlib.util.find_spec(full) else None


def _xyz_grid() -> Any:
    """The X/Y/Z script, which is loaded by its path as the WebUI loads it."""
    base = importlib.import_module("modules.paths_internal").script_path
    return importlib.import_module("modules.script_loading").load_module(
        str(Path(base, "scripts", "xyz_grid.py"))
    )


def _has(owner: Any, name: str) -> bool:
    """True if the owner has the name. A submodule of a package is imported for that."""
    if hasattr(owner, name):
        return True
    full = f"{getattr(owner, '__name__', '')}.{name}"
    if not hasattr(owner, "__path__") or importlib.util.find_spec(full) is None:
        return False
    importlib.import_module(full)
    return True


def _entry(owner: Any, name: str) -> dict[str, Any]:
    if inspect.isclass(owner):
        return _member(owner, name)
    if not _has(owner, name):
        return {"kind": "missing"}
    value = getattr(owner, name)
    if inspect.ismodule(value):
        return {"kind": "module"}
    if inspect.isclass(value):
        return _class(value)
    if isinstance(value, types.FunctionType | types.MethodType):
        return {"kind": "function", "parameters": _parameters(value)}
    return {"kind": "value", "type": _type(owner, name, value)}


def _class(cls: type) -> dict[str, Any]:
    """The description of a class. Fields of a dataclass are recorded one by one, only those in use."""
    if dataclasses.is_dataclass(cls) or issubclass(cls, list | tuple | BaseException):
        return {"kind": "class"}
    return {"kind": "class", "parameters": _parameters(cls)}


def _member(cls: type, name: str) -> dict[str, Any]:
    fields = {f.name: f for f in dataclasses.fields(cls)} if dataclasses.is_dataclass(cls) else {}
    if name in fields and fields[name].init:
        f = fields[name]
        given = f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
        return {"kind": "field", "required": given}
    value = inspect.getattr_static(cls, name, None)
    if isinstance(value, types.FunctionType):
        return {"kind": "function", "parameters": _parameters(value)[1:]}
    known = value is not None or hasattr(cls, name) or name in fields or _assigned(cls, name)
    return {"kind": "attribute" if known else "missing"}


def _assigned(cls: type, name: str) -> bool:
    """True if a method of the class or a parent sets the name, it is annotated, or its module sets it."""
    if any(name in vars(parent).get("__annotations__", {}) for parent in cls.__mro__):
        return True
    methods = [f for parent in cls.__mro__ for f in vars(parent).values() if inspect.isfunction(f)]
    texts = [inspect.getsource(f) for f in methods if f.__code__.co_filename != "<string>"]
    module = sys.modules.get(cls.__module__)
    texts += [inspect.getsource(module)] if module and hasattr(module, "__file__") else []
    return any(re.search(rf"\b(self|p)\.{name}\b[^=\n]*=[^=]", text) for text in texts)


def _parameters(function: Any) -> list[str]:
    """In order: `name`, `name=` with a default, `*args`, `**kwargs`; `*` before keyword-only parameters."""
    said: list[str] = []
    for p in inspect.signature(function).parameters.values():
        if p.kind is p.KEYWORD_ONLY and not any(s.startswith("*") for s in said):
            said.append("*")
        stars = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        said.append(f"{stars}{p.name}{'=' if p.default is not p.empty else ''}")
    return said


def _type(owner: Any, name: str, value: Any) -> str:
    """The name of the value's type. For a None that is set later, the type that its module declares."""
    declared = vars(owner).get("__annotations__", {}).get(name) if inspect.ismodule(owner) else None
    named = declared if value is None and declared is not None else type(value)
    return named if isinstance(named, str) else named.__name__


def _boot(flags: Sequence[str]) -> dict[str, str]:
    """Import the WebUI of this folder as it does before it starts a server."""
    sys.path.insert(0, str(Path.cwd()))
    sys.argv = ["webui.py", *flags]
    if importlib.util.find_spec("modules_forge"):  # it adds the folder of its own packages to sys.path
        importlib.import_module("modules_forge.initialization").initialize_forge()
    importlib.import_module("modules.initialize").imports()
    launch = importlib.import_module("modules.launch_utils")
    return {"version": launch.git_tag(), "commit": getattr(launch, "commit_hash", str)()}


def written(host: dict[str, str], names: dict[str, dict[str, Any]]) -> str:
    """The text of the JSON file: one line a name, so that a diff shows each change."""
    lines = [f"  {json.dumps(name)}: {json.dumps(entry, sort_keys=True)}" for name, entry in names.items()]
    said = json.dumps(host, sort_keys=True)
    return f'{{\n "host": {said},\n "names": {{\n' + ",\n".join(lines) + "\n }\n}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("--dialect", default="a1111", help="the fork, as Retouch's module for it is called")
    parser.add_argument("--commit", help="the commit of the WebUI, if its folder is not a repository")
    parser.add_argument("flags", nargs="*", default=FLAGS, help="command line flags of the WebUI")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    sys.path.append(str(ROOT))
    names = importlib.import_module("tools.host_names").used(WEBUI, arguments.dialect)
    host = _boot(arguments.flags)
    host["commit"] = arguments.commit or host["commit"]
    found = described(names)
    missing = [name for name, entry in found.items() if entry["kind"] == "missing"]
    out.write_text(written(host, found), "utf-8")
    print(f"{len(found)} names of {host['version']} in {out.name}; missing: {', '.join(missing) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
