"""How a stage meets what is there: of many ways to put it back the one that shows least."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from retouch.image.blend.membrane import ALIKE
from retouch.image.colour_space import lab
from retouch.image.geometry import Box, Margins
from retouch.image.mask import Mask
from retouch.image.quality.seam import seam_score
from retouch.outpaint.join_cut import SOFT, TURNS, along_a_line, along_the_cut
from retouch.outpaint.join_level import level_edge
from retouch.outpaint.stage_split import OPPOSITE, depth_of
from retouch.pipeline.candidate import Candidate

ALIKES = (0.5, 0.7, 1.0, ALIKE, 2.0, 3.0, 5.0, 8.0)
"""Standard deviations in pixels along the edge: up to which length a difference is texture, and no step."""
AWAY, FADING = (0, 3, 6, 9, 12), (0.0, 1.5, 3.0)
"""Straight lines: pixels from the hole, and over how many they fade. At 0, 0 all of the picture is kept."""
BEST = 2
"""Edges that are tried with every level; with all of them a join shows hardly less."""
BREAK_WEIGHT = 0.15
"""How much a unit of what `broken` says weighs beside one of what `shown` says: joins show as little as with
none, and what is cut off along a straight line is not."""
NEAR = 32
"""Pixels to either side of a join that its scores look at; no more, for many ways are compared."""
Edge = Callable[[Candidate], Candidate]
"""Where a painting gives way to what is there: changes nothing but its mask."""


def best_join(made: Candidate, pixels: np.ndarray, crop: Box, hole: Box, side: str, join: str) -> Candidate:
    """The candidate brought level with what is there, and put back as `join` of the Guard says.

    `pixels`, (height, width, 3) uint8, are what the stage sees, `crop` on the canvas, without it. For
    "least", every edge is tried with the level that suits most pictures, then the best with every level.
    """
    under = pixels[made.box.relative_to(crop).slices]
    levelled = cache(lambda alike: level_edge(made, under, hole, alike))
    edges = _edges(under, hole, side)
    if join != "least":
        return edges[join](levelled(ALIKE))

    def score(way: Candidate) -> float:
        told = join_visibility(way, pixels, crop, hole, side)
        return told + BREAK_WEIGHT * join_break(way, pixels, crop, hole, side)

    ranked = sorted(edges.values(), key=lambda edge: score(edge(levelled(ALIKE))))
    return min((edge(levelled(alike)) for edge in ranked[:BEST] for alike in ALIKES), key=score)


def join_visibility(made: Candidate, pixels: np.ndarray, crop: Box, hole: Box, side: str) -> float:
    """What is to be seen of a join with this painting, 0 and up: `seam` in CIELAB units per pixel.

    Of its two lines the one that shows more: where the painting gives way to what is there, for a step may
    be hidden there, and the old border of the picture, where the eye looks for one.
    """
    near = _near(made, hole, side) & crop
    after, part = _after(made, pixels, crop, near)
    given = np.zeros(after.shape[:2], np.uint8)
    given[part.box.relative_to(near).slices] = part.mask.alpha
    old = hole.grown(Margins(**{OPPOSITE[side]: NEAR})) & near
    border = Mask.of_box(old.size, (hole & old).relative_to(old))
    scores = seam_score(after, Mask(given)), seam_score(after[old.relative_to(near).slices], border)
    return max(abs(score or 0.0) for score in scores)


def join_break(made: Candidate, pixels: np.ndarray, crop: Box, hole: Box, side: str) -> float:
    """How much is cut off along one line of where the painting gives way, in CIELAB units.

    The mean difference across the line where it is greatest: unlike `seam`, which is of steps that are alike
    along an edge, it is of whatever ends there, and of texture; so it tells ways apart, not pictures.
    """
    near = _near(made, hole, side) & made.box.grown(1) & crop
    after, _ = _after(made, pixels, crop, near)
    turn = TURNS[side]
    inside = np.rot90(Mask.of_box(near.size, (hole & near).relative_to(near)).solid, turn)
    end = int(inside.any(0).argmax()) + 2
    band = np.rot90(lab(after), turn)[inside.any(1), :end]
    return float(np.linalg.norm(np.diff(band, axis=1), axis=2).mean(0).max())


def _near(made: Candidate, hole: Box, side: str) -> Box:
    """All that the painting changes of what is there, and NEAR pixels around that and into the hole."""
    return made.box.grown(NEAR).grown(Margins(**{side: -depth_of(hole, side)}))


def _after(made: Candidate, pixels: np.ndarray, crop: Box, near: Box) -> tuple[np.ndarray, Candidate]:
    """(what there is of a part of the crop with the painting, that part of the painting)."""
    after = pixels[near.relative_to(crop).slices].copy()
    part = made.within(near)
    part.put(after, near)
    return after, part


def _edges(under: np.ndarray, hole: Box, side: str) -> dict[str, Edge]:
    """By name; those that the Guard's `join` does not name are straight lines."""

    def cut(soft: float) -> Edge:
        return lambda made: along_the_cut(made, under, hole, side, soft)

    def line(away: int, soft: float) -> Edge:
        return lambda made: along_a_line(made, hole, side, away, soft)

    lines = {f"line {away} {soft}": line(away, soft) for away in AWAY for soft in FADING}
    return {"feather": lambda made: made, "cut": cut(SOFT), "soft cut": cut(2 * SOFT), **lines}
