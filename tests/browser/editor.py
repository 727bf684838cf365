"""The studio in a browser as a person uses it: by what is to be seen and pressed."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, Request, Route, expect

MARK = (255, 0, 255)
"""Colour of what tests look for on the screen. Nothing of the page has it."""
WAIT_MS = 60_000
"""For a machine that is busy with other things."""
expect.set_options(timeout=WAIT_MS)


class Editor:
    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.faults: list[str] = []
        page.set_default_timeout(WAIT_MS)
        page.on("request", self._remember)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _remember(self, request: Request) -> None:
        if request.method == "POST" and "/retouch/v1/" in request.url:
            self.sent.append((request.url.rpartition("/")[2], json.loads(request.post_data or "{}")))

    def start(self) -> Editor:
        self.page.goto(self.url)
        expect(self["intent-remove"]).to_be_visible(timeout=WAIT_MS)
        return self

    def __getitem__(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def bodies(self, verb: str) -> list[dict[str, Any]]:
        return [body for name, body in self.sent if name == verb]

    # ---- files

    def open(self, path: Path) -> None:
        with self.page.expect_file_chooser() as chooser:
            self["open"].click()
        chooser.value.set_files(path)
        expect(self["empty"]).to_be_hidden(timeout=WAIT_MS)
        expect(self.page.locator(".rt-document-name")).to_have_text(path.name)
        self.settle()

    def saved(self) -> tuple[np.ndarray, str]:
        """The file that Save gives: (height, width, 3) pixels, and its infotext."""
        with self.page.expect_download() as download:
            self["save"].click()
        with Image.open(download.value.path()) as image:
            return np.array(image.convert("RGB")), image.info.get("parameters", "")

    # ---- what is seen

    def settle(self) -> None:
        """Until the canvas has drawn what it was told to."""
        self.page.evaluate(
            "async () => (await document.getElementById('retouch_studio').studio).view.whenDrawn()"
        )

    def screen(self) -> np.ndarray:
        """(height, width, 3) of the stage, in device pixels."""
        self.settle()
        with Image.open(io.BytesIO(self["stage"].screenshot())) as image:
            return np.array(image.convert("RGB")).astype(int)

    def mark_on_screen(self) -> tuple[float, float]:
        """CSS pixels, in the stage, of the middle of what has the mark's colour."""
        seen = self.screen()
        ys, xs = np.nonzero(np.abs(seen - MARK).max(2) < 40)
        assert len(xs), "the mark is not to be seen"
        ratio = self.page.evaluate("devicePixelRatio")
        return (xs.min() + xs.max() + 1) / 2 / ratio, (ys.min() + ys.max() + 1) / 2 / ratio

    # ---- what is done

    def click(self, x: float, y: float, **how: Any) -> None:
        """At CSS pixels of the stage."""
        self["stage"].locator("canvas").last.click(position={"x": x, "y": y}, **how)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a pixel of the picture is, in CSS pixels of the stage, once the view fits the layout."""
        script = """async ([x, y]) => {
            const { view } = await document.getElementById("retouch_studio").studio;
            const { toView } = await import("/javascript/retouch/geometry/viewport.mjs");
            const stage = document.querySelector("[data-testid=stage]");
            const isOff = (side) =>
                Math.abs(view.viewport[side] - stage.getBoundingClientRect()[side] * view.ratio) > 1.5;
            while (isOff("width") || isOff("height")) {
                await new Promise(requestAnimationFrame);
            }
            const at = toView(view.viewport, x + 0.5, y + 0.5);
            return [at.x / view.ratio, at.y / view.ratio];
        }"""
        return tuple(self.page.evaluate(script, [x, y]))

    def point(self, x: float, y: float, **how: Any) -> None:
        """At a pixel of the picture, and until its mask is there."""
        self.click(*self.place(x, y), **how)
        expect(self.page.locator("li[aria-current=true] .rt-area")).not_to_have_text("empty", timeout=WAIT_MS)

    def drag(self, *spots: tuple[float, float]) -> None:
        """Along pixels of the picture, with the button down."""
        stage = self["stage"].bounding_box()
        assert stage is not None
        for index, spot in enumerate(spots):
            x, y = self.place(*spot)
            self.page.mouse.move(stage["x"] + x, stage["y"] + y, steps=8 if index else 1)
            if not index:
                self.page.mouse.down()
        self.page.mouse.up()

    def press(self, intent: str) -> None:
        self[f"intent-{intent}"].click()

    @contextmanager
    def held(self, url: str) -> Iterator[None]:
        """While it is open, requests to `url`, a glob, wait for their answers."""
        routes: list[Route] = []

        def hold(route: Route) -> None:
            routes.append(route)

        self.page.route(url, hold)
        yield
        for route in routes:
            route.continue_()
        self.page.unroute(url, hold)

    def offered(self, count: int) -> None:
        expect(self["variation"]).to_have_count(count, timeout=WAIT_MS)

    def undo_all(self) -> None:
        for _ in range(100):
            if self["undo"].is_disabled():
                return
            self["undo"].click()
        raise AssertionError("undo does not come to an end")
