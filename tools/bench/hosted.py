"""A WebUI started without its page, for figures that HTTP does not show. It runs `tools/bench/inside.py`."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from retouch.image.codec import encoder
from tools.bench.figures import Figure
from tools.bench.pictures import crowd
from tools.bench.watching import MOST_OUTSIDE, Stopwatch

FACES = 8
MOST_SECONDS_AT_BOOT = 0.15
_INSIDE = Path(__file__).with_name("inside.py")


def measure(webui: Path, steps: int, rounds: int) -> list[Figure]:
    """The figures in a WebUI. Those of the start-up are medians over `rounds` new processes."""
    boots = [_inside(webui, "boot") for _ in range(rounds)]
    seconds = statistics.median(boot["import_seconds"] for boot in boots)
    connections = max(len(boot["connections"]) for boot in boots)
    return [
        Figure.at_most("WebUI: importing the script", seconds, "s of CPU", MOST_SECONDS_AT_BOOT),
        Figure.exactly("WebUI: connections tried while Retouch boots", connections, "connections", 0),
        _share(webui, steps),
    ]


def _share(webui: Path, steps: int) -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "crowd.png")
        encoder.write(crowd(FACES), picture)
        fixed = _inside(webui, "share", str(picture), str(steps))
    if fixed["faces"] != FACES:
        raise SystemExit(f"{fixed['faces']} of {FACES} faces were painted inside the WebUI.")
    watch, whole = Stopwatch(fixed["forward"]), fixed["seconds"]
    print(f"WebUI, with {fixed['model']}:\n{watch.told(whole, FACES)}")
    name = f"WebUI: time outside the models, {FACES} faces, {steps} steps"
    return Figure.at_most(name, 1 - watch.total / whole, "of the whole", MOST_OUTSIDE)


def _inside(webui: Path, *words: str) -> dict[str, Any]:
    """The JSON result of `inside.py`, run in a new process of the WebUI's own Python."""
    folder = webui.expanduser().resolve()
    if not (folder / "webui.py").is_file():
        raise SystemExit(f"{folder} is not a WebUI: it has no webui.py.")
    with tempfile.TemporaryDirectory() as scratch:
        found = Path(scratch, "found.json")
        command = [str(_python(folder)), str(_INSIDE), str(found), *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode or not found.exists():
            raise SystemExit(f"The WebUI did not boot:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return json.loads(found.read_text())


def _python(webui: Path) -> Path:
    """RETOUCH_WEBUI_PYTHON, else the Python of the WebUI's own environment, else this one."""
    named = os.environ.get("RETOUCH_WEBUI_PYTHON")
    own = webui / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return Path(named) if named else own if own.exists() else Path(sys.executable)
