"""The studio served from a thread: it paints flat colours, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn

from retouch.api.memory import PictureCache, StateCache
from retouch.app import server as app_server
from retouch.app.backend import Standalone
from retouch.engines.base import Job
from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.pipeline import Pipeline
from retouch.segmenters.classical import Classical
from retouch.testing import FakeDetector, FakeEngine

FACE = Box(40, 40, 120, 120)
START_SECONDS = 60


class Registry:
    """One detector under every name."""

    def get(self, name: str) -> FakeDetector:
        return FakeDetector((FACE,))

    def available(self) -> tuple[Any, ...]:
        return ()


@dataclass
class Outliners:
    """Only the segmenter that needs no weights; knows no people, which would take a detector."""

    one: Classical = field(default_factory=Classical)

    def get(self, name: str = "") -> Classical:
        return self.one

    def available(self) -> tuple[Any, ...]:
        return ()


@dataclass
class Painted:
    """One call of the road, as the server understood it."""

    picture: Picture
    mask: np.ndarray
    """(height, width) uint8, of the picture's size."""
    denoising_strength: float


class RecordingStudio(Pipeline):
    """Remembers what was to be painted, then paints it."""

    calls: list[Painted]

    def paint(self, canvas: Any, regions: Sequence[Region], how: Any, progress: Any = None) -> Any:
        picture = canvas.picture
        mask = np.maximum.reduce([region.mask(picture.size).alpha for region in regions])
        self.calls.append(Painted(picture, mask, how.denoising_strength))
        return super().paint(canvas, regions, how, progress)


@dataclass
class Painter(FakeEngine):
    """A flat colour, with each seed another; while it is `calm`, close to the picture's own, with some grain.

    Then joins do not show and hardly anything is a copy: a stage of an extension takes one painting.
    """

    calm: bool = False

    def colour(self, job: Job) -> Picture:  # type: ignore[override]
        plain = FakeEngine.colour(job)
        if not self.calm:
            return plain
        grain = np.random.default_rng(job.seed).integers(-12, 13, plain.pixels.shape)
        mean = np.rint(job.picture.pixels.mean((0, 1))).astype(int)
        levels = mean + (plain.pixels.astype(int) - 128) // 32 + grain
        return Picture(levels.clip(0, 255).astype(np.uint8))


@dataclass
class Recorder(Standalone):
    painted: list[Painted] = field(default_factory=list)

    @property
    def pipeline(self) -> Pipeline:
        plain = super().pipeline
        made = RecordingStudio(plain.engine, plain.detector, plain.segmenter)
        object.__setattr__(made, "calls", self.painted)
        return made


@dataclass
class Server:
    """`url` serves `backend`; `engine` is its painter."""

    url: str
    backend: Recorder
    engine: Painter
    service: Any

    def forget_pictures(self) -> None:
        """As after a restart, or once there were too many."""
        self.service.pictures = PictureCache()

    def forget_ways(self) -> None:
        self.service.extensions = StateCache()

    def reset(self) -> None:
        self.backend.painted.clear()
        self.engine.calls.clear()
        self.engine.before_call = None
        self.engine.calm = False


@contextlib.contextmanager
def serving(recipes: Path) -> Iterator[Server]:
    """`recipes` is an empty folder."""
    recipe = {"name": "Face of the tests", "passes": [{"target": {"models": ["face"]}}]}
    (recipes / "face.json").write_text(json.dumps(recipe))
    engine = Painter()
    backend = Recorder(lambda: engine, Registry(), recipes, outliners=Outliners())  # type: ignore[arg-type]
    made = app_server.create(backend)
    with socket.socket(proto=socket.IPPROTO_TCP) as door:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(made, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=lambda: server.run(sockets=[door]), daemon=True)
        thread.start()
        _wait(lambda: server.started)
        yield Server(f"http://127.0.0.1:{door.getsockname()[1]}", backend, engine, made.state.service)
        server.should_exit = server.force_exit = True
        thread.join(10)


def _wait(ready: Any) -> None:
    until = time.monotonic() + START_SECONDS
    while not ready():
        assert time.monotonic() < until, "the server does not start"
        time.sleep(0.02)
