"""Retouch: find regions, plan, paint, put back.

Other programs may import the names below; everything else can change in any version. Each name is imported
at its first use, so importing this package starts nothing heavy.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"
_PACKAGE = Path(__file__).resolve().parent
ASSETS = _PACKAGE / "assets" if (_PACKAGE / "assets").is_dir() else _PACKAGE.parent
"""The folder of `javascript/` and `models/`: in an installed package, beside the package in a checkout."""

if TYPE_CHECKING:
    from retouch.detectors.base import Detector as Detector
    from retouch.detectors.registry import DetectorRegistry as DetectorRegistry
    from retouch.engines.base import Engine as Engine
    from retouch.engines.base import Job as Job
    from retouch.engines.diffusers_engine import DiffusersEngine as DiffusersEngine
    from retouch.errors import BadInput as BadInput
    from retouch.errors import BadPicture as BadPicture
    from retouch.errors import Missing as Missing
    from retouch.errors import PaintFailed as PaintFailed
    from retouch.errors import RetouchError as RetouchError
    from retouch.errors import TooLarge as TooLarge
    from retouch.errors import WeightsRefused as WeightsRefused
    from retouch.image.codec.decoder import read as read_picture  # noqa: F401
    from retouch.image.codec.encoder import write as write_picture  # noqa: F401
    from retouch.image.geometry import Box as Box
    from retouch.image.geometry import Size as Size
    from retouch.image.mask import Mask as Mask
    from retouch.image.picture import Picture as Picture
    from retouch.image.region import Region as Region
    from retouch.outpaint.options import OutpaintOptions as OutpaintOptions
    from retouch.outpaint.outpaint import extend_pictures as extend_pictures
    from retouch.pipeline.pipeline import PictureInput as PictureInput
    from retouch.pipeline.pipeline import Pipeline as Pipeline
    from retouch.pipeline.report import Report as Report
    from retouch.pipeline.report import Result as Result
    from retouch.progress import Progress as Progress
    from retouch.recipes.library import recipe as find_recipe  # noqa: F401
    from retouch.recipes.people import Person as Person
    from retouch.recipes.recipe import Gate as Gate
    from retouch.recipes.recipe import Generation as Generation
    from retouch.recipes.recipe import Pass as Pass
    from retouch.recipes.recipe import Recipe as Recipe
    from retouch.recipes.sampling import Sampling as Sampling
    from retouch.recipes.shape import Shape as Shape
    from retouch.recipes.target import Target as Target
    from retouch.segmenters.base import Segmenter as Segmenter
    from retouch.segmenters.registry import SegmenterRegistry as SegmenterRegistry

_PUBLIC = {
    "BadInput": "errors",
    "BadPicture": "errors",
    "Box": "image.geometry",
    "Detector": "detectors.base",
    "DetectorRegistry": "detectors.registry",
    "DiffusersEngine": "engines.diffusers_engine",
    "Engine": "engines.base",
    "Gate": "recipes.recipe",
    "Generation": "recipes.recipe",
    "Job": "engines.base",
    "Mask": "image.mask",
    "Missing": "errors",
    "OutpaintOptions": "outpaint.options",
    "PaintFailed": "errors",
    "Pass": "recipes.recipe",
    "Person": "recipes.people",
    "Picture": "image.picture",
    "PictureInput": "pipeline.pipeline",
    "Pipeline": "pipeline.pipeline",
    "Progress": "progress",
    "Recipe": "recipes.recipe",
    "Region": "image.region",
    "Report": "pipeline.report",
    "Result": "pipeline.report",
    "RetouchError": "errors",
    "Sampling": "recipes.sampling",
    "Segmenter": "segmenters.base",
    "SegmenterRegistry": "segmenters.registry",
    "Shape": "recipes.shape",
    "Size": "image.geometry",
    "Target": "recipes.target",
    "TooLarge": "errors",
    "WeightsRefused": "errors",
    "extend_pictures": "outpaint.outpaint",
    "find_recipe": "recipes.library:recipe",
    "read_picture": "image.codec.decoder:read",
    "write_picture": "image.codec.encoder:write",
}
"""Every public name: the module that defines it, and after a colon its name there where that differs."""

__all__ = ["__version__", *_PUBLIC]  # noqa: PLE0604  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, symbol = _PUBLIC[name].partition(":")
    return getattr(importlib.import_module(f"{__name__}.{module}"), symbol or name)


def __dir__() -> list[str]:
    return sorted(__all__)
