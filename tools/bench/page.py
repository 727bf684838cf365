"""Seconds until the studio's buttons are there, in a real Chromium with a cold cache.

The bundle and the plain modules are loaded in turns, on localhost and with 100 ms for a round trip. Each load
has a browser context of its own.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tools.bench.figures import Figure
from tools.environment import ROOT, set_up_chromium

ROUND_TRIP_MS = 100
TARGETS = {0: 1.0, ROUND_TRIP_MS: 2.0}
"""Seconds allowed, by the milliseconds that a round trip takes."""
FIRST_PAINT = 0.3
BUNDLED = "from retouch.app import server; server.main()"
PLAIN = f"from retouch.api import static_files; static_files.sources_digest = lambda: 'other'; {BUNDLED}"
"""Two servers: for the second one, the bundles are never up to date."""
OPTIONS = ("--port", "0", "--demo-noise", "--device", "cpu", "--offline")
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"


def measure(args: Namespace) -> list[Figure]:
    with _server(BUNDLED) as bundled, _server(PLAIN) as plain, _browser() as browser:
        urls = (bundled, plain)
        return [figure for latency in TARGETS for figure in _figures(browser, urls, latency, args.rounds)]


def _figures(browser: Any, urls: tuple[str, str], latency: int, rounds: int) -> list[Figure]:
    """The medians of `rounds` loads each; the first load of each kind is not counted."""
    loads = [[_load(browser, url, latency) for url in urls] for _ in range(rounds + 1)]
    bundled, plain = zip(*loads[1:], strict=True)
    ready = statistics.median(seconds for seconds, _ in bundled)
    ratio = statistics.median(seconds for seconds, _ in plain) / ready
    way = f"round trip {latency} ms"
    figures = [
        Figure.at_most(f"studio ready, {way}", ready, "s", TARGETS[latency]),
        Figure.at_least(f"modules against bundle, {way}", ratio, "times", 1.0),
    ]
    if latency == 0:
        paint = statistics.median(painted for _, painted in bundled)
        figures.append(Figure.at_most("first paint, localhost", paint, "s", FIRST_PAINT))
    return figures


def _load(browser: Any, url: str, latency: int) -> tuple[float, float]:
    """Seconds from the request of the page to the studio's buttons, and to the first paint."""
    context = browser.new_context()
    page = context.new_page()
    _slow_down(context, page, latency)
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.get_by_test_id("open").wait_for()
    seconds = time.perf_counter() - begun
    painted = page.evaluate(PAINTED)
    context.close()
    return seconds, painted


def _slow_down(context: Any, page: Any, latency: int) -> None:
    if latency:
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        limits = {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
        network.send("Network.emulateNetworkConditions", limits)


@contextmanager
def _server(program: str) -> Iterator[str]:
    """The address of the standalone app with an engine that paints noise."""
    app = subprocess.Popen(
        [sys.executable, "-c", program, *OPTIONS], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        line = next(line for line in app.stdout or () if "http://" in line)
        yield line[line.index("http://") :].split()[0].rstrip(".,")
    finally:
        app.terminate()


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=set_up_chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()
