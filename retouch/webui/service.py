"""What lives as long as the WebUI does: detectors, segmenters, and where a person's recipes lie."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retouch.pipeline.finders import Finders
from retouch.pipeline.pipeline import Pipeline
from retouch.pipeline.report import Result
from retouch.pipeline.timing import SpeedHistory
from retouch.webui import settings
from retouch.webui.engine.host_engine import HostEngine
from retouch.webui.engine.nested_job import model_patches_of, randomness_kept
from retouch.webui.host import DATA, MODELS, device, loaded_checkpoint, models_as_found, shared
from retouch.webui.surrounding_job import Around

if TYPE_CHECKING:
    from retouch.detectors.registry import DetectorRegistry
    from retouch.segmenters.registry import SegmenterRegistry


def registry() -> DetectorRegistry:
    """Detectors from models/retouch, then models/adetailer; downloads go to the first."""
    return _registry(bool(settings.get(settings.OFFLINE)))


@functools.cache
def _registry(offline: bool) -> DetectorRegistry:
    from retouch.detectors.registry import DetectorRegistry  # a third of what importing our script would cost

    return DetectorRegistry((MODELS / "retouch", MODELS / "adetailer"), device, offline)


def segmenters() -> SegmenterRegistry:
    """From models/retouch, then where other extensions keep theirs; downloads go to the first."""
    return _segmenters(bool(settings.get(settings.OFFLINE)))


@functools.cache
def _segmenters(offline: bool) -> SegmenterRegistry:
    from retouch.segmenters.registry import SegmenterRegistry

    folders = tuple(MODELS / name for name in ("retouch", "sam", "sams", "segment-anything"))
    return SegmenterRegistry(folders, device, offline, registry())


def unload_models() -> None:
    """Detectors and segmenters give their memory back; they are loaded again when next needed."""
    registry().unload()
    segmenters().release()


def own_recipes() -> Path:
    return DATA / "retouch" / "recipes"


def detector_names() -> list[str]:
    return [model.name for model in registry().available()]


def engine_for(around: Around | None = None) -> HostEngine:
    """The WebUI's engine; `around` is the surrounding job. Make and use it inside `working`."""
    return HostEngine(around, unload_models)


def pipeline_on(engine: HostEngine) -> Pipeline:
    return Pipeline(engine, registry().get, segmenters().get)


def finders() -> Finders:
    """For finding out what is here before there is an engine."""
    return Finders(registry().get, segmenters().get)


@functools.cache
def speed_history() -> SpeedHistory:
    """How long painting took, through whichever door."""
    return SpeedHistory()


def record_timing(results: Sequence[Result]) -> Sequence[Result]:
    """The same; how long they took is remembered for plans. Outside `working`: the person's checkpoint is
    back, which a blank one means."""
    for result in results:
        speed_history().learn(HostEngine.name, loaded_checkpoint(), result.reports)
    return results


@contextlib.contextmanager
def working(outer: Any = None) -> Iterator[None]:
    """The person's checkpoint and VAE are back afterwards with what `outer`, the surrounding job, had
    put on them, the progress bar says what it said before, the generators of random numbers go on from
    where they were, and detectors and segmenters are gone if they are not kept."""
    text = shared.state.textinfo
    try:
        with randomness_kept(), models_as_found():
            yield
    finally:
        shared.state.textinfo = text
        if outer is not None:
            model_patches_of(outer)
        if not settings.get(settings.KEEP):
            unload_models()
