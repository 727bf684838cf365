"""A server to test against: the WebUI at RETOUCH_WEBUI_URL, else the standalone app painting noise."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.host.client import Client

ROOT = Path(__file__).parents[2]
URL = os.environ.get("RETOUCH_WEBUI_URL", "")
MODELS = os.environ.get("RETOUCH_WEBUI_MODELS_DIR", "")
START_SECONDS = 120


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "webui: needs a running WebUI, named by RETOUCH_WEBUI_URL")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not URL:
        for item in items:
            if item.get_closest_marker("webui"):
                item.add_marker(pytest.mark.skip(reason="RETOUCH_WEBUI_URL names no running WebUI"))


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server looks for detectors; not known of a WebUI unless it is told."""
    if not URL:
        return tmp_path_factory.mktemp("models")
    if not MODELS:
        pytest.skip("RETOUCH_WEBUI_MODELS_DIR does not say where the WebUI looks for detectors")
    folder = Path(MODELS)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if URL:
        yield URL.rstrip("/")
        return
    folder = request.getfixturevalue("models_dir")
    words = ["--port", "0", "--demo-noise", "--device", "cpu", "--offline", "--models-dir", str(folder)]
    command = [sys.executable, "-m", "retouch.app.server", *words]
    app = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield _address(app)
    finally:
        app.terminate()
        app.wait(30)


def _address(app: subprocess.Popen[str]) -> str:
    """The address the app prints, once it answers there. Its output is drained for good."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: [lines.put(line) for line in app.stdout], daemon=True).start()
    until = time.monotonic() + START_SECONDS
    line = lines.get(timeout=START_SECONDS)
    assert line.startswith("Retouch is at "), line
    address = line.split()[-1]
    while time.monotonic() < until:
        try:
            httpx.get(f"{address}/retouch/v1/health", timeout=10, trust_env=False)
        except httpx.TransportError:
            assert app.poll() is None, "the app has ended"
            time.sleep(0.1)
        else:
            return address
    raise AssertionError("the app does not answer")


@pytest.fixture(scope="session")
def client(url: str) -> Iterator[Client]:
    with Client(url) as client:
        yield client
