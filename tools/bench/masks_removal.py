"""Removal with a known truth, for bench `masks`: photographs with covers, painted by each rule."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.app.sample_photos import Sample, sample
from retouch.engines import demo_model
from retouch.engines.base import Engine
from retouch.engines.content_aware import PatchEngine
from retouch.image.geometry import Size
from retouch.image.mask import SOLID, Mask
from retouch.image.picture import Picture
from retouch.image.quality.psnr import measure_psnr
from retouch.image.quality.seam import seam_score
from retouch.pipeline.report import Result
from retouch.pipeline.run import run_plans
from retouch.pipeline.step import Plan
from retouch.recipes.sampling import Sampling
from tools.bench.figures import Figure
from tools.bench.masks_rules import BEFORE, NOW, RULES, WEBUI
from tools.bench.masks_zoo import Draw, Paper, curls, dots, ellipse, letters, polyline

SHORT_SIDE = 256
"""Pixels of a photograph's short side, and of the painter's native square."""
FINER = 4
"""A cover is drawn this many times larger and then averaged, so that its edge is soft as in a photograph."""
UNIT = 1.25
"""Pixels of a unit of length in the covers."""
SHADES = (235, 25, 140)
"""Grey levels of the covers, by turns."""
PHOTOGRAPHS, DEMO_PHOTOGRAPHS = ("astronaut", "coffee", "chelsea", "china"), ("coffee", "china")
DEMO_COVERS = ("wires",)


def _together(*draws: Draw) -> Draw:
    return lambda paper: np.maximum.reduce([draw(paper) for draw in draws])


COVERS: dict[str, Draw] = {
    "wires": _together(polyline([(0, 0.1), (1, 0.55)], 2), polyline([(0, 0.75), (1, 0.6)], 1.5)),
    "scratches": _together(polyline([(0.3, 0), (0.32, 0.8)], 1), polyline([(0.7, 0.1), (0.68, 1)], 1.5)),
    "fibres": curls,
    "specks": dots([(0.15, 0.2), (0.85, 0.3), (0.45, 0.85)], 5),
    "letters": letters(22, "Sample 2024", (0.2, 0.6)),
    "disc": ellipse(0.22, 0.22),
}


class SmallPatchEngine(PatchEngine):
    """The content-aware painter at a small native size: a case takes a fraction of a second."""

    def native(self, checkpoint: str) -> Size:
        return Size(SHORT_SIDE, SHORT_SIDE)


@dataclass(frozen=True, eq=False)
class Case:
    """A photograph with something on it. `mark` is where the cover hides half of a pixel or more."""

    cover: str
    truth: Picture
    covered: Picture
    mark: Mask
    prompt: str


@dataclass(frozen=True)
class Score:
    """Of one removal. `inside`: dB PSNR over the marked pixels; `error`: summed squared error, whole picture.

    `edge`: the distance of the seam score along the rule's own composite from that of the photograph
    there, CIELAB units per pixel; None where the edge is too short to be scored.
    """

    inside: float
    error: float
    edge: float | None


Scores = dict[str, dict[str, list[Score]]]
"""By cover and rule, one a photograph."""


def case_of(one: Sample, cover: str, short_side: int, number: int) -> Case:
    """A photograph with a cover. `number` selects the shade of the cover."""
    truth = one.scaled(short_side)
    fine = Paper(Size(truth.size.width * FINER, truth.size.height * FINER), UNIT * FINER)
    share = cv2.resize(COVERS[cover](fine), truth.size, interpolation=cv2.INTER_AREA)
    alpha = share[..., None] / np.float32(255)
    shade = SHADES[number % len(SHADES)]
    covered = Picture(np.rint(truth.pixels * (1 - alpha) + shade * alpha).astype(np.uint8))
    return Case(cover, truth, covered, Mask.where(share >= SOLID), one.prompt)


def removed(case: Case, rule: str, engine: Engine, sampling: Sampling) -> Result:
    """The cover removed with the masks and the crops of a rule."""
    steps = [
        dataclasses.replace(
            step, prompt=case.prompt, settings=dataclasses.replace(step.settings, sampling=sampling)
        )
        for step in RULES[rule](case.mark, "remove", engine).steps
    ]
    return run_plans([case.covered], [Plan(tuple(steps))], engine)[0]


def score(case: Case, result: Result) -> Score:
    truth, made = case.truth.pixels, result.picture.pixels
    inside = measure_psnr(truth[case.mark.solid], made[case.mark.solid])
    edge = Mask(np.maximum.reduce([report.mask(case.covered).alpha for report in result.reports]))
    before, after = seam_score(truth, edge), seam_score(made, edge)
    return Score(
        inside=99.0 if inside is None else inside,
        error=float(np.square(made.astype(np.float64) - truth).sum()),
        edge=None if before is None or after is None else abs(after - before),
    )


def compared(cases: Sequence[Case], engine: Engine, sampling: Sampling) -> Scores:
    scores: Scores = {case.cover: {rule: [] for rule in RULES} for case in cases}
    for case in cases:
        for rule in RULES:
            scores[case.cover][rule].append(score(case, removed(case, rule, engine, sampling)))
    return scores


def by_patches() -> list[Figure]:
    """Four photographs with every cover, painted by the content-aware engine."""
    scores = compared(_cases(list(COVERS), PHOTOGRAPHS), SmallPatchEngine(), Sampling())
    return _promised("content-aware", scores)


def _cases(covers: Sequence[str], names: Sequence[str]) -> list[Case]:
    return [
        case_of(sample(name), cover, SHORT_SIDE, n + m)
        for m, cover in enumerate(covers)
        for n, name in enumerate(names)
    ]


def by_demo_model(steps: int) -> list[Figure]:
    """Some of the cases painted by the demo model, if models/demo exists."""
    if not demo_model.is_here():
        return []
    sampling = dataclasses.replace(demo_model.SAMPLING, steps=steps)
    scores = compared(_cases(DEMO_COVERS, DEMO_PHOTOGRAPHS), demo_model.demo_engine("cpu"), sampling)
    return _promised("demo model", scores)


def _promised(painter: str, scores: Scores) -> list[Figure]:
    _print(painter, scores)
    return [figure for cover, found in scores.items() for figure in _of_cover(f"{painter}, {cover}", found)]


def _of_cover(name: str, found: Mapping[str, list[Score]]) -> list[Figure]:
    gained = [now.inside - old.inside for now, old in zip(found[NOW], found[BEFORE], strict=True)]
    over = [now.inside - its.inside for now, its in zip(found[NOW], found[WEBUI], strict=True)]
    error = _sum(found[NOW]) / _sum(found[BEFORE])
    figures = [
        Figure.at_least(f"removal, {name}: PSNR inside, over the rule before", _mean(gained), "dB", -0.2),
        Figure.at_least(f"removal, {name}: PSNR inside, over A1111's", _mean(over), "dB", 0),
        Figure.at_most(f"removal, {name}: squared error of the picture", error, "of the rule before", 1.02),
    ]
    edge, before = _edge(found[NOW]), _edge(found[BEFORE])
    if edge is not None and before is not None:
        figures.append(_not_above(f"removal, {name}: seam", edge, before))
    return figures


def _not_above(name: str, edge: float, before: float) -> Figure:
    """The figure of an edge score. Scores of any two fills differ by about 0.05, which is allowed."""
    return Figure.at_most(name, edge, "CIELAB/px", before + 0.05, f"<= {before:.3f} before + 0.05")


def _mean(values: Sequence[float]) -> float:
    return statistics.mean(values)


def _sum(found: Sequence[Score]) -> float:
    return sum(one.error for one in found)


def _edge(found: Sequence[Score]) -> float | None:
    """The mean of the known edge scores. None if no edge is long enough to be scored."""
    known = [one.edge for one in found if one.edge is not None]
    return statistics.mean(known) if known else None


def _print(painter: str, scores: Scores) -> None:
    """Print a table: one line a cover, three columns a rule, means over the photographs."""
    print(f"\nRemoval, {painter}: PSNR inside in dB (lowest), squared error in 1e6 levels, seam")
    print(f"{'':12}" + "".join(f"{rule:>34}" for rule in RULES))
    for cover, found in scores.items():
        cells = (_cell(found[rule]) for rule in RULES)
        print(f"{cover:12}" + "".join(f"{cell:>34}" for cell in cells))


def _cell(found: Sequence[Score]) -> str:
    inside, error, edge = [one.inside for one in found], _sum(found) / len(found) / 1e6, _edge(found)
    seen = "    -" if edge is None else f"{edge:.3f}"
    return f"{_mean(inside):.2f} ({min(inside):.2f})  {error:7.2f}  {seen}"
