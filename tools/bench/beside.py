"""A running WebUI over HTTP: the sampling of Retouch, and its time beside ADetailer's.

Both tools fix the same picture in an img2img that is itself skipped, each by its own option. The whole
request is timed, as a person waits for it. ADetailer's option to skip img2img still samples one step of
128x128 pixels.
"""

from __future__ import annotations

import base64
import json
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from retouch.cli.remote import connect
from retouch.image.codec import decoder, encoder
from retouch.image.geometry import Size
from retouch.image.picture import Picture
from tools.bench.figures import Figure
from tools.bench.pictures import PORTRAIT, crowd

FACES = 2
STRENGTH = 0.4
"""Both tools' own default."""
STEPS = 20
"""The WebUI's own default, which both tools take over."""
MOST_AT_DEFAULTS = 0.25
MOST_SECONDS_AT_BOOT = 0.15
_RECIPE = {"name": "Bench", "passes": [{"target": {"models": ["mediapipe face full"]}}]}
_AD_MODEL = "mediapipe_face_full"
_ENTRY = "load scripts/retouch_entry.py"


@dataclass(frozen=True)
class Webui:
    """The WebUI's own API at `url`, http://[user:password@]host:port."""

    url: str

    def get(self, path: str) -> Any:
        """The JSON answer. None if there is no such route."""
        try:
            return self._ask(path, None)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask(path, json.dumps(body).encode())

    def _ask(self, path: str, data: bytes | None) -> Any:
        remote = connect(self.url)
        headers = {"Content-Type": "application/json"}
        if remote.login:
            headers["Authorization"] = "Basic " + base64.b64encode(remote.login.encode()).decode()
        request = urllib.request.Request(remote.address + path, data, headers)
        with urllib.request.urlopen(request, timeout=3600) as answer:
            return json.load(answer)

    def img2img(self, picture: Picture, steps: int, scripts: dict[str, Any], pictures: int = 1) -> Fixed:
        """Send the picture through always-on `scripts`, `pictures` times in one batch."""
        body = {
            "init_images": [encoder.encode_base64(picture)],
            "prompt": "a portrait photograph",
            "seed": 1,
            "steps": steps,
            "denoising_strength": STRENGTH,
            "batch_size": pictures,
            **dict(zip(("width", "height"), picture.size, strict=True)),
        }
        begun = time.perf_counter()
        answer = self.post("/sdapi/v1/img2img", {**body, "alwayson_scripts": scripts})
        seconds = time.perf_counter() - begun
        made = [decoder.decode_base64(image) for image in answer["images"]]
        # The host counts finished jobs until it begins the next request: one is the surrounding job's.
        calls = self.get("/sdapi/v1/progress")["state"]["job_no"] - 1
        return Fixed(seconds, calls, sum(_changed_areas(picture, one) for one in made[-pictures:]))


@dataclass(frozen=True)
class Fixed:
    """One request: how long it took, its sampling calls, and the separate areas it changed."""

    seconds: float
    calls: int
    faces: int


def _changed_areas(before: Picture, after: Picture) -> int:
    """Number of connected areas of changed pixels. A few isolated pixels belong to the area beside them."""
    changed = (before.pixels != after.pixels).any(2).astype(np.uint8)
    joined = cv2.morphologyEx(changed, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    return cv2.connectedComponents(joined)[0] - 1


def retouch(**changes: Any) -> dict[str, Any]:
    return {"Retouch": {"args": [{"enabled": True, "skip_img2img": True, "recipe": _RECIPE, **changes}]}}


def adetailer(**changes: Any) -> dict[str, Any]:
    return {"ADetailer": {"args": [True, True, {"ad_model": _AD_MODEL, **changes}]}}


def measure(url: str, steps: int, rounds: int) -> list[Figure]:
    """Counts and start-up time always; times beside ADetailer if it is installed in that WebUI."""
    webui = Webui(url)
    figures = [*_counts(webui, steps), *_boot(webui)]
    if webui.get("/adetailer/v1/version") is None:
        print(f"{url} has no ADetailer: nothing to compare with.")
        return figures
    return figures + _beside_adetailer(webui, steps, rounds)


def _counts(webui: Webui, steps: int) -> list[Figure]:
    cases = (("one picture of 8 faces", 8, 1), ("one picture of 3 faces in two shapes", 3, 1))
    batch = ("a batch of four pictures of 2 faces", 2, 4)
    figures = [_calls(webui, steps, *case) for case in (*cases, batch)]
    plan = _plan(webui, crowd(8), steps)
    largest = max(size.area for size in plan) / Size(512, 512).area
    name = f"WebUI: planned pixel-steps per face, {PORTRAIT} picture"
    return [*figures, Figure.at_most(name, largest, "of 512x512 x steps", 1)]


def _calls(webui: Webui, steps: int, name: str, faces: int, pictures: int) -> Figure:
    sizes = _plan(webui, crowd(faces), steps)
    fixed = webui.img2img(crowd(faces), steps, retouch(), pictures)
    buckets = len(set(sizes))
    promise = f"= {buckets} aspect bucket(s); faces: {len(sizes) * pictures}"
    return Figure.exactly(f"WebUI: sampling calls, {name}", fixed.calls, "calls", buckets, promise)


def _plan(webui: Webui, picture: Picture, steps: int) -> list[Size]:
    """The work size in pixels of each face."""
    body = {"verb": "fix", "image": encoder.encode_base64(picture), "recipe": _RECIPE, "steps": steps}
    return [Size(*step["work"]) for step in webui.post("/retouch/v1/plan", body)["steps"]]


def _boot(webui: Webui) -> list[Figure]:
    """Seconds that the WebUI took to load our script at its last start, from its own record."""
    record = (webui.get("/internal/profile-startup") or {}).get("records", {})
    if _ENTRY not in record:
        return []
    name = "WebUI: loading the script, as the WebUI timed it at its start"
    return [Figure.at_most(name, record[_ENTRY], "s", MOST_SECONDS_AT_BOOT)]


def _beside_adetailer(webui: Webui, steps: int, rounds: int) -> list[Figure]:
    work = _plan(webui, crowd(FACES), steps)[0]
    size = {"ad_inpaint_width": work.width, "ad_inpaint_height": work.height}
    same = adetailer(ad_use_inpaint_width_height=True, **size)
    return [
        Figure.at_most(
            f"WebUI: Retouch's time per face, same per-face size {work}, {FACES} faces, {steps} steps",
            _ratio(webui, steps, rounds, same),
            "of ADetailer's",
            1,
        ),
        Figure.at_most(
            f"WebUI: Retouch's time per face, both at defaults, {PORTRAIT}, {FACES} faces, {STEPS} steps",
            _ratio(webui, STEPS, rounds, adetailer()),
            "of ADetailer's",
            MOST_AT_DEFAULTS,
        ),
    ]


def _ratio(webui: Webui, steps: int, rounds: int, theirs: dict[str, Any]) -> float:
    """Median ratio of the times over rounds. Each round has one request of each tool.

    Before them, a short request of each tool loads the models.
    """
    picture, ratios = crowd(FACES), []
    for script in (retouch(), theirs):
        webui.img2img(picture, 1, script)
    for number in range(rounds):
        ours, other = _in_turn(
            number,
            lambda: webui.img2img(picture, steps, retouch()),
            lambda: webui.img2img(picture, steps, theirs),
        )
        print(f"  Retouch {ours.seconds:.2f} s, ADetailer {other.seconds:.2f} s", flush=True)
        if not ours.faces == other.faces == FACES:
            raise SystemExit(
                f"Retouch changed {ours.faces} areas and ADetailer {other.faces}: no fair comparison."
            )
        ratios.append(ours.seconds / other.seconds)
    return statistics.median(ratios)


def _in_turn(number: int, a: Callable[[], Fixed], b: Callable[[], Fixed]) -> tuple[Fixed, Fixed]:
    """The results of `a` and `b`. The tool that runs first changes with each round."""
    if number % 2:
        second, first = b(), a()
        return first, second
    return a(), b()
