"""Bench `seam`: the colour shift that remains after compositing, ours beside other tools."""

from __future__ import annotations

import argparse
import dataclasses
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from retouch.app.sample_photos import SAMPLES
from retouch.image.colour_space import lab
from retouch.image.quality.colour_drift import drift_inside, mean_colour_drift
from retouch.image.quality.edge_profile import EdgeProfile, outlines
from retouch.image.quality.seam import excess
from tools.bench import sheet
from tools.bench.figures import Figure
from tools.bench.rivals import RIVALS, Put
from tools.bench.seam_again import again_and_again, blue_car, milliseconds, untouched
from tools.bench.seam_cases import HELD_OUT, Case, cases
from tools.bench.seam_painters import HELD_OUT as PAINTERS_HELD_OUT
from tools.bench.seam_painters import NO_SHIFT, NO_SHIFT_HELD_OUT, PAINTERS, Painter, demo_autoencoder, exact
from tools.bench.seam_ways import GROWN, KRITA, OFF, OURS, PLAIN, WAYS

SIDES = (256, 384)
COUNT, COUNT_HELD_OUT, FIRST_SEED_HELD_OUT = 49, 24, 1000
AUTOENCODER = "demo autoencoder"
SMOOTH = 3.0
"""CIELAB units per pixel: where a photograph changes less, a seam is seen."""
SHORT_OF = {
    PLAIN: "plain alpha's",
    GROWN: "plain alpha's, its mask grown until opaque",
    KRITA: "CIELAB mean/std's",
    OFF: "plain alpha's through the same mask",
}


@dataclass(frozen=True)
class Score:
    """One painting put back in one way; CIELAB units, and per pixel for the edge. None: nothing to see.

    `drift` is over the region, `core` where plain alpha, too, shows what was painted and nothing else:
    nearer to the edge it leaves some of the old, and so less of a painter's loss. `edge` is how far the
    seam score along the edge of the way's own mask is from what the photograph itself scores there.
    """

    drift: float | None
    core: float | None
    edge: float | None


Scores = dict[str, dict[str, list[Score]]]
"""By painter and way of putting back, one a case."""
Pick = Callable[[Score], float | None]


def measure(args: argparse.Namespace) -> list[Figure]:
    cv2.setNumThreads(1)
    there_and_back = demo_autoencoder()
    own = {AUTOENCODER: there_and_back} if there_and_back else {}
    made = cases(SAMPLES, SIDES, COUNT)
    scores = compared(made, PAINTERS | own, list(WAYS))
    unseen = cases(HELD_OUT, SIDES, COUNT_HELD_OUT, FIRST_SEED_HELD_OUT)
    held_out = compared(unseen, PAINTERS_HELD_OUT | own, [PLAIN, GROWN, KRITA, "seamlessClone", OFF, OURS])
    _print("", scores, NO_SHIFT)
    _print(", held out", held_out, NO_SHIFT_HELD_OUT)
    if args.page:
        sheet.write(args.page, made[:14], PAINTERS | own, WAYS)
    return [
        *_promised(scores, NO_SHIFT),
        *(_held_out(figure) for figure in _promised(held_out, NO_SHIFT_HELD_OUT)),
        untouched(made[:14]),
        blue_car(),
        *again_and_again(there_and_back),
        milliseconds(args.rounds),
    ]


def compared(made: Sequence[Case], painters: Mapping[str, Painter], ways: Sequence[str]) -> Scores:
    scores: Scores = {name: {way: [] for way in ways} for name in painters}
    for case in made:
        core = RIVALS[PLAIN](case.truth.pixels, case.paint(exact), case.region).mask.alpha == 255
        smooth = _slope(case.truth.pixels) < SMOOTH
        for name, painter in painters.items():
            paint = case.paint(painter)
            for way in ways:
                put = WAYS[way](case.truth.pixels, paint, case.region)
                scores[name][way].append(_score(case, put, core, smooth))
    return scores


def _score(case: Case, put: Put, core: np.ndarray, smooth: np.ndarray) -> Score:
    truth = case.truth.pixels
    edge = tuple(_where(outline, smooth) for outline in outlines(put.mask))
    before, after = excess(truth, edge), excess(put.pixels, edge)
    return Score(
        drift=drift_inside(truth, put.pixels, case.region),
        core=mean_colour_drift(truth, put.pixels, core),
        edge=None if before is None or after is None else abs(after - before),
    )


def _where(outline: EdgeProfile, here: np.ndarray) -> EdgeProfile:
    return dataclasses.replace(outline, valid=outline.valid & here[outline.y, outline.x])


def _slope(pixels: np.ndarray) -> np.ndarray:
    """(height, width): length of the CIELAB gradient over three channels, units per pixel, without noise."""
    soft = cv2.GaussianBlur(lab(pixels), (0, 0), 2)
    down, along = np.gradient(soft, axis=(0, 1))
    return np.sqrt((down**2 + along**2).sum(-1))


INSIDE, EDGES = (
    "Colour drift inside, CIELAB units",
    "Gradient excess along smooth edges, CIELAB units per pixel",
)
PICKS: dict[str, Pick] = {
    INSIDE: lambda score: score.drift,
    "The same where plain alpha is opaque": lambda score: score.core,
    EDGES: lambda score: score.edge,
}


def _print(of: str, scores: Scores, no_shift: str) -> None:
    for title, pick in PICKS.items():
        print(_told(title + of, scores, pick))
    raw = _ratio(scores, [no_shift], PLAIN, PICKS[INSIDE])
    print(f"\nDrift inside, {no_shift}{of}, of plain alpha's, whose rim is half unrepaired: {raw:.4g}")


def _told(title: str, scores: Scores, pick: Pick) -> str:
    """A table: one line a compositing method, one column a painter, means over the cases."""
    ways = list(next(iter(scores.values())))
    widest = max(map(len, ways))
    lines = ["", f"{title}:", " " * widest + "".join(f"  {name:>20}" for name in scores)]
    for way in ways:
        found = ([v for v in map(pick, scores[name][way]) if v is not None] for name in scores)
        lines.append(f"{way:{widest}}" + "".join(f"  {statistics.mean(values):20.3f}" for values in found))
    return "\n".join(lines)


def _promised(scores: Scores, no_shift: str) -> list[Figure]:
    shifting = [name for name in scores if name not in (no_shift, AUTOENCODER)]
    drifts, edges = (PICKS[name] for name in (INSIDE, EDGES))
    promises = [
        ("colour drift inside", shifting, PLAIN, drifts, 0.12),
        ("colour drift inside", shifting, KRITA, drifts, 0.35),
        ("gradient excess, smooth edges", shifting, PLAIN, edges, 0.5),
        ("drift, painter without a shift", [no_shift], OFF, drifts, 1.02),
        ("edges, painter without a shift", [no_shift], OFF, edges, 1.02),
    ]
    if AUTOENCODER in scores:
        # It shifts little and loses detail, which compositing cannot restore: the target is "not worse".
        promises.append(("drift, the demo's autoencoder", [AUTOENCODER], OFF, drifts, 1.02))
    kept = [
        Figure.at_most(name, _ratio(scores, who, beside, pick), f"of {SHORT_OF[beside]}", most)
        for name, who, beside, pick, most in promises
    ]
    return kept + _beside_the_webui(scores, no_shift)


def _beside_the_webui(scores: Scores, no_shift: str) -> list[Figure]:
    """The target relative to the WebUI's own blur, on pixels that both show as painted.

    A composite mask must be opaque over the region. The WebUI's is not: if its mask is the region, half of
    the old pixels remain along the rim. A painter that knows the truth then scores better the less of its
    painting is shown, down to 0 without any repair. Inside, the WebUI's mask is therefore grown by the reach
    of the blur. Its original mask is used where it is opaque, and for the edges. Its scores without growth
    are printed below the tables.
    """
    drifts, cores, edges = PICKS.values()
    return [
        Figure.at_most(
            f"{name}, painter without a shift, beside the WebUI's blur",
            _ratio(scores, [no_shift], beside, pick),
            f"of {SHORT_OF[beside]}",
            1.02,
        )
        for name, beside, pick in (
            ("drift inside", GROWN, drifts),
            ("drift where both masks are opaque", PLAIN, cores),
            ("edges", PLAIN, edges),
        )
    ]


def _held_out(figure: Figure) -> Figure:
    return dataclasses.replace(figure, name=f"{figure.name}, held out")


def _ratio(scores: Scores, painters: Sequence[str], beside: str, pick: Pick) -> float:
    """Our score divided by another method's, summed over the cases in which both have a score."""
    pairs = [
        (pick(mine), pick(its))
        for name in painters
        for mine, its in zip(scores[name][OURS], scores[name][beside], strict=True)
    ]
    known = [(mine, its) for mine, its in pairs if mine is not None and its is not None]
    return sum(mine for mine, _ in known) / sum(its for _, its in known)
