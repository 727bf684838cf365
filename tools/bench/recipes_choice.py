"""Sets of bench `recipes`: objects painted six times each, and the PSNR of each painting."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from retouch.app.sample_photos import SAMPLES
from retouch.engines import demo_model
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.region import Region
from retouch.pipeline.pipeline import PictureInput, Pipeline
from retouch.pipeline.ranking import LOW_PASS_SHARE, distances, inner_mask
from retouch.pipeline.report import Report
from retouch.recipes.recipe import Generation, Pass
from retouch.recipes.sampling import Sampling
from retouch.recipes.shape import Shape
from tools.bench.recipes_faces import SPOILINGS, Sees, cases, decibels, spoilt
from tools.bench.seam_cases import SHAPES

SIDE = 256
CELL = 8
FORMS = ("box", "ellipse", "ragged")
HOW = Pass(denoising_strength=0.7, variations=6)
"""As Hand rescue paints."""
WHOLE = replace(HOW, shape=Shape(padding=SIDE))
"""The same for a piece of a photograph, which the checkpoint knows at this magnification and not enlarged."""
SAMPLING = Sampling(steps=14, cfg_scale=demo_model.SAMPLING.cfg_scale, sampler=demo_model.SAMPLING.sampler)


@dataclass(frozen=True, eq=False)
class Thing:
    """A picture in which a region is spoilt, and what it shows."""

    name: str
    prompt: str
    truth: Picture
    given: Picture
    region: Mask
    how: Pass = HOW

    def painted(self, studio: Pipeline, seed: int) -> Set:
        canvas = PictureInput(self.given, Generation(self.prompt, seed=seed, sampling=SAMPLING))
        region = Region.of_mask(self.region)
        assert region is not None
        (report,) = studio.paint(canvas, [region], self.how).reports
        return Set(self, report)


@dataclass(frozen=True, eq=False)
class Set:
    """The candidates of one thing."""

    thing: Thing
    report: Report

    @property
    def before(self) -> float:
        """PSNR in dB of the region before painting."""
        return self._fidelity(self.thing.given)

    @property
    def decibels(self) -> list[float]:
        """PSNR in dB of each candidate, in order."""
        return [self._fidelity(one.on(self.thing.given)) for one in self.report.candidates]

    @property
    def as_seen(self) -> int:
        """The candidate nearest to the truth at the resolution at which the choice sees the old pixels."""
        candidates = self.report.candidates
        truth = self.thing.truth.pixels[candidates[0].box.slices]
        off = distances(candidates, truth, inner_mask(candidates[0], self.report.step.box), LOW_PASS_SHARE)
        return off.index(min(off))

    def _fidelity(self, picture: Picture) -> float:
        return decibels(self.thing.truth, picture, self.thing.region.solid)


def things(seed: int, sees: Sees) -> list[Thing]:
    """A face with each kind of damage, and a piece of each photograph with one kind of damage."""
    faces = [Thing(c.name, "an astronaut", c.truth, c.given, Mask.where(c.face)) for c in cases(seed, sees)]
    return faces + [_piece(number, 1000 * seed + number) for number in range(len(SAMPLES))]


def _piece(number: int, seed: int) -> Thing:
    random, one = np.random.default_rng(seed), SAMPLES[number]
    whole, size = one.scaled(SIDE), Size(SIDE, SIDE)
    left, top = (int(random.integers(0, side - SIDE + 1)) // CELL * CELL for side in whole.size)
    truth = whole.crop(Box(left, top, left + SIDE, top + SIDE))
    region = SHAPES[FORMS[number % len(FORMS)]](size, random)
    kind = list(SPOILINGS)[int(random.integers(len(SPOILINGS)))]
    box = region.bounds
    assert box is not None
    damaged = spoilt(truth, box, SPOILINGS[kind], random).pixels
    given = Picture(np.where(region.solid[..., None], damaged, truth.pixels))
    return Thing(f"{one.name}, {kind}", one.prompt, truth, given, region, WHOLE)
