"""Further figures of bench `seam`: new colours, repeated fixes, and time."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence

import numpy as np

from retouch.app.sample_photos import SAMPLES
from retouch.engines.base import Job
from retouch.image.blend.colour_field import field
from retouch.image.blend.composite import blend_patch, keep_unchanged
from retouch.image.colour_space import lab
from retouch.image.geometry import Box, Size
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.colour_drift import drift_inside
from retouch.recipes.recipe import Pass
from tools.bench.figures import Figure
from tools.bench.seam_cases import Case, piece
from tools.bench.seam_painters import Painter, Painting, dyed, encoded, exact, lossy, repainted_blue, waved
from tools.bench.seam_ways import fixed, ours

TIMES, NOISE = 10, 0.1
"""CIELAB units: what the drift of a region may vary by from one fix to another without growing."""
SAME_SHIFT = 3
"""The seed of its shift: one checkpoint's is the same every time."""


def untouched(made: Sequence[Case]) -> Figure:
    """A painter that returns its input unchanged."""
    changed = sum(
        int((ours(case.truth.pixels, case.paint(exact), case.region).pixels != case.truth.pixels).sum())
        for case in made
    )
    return Figure.exactly("values changed by a perfect painter", changed, "values", 0)


def blue_car() -> Figure:
    """A red object that extends beyond its mask and is painted blue: in it, just around it, everywhere."""
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
    painted = (lossy if loss else exact)(painted, random).through(region)
    result = ours(truth, lambda _: painted, region).pixels
    away = region.grown(-6).solid & body.grown(-6).solid
    return float(np.linalg.norm(lab(result) - lab(painted), axis=-1)[away].mean())


def again_and_again(there_and_back: Painter | None) -> list[Figure]:
    """Twenty fixes at different places of one picture, and ten fixes of one place."""
    whole = SAMPLES[0].scaled(512)
    random = np.random.default_rng(20)
    spots = [Mask.of_ellipse(whole.size, _anywhere(whole.size, random)) for _ in range(20)]
    return [_outside(whole, spots), *_ten_times(whole, spots[0], there_and_back)]


def _outside(whole: Picture, spots: Sequence[Mask]) -> Figure:
    touched, picture = np.zeros(whole.pixels.shape[:2], bool), whole
    for spot in spots:
        result = fixed(picture, spot, Pass(), _repeating(waved))
        touched |= result.reports[0].mask(picture).alpha > 0
        picture = result.picture
    changed = int((picture.pixels != whole.pixels)[~touched].sum())
    return Figure.exactly("20 fixes: values changed outside their masks", changed, "values", 0)


def _ten_times(whole: Picture, spot: Mask, there_and_back: Painter | None) -> list[Figure]:
    """Ten fixes of one place. A loss of detail accumulates with every compositing method.

    For a painter with a shift and a loss, only the part of the shift counts.
    """
    mine, off = Pass(), Pass(colour_correction=0.0)
    asked: dict[str, tuple[Painter, bool, Pass]] = {
        "waves": (waved, False, mine),
        "waves, correction off": (waved, False, off),
        "waves and loss": (waved, True, mine),
        "loss": (exact, True, mine),
    }
    if there_and_back:
        asked["autoencoder"] = (there_and_back, False, mine)
        asked["autoencoder, correction off"] = (there_and_back, False, off)
    runs = {
        name: _drifts(whole, spot, settings, _repeating(painter, loses))
        for name, (painter, loses, settings) in asked.items()
    }
    print(f"\nDrift of a region fixed {TIMES} times, CIELAB units:")
    print("\n".join(f"{name:28}" + "".join(f"{d:8.3f}" for d in found) for name, found in runs.items()))
    of_shift = [both - loss for both, loss in zip(runs["waves and loss"], runs["loss"], strict=True)]
    return [_growth("", runs["waves"]), _growth(", beyond that of loss alone", of_shift)]


def _growth(of: str, drifts: Sequence[float]) -> Figure:
    return Figure.at_most(
        f"drift of a region fixed {TIMES} times{of}, over the first fix's",
        drifts[-1] - drifts[0],
        "CIELAB units",
        NOISE,
        f"does not grow: <= {NOISE:g}, what it varies by",
    )


def _drifts(whole: Picture, spot: Mask, settings: Pass, painted: Callable[[Job], np.ndarray]) -> list[float]:
    """The drift after each of ten fixes of one region, in CIELAB units."""
    found, picture = [], whole
    for _ in range(TIMES):
        picture = fixed(picture, spot, settings, painted).picture
        found.append(drift_inside(whole.pixels, picture.pixels, spot) or 0.0)
    return found


def _repeating(painter: Painter, loses: bool = False) -> Callable[[Job], np.ndarray]:
    """The same shift every time, as from one checkpoint. With `loses`, another loss, as from another seed."""
    seeds = itertools.count()

    def painted(job: Job) -> np.ndarray:
        pixels = job.picture.pixels
        levels = painter(pixels, np.random.default_rng(SAME_SHIFT)).levels
        if loses:
            levels = levels + lossy(pixels, np.random.default_rng(next(seeds))).levels - pixels
        return Painting(levels).through(job.mask)

    return painted


def _anywhere(size: Size, random: np.random.Generator) -> Box:
    side = int(random.integers(40, 120))
    left, top = (int(random.integers(0, length - side)) for length in size)
    return Box(left, top, left + side, top + side)


def milliseconds(rounds: int) -> Figure:
    """Processor time on one thread: a 1024x1024 crop whose middle is painted, corrected and composited."""
    size = Size(1024, 1024)
    truth = piece(SAMPLES[0], 1024, np.random.default_rng(0)).pixels
    shown = Mask.of_box(size, Box(256, 256, 768, 768)).feathered(40)
    painted = encoded(truth, np.random.default_rng(1)).through(shown)
    spent = [_timed(truth, painted, shown) for _ in range(max(rounds, 3))]
    return Figure.at_most("putting back a 1024x1024 crop, one core", min(spent) * 1000, "ms", 60)


def _timed(truth: np.ndarray, painted: np.ndarray, shown: Mask) -> float:
    spot = shown.bounds
    assert spot is not None
    at = spot.slices
    begun = time.thread_time()
    found = field(truth, painted, shown, shown)
    assert found is not None
    over = painted[at] + found.shift(painted[at], shown.size, spot)
    over = keep_unchanged(truth[at], over, truth[at])
    blend_patch(truth[at], over, shown.crop(spot))
    return time.thread_time() - begun
