"""Detectors and segmenters of the ComfyUI process, and its folders."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from retouch.detectors.registry import DetectorRegistry
from retouch.pipeline.pipeline import Pipeline
from retouch.segmenters.registry import SegmenterRegistry


@functools.cache
def detectors() -> DetectorRegistry:
    """Detectors from `models/retouch`, then from the folders that other node packs use."""
    return DetectorRegistry(_folders("retouch", "ultralytics", "adetailer"), _device)


@functools.cache
def segmenters() -> SegmenterRegistry:
    """Segmenters from `models/retouch`, then from `models/sams`."""
    return SegmenterRegistry(_folders("retouch", "sams"), _device, False, detectors())


def detector_names() -> list[str]:
    return [model.name for model in detectors().available()]


def pipeline_on(engine: Any) -> Pipeline:
    return Pipeline(engine, detectors().get, segmenters().get)


def _folders(*names: str) -> tuple[Path, ...]:
    import folder_paths

    return tuple(Path(folder_paths.models_dir, name) for name in names)


def _device() -> str:
    import comfy.model_management

    return str(comfy.model_management.get_torch_device())
