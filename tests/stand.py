"""A backend over the shipped fakes: what the doors' tests stand on."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from retouch.errors import Missing
from retouch.fakes import FakeDetector, FakeEngine, FakeProgress
from retouch.geometry import Box
from retouch.ports import Progress
from retouch.raster import Picture
from retouch.recipe import Sampling
from retouch.studio import Studio

BOX = Box(40, 30, 100, 90)


def photo(width: int = 240, height: int = 200, seed: int = 0) -> Picture:
    """Noise: every pixel that moves shows."""
    random = np.random.default_rng(seed)
    return Picture(random.integers(0, 256, (height, width, 3), dtype=np.uint8))


@dataclass
class Stand:
    """Knows one detector, `face`, which finds `boxes`. Remembers what it was busy with."""

    engine: FakeEngine = field(default_factory=FakeEngine)
    boxes: tuple[Box, ...] = (BOX,)
    own_recipes: Path | None = None
    watcher: Progress = field(default_factory=FakeProgress)
    jobs: list[str] = field(default_factory=list)
    inside: int = 0
    most_inside: int = 0
    _queue: threading.Lock = field(default_factory=threading.Lock)

    @property
    def studio(self) -> Studio:
        assert self.inside == 1, "the studio is asked for only inside `busy`"
        return Studio(self.engine, self._detector)

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

    @contextlib.contextmanager
    def busy(self, what: str) -> Iterator[Progress]:
        with self._queue:
            self.jobs.append(what)
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            try:
                yield self.watcher
            finally:
                self.inside -= 1
