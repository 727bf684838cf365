"""Retouch without a WebUI: detectors and a diffusers engine of our own, one job at a time.

What the standalone app, the command line and the demo stand on. Nothing is loaded before the first
job that needs it.
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
from retouch.errors import Missing
from retouch.ports import Engine, Progress
from retouch.recipe import Sampling
from retouch.studio import Studio

if TYPE_CHECKING:
    from retouch.detectors import Registry

MODELS = Path.home() / ".cache" / "retouch" / "models"
NOISE_STEPS = 4
"""Noise gets no better by more."""


@dataclass
class Watch:
    """One job's progress, for whoever asks, and its stop button."""

    verb: str = ""
    stopped: bool = False
    done: int = 0
    total: int = 0
    what: str = ""

    def show(self, done: int, total: int, what: str) -> None:
        self.done, self.total, self.what = done, total, what


@dataclass
class Standalone:
    """The backend of `retouch.rest` and `retouch.answers`. `load_engine` is called at most once."""

    load_engine: Callable[[], Engine]
    registry: Registry
    own_recipes: Path | None = None
    sampling: Sampling = Sampling()
    now: Watch | None = None
    waiting: int = 0
    _engine: Engine | None = None
    _queue: threading.Lock = field(default_factory=threading.Lock)
    _count: threading.Lock = field(default_factory=threading.Lock)

    @property
    def studio(self) -> Studio:
        return Studio(self._engine or _NoEngine(), self.registry.get)

    def health(self) -> dict[str, Any]:
        engine = self._engine or _NoEngine()
        said = {"engine": engine.name, "remark": engine.remark}
        return {"host": "standalone", **said, "version": retouch.__version__}

    def defaults(self) -> Sampling:
        return self.sampling

    def models(self) -> list[dict[str, Any]]:
        return [dataclasses.asdict(model) for model in self.registry.available()]

    @contextlib.contextmanager
    def busy(self, what: str) -> Iterator[Progress]:
        """One job at a time. All but `detect` need the engine: Missing when there is none."""
        with self._turn():
            if what != "detect" and self._engine is None:
                self._engine = self.load_engine()
            self.now = Watch(what)
            try:
                yield self.now
            finally:
                self.now = None

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        self._wait(1)
        try:
            self._queue.acquire()
        finally:
            self._wait(-1)
        try:
            yield
        finally:
            self._queue.release()

    def _wait(self, more: int) -> None:
        with self._count:
            self.waiting += more

    def progress(self) -> dict[str, Any]:
        """What is being done and how many jobs wait."""
        now = self.now or Watch()
        said = {"verb": now.verb, "done": now.done, "total": now.total, "what": now.what}
        return {"busy": bool(now.verb), "waiting": self.waiting, **said}

    def interrupt(self) -> dict[str, Any]:
        """Stop the job being done, if any: what is finished of it is kept and answered."""
        now = self.now
        if now is not None:
            now.stopped = True
        return {"interrupted": now is not None}


class _NoEngine:
    """Stands where no engine is loaded yet; only `detect` ever sees it."""

    name = "not loaded"
    remark = ""
    batch_limit = 1

    def native(self, checkpoint: str) -> Any:
        raise no_model()

    def kin(self, job: Any) -> Any:
        raise no_model()

    def paint(self, jobs: Any, progress: Progress) -> Any:
        raise no_model()


def no_model() -> Missing:
    return Missing(
        "there is no model to paint with.",
        path="model",
        hint="Give --model a diffusers folder or a .safetensors checkpoint, paint through a running "
        "WebUI (python -m retouch fix --url), or put the demo model of a checkout into models/demo.",
    )


def add_arguments(parser: argparse._ActionsContainer) -> None:
    """The options every standalone command has."""
    model = "diffusers folder, .safetensors file or hub name; blank for the demo model"
    parser.add_argument("--model", default="", metavar="MODEL", help=model)
    parser.add_argument("--demo-noise", action="store_true", help="a tiny random model: paints noise")
    parser.add_argument("--device", default="", help="cuda, mps or cpu; blank for the best")
    folder = "detectors, and in its folders checkpoints, vaes and loras what a request may name"
    parser.add_argument("--models-dir", type=Path, default=MODELS, metavar="DIR", help=folder)
    parser.add_argument("--recipes", type=Path, metavar="DIR", help="your own, as JSON files")
    parser.add_argument("--offline", action="store_true", help="never download anything")


def backend_of(args: argparse.Namespace) -> Standalone:
    """The backend that `add_arguments`' options ask for. Loads nothing yet."""
    from retouch.detectors import Registry
    from retouch.engines.loading import best_device

    device = functools.cache(lambda: args.device or best_device())
    registry = Registry((args.models_dir,), device, args.offline)
    return Standalone(lambda: _engine(args, device()), registry, args.recipes, _sampling(args))


def _sampling(args: argparse.Namespace) -> Sampling:
    """What suits the model."""
    from retouch.engines import own

    if args.demo_noise:
        return Sampling(steps=NOISE_STEPS)
    return Sampling() if args.model else own.SAMPLING


def _engine(args: argparse.Namespace, device: str) -> Engine:
    from retouch.engines import DiffusersEngine, Folders, own, tiny_random

    kinds = ("checkpoints", "vaes", "loras")
    folders = Folders(**{kind: args.models_dir / kind for kind in kinds})
    if args.demo_noise:
        return tiny_random(device)
    if args.model:
        return DiffusersEngine.load(args.model, device, offline=args.offline, folders=folders)
    if not own.is_here():
        raise no_model()
    return own.demo_engine(device, folders=folders)
