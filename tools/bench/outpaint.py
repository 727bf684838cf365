"""Bench `outpaint`: photographs cut in half and extended again, ours and other methods on the demo model."""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from retouch.app.sample_photos import SAMPLES, Sample
from retouch.engines import demo_model
from retouch.engines.base import Engine
from retouch.image.geometry import Box, Margins
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.psnr import measure_psnr
from retouch.image.quality.repetition import SHORT, repetition_score
from retouch.image.quality.seam import join, seam_floor
from retouch.outpaint.checks import LONG, CheckOptions
from retouch.outpaint.progress import Extension
from retouch.outpaint.stages import StageOptions
from retouch.recipes.recipe import Generation
from retouch.testing import FakeEngine
from tools.bench.figures import Figure
from tools.bench.outpaint_ways import UNPAINTED, WAYS, walked

SIDE = 256
SEEDS = (7, 8, 9)
"""One alone says little of joins: most show no more than the photograph itself along any line, ours and
others', so that which of two shows less is chance."""
CASES = len(SEEDS) * len(SAMPLES)
WON = "on at least 5 of 7"
TRUTH = "the photograph's own continuation"
ROUND = 5
"""Waves of stages that are measured: a very large picture has many, all alike."""


def measure(args: argparse.Namespace) -> list[Figure]:
    engine = demo_model.demo_engine("cpu", batch_limit=2)
    return [*halves(engine), *fourfold(engine), *constant(engine)]


def _generation(sample: Sample, seed: int = SEEDS[0]) -> Generation:
    return Generation(sample.prompt, "", seed, sampling=demo_model.SAMPLING)


def halves(engine: Engine) -> list[Figure]:
    """The left half of each photograph extended to the whole: twice its width, the truth is known.

    The seam is reported in three forms: its score; its score minus the score of the photograph along random
    lines, because a lower seam is not visible; and its distance from the score of the photograph at the same
    place, where the scene may have an edge.
    """
    seen: dict[str, list[float]] = {way: [] for way in WAYS}
    scores: dict[str, list[float]] = {way: [] for way in WAYS}
    seams: dict[str, list[float]] = {way: [] for way in WAYS}
    truths: dict[str, list[float]] = {way: [] for way in WAYS}
    natural: list[Join] = []
    joins: list[Join] = []
    touched = 0
    for seed, sample in itertools.product(SEEDS, SAMPLES):
        whole = sample.scaled(SIDE)
        half = Picture(whole.pixels[:, : whole.size.width // 2])
        x, more = half.size.width, whole.size.width - half.size.width
        floor = _floor(whole, x)
        for way, extended in WAYS.items():
            made = extended(half, more, _generation(sample, seed), engine)
            scores[way].append(abs(_join(made, x)))
            seen[way].append(max(scores[way][-1] - floor, 0.0))
            seams[way].append(abs(_join(made, x) - _join(whole.pixels, x)))
            truths[way].append(measure_psnr(whole.pixels[:, x:], made[:, x:]) or 0.0)
            if way == "stages":
                kept = slice(0, x - StageOptions().feather)
                touched += int((made[:, kept] != half.pixels[:, kept]).any(2).sum())
                places = _joins(walked(half, Margins(right=more), _generation(sample, seed), engine).way)
                joins += [Join(abs(_join(made, at)), floor) for at in places]
                natural += [Join(abs(_join(whole.pixels, at)), floor) for at in places]
        print(sample.name, *(f"{w}: {truths[w][-1]:.2f} dB, {seams[w][-1]:.2f};" for w in WAYS), flush=True)
    return [
        *(
            Figure.at_least(
                f"stages beat {rival} in seam score and PSNR", won, f"of {CASES}", CASES * 5 / 7, WON
            )
            for rival, won in _won(scores, truths)
        ),
        *(
            _side("stages win by the seam that shows", rival, [won], f"of {CASES}")
            for rival, won in _won(seen, truths)
        ),
        *(
            _side("stages win by seam off the truth's", rival, [won], f"of {CASES}")
            for rival, won in _won(seams, truths)
        ),
        Figure.at_most("seam at the joins / photograph's own", _ratio(joins), "times", 1.1, "within 10 %"),
        Figure.at_least(
            "joins within 10 % of it", _within(joins), f"of {len(joins)}", len(joins), "every join"
        ),
        _side("joins within 10 % of it", TRUTH, [_within(natural)], f"of {len(natural)}"),
        *(_side("seam off the truth's", way, seams[way], "CIELAB/px") for way in WAYS),
        *(_side("PSNR of the new half", way, truths[way], "dB") for way in WAYS),
        Figure.exactly("pixels changed beyond the feather", touched, "pixels", 0, "bit-identical"),
    ]


def _join(pixels: np.ndarray, x: int) -> float:
    return join(pixels, x=x) or 0.0


def _floor(whole: Picture, x: int) -> float:
    return seam_floor(whole.pixels, Mask.of_box(whole.size, Box(0, 0, x, whole.size.height))) or 0.0


class Join(NamedTuple):
    """What is seen where a stage begins, and what the photograph itself scores along random lines."""

    score: float
    floor: float


def _joins(way: Extension) -> list[int]:
    """The columns at which stages begin, including half-stages.

    A stage too close to the end to be compared is left out.
    """
    return [stage.hole.left for stage in way.stages if stage.hole.width > StageOptions().feather]


def _ratio(joins: Sequence[Join]) -> float:
    return statistics.mean(j.score for j in joins) / max(statistics.mean(j.floor for j in joins), 1e-6)


def _within(joins: Sequence[Join]) -> int:
    return sum(join.score <= 1.1 * join.floor for join in joins)


def _won(seams: dict[str, list[float]], truths: dict[str, list[float]]) -> Iterator[tuple[str, int]]:
    """(rival, number of photographs in which our seam is no higher and our result is nearer to the truth)."""
    for rival in list(WAYS)[1:]:
        pairs = zip(seams["stages"], seams[rival], truths["stages"], truths[rival], strict=True)
        yield rival, sum(mine <= its and better > worse for mine, its, better, worse in pairs)


def _side(what: str, way: str, values: Sequence[float], unit: str) -> Figure:
    """A mean for comparison. It has no target."""
    value = float(f"{statistics.mean(values):.4g}")
    return Figure(f"{what}, {way}", value, unit, "for comparison", True)


def fourfold(engine: Engine) -> list[Figure]:
    """The middle of each photograph extended to four times its width, to both sides.

    A margin of one plain colour is the control: it contains no copy, so its comparing score must not show
    more repetition than the original. The score is also computed on the canvas scaled down to LONG pixels,
    with the original scaled down as well.
    """
    found: dict[str, list[Score]] = {}
    for sample in SAMPLES:
        whole = sample.scaled(SIDE)
        middle = Picture(whole.pixels[:, (whole.size.width - SIDE) // 2 :][:, :SIDE])
        margins = Margins(left=3 * SIDE // 2, right=3 * SIDE // 2)
        made = {
            "stages": walked(middle, margins, _generation(sample), engine).way.finished().pixels,
            **{way: extended(middle, margins) for way, extended in UNPAINTED.items()},
        }
        scores = {way: _score(pixels, middle.pixels) for way, pixels in made.items()}
        scores[TRUTH] = _continued(sample.picture.pixels)
        for way, score in scores.items():
            found.setdefault(way, []).append(score)
        told = (f"{way}: {score.whole:.2f} (small {score.small:.2f})" for way, score in scores.items())
        print(sample.name, *told, sep="; ", flush=True)
    whole = {way: statistics.mean(score.whole for score in scores) for way, scores in found.items()}
    small = {way: statistics.mean(score.small for score in scores) for way, scores in found.items()}
    name, exceeding = "repetition after 4 x", max(whole["content-aware fill"], whole["tiling"])
    return [
        Figure.at_most(f"{name}, stages", whole["stages"], "times", 1.2, "<= 1.2 x the original's"),
        Figure.at_least(f"{name}, fill or tiling", exceeding, "times", 1.2, "exceeds 1.2 x"),
        *(_side(name, way, [whole[way]], "times") for way in whole if way != "stages"),
        *(_side(f"{name}, looked at small", way, [small[way]], "times") for way in small),
    ]


class Score(NamedTuple):
    """Repetition of an extended picture over the original's, and the same of both looked at small."""

    whole: float
    small: float


def _score(made: np.ndarray, original: np.ndarray) -> Score:
    of = round(max(made.shape[:2]) * SHORT / LONG)
    return Score(
        _times(repetition_score(made), repetition_score(original)),
        _times(repetition_score(made, of=of), repetition_score(original, of=of)),
    )


def _times(after: float | None, before: float | None) -> float:
    return (after or 0.0) / max(before or 0.0, 1e-3)


def _continued(pixels: np.ndarray) -> Score:
    """Repetition of a strip of a photograph, four times as wide as high, beside its middle: the true score.

    It is the mean of the strips at the top, the middle and the bottom.
    """
    height, width = pixels.shape[:2]
    side = width // 4
    strips = [pixels[top:][:side] for top in (0, (height - side) // 2, height - side)]
    scores = [_score(strip, strip[:, (width - side) // 2 :][:, :side]) for strip in strips]
    return Score(*(statistics.mean(values) for values in zip(*scores, strict=True)))


def constant(engine: Engine) -> list[Figure]:
    """Time and memory of a stage on canvases of 1 and 16 megapixels."""
    figures = []
    for name, painter in (("without the sampler", FakeEngine(side=SIDE)), ("with the sampler", engine)):
        small, large = (_cost(side, painter) for side in (1024, 4096))
        ratios = {"time": large[0] / small[0], "peak memory": large[1] / small[1]}
        figures += [
            Figure.at_most(f"{what} a stage, 16 / 1 MPx, {name}", ratio, "times", 1.1, "within 10 %")
            for what, ratio in ratios.items()
        ]
        print(name, small, large, flush=True)
    return figures


class _Meter:
    """Seconds of processor time and bytes above what was there, of each wave; stops after ROUND of them."""

    def __init__(self) -> None:
        self.waves: list[tuple[int, float, int]] = []
        self._begun: tuple[int, float, int] | None = None

    @property
    def stopped(self) -> bool:
        return len(self.waves) >= ROUND

    def show(self, done: int, total: int, what: str) -> None:
        if not what.startswith("stage"):
            return
        now, (held, peak) = time.process_time(), tracemalloc.get_traced_memory()
        if self._begun:
            first, then, before = self._begun
            self.waves.append((done - first, now - then, peak - before))
        tracemalloc.reset_peak()
        self._begun = done, now, held


def _cost(side: int, engine: Engine) -> tuple[float, float]:
    """(seconds, bytes) of a stage: medians over waves without the first one, which measures the picture."""
    rng = np.random.default_rng(0)
    picture = Picture(rng.integers(0, 256, (side, side, 3), np.uint8))
    meter = _Meter()
    tracemalloc.start()
    walked(
        picture,
        Margins(right=512),
        _generation(SAMPLES[0]),
        engine,
        CheckOptions(attempts=1, cleanup=0),
        meter,
    )
    tracemalloc.stop()
    waves = meter.waves[1:]
    return (
        statistics.median(seconds / stages for stages, seconds, _ in waves),
        statistics.median(peak / stages for stages, _, peak in waves),
    )
