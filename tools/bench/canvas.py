"""Frame rate of the page's canvas: brush strokes on a 4K picture and mask growth, by Chromium's trace.

Pointer moves are sent through the browser's input, each after the answer to the last one. A frame counts when
the compositor has drawn it. The busy time of the page's main thread is printed as well: it does not depend on
other load of the machine, the frame rate does.
"""

from __future__ import annotations

import io
import json
import math
import shutil
import statistics
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from retouch.image.geometry import Size
from tools.bench.figures import Figure
from tools.bench.pictures import crowd

FOUR_K = Size(3840, 2160)
WINDOW = Size(1600, 900)
FRAMES_A_SECOND = 50
GROW_SECONDS = 0.1
STROKE_SECONDS = 4.0
BRUSH = 200
SITE = "http://localhost/"
SCRIPTS = Path(__file__).parents[2] / "javascript"
TRACED = ("devtools.timeline", "disabled-by-default-devtools.timeline.frame", "toplevel")
PAGE = """<!doctype html><title>Canvas</title><div id="view" style="position:fixed;inset:0"></div>
<script type="module">
import * as documents from "/retouch/document/document.mjs";
import { Store } from "/retouch/document/store.mjs";
import { Mask } from "/retouch/image/mask.mjs";
import { Pixels } from "/retouch/image/pixels.mjs";
import { CanvasView } from "/retouch/canvas/canvas-view.mjs";
import { makeTools } from "/retouch/tools/index.mjs";
const picture = await Pixels.fromBlob(await (await fetch("/picture.png")).blob());
const store = new Store(documents.newDocument());
const view = new CanvasView(document.getElementById("view"), store, { tools: makeTools });
store.open(documents.newDocument(picture));
Object.assign(window, { store, view, Mask });
await view.whenDrawn();
document.title = "Ready";
</script>"""
GROW = """() => {
    const mask = Mask.ofBox({left: 200, top: 200, right: 3640, bottom: 1960});
    const started = performance.now();
    mask.grow(100, {width: 3840, height: 2160});
    return (performance.now() - started) / 1000;
}"""


def measure(args: Namespace) -> list[Figure]:
    with opened_page() as page:
        figures = [
            _strokes(page, f"brush strokes on a 4K picture, {name}", show, args.rounds)
            for name, show in {"all of it": "view.fit()", "1:1": "view.zoomTo(1)"}.items()
        ]
        return [*figures, _growth(page, args.rounds)]


@contextmanager
def opened_page() -> Iterator[Any]:
    """A headless Chromium with the canvas and a picture, served from memory. No port is opened."""
    from playwright.sync_api import sync_playwright

    picture = io.BytesIO()
    Image.fromarray(crowd(8, FOUR_K).pixels).save(picture, "PNG", compress_level=1)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WINDOW.width, "height": WINDOW.height})
        page.route(SITE, lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        page.route(SITE + "picture.png", lambda route: route.fulfill(body=picture.getvalue()))
        page.route(SITE + "retouch/**/*.mjs", _script)
        page.goto(SITE)
        page.wait_for_function("document.title === 'Ready'")
        yield page
        browser.close()


def _script(route: Any) -> None:
    name = route.request.url.removeprefix(SITE)
    route.fulfill(path=SCRIPTS / name, content_type="text/javascript")


def _strokes(page: Any, name: str, show: str, rounds: int) -> Figure:
    """The median round. A first round, in which the page compiles its code, is not counted."""
    page.evaluate(f"view.tool = 'brush'; view.brush = {{size: {BRUSH}}}; {show}")
    page.evaluate("view.whenDrawn()")
    traces = [_traced_stroke(page) for _ in range(rounds + 1)][1:]
    rates = [_frames_a_second(trace) for trace in traces]
    busy = statistics.median(_main_thread_ms(trace) for trace in traces)
    print(f"{name}: {', '.join(f'{rate:.0f}' for rate in rates)} frames/s; main thread {busy:.1f} ms a frame")
    return Figure.at_least(name, statistics.median(rates), "frames/s", FRAMES_A_SECOND)


def _traced_stroke(page: Any) -> list[dict]:
    """The trace events between press and release of one spiral stroke."""
    browser = page.context.browser
    page.mouse.move(WINDOW.width / 2, WINDOW.height / 2)
    page.mouse.down()
    browser.start_tracing(page=page, categories=list(TRACED))
    started = page.evaluate("performance.now()")
    turn = 0.0
    while page.evaluate("performance.now()") - started < STROKE_SECONDS * 1000:
        for _ in range(12):
            turn += 0.07
            reach = 60 + 8 * turn
            x, y = reach * 2.2 * math.cos(turn), reach * 1.2 * math.sin(turn)
            page.mouse.move(WINDOW.width / 2 + x, WINDOW.height / 2 + y)
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    page.mouse.up()
    page.evaluate("view.whenDrawn()")
    return trace


def _drawn(trace: Sequence[dict]) -> list[float]:
    """The time of each drawn frame in seconds."""
    return sorted(event["ts"] / 1e6 for event in trace if event["name"] == "DrawFrame")


def _frames_a_second(trace: Sequence[dict]) -> float:
    times = _drawn(trace)
    return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0


def _main_thread_ms(trace: Sequence[dict]) -> float:
    """Processor time of the page's main thread per frame, in milliseconds."""
    thread = next(
        (event["pid"], event["tid"])
        for event in trace
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    )
    tasks = [
        event.get("tdur", 0)
        for event in trace
        if event["name"].endswith("::RunTask") and (event["pid"], event["tid"]) == thread
    ]
    return sum(tasks) / 1000 / max(len(_drawn(trace)), 1)


def _growth(page: Any, rounds: int) -> Figure:
    seconds = [page.evaluate(GROW) for _ in range(rounds + 3)][3:]
    name = "grow a 4K mask by 100 px in the page"
    return Figure.at_most(name, statistics.median(seconds), "s", GROW_SECONDS)
