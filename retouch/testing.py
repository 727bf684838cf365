"""Deterministic numpy fakes of every interface. They are part of the package, for the tests of extensions."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from retouch.engines.base import Engine, Job, PromptReader
from retouch.image.geometry import Box, Size
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.progress import Progress
from retouch.recipes.prompts import networks
from retouch.segmenters.base import Prompt, Segmentation


@dataclass
class FakeEngine:
    """An engine that fills every job with one colour made from its prompt and seed. It records its calls.

    `side` is the native size in pixels a side. `calls` holds the jobs of every call of `paint`.
    """

    side: int = 512
    batch_limit: int = 8
    name: str = "fake"
    remark: str = ""
    calls: list[tuple[Job, ...]] = field(default_factory=list)
    before_call: Callable[[Sequence[Job]], None] | None = None
    """Called first with the batch. It may raise an error to act as a failing engine."""

    def native(self, checkpoint: str) -> Size:
        return Size(self.side, self.side)

    def batch_key(self, job: Job) -> Hashable:
        return networks(job.prompt)

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        if self.before_call:
            self.before_call(jobs)
        self.calls.append(tuple(jobs))
        return [None if progress.stopped else self.colour(job) for job in jobs]

    @staticmethod
    def colour(job: Job) -> Picture:
        """The picture of one colour that `paint` returns for a job."""
        rgb = np.frombuffer(zlib.crc32(f"{job.prompt}|{job.seed}".encode()).to_bytes(4, "big"), np.uint8)[:3]
        return Picture(np.broadcast_to(rgb, job.picture.pixels.shape).copy())


@dataclass
class Counted:
    """A real engine that records the jobs of every sampling call."""

    engine: Engine
    calls: list[tuple[Job, ...]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.engine.name

    @property
    def remark(self) -> str:
        return self.engine.remark

    @property
    def batch_limit(self) -> int:
        return self.engine.batch_limit

    def native(self, checkpoint: str) -> Size:
        return self.engine.native(checkpoint)

    def batch_key(self, job: Job) -> Hashable:
        return self.engine.batch_key(job)

    def prompt_remarks(self, job: Job) -> tuple[str, ...]:
        return self.engine.prompt_remarks(job) if isinstance(self.engine, PromptReader) else ()

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        self.calls.append(tuple(jobs))
        return self.engine.paint(jobs, progress)


@dataclass
class FakeDetector:
    """A detector that finds the same `boxes` (canvas pixels) in every picture. `calls` counts its calls."""

    boxes: tuple[Box, ...] = ()
    label: str = "face"
    score: float = 0.9
    name: str = "fake"
    calls: int = 0

    def find(self, picture: Picture, confidence: float, classes: tuple[str, ...]) -> tuple[Region, ...]:
        self.calls += 1
        if self.score < confidence or (classes and self.label not in classes):
            return ()
        boxes = [box & picture.size.box for box in self.boxes]
        return tuple(Region.of_box(box, self.label, self.score) for box in boxes if not box.empty)


@dataclass
class FakeSegmenter:
    """A segmenter that finds a square of `side` pixels round the first click, or the box, or the whole
    picture.

    It records prepared pictures and prompts. Its memory is the number of prompts answered before.
    """

    side: int = 20
    name: str = "fake"
    prepared: list[str] = field(default_factory=list)
    prompts: list[tuple[Prompt, Any]] = field(default_factory=list)

    def prepare(self, picture: Picture) -> None:
        self.prepared.append(picture.digest)

    def segment(self, picture: Picture, prompt: Prompt, memory: Any = None) -> Segmentation:
        self.prompts.append((prompt, memory))
        box = prompt.box or picture.size.box
        if prompt.clicks:
            click = prompt.clicks[0]
            box = Box.around((click.x + 0.5, click.y + 0.5), Size(self.side, self.side))
        region = Region.of_box(box & picture.size.box, prompt.text, 0.9)
        return Segmentation((region,), (memory or 0) + 1)

    def everything(self, picture: Picture) -> tuple[Region, ...]:
        return (Region.of_box(picture.size.box, "", 0.9),)


@dataclass
class FakeProgress:
    """A Progress that stops after `stop_after` calls of `show`. `shown` holds the arguments of every call."""

    stop_after: int | None = None
    shown: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        return self.stop_after is not None and len(self.shown) >= self.stop_after

    def show(self, done: int, total: int, what: str) -> None:
        self.shown.append((done, total, what))
