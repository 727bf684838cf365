"""Counts of bench `recipes`: sampling calls, and the built-in recipes that run without an error."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from retouch.app.sample_photos import resize
from retouch.detectors.base import Detector
from retouch.detectors.registry import DetectorRegistry
from retouch.engines import demo_model
from retouch.engines.base import Engine
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.pipeline.pipeline import PictureInput, Pipeline
from retouch.recipes import library
from retouch.recipes.recipe import Generation, Pass, Recipe
from retouch.recipes.sampling import Sampling
from retouch.recipes.target import Target
from retouch.testing import Counted, FakeDetector, FakeEngine, FakeSegmenter
from tools.bench.figures import Figure
from tools.bench.pictures import crowd
from tools.bench.recipes_faces import WORDS, Case

BATCHES = ((6, 1, 8), (4, 5, 8), (6, 7, 4), (1, 9, 2), (16, 3, 8))
"""(variations, regions, batch limit)."""
SHORT = Sampling(steps=4, cfg_scale=demo_model.SAMPLING.cfg_scale, sampler=demo_model.SAMPLING.sampler)
ABSENT = ("hand",)
"""What no photograph here shows: a stand-in says where one would be, as one does for words."""


def batched() -> list[Figure]:
    """Sampling calls of regions of one shape. The counts do not depend on the weights."""
    return [_calls(*numbers) for numbers in BATCHES]


def _calls(variations: int, regions: int, limit: int) -> Figure:
    boxes = tuple(Box.around((100 + 180 * n, 120), Size(96, 96)) for n in range(regions))
    counted = Counted(FakeEngine(side=256, batch_limit=limit))
    how = Pass(target=Target(models=("face",)), variations=variations)
    canvas = PictureInput(Picture(np.zeros((240, 180 * regions + 200, 3), np.uint8)), Generation())
    (result,) = Pipeline(counted, lambda name: FakeDetector(boxes)).fix([canvas], Recipe("Bench", "", (how,)))
    assert [len(report.candidates) for report in result.reports] == [variations] * regions
    most = math.ceil(variations * regions / limit)
    name = f"sampling calls: {variations} variations of {regions} regions, batches of {limit}"
    return Figure.at_most(name, len(counted.calls), "calls", most)


def built_in(engine: Engine, registry: DetectorRegistry, case: Case) -> Figure:
    """Each built-in recipe on a suitable picture. A stand-in detects objects that no detector here finds."""
    failed = {}
    recipes = library.recipes(None)
    for name, recipe in recipes.items():
        canvas = SCENES.get(name, _person)(case)
        studio = Pipeline(
            engine, _detectors(registry, canvas.picture.size), lambda name: FakeSegmenter(side=64)
        )
        (result,) = studio.fix([canvas], recipe)
        faults = [warning for warning in result.warnings if "left out" in warning]
        if faults or not any(report.candidates for report in result.reports):
            failed[name] = faults or ["nothing was painted"]
    print("Built-in recipes that did not run:", failed or "none", flush=True)
    done = len(recipes) - len(failed)
    return Figure.exactly("built-in recipes that run", done, f"of {len(recipes)}", len(recipes), "all")


def _canvas(picture: Picture, mask: Mask | None = None) -> PictureInput:
    return PictureInput(picture, Generation(WORDS, sampling=SHORT), mask)


def _person(case: Case) -> PictureInput:
    return _canvas(case.given)


def _masked(case: Case) -> PictureInput:
    return _canvas(case.given, Mask.where(case.face))


def _stuck_on(case: Case) -> PictureInput:
    """A face much lighter than its surroundings, with a visible seam."""
    lighter = np.where(case.face[..., None], case.truth.pixels // 2 + 127, case.truth.pixels)
    return _canvas(Picture(lighter.astype(np.uint8)), Mask.where(case.face))


def _many(case: Case) -> PictureInput:
    """Small faces: eight portraits on a quarter of the canvas."""
    people = resize(crowd(8), 0.5).pixels
    room = np.full((2 * people.shape[0], 2 * people.shape[1], 3), 128, np.uint8)
    room[: people.shape[0], : people.shape[1]] = people
    return _canvas(Picture(room))


SCENES = {"Crowd": _many, "Remove object": _masked, "Seam cleanup": _stuck_on}


def _detectors(registry: DetectorRegistry, size: Size) -> Callable[[str], Detector]:
    corner = Box(size.width // 8, size.height * 5 // 8, size.width * 3 // 8, size.height * 7 // 8)
    return lambda name: FakeDetector((corner,), name) if name in ABSENT else registry.get(name)
