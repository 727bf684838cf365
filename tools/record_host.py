"""Record the names of a WebUI that `retouch/webui` uses: their kinds and parameters.

Run it with a WebUI's own Python from that WebUI's folder; no server is started, no model loaded:

    cd WEBUI && venv/bin/python RETOUCH/tools/record_host.py --out RETOUCH/tests/webui/signatures/a1111.json

Flags for the WebUI itself come last, after `--`; for Forge Neo: `-- --cpu`.

The stand-in for `modules` that the tests use is described by the same code and must say the same.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
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
LAZY = {"shared.sd_model"}
"""Names that are not read, because reading them loads a checkpoint."""
_PLAIN = (bool, int, float, str, list, tuple, dict, set, type(None))


def described(names: list[str]) -> dict[str, dict[str, Any]]:
    """Kind and parameters of each name, and of every step on its path, in the importable `modules`.

    A step below a plain value (`shared.opts.data.get`) belongs to Python, not to the WebUI, and is left out.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(names, reverse=True):  # the entry of a used name replaces that of a mere prefix
        found.update(_walk(name))
    return dict(sorted(found.items()))


def _walk(name: str) -> dict[str, dict[str, Any]]:
    first, *parts = name.split(".")
    at, path, found = _module(first), first, {first: {"kind": "module"}}
    for part in parts:
        path = f"{path}.{part}"
        if path in LAZY:
            found[path] = {"kind": "value" if part in vars(at) else "missing"}
            break
        found[path] = _entry(at, part)
        if path != name:  # a mere prefix of a name: its parameters are not used
            found[path].pop("parameters", None)
        at = getattr(at, part, None)
        if at is None or isinstance(at, _PLAIN):
            break
    return found


def _module(name: str) -> Any:
    """A module of the WebUI, or its X/Y/Z script, which is loaded by its path as the WebUI loads it."""
    if name != "xyz_grid":
        return importlib.import_module(f"modules.{name}")
    base = importlib.import_module("modules.paths_internal").script_path
    return importlib.import_module("modules.script_loading").load_module(
        str(Path(base, "scripts", "xyz_grid.py"))
    )


def _entry(owner: Any, name: str) -> dict[str, Any]:
    if inspect.isclass(owner):
        return _member(owner, name)
    if not hasattr(owner, name):
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
    importlib.import_module("modules.initialize").imports()
    launch = importlib.import_module("modules.launch_utils")
    return {"version": launch.git_tag(), "commit": launch.commit_hash()}


def written(host: dict[str, str], names: dict[str, dict[str, Any]]) -> str:
    """The text of the JSON file: one line a name, so that a diff shows each change."""
    lines = [f"  {json.dumps(name)}: {json.dumps(entry, sort_keys=True)}" for name, entry in names.items()]
    said = json.dumps(host, sort_keys=True)
    return f'{{\n "host": {said},\n "names": {{\n' + ",\n".join(lines) + "\n }\n}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("flags", nargs="*", default=FLAGS, help="command line flags of the WebUI")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    sys.path.append(str(ROOT))
    names = importlib.import_module("tools.host_names").used(WEBUI)
    host = _boot(arguments.flags)
    found = described(names)
    missing = [name for name, entry in found.items() if entry["kind"] == "missing"]
    out.write_text(written(host, found), "utf-8")
    print(f"{len(found)} names of {host['version']} in {out.name}; missing: {', '.join(missing) or 'none'}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
