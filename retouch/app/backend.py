"""The standalone backend: its own detectors and diffusers engine, one job at a time.

The standalone app, the command line and the demo use it. A model is loaded by the first job that needs it.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import retouch
from retouch.api.queue import JobQueue, JobTicket
from retouch.engines import content_aware
from retouch.engines.base import Engine
from retouch.errors import Missing
from retouch.image.geometry import Size
from retouch.pipeline.finders import Finders
from retouch.pipeline.pipeline import Pipeline
from retouch.progress import Progress
from retouch.recipes.sampling import Sampling
from retouch.segmenters.base import Segmenter
from retouch.segmenters.registry import SegmenterRegistry

if TYPE_CHECKING:
    from retouch.detectors.registry import DetectorRegistry

MODELS = Path.home() / ".cache" / "retouch" / "models"
RECIPES = Path.home() / ".config" / "retouch" / "recipes"
LOADING = "Loading the model ..."
"""What a job is at while its model is loaded."""
NOISE_STEPS = 4
"""Sampling steps of the noise model. More steps do not improve noise."""


@dataclass
class Standalone:
    """The backend of the standalone app, the command line and the demo. `load_engine` runs at most once.

    `has_checkpoint` is False where the engine would be the demo model, a random model or none.
    """

    load_engine: Callable[[], Engine]
    registry: DetectorRegistry
    own_recipes: Path | None = None
    sampling: Sampling = Sampling()
    outliners: SegmenterRegistry = field(default_factory=SegmenterRegistry)
    find_device: Callable[[], str] = lambda: "cpu"
    checkpoint: str = ""
    """The name of the model that `load_engine` loads, for people; "" for none."""
    job_queue: JobQueue = field(default_factory=JobQueue)
    has_checkpoint: bool = True
    _engine: Engine | None = None
    _native: Size | None = None
    _queue: threading.Lock = field(default_factory=threading.Lock)

    @property
    def pipeline(self) -> Pipeline:
        return Pipeline(self._engine or _NoEngine(), self.registry.get, self.outliners.get)

    @property
    def finders(self) -> Finders:
        return Finders(self.registry.get, self.outliners.get)

    def health(self) -> dict[str, Any]:
        engine = self._engine or _NoEngine()
        engine_fields = {"engine": engine.name, "remark": engine.remark}
        own = {"host": "standalone", "version": retouch.__version__, "checkpoint": self.checkpoint}
        return {**own, **engine_fields}

    def defaults(self) -> Sampling:
        return self.sampling

    def models(self) -> list[dict[str, Any]]:
        return [dataclasses.asdict(model) for model in self.registry.available()]

    def segmenters(self) -> list[dict[str, Any]]:
        return [dataclasses.asdict(model) for model in self.outliners.available()]

    def segmenter(self, name: str) -> Segmenter:
        return self.outliners.get(name)

    def device(self) -> str:
        return self.find_device()

    def native(self, checkpoint: str) -> Size | None:
        return None if checkpoint else self._native

    def removal_engine(self) -> Engine | None:
        """The content-aware engine where there is no checkpoint, else None."""
        return None if self.has_checkpoint else content_aware.removal_engine()

    @contextlib.contextmanager
    def busy(self, what: str, task: str = "", paints: bool = True) -> Iterator[Progress]:
        """Hold the queue for one job. The first job that `paints` loads the engine.

        Raises Missing if there is no model.
        """
        ticket = JobTicket(what, task)
        with self.job_queue.hold(ticket, self._queue):
            if paints and self._engine is None:
                ticket.show(0, 0, LOADING)
                self._engine = self.load_engine()
                self._native = self._engine.native("")
            yield ticket

    def progress(self, task: str) -> dict[str, Any]:
        return self.job_queue.summary(task)

    def interrupt(self, task: str) -> dict[str, Any]:
        return {"interrupted": self.job_queue.stop(task)}

    def skip(self, task: str) -> dict[str, Any]:
        return {"skipped": self.job_queue.stop(task)}


class _NoEngine:
    """Placeholder before an engine is loaded. Only jobs that paint nothing use it."""

    name = "not loaded"
    remark = ""
    batch_limit = 1

    def native(self, checkpoint: str) -> Any:
        raise no_model()

    def batch_key(self, job: Any) -> Any:
        raise no_model()

    def paint(self, jobs: Any, progress: Progress) -> Any:
        raise no_model()


def no_model() -> Missing:
    """The error of a job that needs an engine when there is none."""
    return Missing(
        "there is no model to paint with.",
        path="model",
        hint="Give --model a diffusers folder or a .safetensors checkpoint, paint through a running "
        "WebUI (python -m retouch fix --url), or put the demo model of a checkout into models/demo.",
    )


def add_arguments(parser: argparse._ActionsContainer) -> None:
    """Add the options of every standalone command."""
    model = (
        "diffusers folder, .safetensors file, name of a file in MODELS_DIR/checkpoints, or hub name; "
        "blank for the demo model, content for none"
    )
    parser.add_argument("--model", default="", metavar="MODEL", help=model)
    parser.add_argument("--demo-noise", action="store_true", help="a tiny random model: paints noise")
    parser.add_argument("--device", default="", help="cuda, mps or cpu; blank for the best")
    folder = "detectors, and in its folders checkpoints, vaes and loras what a request may name"
    parser.add_argument("--models-dir", type=Path, default=MODELS, metavar="DIR", help=folder)
    own = "your own recipes, as JSON files"
    parser.add_argument("--recipes", type=Path, default=RECIPES, metavar="DIR", help=own)
    parser.add_argument("--offline", action="store_true", help="never download anything")


def backend_of(args: argparse.Namespace) -> Standalone:
    """The backend for the options of `add_arguments`. It loads nothing yet.

    Raises Missing for an unknown model.
    """
    from retouch.detectors.registry import DetectorRegistry
    from retouch.engines.loading import best_device, locate_model

    if args.model not in ("", content_aware.NAME):
        checkpoints = args.models_dir / "checkpoints"
        args = argparse.Namespace(
            **{**vars(args), "model": locate_model(args.model, checkpoints, args.offline)}
        )
    device = functools.cache(lambda: args.device or best_device())
    folders = (args.models_dir,)
    registry = DetectorRegistry(folders, device, args.offline)
    outliners = SegmenterRegistry(folders, device, args.offline, registry)
    has_checkpoint = bool(args.model) and not args.demo_noise
    return Standalone(
        lambda: _engine(args, device),
        registry,
        args.recipes,
        _sampling(args),
        outliners,
        device,
        _name(args),
        has_checkpoint=has_checkpoint,
    )


def _name(args: argparse.Namespace) -> str:
    """The name of the model, for people."""
    from retouch.engines import demo_model

    if args.model or args.demo_noise:
        return Path(args.model).name if args.model else "noise model"
    return "demo model" if demo_model.is_here() else ""


def _sampling(args: argparse.Namespace) -> Sampling:
    """The default sampling values for the model."""
    from retouch.engines import demo_model

    if args.demo_noise:
        return Sampling(steps=NOISE_STEPS)
    return Sampling() if args.model else demo_model.SAMPLING


def _engine(args: argparse.Namespace, find_device: Callable[[], str]) -> Engine:
    from retouch.engines import demo_model
    from retouch.engines.diffusers_engine import DiffusersEngine
    from retouch.engines.loading import Folders
    from retouch.engines.random_model import tiny_random

    if args.model == content_aware.NAME:
        return content_aware.PatchEngine()
    device = find_device()

    kinds = ("checkpoints", "vaes", "loras", "embeddings")
    folders = Folders(**{kind: args.models_dir / kind for kind in kinds})
    if args.demo_noise:
        return tiny_random(device)
    if args.model:
        return DiffusersEngine.load(args.model, device, offline=args.offline, folders=folders)
    if not demo_model.is_here():
        raise no_model()
    return demo_model.demo_engine(device, folders=folders)
