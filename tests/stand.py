"""A backend for the API tests, built on the fakes of `retouch.testing`."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from retouch.api.queue import JobQueue
from retouch.engines.base import Engine
from retouch.errors import Missing
from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.finders import Finders
from retouch.pipeline.pipeline import Pipeline
from retouch.progress import Progress
from retouch.recipes.sampling import Sampling
from retouch.segmenters.base import Prompt, Segmentation
from retouch.testing import FakeDetector, FakeEngine, FakeProgress

BOX = Box(40, 30, 100, 90)


def photo(width: int = 240, height: int = 200, seed: int = 0) -> Picture:
    """Noise (height, width, 3) uint8: any pixel that moves is visible."""
    random = np.random.default_rng(seed)
    return Picture(random.integers(0, 256, (height, width, 3), dtype=np.uint8))


@dataclass
class Pointer:
    """A segmenter that finds a square of 41 pixels around the first click.

    It records pictures and prompts.
    """

    name: str = "pointer"
    prepared: list[Picture] = field(default_factory=list)
    asked: list[tuple[Prompt, Any]] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)

    def prepare(self, picture: Picture) -> None:
        self.prepared.append(picture)
        self.ready.set()

    def segment(self, picture: Picture, prompt: Prompt, memory: Any = None) -> Segmentation:
        self.asked.append((prompt, memory))
        box = prompt.box or Box.around((prompt.clicks[0].x, prompt.clicks[0].y), Size(41, 41))
        region = Region.of_box(box & picture.size.box, prompt.text or "thing", 0.8)
        return Segmentation((region, Region.of_box(picture.size.box, "all", 0.5)), len(self.asked))

    def everything(self, picture: Picture) -> tuple[Region, ...]:
        return (Region.of_box(BOX, "one", 0.9), Region.of_box(Box(0, 0, 20, 20), "two", 0.7))


@dataclass
class Stand:
    """A backend with one detector, `face`, which finds `boxes`, and one segmenter. It records its jobs."""

    engine: FakeEngine = field(default_factory=FakeEngine)
    boxes: tuple[Box, ...] = (BOX,)
    own_recipes: Path | None = None
    watcher: Progress = field(default_factory=FakeProgress)
    jobs: list[str] = field(default_factory=list)
    inside: int = 0
    most_inside: int = 0
    pointer: Pointer = field(default_factory=Pointer)
    runs_on: str = "cpu"
    loaded: Size | None = None
    remover: Engine | None = None
    job_queue: JobQueue = field(default_factory=JobQueue)
    tasks: list[str] = field(default_factory=list)
    _queue: threading.Lock = field(default_factory=threading.Lock)

    @property
    def pipeline(self) -> Pipeline:
        assert self.inside == 1, "the studio is asked for only inside `busy`"
        return Pipeline(self.engine, self._detector)

    @property
    def finders(self) -> Finders:
        return Finders(self._detector, self.segmenter)

    def _detector(self, name: str) -> FakeDetector:
        if name != "face":
            raise Missing(f"no detector is called {name!r}.", hint="Known: face.")
        return FakeDetector(self.boxes)

    def health(self) -> dict[str, Any]:
        return {"host": "stand", "engine": self.engine.name}

    def defaults(self) -> Sampling:
        return Sampling(steps=7, sampler="Euler")

    def models(self) -> list[dict[str, Any]]:
        return [{"name": "face", "kind": "detector", "installed": True, "size": 0}]

    def segmenters(self) -> list[dict[str, Any]]:
        return [{"name": "pointer", "kind": "square", "installed": True, "size": 0}]

    def segmenter(self, name: str) -> Pointer:
        if name not in ("", "pointer"):
            raise Missing(f"there is no segmenter {name!r}.", hint="Known: pointer.")
        return self.pointer

    def device(self) -> str:
        return self.runs_on

    def native(self, checkpoint: str) -> Size | None:
        return None if checkpoint else self.loaded

    def removal_engine(self) -> Engine | None:
        return self.remover

    def progress(self, task: str) -> dict[str, Any]:
        return self.job_queue.summary(task)

    def interrupt(self, task: str) -> dict[str, Any]:
        return {"interrupted": self.job_queue.stop(task)}

    def skip(self, task: str) -> dict[str, Any]:
        return {"skipped": self.job_queue.stop(task)}

    @contextlib.contextmanager
    def busy(self, what: str, task: str = "", paints: bool = True) -> Iterator[Progress]:
        with self._queue:
            self.jobs.append(what)
            self.tasks.append(task)
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            try:
                yield self.watcher
            finally:
                self.inside -= 1
