"""Bench `demo-model`: the small checkpoint in models/demo against the photographs that it was trained on."""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.app.demo import pixelate
from retouch.app.sample_photos import SAMPLES, Sample, sample
from retouch.detectors.registry import DetectorRegistry
from retouch.engines import demo_model, latents
from retouch.engines.base import Job
from retouch.engines.diffusers_engine import DiffusersEngine
from retouch.image.fill.masked_content import fill_hole
from retouch.image.geometry import Box, Size
from retouch.image.mask import SOLID, Mask
from retouch.image.picture import Picture
from retouch.image.quality.psnr import measure_psnr
from retouch.image.region import Region
from retouch.pipeline.pipeline import PictureInput, Pipeline
from retouch.progress import Silent
from retouch.recipes import library
from retouch.recipes.recipe import Generation, Pass, Settings
from retouch.recipes.shape import Shape
from retouch.recipes.target import Target
from tools.bench.figures import Figure

NATIVE = Size(256, 256)
CELL = 8
MASKS, LEAST, MOST = 40, 0.1, 0.3
"""How many holes, and which shares of their squares they are."""
BLOCKS = 12
"""A spoilt face is this many blocks wide."""
SEED = 11
SEEDS = (1, 2, 3, 4, 5)
"""One face is painted too differently by each to judge by one."""
Drawing = Callable[[np.ndarray, np.random.Generator], None]


def measure(args: argparse.Namespace) -> list[Figure]:
    engine = demo_model.demo_engine("cpu")
    print(demo_model.REMARK)
    return [round_trip(engine), *inpainting(engine), face(engine), outpainting(engine), speed(engine)]


def round_trip(engine: DiffusersEngine) -> Figure:
    """PSNR in dB of whole photographs after a round trip through the autoencoder."""
    found = {s.name: through(engine, on_grid(s.scaled(NATIVE.width))) for s in SAMPLES}
    print("Round trip, dB: " + ", ".join(f"{name} {value:.1f}" for name, value in found.items()))
    name = f"autoencoder round trip, mean over the photographs, short side {NATIVE.width}"
    return Figure.at_least(name, statistics.mean(found.values()), "dB PSNR", 29)


def decibels(truth: np.ndarray, made: np.ndarray) -> float:
    """PSNR in dB of two pictures that are not empty and not equal."""
    found = measure_psnr(truth, made)
    assert found is not None
    return found


def through(engine: DiffusersEngine, picture: Picture) -> float:
    import torch

    vae = engine.pipe.vae
    pixels = torch.from_numpy(picture.pixels.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.no_grad():
        (back,) = latents.decode(vae, latents.encode(vae, pixels, []))
    return decibels(picture.pixels, back.pixels)


def on_grid(picture: Picture) -> Picture:
    """The picture cropped to whole latent cells."""
    return picture.crop(Box(0, 0, *(side // CELL * CELL for side in picture.size)))


@dataclass(frozen=True, eq=False)
class Hole:
    """A piece of a photograph and what of it is to be painted."""

    sample: Sample
    truth: Picture
    mask: Mask

    def job(self, prompt: str) -> Job:
        settings = Settings(demo_model.SAMPLING, 1.0, "fill")
        return Job(fill_hole(self.truth, self.mask, "fill"), self.mask, prompt, "", SEED, settings)

    def error(self, made: np.ndarray) -> float:
        """Mean squared error inside the hole, in squared levels of 255."""
        inside = self.mask.alpha >= SOLID
        return float(np.square(made[inside].astype(np.float64) - self.truth.pixels[inside]).mean())

    @property
    def telea(self) -> np.ndarray:
        return cv2.inpaint(self.truth.pixels, self.mask.alpha, 5, cv2.INPAINT_TELEA)


def holes(count: int = MASKS) -> list[Hole]:
    """Seeded holes: each photograph in turn, a square of native size, 10 to 30 % of it masked.

    Squares start at a latent cell, as in a whole photograph that is encoded at once.
    """
    rng = np.random.default_rng(SEED)
    return [_hole(SAMPLES[i % len(SAMPLES)], i, rng) for i in range(count)]


def _hole(one: Sample, number: int, rng: np.random.Generator) -> Hole:
    whole = one.scaled(NATIVE.width)
    room = (whole.size.width - NATIVE.width, whole.size.height - NATIVE.height)
    left, top = (int(rng.integers(0, most + 1)) // CELL * CELL for most in room)
    truth = whole.crop(Box(left, top, left + NATIVE.width, top + NATIVE.height))
    return Hole(one, truth, _shape(SHAPES[number % len(SHAPES)], rng))


def _shape(draw: Drawing, rng: np.random.Generator) -> Mask:
    """The first drawn mask whose area is within the bounds."""
    while True:
        alpha = np.zeros((NATIVE.height, NATIVE.width), np.uint8)
        draw(alpha, rng)
        if LEAST <= np.count_nonzero(alpha) / alpha.size <= MOST:
            return Mask(alpha)


def _box(alpha: np.ndarray, rng: np.random.Generator) -> None:
    (x, y), (width, height) = rng.integers(0, 256, 2), rng.integers(60, 180, 2)
    alpha[y : y + height, x : x + width] = 255


def _ellipse(alpha: np.ndarray, rng: np.random.Generator) -> None:
    x, y, wide, tall = (int(v) for v in (*rng.integers(40, 216, 2), *rng.integers(35, 100, 2)))
    cv2.ellipse(alpha, (x, y), (wide, tall), int(rng.integers(180)), 0, 360, 255, -1)


def _stroke(alpha: np.ndarray, rng: np.random.Generator) -> None:
    """Draw a stroke of a thick brush."""
    ends = rng.integers(20, 236, (3, 2)).astype(np.int32)
    cv2.polylines(alpha, [ends], False, 255, int(rng.integers(25, 70)))


SHAPES: tuple[Drawing, ...] = (_box, _ellipse, _stroke)


def inpainting(engine: DiffusersEngine) -> list[Figure]:
    cut = holes()
    names = [s.prompt for s in SAMPLES]
    wrong = [names[(names.index(hole.sample.prompt) + 3) % len(names)] for hole in cut]
    telea = statistics.mean(hole.error(hole.telea) for hole in cut)
    right_error = _errors(engine, cut, [hole.sample.prompt for hole in cut])
    wrong_error = _errors(engine, cut, wrong)
    areas = [hole.mask.area / NATIVE.area for hole in cut]
    print(f"Holes of {min(areas):.0%} to {max(areas):.0%}; TELEA's mean squared error {telea:.0f}")
    for one in SAMPLES:
        told = [
            statistics.mean(e for e, hole in zip(errors, cut, strict=True) if hole.sample is one)
            for errors in (right_error, wrong_error, [hole.error(hole.telea) for hole in cut])
        ]
        print(f"  {one.name}: right prompt {told[0]:.0f}, wrong prompt {told[1]:.0f}, TELEA {told[2]:.0f}")
    ratio = statistics.mean(right_error) / telea
    worse = statistics.mean(wrong_error) / statistics.mean(right_error)
    return [
        Figure.at_most(f"inpainting, {MASKS} holes, right prompt", ratio, "of TELEA's error", 0.5),
        Figure.at_least("inpainting, wrong prompt", worse, "of the right one's error", 1.25),
    ]


def _errors(engine: DiffusersEngine, cut: Sequence[Hole], prompts: Sequence[str]) -> list[float]:
    jobs = [hole.job(prompt) for hole, prompt in zip(cut, prompts, strict=True)]
    made = []
    for start in range(0, len(jobs), engine.batch_limit):
        made += engine.paint(jobs[start : start + engine.batch_limit], Silent())
    return [hole.error(picture.pixels) for hole, picture in zip(cut, made, strict=True)]


def face(engine: DiffusersEngine) -> Figure:
    """The astronaut's pixelated face, fixed by Face polish at strength 0.5. The mean over SEEDS."""
    truth = sample("astronaut").picture
    studio = Pipeline(engine, DetectorRegistry(device=lambda: "cpu", offline=True).get)
    box = studio.detect(truth, Target(models=("face",)))[0].box
    spoilt = pixelate(truth, [box], BLOCKS)
    before = decibels(truth.crop(box).pixels, spoilt.crop(box).pixels)
    after = [
        decibels(truth.crop(box).pixels, _mended(studio, spoilt, seed).crop(box).pixels) for seed in SEEDS
    ]
    print(f"Face in {BLOCKS} blocks: {before:.1f} dB, mended {', '.join(f'{dB:.1f}' for dB in after)} dB")
    name = f"face, Face polish at denoising strength 0.5, mean of {len(SEEDS)} seeds"
    return Figure.at_least(name, statistics.mean(after) - before, "dB gained", 4)


def _mended(studio: Pipeline, spoilt: Picture, seed: int) -> Picture:
    polish = library.recipes(None)["Face polish"]
    passes = tuple(dataclasses.replace(one, denoising_strength=0.5) for one in polish.passes)
    canvas = PictureInput(spoilt, Generation("an astronaut's face", seed=seed, sampling=demo_model.SAMPLING))
    (result,) = studio.fix([canvas], dataclasses.replace(polish, passes=passes))
    return result.picture


def outpainting(engine: DiffusersEngine) -> Figure:
    """The right quarter cut off and painted again, beside methods without a model."""
    studio, better = Pipeline(engine, DetectorRegistry(offline=True).get), 0
    for one in SAMPLES:
        truth = one.scaled(NATIVE.width)
        rivals = extensions(truth)
        made = extended(studio, one, truth).pixels
        strip = strip_of(truth.size).slices
        scores = {n: decibels(truth.pixels[strip], p[strip]) for n, p in rivals.items()}
        ours = decibels(truth.pixels[strip], made[strip])
        better += ours > max(scores.values())
        told = ", ".join(f"{name} {value:.1f}" for name, value in scores.items())
        print(f"Right quarter of {one.name}, dB: painted {ours:.1f}, {told}")
    name = "outpainting a quarter: photographs where it beats edge replication and mirror"
    return Figure.at_least(name, better, "of 7", 5)


def strip_of(size: Size) -> Box:
    """The right quarter of a picture."""
    return Box(size.width - size.width // 4, 0, *size)


def extensions(truth: Picture) -> dict[str, np.ndarray]:
    """The right quarter filled from the pixels at the border, by method."""
    strip = strip_of(truth.size)
    kept = np.ascontiguousarray(truth.pixels[:, : strip.left])
    ways = {"edge": cv2.BORDER_REPLICATE, "mirror": cv2.BORDER_REFLECT_101}
    return {name: cv2.copyMakeBorder(kept, 0, 0, 0, strip.width, how) for name, how in ways.items()}


def extended(studio: Pipeline, one: Sample, truth: Picture) -> Picture:
    """The right quarter painted by the model, on a canvas without the cut-off pixels."""
    strip = strip_of(truth.size)
    how = Pass(denoising_strength=1.0, masked_content="fill", shape=Shape(grow=0, blur=4))
    canvas = PictureInput(
        Picture(extensions(truth)["edge"]), Generation(one.prompt, "", SEED, sampling=demo_model.SAMPLING)
    )
    return studio.paint(canvas, [Region.of_box(strip)], how).picture


def speed(engine: DiffusersEngine) -> Figure:
    """Seconds to paint one native square from noise. The best of three, because the machine may be busy."""
    blank = Picture(np.full((NATIVE.height, NATIVE.width, 3), 128, np.uint8))
    settings = Settings(dataclasses.replace(demo_model.SAMPLING, steps=20), 1.0)
    job = Job(blank, Mask.full(NATIVE), "a cat", "", SEED, settings)
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        engine.paint([job], Silent())
        seconds.append(time.perf_counter() - begun)
    return Figure.at_most(f"20 steps at {NATIVE}, batch 1", min(seconds), "s", 5)
