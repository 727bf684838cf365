"""Objects that exist as long as the WebUI process: detectors, segmenters, and the folder of user recipes.

Imports are late for what only a job needs. They would double the import time of the script.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retouch.webui import settings
from retouch.webui.engine.nested_job import model_patches_of, randomness_kept
from retouch.webui.host.models import loaded_checkpoint, models_as_found
from retouch.webui.host.modules import DATA, MODELS, device, shared

if TYPE_CHECKING:
    from retouch.detectors.registry import DetectorRegistry
    from retouch.pipeline.finders import Finders
    from retouch.pipeline.pipeline import Pipeline
    from retouch.pipeline.report import Result
    from retouch.pipeline.timing import SpeedHistory
    from retouch.recipes.adetailer.conversion import Conversion
    from retouch.recipes.adetailer.models import KnownDetectors
    from retouch.recipes.adetailer.payload import Payload
    from retouch.segmenters.registry import SegmenterRegistry
    from retouch.webui.engine.host_engine import HostEngine
    from retouch.webui.surrounding_job import Around


def registry() -> DetectorRegistry:
    """Detectors from models/retouch, then models/adetailer; downloads go to the first."""
    return _registry(bool(settings.get(settings.OFFLINE)))


@functools.cache
def _registry(offline: bool) -> DetectorRegistry:
    from retouch.detectors.registry import DetectorRegistry

    return DetectorRegistry((MODELS / "retouch", MODELS / "adetailer"), device, offline)


def segmenters() -> SegmenterRegistry:
    """Segmenters from models/retouch, then from other extensions' folders; downloads go to the first."""
    return _segmenters(bool(settings.get(settings.OFFLINE)))


@functools.cache
def _segmenters(offline: bool) -> SegmenterRegistry:
    from retouch.segmenters.registry import SegmenterRegistry

    folders = tuple(MODELS / name for name in ("retouch", "sam", "sams", "segment-anything"))
    return SegmenterRegistry(folders, device, offline, registry())


def unload_models() -> None:
    """Free the memory of detectors and segmenters. They are loaded again when they are next used."""
    registry().unload()
    segmenters().release()


def own_recipes() -> Path:
    """The folder of the user's recipes."""
    return DATA / "retouch" / "recipes"


def detector_names() -> list[str]:
    """Names of the available detectors."""
    return [model.name for model in registry().available()]


def detector_entries() -> list[dict[str, Any]]:
    """One entry for each detector, as `Backend.models` has them."""
    return [dataclasses.asdict(model) for model in registry().available()]


def known_detectors() -> KnownDetectors:
    """The detectors here, for the choice of one that stands for a detector of ADetailer."""
    from retouch.api import installed_models

    return installed_models.known_detectors(detector_entries())


def convert_adetailer(payload: Payload) -> Conversion:
    """The recipe of a request for ADetailer, with the detectors here. Raises BadInput with a path."""
    from retouch.recipes.adetailer.conversion import convert

    return convert(payload, known_detectors())


def engine_for(around: Around | None = None) -> HostEngine:
    """The WebUI's engine. `around` is the surrounding job, or None. Make and use it inside `working`."""
    from retouch.webui.engine.host_engine import HostEngine

    return HostEngine(around, unload_models)


def pipeline_on(engine: HostEngine) -> Pipeline:
    """A pipeline with `engine` and the shared detectors and segmenters."""
    from retouch.pipeline.pipeline import Pipeline

    return Pipeline(engine, registry().get, segmenters().get)


def finders() -> Finders:
    """Detectors and segmenters by name, without an engine."""
    from retouch.pipeline.finders import Finders

    return Finders(registry().get, segmenters().get)


@functools.cache
def speed_history() -> SpeedHistory:
    """The painting speed, shared by the script and the API."""
    from retouch.pipeline.timing import SpeedHistory

    return SpeedHistory()


def record_timing(results: Sequence[Result]) -> Sequence[Result]:
    """Record the durations of `results`, in seconds, for later plans. Returns `results`.

    Call it outside `working`, after the user's checkpoint is restored, because a blank checkpoint means the
    loaded one.
    """
    from retouch.webui.engine.host_engine import HostEngine

    for result in results:
        speed_history().learn(HostEngine.name, loaded_checkpoint(), result.reports)
    return results


@contextlib.contextmanager
def working(outer: Any = None) -> Iterator[None]:
    """Context manager: restores the host's state after the block.

    It restores the checkpoint and VAE with the patches of `outer` (the surrounding job), the text of the
    progress bar, and the random generators. It unloads detectors and segmenters unless the settings
    keep them.
    """
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
