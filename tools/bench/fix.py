"""Bench `fix`: sampling calls, and the time spent outside the models, standalone and in a WebUI."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from retouch.detectors.mediapipe_graphs import Graphs
from retouch.detectors.registry import DetectorRegistry
from retouch.engines.diffusers_engine import DiffusersEngine
from retouch.engines.random_model import tiny_pipeline
from retouch.image.geometry import Size
from retouch.image.picture import Picture
from retouch.pipeline.pipeline import PictureInput, Pipeline
from retouch.recipes.recipe import Generation, Pass, Recipe
from retouch.recipes.sampling import Sampling
from retouch.recipes.target import Target
from tools.bench import beside, hosted
from tools.bench.figures import Figure
from tools.bench.models import sd1
from tools.bench.pictures import PORTRAIT, crowd
from tools.bench.watching import MOST_OUTSIDE, Counted, Stopwatch, parts_of, timed

DETECTOR = "mediapipe face full"
"""Comes with mediapipe, and ADetailer has it, too."""
RECIPE = Recipe("Bench", "", (Pass(target=Target(models=(DETECTOR,))),))
SIZES = (PORTRAIT, Size(1664, 2432), Size(2496, 3648))
_TINY_SIDE = 256
FACES = 8


def measure(args: argparse.Namespace) -> list[Figure]:
    figures = [*counts(args.steps), *pixel_steps(args.steps), share_outside(args.steps)]
    if args.url:
        figures += beside.measure(args.url, args.steps, args.rounds)
    if args.webui:
        figures += hosted.measure(args.webui, args.steps, args.rounds)
    return figures


def counts(steps: int) -> list[Figure]:
    """Sampling calls of the standalone engine."""
    cases = {
        "one picture of 8 faces": [crowd(FACES)],
        "one picture of 3 faces in two shapes": [crowd(3)],
        "four pictures of 2 faces": [crowd(2)] * 4,
    }
    return [_calls(name, pictures, steps) for name, pictures in cases.items()]


def _calls(name: str, pictures: Sequence[Picture], steps: int) -> Figure:
    counted = _fixed(pictures, steps)
    promise = f"= {counted.buckets} aspect bucket(s); faces: {counted.faces}"
    return Figure.exactly(
        f"standalone: sampling calls, {name}", len(counted.calls), "calls", counted.buckets, promise
    )


def pixel_steps(steps: int) -> list[Figure]:
    """Denoised pixel-steps of a face relative to the allowed maximum, at growing picture sizes."""
    return [_pixel_steps(size, steps) for size in SIZES]


def _pixel_steps(size: Size, steps: int) -> Figure:
    counted = _fixed([crowd(FACES, size)], steps)
    most = counted.native("").area * steps
    name = f"standalone: pixel-steps per face, {size} picture"
    return Figure.at_most(name, counted.pixel_steps / counted.faces / most, "of native area x steps", 1)


def _fixed(pictures: Sequence[Picture], steps: int) -> Counted:
    """Fix with a tiny model. The counts do not depend on the weights."""
    pipe = tiny_pipeline(_TINY_SIDE)
    counted = Counted(DiffusersEngine(pipe))
    counted.count_steps_of(pipe.unet)
    Pipeline(counted, DetectorRegistry().get).fix(_canvases(pictures, steps), RECIPE)
    if not counted.faces:
        raise SystemExit(f"{DETECTOR} found no face: the bench's pictures are wrong.")
    return counted


def _canvases(pictures: Sequence[Picture], steps: int) -> list[PictureInput]:
    generation = Generation("a portrait photograph", "blurry", seed=1, sampling=Sampling(steps=steps))
    return [PictureInput(picture, generation) for picture in pictures]


def share_outside(steps: int) -> Figure:
    """Share of the time of a fix that is spent outside the models' forward passes.

    Models are loaded before.
    """
    stand, canvases = sd1(), _canvases([crowd(FACES)], steps)
    studio = Pipeline(DiffusersEngine(stand.pipe), DetectorRegistry().get)
    studio.fix(_canvases([crowd(1)], 1), RECIPE)
    watch = Stopwatch()
    with watch.method(Graphs, "run", "detector"), watch.modules(parts_of(stand.pipe)):
        whole = timed(lambda: studio.fix(canvases, RECIPE))
    print(f"Standalone, with {stand.described}:\n{watch.told(whole, FACES)}")
    name = f"standalone: time outside the models, {FACES} faces, {steps} steps"
    return Figure.at_most(name, 1 - watch.total / whole, "of the whole", MOST_OUTSIDE)
