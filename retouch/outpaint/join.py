"""Join a painted stage to the picture: of many composite masks, the one with the least visible join."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from retouch.image.blend.membrane import EDGE_SIGMA
from retouch.image.colour_space import lab
from retouch.image.geometry import Box, Margins
from retouch.image.mask import Mask
from retouch.image.quality.seam import seam_score
from retouch.outpaint.checks import JoinMethod
from retouch.outpaint.join_cut import SOFT, TURNS, along_a_line, along_the_cut
from retouch.outpaint.join_level import level_edge
from retouch.outpaint.stage_split import OPPOSITE, depth_of
from retouch.outpaint.stages import Side
from retouch.pipeline.candidate import Candidate

JOIN_SIGMAS = (0.5, 0.7, 1.0, EDGE_SIGMA, 2.0, 3.0, 5.0, 8.0)
"""Smoothing of the edge difference: standard deviations in pixels along the edge. A shorter difference is
texture."""
AWAY, FADING = (0, 3, 6, 9, 12), (0.0, 1.5, 3.0)
"""Straight lines: distances from the hole in pixels, and the standard deviations of their edges in pixels.
The line at distance 0 with deviation 0 keeps all of the picture."""
BEST = 2
"""Number of masks that are scored with every smoothing. More hardly lower the score of the best."""
BREAK_WEIGHT = 0.15
"""Weight of `join_break` beside `join_visibility`. With it joins are as invisible as without, and the stage
does not end along a straight line."""
SCORED_PIXELS = 32
"""Pixels to either side of a join that its scores use. The area is small because many masks are compared."""
Edge = Callable[[Candidate], Candidate]
"""Replaces the composite mask of a candidate, and nothing else."""


def best_join(
    candidate: Candidate, pixels: np.ndarray, crop: Box, hole: Box, side: Side, method: JoinMethod
) -> Candidate:
    """The candidate with its edge levelled to the picture and the composite mask of the least visible join.

    `pixels`, (height, width, 3) uint8, is the crop without the stage, and `crop` its box; `hole` is the
    stage; boxes are in canvas pixels. With the method "feather" or "cut" that mask is used. With "least"
    every mask is scored with the default smoothing, then the best with every smoothing.
    """
    background = pixels[candidate.box.relative_to(crop).slices]
    level = cache(lambda sigma: level_edge(candidate, background, hole, sigma))
    edges = _edges(background, hole, side)
    if method != "least":
        return edges[method](level(EDGE_SIGMA))

    def score(joined: Candidate) -> float:
        visibility = join_visibility(joined, pixels, crop, hole, side)
        return visibility + BREAK_WEIGHT * join_break(joined, pixels, crop, hole, side)

    ranked = sorted(edges.values(), key=lambda edge: score(edge(level(EDGE_SIGMA))))
    return min((edge(level(sigma)) for edge in ranked[:BEST] for sigma in JOIN_SIGMAS), key=score)


def join_visibility(candidate: Candidate, pixels: np.ndarray, crop: Box, hole: Box, side: Side) -> float:
    """How visible the join of this candidate is: the larger of two seam scores, in CIELAB units per pixel.

    One score is taken along the edge of the composite mask, the other along the old border of the picture.
    `pixels`, `crop`, `hole` and `side` are as for `best_join`.
    """
    near = _near(candidate, hole, side) & crop
    after, part = _after(candidate, pixels, crop, near)
    alpha = np.zeros(after.shape[:2], np.uint8)
    alpha[part.box.relative_to(near).slices] = part.mask.alpha
    border_box = hole.grown(Margins(**{OPPOSITE[side]: SCORED_PIXELS})) & near
    border = Mask.of_box(border_box.size, (hole & border_box).relative_to(border_box))
    scores = seam_score(after, Mask(alpha)), seam_score(after[border_box.relative_to(near).slices], border)
    return max(abs(score or 0.0) for score in scores)


def join_break(candidate: Candidate, pixels: np.ndarray, crop: Box, hole: Box, side: Side) -> float:
    """The largest mean difference, in CIELAB units, between two neighbouring lines along the join.

    Unlike the seam score, which measures an equal step along an edge, it also measures texture and whatever
    ends at the line. So it compares masks of one picture, not different pictures. Parameters are as for
    `best_join`.
    """
    near = _near(candidate, hole, side) & candidate.box.grown(1) & crop
    after, _ = _after(candidate, pixels, crop, near)
    turn = TURNS[side]
    inside = np.rot90(Mask.of_box(near.size, (hole & near).relative_to(near)).solid, turn)
    end = int(inside.any(0).argmax()) + 2
    band = np.rot90(lab(after), turn)[inside.any(1), :end]
    return float(np.linalg.norm(np.diff(band, axis=1), axis=2).mean(0).max())


def _near(candidate: Candidate, hole: Box, side: Side) -> Box:
    """The box, in canvas pixels, that a join's scores use: SCORED_PIXELS on either side of the edge."""
    return candidate.box.grown(SCORED_PIXELS).grown(Margins(**{side: -depth_of(hole, side)}))


def _after(candidate: Candidate, pixels: np.ndarray, crop: Box, near: Box) -> tuple[np.ndarray, Candidate]:
    """(the pixels of the box `near` with the candidate put back, the part of the candidate in that box)."""
    after = pixels[near.relative_to(crop).slices].copy()
    part = candidate.within(near)
    part.put(after, near)
    return after, part


def _edges(background: np.ndarray, hole: Box, side: Side) -> dict[str, Edge]:
    """The masks by name. "feather" and "cut" are the names of `JoinMethod`; the straight lines have other
    names.
    """

    def cut(soft: float) -> Edge:
        return lambda candidate: along_the_cut(candidate, background, hole, side, soft)

    def line(away: int, soft: float) -> Edge:
        return lambda candidate: along_a_line(candidate, hole, side, away, soft)

    lines = {f"line {away} {soft}": line(away, soft) for away in AWAY for soft in FADING}
    return {"feather": lambda candidate: candidate, "cut": cut(SOFT), "soft cut": cut(2 * SOFT), **lines}
