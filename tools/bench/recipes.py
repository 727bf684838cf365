"""Bench `recipes`: damaged photographs fixed by the built-in recipes and the demo model, beside the truth."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import replace

from retouch.app.demo import changed_outside
from retouch.detectors.registry import DetectorRegistry
from retouch.engines import demo_model
from retouch.engines.base import Engine
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.pipeline.gate import gate_failure
from retouch.pipeline.pipeline import UNSURE, PictureInput, Pipeline
from retouch.pipeline.ranking import LOW_PASS_SHARE
from retouch.pipeline.report import Report, Result
from retouch.recipes import library
from retouch.recipes.recipe import Gate, Generation, Recipe
from retouch.recipes.target import Target
from tools.bench.figures import Figure
from tools.bench.recipes_choice import Set, things
from tools.bench.recipes_faces import WORDS, Case, cases, tilted
from tools.bench.recipes_gate import PAINTERS, Spoiler
from tools.bench.recipes_run import batched, built_in

SEED, SETS = 11, (31, 41, 51)
"""Of the faces, and of the things painted several times: nothing was tuned on either."""
ANGLES = (30, 60, 90, 180)
WITHIN = 1.0
"""dB."""
ALIKE = 0.5
"""dB between two candidates that hardly anybody tells apart."""
FACE = Target(models=("face",))


def measure(args: argparse.Namespace) -> list[Figure]:
    bench = Bench(demo_model.demo_engine("cpu"))
    print(demo_model.REMARK)
    faces = cases(SEED, bench.sees)
    polished = [bench.fixed(case, bench.recipe("Face polish")) for case in faces]
    refined = [bench.fixed(case, bench.recipe("Full refine")) for case in faces]
    sets = [
        one.painted(bench.studio, seed + 10 * n)
        for seed in SETS
        for n, one in enumerate(things(seed, bench.sees))
    ]
    return [
        *bench.mended("Face polish", faces, polished),
        *bench.mended("Full refine", faces, refined),
        *chosen(sets),
        *bench.gated(faces),
        *improvements(faces, polished, sets),
        *bench.tilted(faces, polished),
        *batched(),
        built_in(bench.engine, bench.registry, faces[0]),
    ]


class Bench:
    """The demo model, and the detectors that are here."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.registry = engine, DetectorRegistry(device=lambda: "cpu", offline=True)
        self.studio = Pipeline(engine, self.registry.get)
        self._recipes = library.recipes(None)

    def recipe(self, name: str) -> Recipe:
        return self._recipes[name]

    def sees(self, picture: Picture) -> bool:
        """True if a detector finds a face with the confidence of a recipe."""
        return bool(self.studio.detect(picture, FACE))

    def sure(self, picture: Picture, case: Case) -> float:
        """The best score, 0..1, of a detection at the place of the face."""
        found = self.studio.detect(picture, replace(FACE, confidence=UNSURE))
        return max((r.score for r in found if (r.mask(picture.size).solid & case.face).any()), default=0.0)

    def fixed(self, case: Case, recipe: Recipe, engine: Engine | None = None) -> Result:
        canvas = PictureInput(case.given, Generation(WORDS, seed=SEED, sampling=demo_model.SAMPLING))
        studio = replace(self.studio, engine=engine) if engine else self.studio
        (result,) = studio.fix([canvas], recipe)
        return result

    def mended(self, name: str, faces: Sequence[Case], results: Sequence[Result]) -> list[Figure]:
        better, gains, outside = 0, [], 0
        for case, result in zip(faces, results, strict=True):
            levels = [case.fidelity(picture) for picture in (case.given, result.picture)]
            sure = [self.sure(picture, case) for picture in (case.given, result.picture)]
            better += levels[0] < levels[1] and sure[0] < sure[1]
            gains.append(levels[1] - levels[0])
            outside += changed_outside(case.given, result.picture, painted(case.given, result))
            told = ", ".join(f"{r.step.label} {r.outcome}" for r in result.reports)
            print(f"{name}, {case.name}: {_arrow(levels)} dB, confidence {_arrow(sure)} ({told})", flush=True)
        faces_of = f"of {len(faces)}"
        return [
            Figure.exactly(
                f"{name}: faces surer and nearer to the truth", better, faces_of, len(faces), "all"
            ),
            _side(f"{name}: gain, mean", statistics.mean(gains), "dB PSNR"),
            Figure.exactly(f"{name}: pixels changed outside the masks", outside, "pixels", 0),
        ]

    def gated(self, faces: Sequence[Case]) -> list[Figure]:
        """Face polish with engines that spoil, on the damaged faces and on the original photographs."""
        polish, figures = self.recipe("Face polish"), []
        given = [*faces, *(replace(case, given=case.truth) for case in faces)]
        for wrong in PAINTERS:
            results = [self.fixed(case, polish, Spoiler(wrong=wrong)) for case in given]
            reports = [report for result in results for report in result.reports]
            missed = [f"{r.quality.as_dict()}" for r in reports if r.kept]
            print(f"{wrong}: {len(reports) - len(missed)} of {len(reports)} reverted", *missed, sep="\n  ")
            share = 1 - len(missed) / len(reports)
            figures.append(
                Figure.at_least(f"gate: reverted of {len(reports)}, {wrong}", share, "of all", 0.95)
            )
        return figures

    def tilted(self, faces: Sequence[Case], upright: Sequence[Result]) -> list[Figure]:
        """Face polish with detection of tilted faces, on whole photographs that are rotated."""
        polish = _tilting(self.recipe("Face polish"))
        straight = [case.fidelity(result.picture) for case, result in zip(faces, upright, strict=True)]
        figures = []
        for degrees in ANGLES:
            lost = []
            for case, best in zip((tilted(case, degrees) for case in faces), straight, strict=True):
                result = self.fixed(case, polish)
                levels = [case.fidelity(picture) for picture in (case.given, result.picture)]
                lost.append(best - levels[1])
                turns = ", ".join(f"{r.step.turn:g}" for r in result.reports)
                print(f"{case.name}: {_arrow(levels)} dB, upright {best:.2f}, turned {turns}", flush=True)
            name = f"faces turned by {degrees}: less than upright, mean of {len(faces)}"
            figures.append(Figure.at_most(name, statistics.mean(lost), "dB PSNR", WITHIN))
        return figures


def painted(before: Picture, result: Result) -> Mask:
    """The union of all areas that the result reports as painted."""
    union = Mask.blank(before.size)
    for report in result.reports:
        union = union | report.mask(before) if report.kept else union
    return union


def _tilting(recipe: Recipe) -> Recipe:
    passes = (replace(one, target=replace(one.target, tilted=True)) for one in recipe.passes)
    return replace(recipe, passes=tuple(passes))


def chosen(sets: Sequence[Set]) -> list[Figure]:
    """Gain of the best of six candidates, and how often it, or one within ALIKE, is chosen."""
    agreed, alike, seen, gains, possible = 0, 0, 0, [], []
    for one in sets:
        values = one.decibels
        taken, best = values[one.report.chosen], max(values)
        agreed += taken == best
        alike += taken >= best - ALIKE
        seen += values[one.as_seen] == best
        gains.append(taken - statistics.mean(values))
        possible.append(best - statistics.mean(values))
        told = " ".join(f"{value:.1f}" for value in values)
        print(f"{one.thing.name}: {one.before:.1f} dB -> {told}; chosen {taken:.1f}", flush=True)
    return [
        Figure.at_least("choice: best of 6 over the average", statistics.mean(possible), "dB PSNR", 1),
        _side("choice: the one chosen over the average", statistics.mean(gains), "dB PSNR"),
        Figure.at_least(f"choice: best by truth chosen, of {len(sets)}", agreed / len(sets), "of all", 0.7),
        _side(f"choice: within {ALIKE:g} dB of the best, of {len(sets)}", alike / len(sets), "of all"),
        _side(
            f"choice: by one who knows the truth, without its finest {LOW_PASS_SHARE:.0%}",
            seen / len(sets),
            "of all",
        ),
    ]


def improvements(faces: Sequence[Case], polished: Sequence[Result], sets: Sequence[Set]) -> list[Figure]:
    """Candidates nearer to the truth than the old pixels: the number that the default gate reverts."""
    better: list[str] = []
    for one in sets:
        better += _verdicts(one.report, one.before, one.decibels)
    for case, result in zip(faces, polished, strict=True):
        for report in result.reports:
            made = [case.fidelity(candidate.on(case.given)) for candidate in report.candidates]
            better += _verdicts(report, case.fidelity(case.given), made)
    lost = [why for why in better if why]
    print(f"True improvements reverted: {len(lost)} of {len(better)}", *lost, sep="\n  ")
    name = f"gate: true improvements reverted, of {len(better)}"
    return [Figure.at_most(name, len(lost) / len(better), "of all", 0.05)]


def _verdicts(report: Report, before: float, after: Sequence[float]) -> list[str]:
    """The reason to revert each improvement, "" if it is kept."""
    found = zip(report.candidates, after, strict=True)
    return [gate_failure(one.scores, Gate("on")) for one, value in found if value > before]


def _arrow(values: Sequence[float]) -> str:
    return " -> ".join(f"{value:.2f}" for value in values)


def _side(name: str, value: float, unit: str) -> Figure:
    """A value for comparison. It has no target."""
    return Figure(name, float(f"{value:.4g}"), unit, "for comparison", True)
