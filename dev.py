#!/usr/bin/env python3
"""Sets Retouch up and runs it: `python3 dev.py demo | test | check | run | bench`.

It uses the standard library only, in the syntax of Python 3.6. With any Python, the result is the work or one
sentence. The work runs in an environment made from the lock files.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tools.checks import fork_checks, javascript_checks, pytest_check, run_checks, tool_checks
from tools.environment import (
    PURE,
    ROOT,
    VENV,
    WINDOWS,
    python_of,
    set_up,
    set_up_chromium,
    stop,
    version_problem,
)
from tools.wheel import try_wheel


def test(args, rest) -> int:
    """set up and run every check [pytest options]"""
    python, pure = set_up(VENV, "dev"), set_up(PURE, "pure-dev")
    set_up_chromium()
    checks = [*tool_checks(python), pytest_check("pure tests", pure, "tests/unit", rest)]
    checks.append(pytest_check("all other tests", python, "tests", rest, without=["tests/unit"]))
    return run_checks([*checks, *fork_checks(python, rest), *javascript_checks(python)])


def check(args, rest) -> int:
    """the fast checks: format, lint, types, pure tests"""
    python, pure = set_up(VENV, "dev"), set_up(PURE, "pure-dev")
    return run_checks([*tool_checks(python), pytest_check("pure tests", pure, "tests/unit", rest)])


def demo(args, rest) -> int:
    """set up and run the main job on a photograph [--out DIR]"""
    return module("retouch.app.demo", rest)


def bench(args, rest) -> int:
    """measure what was promised: bench NAME [--json FILE]"""
    return module("tools.bench", rest)


def wheel(args, rest) -> int:
    """build the wheel, install it into an environment of its own, and run it there [--out DIR]"""
    return try_wheel(args.out)


def bundle(args, rest) -> int:
    """write javascript/bundle: the page's modules and style sheets, each in one file"""
    return subprocess.call([str(set_up(VENV, "dev")), "-m", "tools.bundle", *rest], cwd=str(ROOT))


def run(args, rest) -> int:
    """start the app, or with --webui DIR a WebUI, with --comfyui DIR a ComfyUI, that has this checkout"""
    if args.comfyui:
        return run_comfyui(Path(args.comfyui).expanduser().resolve(), rest)
    if not args.webui:
        return module("retouch.app", rest)
    webui = Path(args.webui).expanduser().resolve()
    if not (webui / "launch.py").is_file():
        stop(f"{webui} is not a WebUI: it has no launch.py.")
    link(ROOT, webui / "extensions" / "retouch")
    return subprocess.call([*launcher(webui), *rest], cwd=str(webui))


NODES = """import sys

sys.path.append({path!r})

from retouch.comfyui.nodes import NODE_CLASS_MAPPINGS, NODE_DISPLAY_NAME_MAPPINGS
"""


def run_comfyui(comfyui: Path, rest) -> int:
    """Write a file that loads the nodes of this checkout into `custom_nodes`, then start ComfyUI."""
    if not (comfyui / "custom_nodes").is_dir():
        stop(f"{comfyui} is not a ComfyUI: it has no custom_nodes.")
    (comfyui / "custom_nodes" / "retouch_nodes.py").write_text(NODES.format(path=str(ROOT)), "utf-8")
    python = python_of(comfyui / "venv")
    program = str(python if python.exists() else sys.executable)
    return subprocess.call([program, "main.py", *rest], cwd=str(comfyui))


def module(name: str, words) -> int:
    python = set_up(VENV, "app", superset="dev")
    return subprocess.call([str(python), "-m", name, *words], cwd=str(ROOT))


def link(source: Path, target: Path) -> None:
    """Make the WebUI see this checkout as one of its extensions."""
    if os.path.lexists(str(target)):
        if target.resolve() != source:
            stop(f"{target} exists and is not this checkout: move it away first.")
    elif WINDOWS:
        import _winapi  # a junction, for a symbolic link needs administrator rights there

        _winapi.CreateJunction(str(source), str(target))
    else:
        target.symlink_to(source, target_is_directory=True)


def launcher(webui: Path) -> list:
    """The WebUI's own Python if it has made one, else the script that makes it."""
    python = python_of(webui / "venv")
    if python.exists():
        return [str(python), "launch.py"]
    script = webui / ("webui.bat" if WINDOWS else "webui.sh")
    if script.is_file():
        return [str(script)] if WINDOWS else ["bash", str(script)]
    return [sys.executable, "launch.py"]


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="dev.py", description=__doc__.splitlines()[0])
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    commands.required = True
    for action in (demo, test, check, run, bench, bundle, wheel):
        has_own_help = action in (demo, bench)  # the module they start answers --help
        command = commands.add_parser(action.__name__, help=action.__doc__, add_help=not has_own_help)
        command.set_defaults(action=action)
        if action is run:
            command.add_argument("--webui", metavar="DIR")
            command.add_argument("--comfyui", metavar="DIR")
        if action is wheel:
            command.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR")
    return top


def main(words) -> int:
    problem = version_problem(sys.version_info, words)
    if problem:
        stop(problem)
    args, rest = parser().parse_known_args(words)
    return args.action(args, rest)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrupted: the same command starts over.")
