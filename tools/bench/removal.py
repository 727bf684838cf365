"""Removal without a model: content-aware fill beside other fills, on photographs with a known truth.

A part of each photograph is hidden by a mask, filled, and compared with what was there. The fidelity measures
compare the bare fills. The seam is measured after each fill was put back by Retouch, with the masks and crops
of the intent Remove.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from skimage.metrics import structural_similarity
from skimage.restoration import inpaint_biharmonic

from retouch.app.sample_photos import SAMPLES
from retouch.engines.base import Job
from retouch.engines.content_aware import hole_of
from retouch.image.fill.content_aware import fill_with_content
from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.psnr import measure_psnr
from retouch.pipeline.report import Result
from retouch.pipeline.run import run_plans
from retouch.pipeline.step import Plan
from tools.bench.exemplar import fill_by_exemplars
from tools.bench.figures import Figure
from tools.bench.masks_removal import SHORT_SIDE, Case, SmallPatchEngine
from tools.bench.masks_removal import score as score_of_removal
from tools.bench.masks_rules import NOW, RULES
from tools.bench.seam_cases import HELD_OUT, SHAPES

Fill = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(height, width, 3) uint8 and the hole, (height, width) bool, to the filled pixels."""
OURS = "content-aware"
CV_RADIUS = 5
"""Pixels around the hole that OpenCV's fills read, as IOPaint and OpenCV's own example have it."""
MASKS = ("ellipse", "stroke")
COVERED = 128
"""Level of the hidden pixels, so that no fill can read the truth."""


def _opencv(method: int) -> Fill:
    return lambda pixels, hole: cv2.inpaint(pixels, hole.astype(np.uint8), CV_RADIUS, method)


def _biharmonic(pixels: np.ndarray, hole: np.ndarray) -> np.ndarray:
    filled = inpaint_biharmonic(pixels, hole, channel_axis=2, split_into_regions=True)
    return np.rint(filled * 255).clip(0, 255).astype(np.uint8)


FILLS: dict[str, Fill] = {
    OURS: lambda pixels, hole: fill_with_content(pixels, Mask.where(hole)),
    "OpenCV Telea": _opencv(cv2.INPAINT_TELEA),
    "OpenCV Navier-Stokes": _opencv(cv2.INPAINT_NS),
    "biharmonic": _biharmonic,
    "exemplars": fill_by_exemplars,
}


@dataclass(frozen=True)
class FillEngine(SmallPatchEngine):
    """An engine that fills by any of FILLS."""

    fill: Fill = FILLS[OURS]

    def paint(self, jobs: Sequence[Job], progress: object) -> list[Picture | None]:
        return [Picture(self.fill(job.picture.pixels, hole_of(job).solid)) for job in jobs]


@dataclass(frozen=True)
class FillScore:
    """Of one fill, over the hidden pixels. `psnr` in dB; `ssim`, -1..1, is the mean of the local map.

    `gradients`: mean difference of the sorted gradient magnitudes, levels per pixel, which is the earth
    mover's distance of their distributions: blur has a large one, wherever the details lie. `seam`: distance
    of the seam score from that of the photograph, CIELAB units per pixel; None where it has none.
    """

    psnr: float
    ssim: float
    gradients: float
    seam: float | None
    seconds: float


def cases(names: Sequence[str] = MASKS) -> list[Case]:
    """Each photograph with one hidden part for each kind of mask."""
    found = []
    for number, one in enumerate((*SAMPLES, *HELD_OUT)):
        truth = one.scaled(SHORT_SIDE)
        for kind, name in enumerate(names):
            mark = SHAPES[name](truth.size, np.random.default_rng((number, kind, 18)))
            covered = np.where(mark.solid[..., None], COVERED, truth.pixels).astype(np.uint8)
            found.append(Case(f"{one.name}, {name}", truth, Picture(covered), mark, ""))
    return found


def score(case: Case, fill: Fill) -> FillScore:
    truth, hole = case.truth.pixels, case.mark.solid
    start = time.perf_counter()
    made = fill(case.covered.pixels, hole)
    seconds = time.perf_counter() - start
    _, local = structural_similarity(truth, made, channel_axis=2, full=True)
    edge = score_of_removal(case, put_back(case, fill)).edge
    return FillScore(
        psnr=measure_psnr(truth, made, case.mark) or 0.0,
        ssim=float(np.mean(local[hole])),
        gradients=gradient_distance(truth, made, hole),
        seam=edge,
        seconds=seconds,
    )


def put_back(case: Case, fill: Fill) -> Result:
    """The case removed with the masks and crops of the intent Remove, as without a checkpoint."""
    engine = FillEngine(fill=fill)
    steps = [
        dataclasses.replace(step, settings=dataclasses.replace(step.settings, masked_content="original"))
        for step in RULES[NOW](case.mark, "remove", engine).steps
    ]
    return run_plans([case.covered], [Plan(tuple(steps))], engine)[0]


def gradient_distance(truth: np.ndarray, made: np.ndarray, hole: np.ndarray) -> float:
    """Earth mover's distance of the distributions of gradient magnitudes in the hole, levels per pixel."""
    a, b = (np.sort(_gradients(pixels)[hole]) for pixels in (truth, made))
    return float(np.abs(a - b).mean())


def _gradients(pixels: np.ndarray) -> np.ndarray:
    luma = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.hypot(*(cv2.Sobel(luma, cv2.CV_32F, dx, 1 - dx, scale=1 / 8) for dx in (1, 0)))


def measure(args: argparse.Namespace) -> list[Figure]:
    """The figures of ours, each beside the best of the other fills."""
    all_cases = cases()
    scores = {name: [score(case, fill) for case in all_cases] for name, fill in FILLS.items()}
    means = {name: mean_of(found) for name, found in scores.items()}
    _print(means, len(all_cases))
    return [*_figures(means), Figure.at_least("removals compared", len(all_cases), "removals", 26)]


def mean_of(found: Sequence[FillScore]) -> FillScore:
    """Means of all measures; the seam over the removals that have one."""
    seams = [one.seam for one in found if one.seam is not None]
    psnr, ssim, gradients, seconds = (
        statistics.mean(getattr(one, name) for one in found)
        for name in ("psnr", "ssim", "gradients", "seconds")
    )
    return FillScore(psnr, ssim, gradients, statistics.mean(seams) if seams else None, seconds)


def _figures(means: dict[str, FillScore]) -> list[Figure]:
    ours, others = means[OURS], [one for name, one in means.items() if name != OURS]
    psnr, ssim = (max(getattr(one, name) for one in others) for name in ("psnr", "ssim"))
    gradients = min(one.gradients for one in others)
    seam = min(one.seam for one in others if one.seam is not None)
    return [
        Figure.at_least("PSNR over the best other fill's", ours.psnr - psnr, "dB", 0),
        Figure.at_least("SSIM over the best other fill's", ours.ssim - ssim, "", 0),
        Figure.at_most("gradient distance of the best other fill's", ours.gradients / gradients, "x", 1),
        Figure.at_most("seam less the best other fill's", (ours.seam or 0) - seam, "CIELAB/px", 0.05),
    ]


def _print(means: dict[str, FillScore], count: int) -> None:
    print(f"\nRemoval without a model, means of {count} removals of {SHORT_SIDE} pixels' short side")
    print(f"{'':22}{'PSNR dB':>9}{'SSIM':>8}{'gradients':>11}{'seam':>8}{'s':>8}")
    for name, one in means.items():
        seam = "-" if one.seam is None else f"{one.seam:.3f}"
        print(
            f"{name:22}{one.psnr:9.2f}{one.ssim:8.3f}{one.gradients:11.2f}{seam:>8}{one.seconds:8.2f}",
            flush=True,
        )
