"""Find small things in large pictures: in the whole picture first, then in overlapping tiles.

A detector shrinks its input to a fixed size, so a small face in a large picture has only a few pixels. Tiles
of falling size give every thing one view in which it is large enough. Detections of one thing in several
views are merged.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from retouch.errors import BadInput, Missing, convert_errors, did_you_mean
from retouch.image.geometry import Box, Size, iou
from retouch.image.picture import Picture
from retouch.image.region import Region, overlap
from retouch.image.tiles import overlapping_tiles, whole_in_tile

Look = Callable[[np.ndarray, float], Sequence[Region]]
"""(height, width, 3) uint8 RGB and a confidence 0..1 -> regions in those pixels, which may reach beyond
them."""

TILE_OVERLAP_SHARE = 0.25
"""Share of a tile's side that overlaps with each neighbour: a larger thing is whole in a larger tile."""

EDGE = 0.02
"""Share of a tile's side: a region that ends this close to a cut was probably cut."""

SAME_TILE_SHARE = 0.6
"""Two regions of one label whose overlap, divided by the smaller one, is larger are one thing."""


def sides(longest: int, smallest: int) -> tuple[int, ...]:
    """Tile sides in pixels, descending from below the `longest` side of a picture to `smallest`, at most
    halving.

    >>> sides(4000, 1000)
    (2000, 1000)
    """
    if longest <= smallest:
        return ()
    steps = math.ceil(math.log2(longest / smallest))
    ratio = (smallest / longest) ** (1 / steps)
    return tuple(round(longest * ratio**step) for step in range(1, steps + 1))


def search(
    pixels: np.ndarray, look: Callable[[np.ndarray], Sequence[Region]], smallest: int
) -> tuple[Region, ...]:
    """The regions of a picture and of its tiles, each thing once, clipped to the picture.

    `pixels` are (height, width, 3) uint8 RGB. `look` gets such arrays and returns regions in their pixels.
    `smallest` is the side of the smallest tiles in pixels; a picture of at most this size has no tiles.
    """
    canvas = Size(pixels.shape[1], pixels.shape[0])
    passes = [list(look(pixels))]
    for side in sides(max(canvas), smallest):
        for tile in overlapping_tiles(canvas, side, round(side * TILE_OVERLAP_SHARE)):
            regions = [r.moved(tile.left, tile.top) for r in look(_cut(pixels, tile))]
            slack = max(1, round(side * EDGE))
            passes.append([r for r in regions if whole_in_tile(r, tile, canvas, slack)])
    on_canvas = (region.clipped(canvas) for region in merged_passes(passes))
    return tuple(region for region in on_canvas if region)


def _cut(pixels: np.ndarray, tile: Box) -> np.ndarray:
    return np.ascontiguousarray(pixels[tile.slices])


def merged_passes(passes: Iterable[Sequence[Region]]) -> list[Region]:
    """Each thing once, from passes in the order of falling views.

    A later region of a known thing replaces it only if it has nearly the same box and a better score: a part,
    as seen in a tile, never replaces the whole.
    """
    merged: list[Region] = []
    for regions in passes:
        for region in sorted(regions, key=lambda r: (-r.score, r.box)):
            rivals = [k for k in merged if k.label == region.label and overlap(k, region) > SAME_TILE_SHARE]
            if not rivals:
                merged.append(region)
            elif len(rivals) == 1 and rivals[0].score < region.score and _same(rivals[0], region):
                merged[merged.index(rivals[0])] = region
    return merged


def _same(a: Region, b: Region) -> bool:
    return iou(a.box, b.box) >= 0.5


def by_score(regions: Iterable[Region]) -> tuple[Region, ...]:
    """The regions by descending score, then by place, so that the order is deterministic."""
    return tuple(sorted(regions, key=lambda r: (-r.score, r.box, r.label)))


def wanted_labels(classes: Sequence[str], labels: Sequence[str], name: str) -> frozenset[str]:
    """The labels that `classes` name, in any case; all for no class. Raises BadInput for an unknown class."""
    known = {label.casefold(): label for label in labels}
    for word in classes:
        if word.strip().casefold() not in known:
            hint = did_you_mean(word, labels)
            raise BadInput(f"{name} finds no {word!r}.", path="classes", hint=hint)
    return frozenset(known[word.strip().casefold()] for word in classes) or frozenset(labels)


@dataclass(frozen=True)
class Searcher:
    """A Detector from a look, the side of the smallest tile, and a last step on the merged regions.

    `smallest` maps the picture's size to pixels. `finish` maps (height, width, 3) uint8 RGB pixels and the
    merged regions to the final ones.
    """

    name: str
    labels: tuple[str, ...]
    look: Look
    smallest: Callable[[Size], int]
    finish: Callable[[np.ndarray, tuple[Region, ...]], Sequence[Region]] = lambda pixels, found: found

    def find(self, picture: Picture, confidence: float, classes: tuple[str, ...] = ()) -> tuple[Region, ...]:
        """Regions of `classes` with a score of at least `confidence`, 0..1, best first.

        Raises BadInput for an unknown class, and Missing when the detector's library is not installed or
        fails.
        """
        labels = wanted_labels(classes, self.labels, self.name)
        smallest = self.smallest(picture.size)
        with convert_errors(self._failure):
            merged = search(picture.pixels, lambda crop: self.look(crop, confidence), smallest)
            finished = self.finish(picture.pixels, merged)
        return by_score(r for r in finished if r.score >= confidence and r.label in labels)

    def _failure(self, cause: str) -> Missing:
        return Missing(f"{self.name!r} failed ({cause}).", hint="Take another detector, or report this.")


def whole_only(size: Size) -> int:
    """The `smallest` of a Searcher without tiles."""
    return max(size)
