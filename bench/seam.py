"""Bench `seam`: what putting back leaves of a painter's colour shift, ours beside what others do."""

from __future__ import annotations

import argparse
import dataclasses
import functools
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from bench import sheet
from bench.figures import Figure
from bench.rivals import RIVALS, Putting, lab
from bench.seam_painters import (
    PAINTERS,
    Case,
    Painter,
    cases,
    demo_autoencoder,
    dyed,
    encoded,
    exact,
    lossy,
    piece,
    repainted_blue,
    waved,
)
from retouch.colour import field as colour_field
from retouch.execute import Result, run
from retouch.fakes import FakeEngine
from retouch.geometry import Box, Size
from retouch.mask import Mask
from retouch.plan import plan
from retouch.ports import Job, Progress
from retouch.raster import Picture
from retouch.recipe import Generation, Pass, Shape
from retouch.region import Region
from retouch.samples import SAMPLES

SIDES = (256, 384)
COUNT = 49
OURS, GENTLE, OFF, PLAIN = "Retouch", "Retouch at 0.4", "Retouch, correction off", "plain alpha"
STRENGTH = 0.75
"""Denoising strength of the comparison: so high that the painted inside tells nothing of its own shift."""
LOSSY, NO_SHIFT = "waves and loss", "loss, no shift"
AUTOENCODER = "demo autoencoder"
SMOOTH = 3.0
"""CIELAB units per pixel: where a photograph changes less, a seam is seen."""

GROWTH = 0.5
"""CIELAB units: about half of a just noticeable difference."""

Scores = dict[str, dict[str, list[float]]]
"""By painter and way of putting back, one number a case."""


def measure(args: argparse.Namespace) -> list[Figure]:
    cv2.setNumThreads(1)
    painters, there_and_back = dict(PAINTERS), demo_autoencoder()
    if there_and_back:
        painters[AUTOENCODER] = there_and_back
    made = cases(SIDES, COUNT)
    drifts, edges = compared(made, painters)
    print(told("Colour drift inside, CIELAB units", drifts))
    print(told("Gradient excess along smooth edges, CIELAB units per pixel", edges))
    if args.page:
        sheet.write(args.page, made[:14], painters, ways())
    return [*_promised(drifts, edges), untouched(made), blue_car(), *again_and_again(), seconds(args.rounds)]


def ways() -> dict[str, Putting]:
    """By name: the rivals, ours without and with correction, and ours where the strength is low."""
    mine = {
        OFF: Pass(denoising_strength=STRENGTH, colour_correction=0.0),
        OURS: Pass(denoising_strength=STRENGTH),
        GENTLE: Pass(denoising_strength=0.4),
    }
    return {**RIVALS, **{name: functools.partial(ours, settings=one) for name, one in mine.items()}}


@dataclass
class Scripted(FakeEngine):
    """Paints what it was told to, whatever the job."""

    painted: Callable[[Job], np.ndarray] = field(default=lambda job: job.picture.pixels)

    def paint(self, jobs: Sequence[Job], progress: Progress) -> list[Picture | None]:
        return [Picture(self.painted(job)) for job in jobs]


def ours(original: np.ndarray, painted: np.ndarray, region: Mask, settings: Pass | None = None) -> np.ndarray:
    """The whole road: plan, paint, put back. The crop is the picture."""
    whole = dataclasses.replace(settings or Pass(), shape=Shape(area="whole picture"))
    result = fixed(Picture(original), region, whole, lambda job: painted)
    return result.picture.pixels


def fixed(picture: Picture, region: Mask, settings: Pass, painted: Callable[[Job], np.ndarray]) -> Result:
    """One region of a picture, its crop painted by `painted`."""
    native = picture.size if settings.shape.area == "whole picture" else Size(256, 256)
    found = [r for r in [Region.of_mask(region, "it", 1.0)] if r is not None]
    planned = plan(picture.size, found, (0, settings), Generation(), native)
    return run([picture], [planned], Scripted(painted=painted))[0]


def compared(made: Sequence[Case], painters: Mapping[str, Painter]) -> tuple[Scores, Scores]:
    """(colour drift, gradient excess) of every case, painter and way of putting back."""
    drifts: Scores = {name: {way: [] for way in ways()} for name in painters}
    edges: Scores = {name: {way: [] for way in ways()} for name in painters}
    for case in made:
        for name, painter in painters.items():
            painted = case.painted(painter)
            for way, put in ways().items():
                result = put(case.truth.pixels, painted, case.region)
                drifts[name][way].append(drift(case.truth.pixels, result, case.region))
                edges[name][way].append(excess(case.truth.pixels, result, case.region))
    return drifts, edges


def drift(truth: np.ndarray, result: np.ndarray, region: Mask) -> float:
    """Mean length of the low-frequency CIELAB difference inside the region: what a tint is seen as.

    Low-passed by a Gaussian of a 32nd of the side that looks at the inside only.
    """
    inside = region.solid.astype(np.float32)
    sigma = max(truth.shape[:2]) / 32
    summed = cv2.GaussianBlur((lab(result) - lab(truth)) * inside[..., None], (0, 0), sigma)
    mean = summed / np.maximum(cv2.GaussianBlur(inside, (0, 0), sigma), 1e-6)[..., None]
    return float(np.linalg.norm(mean, axis=-1)[region.solid].mean())


def excess(truth: np.ndarray, result: np.ndarray, region: Mask) -> float:
    """Mean gradient of what differs from the truth, along the region's edge, where the truth is smooth.

    The band reaches as far as any of the compared masks fades. Noise is taken out by a Gaussian of 2 px.
    """
    reach = max(4, round(0.17 * region.area**0.5))
    band = region.grown(reach).solid & ~region.grown(-reach).solid
    smooth = band & (_slope(lab(truth)) < SMOOTH)
    return float(_slope(lab(result) - lab(truth))[smooth].mean()) if smooth.any() else 0.0


def _slope(values: np.ndarray) -> np.ndarray:
    """Length of the gradient over all three channels, units per pixel."""
    soft = cv2.GaussianBlur(values, (0, 0), 2)
    down, along = np.gradient(soft, axis=(0, 1))
    return np.sqrt((down**2 + along**2).sum(-1))


def told(title: str, scores: Scores) -> str:
    """A table: a line for each way of putting back, a column for each painter, means over the cases."""
    widest, count = max(map(len, ways())), len(next(iter(scores.values()))[OURS])
    lines = ["", f"{title}, mean of {count}:", " " * widest + "".join(f"  {name:>20}" for name in scores)]
    for way in ways():
        means = "".join(f"  {statistics.mean(scores[name][way]):20.3f}" for name in scores)
        lines.append(f"{way:{widest}}{means}")
    return "\n".join(lines)


def _promised(drifts: Scores, edges: Scores) -> list[Figure]:
    shifting = [name for name in PAINTERS if name != NO_SHIFT]
    clean = [name for name in shifting if name != LOSSY]
    figures = [
        Figure.at_most("colour drift inside", _ratio(drifts, shifting, PLAIN), "of plain alpha's", 0.12),
        Figure.at_most(
            "colour drift inside", _ratio(drifts, shifting, "Krita"), "of CIELAB mean/std's", 0.35
        ),
        Figure.at_most("gradient excess, smooth edges", _ratio(edges, clean, PLAIN), "of plain alpha's", 0.5),
        Figure.at_most(
            "drift, painter without a shift", _ratio(drifts, [NO_SHIFT], OFF), "of correction off", 1.02
        ),
        Figure.at_most(
            "edges, painter without a shift", _ratio(edges, [NO_SHIFT], OFF), "of correction off", 1.02
        ),
    ]
    if AUTOENCODER in drifts:
        name = "colour drift inside, the demo's autoencoder"
        figures.append(Figure.at_most(name, _ratio(drifts, [AUTOENCODER], PLAIN), "of plain alpha's", 1))
    return figures


def _ratio(scores: Scores, painters: Sequence[str], beside: str) -> float:
    return sum(sum(scores[p][OURS]) for p in painters) / sum(sum(scores[p][beside]) for p in painters)


def untouched(made: Sequence[Case]) -> Figure:
    """A painter that returns what it was given."""
    changed = sum(
        int((ours(c.truth.pixels, c.painted(exact), c.region) != c.truth.pixels).sum()) for c in made[:14]
    )
    return Figure.exactly("values changed by a perfect painter", changed, "values", 0)


def blue_car() -> Figure:
    """Something red reaches out of its mask and is painted blue: in it, a bit around it, everywhere."""
    found = [_blue(number, spread, loss) for number in range(7) for spread in (0, 10, 999) for loss in (0, 1)]
    return Figure.at_most(
        "red car painted blue, away from the rim", max(found), "CIELAB units, largest mean", 1
    )


def _blue(number: int, spread: int, loss: int) -> float:
    random, size = np.random.default_rng(number), Size(256, 256)
    body = Mask.of_ellipse(size, Box(60, 90, 225, 190))
    truth = dyed(piece(SAMPLES[number], 256, random).pixels, body.solid)
    region = Mask.of_ellipse(size, Box(90, 70, 185, 165))
    painted = repainted_blue(truth, body.solid & region.grown(spread).solid)
    painted = lossy(painted, region, random) if loss else painted
    result = ours(truth, painted, region)
    away = region.grown(-6).solid & body.grown(-6).solid
    return float(np.linalg.norm(lab(result) - lab(painted), axis=-1)[away].mean())


def again_and_again() -> list[Figure]:
    """Twenty fixes at different places of one picture, and ten of one, by a painter like an autoencoder."""
    whole = SAMPLES[0].scaled(512)
    random = np.random.default_rng(20)
    spots = [Mask.of_ellipse(whole.size, _anywhere(whole.size, random)) for _ in range(20)]
    touched, picture = np.zeros(whole.pixels.shape[:2], bool), whole
    for spot in spots:
        result = fixed(picture, spot, Pass(), _painting)
        touched |= result.reports[0].mask(picture).alpha > 0
        picture = result.picture
    outside = int((picture.pixels != whole.pixels)[~touched].sum())
    grown = ten_times(whole, spots[0])
    return [
        Figure.exactly("20 fixes: values changed outside their masks", outside, "values", 0),
        Figure.at_most(
            "drift of a region fixed 10 times, over the first fix's",
            grown[-1] - grown[0],
            "CIELAB units",
            GROWTH,
            f"does not grow: <= {GROWTH:g}, half of what an eye can tell",
        ),
    ]


def ten_times(whole: Picture, spot: Mask) -> list[float]:
    """The drift after each of ten fixes of one region."""
    found, pictures = [], {1.0: whole, 0.0: whole}
    for _ in range(10):
        for amount, picture in pictures.items():
            pictures[amount] = fixed(picture, spot, Pass(colour_correction=amount), _painting).picture
        found.append([drift(whole.pixels, after.pixels, spot) for after in pictures.values()])
    print("\nDrift of a region fixed again and again, with and without correction, CIELAB units:")
    print("\n".join(f"{n:4} {on:8.3f} {off:8.3f}" for n, (on, off) in enumerate(found, 1)))
    return [on for on, _ in found]


def _painting(job: Job) -> np.ndarray:
    """The same shift every time, as of one checkpoint."""
    return waved(job.picture.pixels, job.mask, np.random.default_rng(3))


def _anywhere(size: Size, random: np.random.Generator) -> Box:
    side = int(random.integers(40, 120))
    left, top = (int(random.integers(0, length - side)) for length in size)
    return Box(left, top, left + side, top + side)


def seconds(rounds: int) -> Figure:
    """Processor time, on one thread, of correcting a 1024x1024 crop whose middle quarter is painted."""
    size = Size(1024, 1024)
    truth = piece(SAMPLES[0], 1024, np.random.default_rng(0)).pixels
    shown = Mask.of_box(size, Box(256, 256, 768, 768)).feathered(40)
    painted = encoded(truth, shown, np.random.default_rng(1))
    spent = []
    for _ in range(max(rounds, 3)):
        begun = time.thread_time()
        found = colour_field(truth, painted, shown, shown)
        assert found is not None
        found.on(size, size.box)
        spent.append(time.thread_time() - begun)
    return Figure.at_most("correction of a 1024x1024 crop, one core", min(spent) * 1000, "ms", 60)
