"""Build the wheel and test it in an environment of its own, in an empty folder: `python3 dev.py wheel`."""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tools.environment import ROOT, VENV, answer, python_of, set_up, step, stop, uv_environment

PAGE = ("/", "/javascript/retouch/studio.mjs")
START_SECONDS = 300


def try_wheel(out: Path) -> int:
    """Build source distribution and wheel into `out`, install the wheel with its extra `app`, and run it."""
    python = set_up(VENV, "app", superset="dev")
    uv = [python, "-m", "uv"]
    env = uv_environment(os.environ, answer([python, "-m", "pip", "config", "list"]))
    step([*uv, "build", "--out-dir", out, ROOT], "build the wheel", env)
    (wheel,) = sorted(out.glob("retouch-*.whl"))[-1:]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        venv = home / "venv"
        step([*uv, "venv", "--python", python, venv], "make an environment", env)
        target = ["--python", python_of(venv)]
        step([*uv, "pip", "install", *target, wheel], "install the wheel", env)
        command = python_of(venv).with_name("retouch")
        step([command, "--version"], "run retouch --version")
        locked = ["--constraint", ROOT / "tools" / "requirements" / "app.txt"]
        step([*uv, "pip", "install", *target, *locked, f"{wheel}[app]"], "install the wheel's extra app", env)
        work = home / "work"
        work.mkdir()
        photo = [python_of(venv), "-c", "from skimage import data, io; io.imsave('a.png', data.astronaut())"]
        run_in(work, [*uv, "pip", "install", *target, "scikit-image"], env)
        run_in(work, photo)
        fix = [command, "fix", "a.png", "-o", "out", "--target", "mediapipe face full", "--steps", "2"]
        run_in(work, fix)
        if not (work / "out" / "a.png").is_file():
            stop("retouch fix wrote no picture.")
        check_app(python_of(venv), work)
    print(f"{wheel.name} installs and runs: retouch --version, retouch fix, the app.")
    return 0


def run_in(folder: Path, command, env=None) -> None:
    words = [str(word) for word in command]
    if subprocess.call(words, cwd=str(folder), env=env, stdin=subprocess.DEVNULL) != 0:
        stop(f"Could not run {' '.join(words)}: the reason is above.")


def check_app(python: Path, folder: Path) -> None:
    """Start the app on a free port and load its page and one of its JavaScript modules."""
    command = [str(python), "-m", "retouch.app", "--port", "0"]
    with subprocess.Popen(
        command, cwd=str(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    ) as app:
        try:
            address = read_address(app)
            for path in PAGE:
                with urllib.request.urlopen(address + path, timeout=60) as page:
                    print(page.status, path)
        finally:
            app.terminate()


def read_address(app) -> str:
    """The address that the app prints when it accepts connections."""
    until = time.monotonic() + START_SECONDS
    for line in app.stdout:
        sys.stdout.write(line)
        found = re.search(r"http://[\w.]+:\d+", line)
        if found:
            return found.group()
        if time.monotonic() > until:
            break
    return stop("The app printed no address.")
