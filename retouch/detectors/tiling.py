"""Finding small things in large pictures: the whole picture first, then overlapping tiles.

A detector shrinks whatever it is given to its own input size, so a small face in a large picture is
only a few pixels to it. Tiles of falling size give every thing one view in which it is large enough,
and what several views saw is told apart from what is really several things.
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
from retouch.image.tiles import tiles, whole_in_tile

Look = Callable[[np.ndarray, float], Sequence[Region]]
"""(height, width, 3) RGB uint8 and a confidence -> regions in those pixels; they may hang over."""

SHARED = 0.25
"""Of a tile's side, shared with each neighbour: what is larger is seen whole by a larger tile."""

EDGE = 0.02
"""Of a tile's side: what ends this close to a cut was probably cut."""

SAME = 0.6
"""Two finds of one label that overlap by more, over the smaller, are one thing."""


def sides(longest: int, smallest: int) -> tuple[int, ...]:
    """Tile sides from below the whole picture down to `smallest`, in steps of at most a half."""
    if longest <= smallest:
        return ()
    steps = math.ceil(math.log2(longest / smallest))
    ratio = (smallest / longest) ** (1 / steps)
    return tuple(round(longest * ratio**step) for step in range(1, steps + 1))


def search(
    pixels: np.ndarray, look: Callable[[np.ndarray], Sequence[Region]], smallest: int
) -> tuple[Region, ...]:
    """Regions of the whole picture and of its tiles, each thing once, cut to the picture.

    `smallest` is the side, in pixels, of the smallest tiles; a picture no larger is seen once.
    """
    canvas = Size(pixels.shape[1], pixels.shape[0])
    passes = [list(look(pixels))]
    for side in sides(max(canvas), smallest):
        for tile in tiles(canvas, side, round(side * SHARED)):
            seen = [r.moved(tile.left, tile.top) for r in look(_cut(pixels, tile))]
            slack = max(1, round(side * EDGE))
            passes.append([r for r in seen if whole_in_tile(r, tile, canvas, slack)])
    on_canvas = (region.clipped(canvas) for region in merged_passes(passes))
    return tuple(region for region in on_canvas if region)


def _cut(pixels: np.ndarray, tile: Box) -> np.ndarray:
    return np.ascontiguousarray(pixels[tile.slices])


def merged_passes(passes: Iterable[Sequence[Region]]) -> list[Region]:
    """Each thing once, from passes in order of falling view.

    A later find of something known replaces it only when it is the same box and scores better: a
    part of it, as a tile sees, never displaces the whole.
    """
    kept: list[Region] = []
    for found in passes:
        for region in sorted(found, key=lambda r: (-r.score, r.box)):
            rivals = [k for k in kept if k.label == region.label and overlap(k, region) > SAME]
            if not rivals:
                kept.append(region)
            elif len(rivals) == 1 and rivals[0].score < region.score and _same(rivals[0], region):
                kept[kept.index(rivals[0])] = region
    return kept


def _same(a: Region, b: Region) -> bool:
    return iou(a.box, b.box) >= 0.5


def by_score(regions: Iterable[Region]) -> tuple[Region, ...]:
    """Best score first, ties by place: one picture always gives one order."""
    return tuple(sorted(regions, key=lambda r: (-r.score, r.box, r.label)))


def wanted_labels(classes: Sequence[str], labels: Sequence[str], name: str) -> frozenset[str]:
    """The labels that `classes` name, whatever their case; all when none is named.

    Raises BadInput when a class is none of `labels`.
    """
    known = {label.casefold(): label for label in labels}
    for word in classes:
        if word.strip().casefold() not in known:
            hint = did_you_mean(word, labels)
            raise BadInput(f"{name} finds no {word!r}.", path="classes", hint=hint)
    return frozenset(known[word.strip().casefold()] for word in classes) or frozenset(labels)


@dataclass(frozen=True)
class Searcher:
    """A Detector made of a look, the smallest tile it needs, and a finishing touch on what it found."""

    name: str
    labels: tuple[str, ...]
    look: Look
    smallest: Callable[[Size], int]
    finish: Callable[[np.ndarray, tuple[Region, ...]], Sequence[Region]] = lambda pixels, found: found

    def find(self, picture: Picture, confidence: float, classes: tuple[str, ...] = ()) -> tuple[Region, ...]:
        """Regions of `classes` scored at least `confidence`, best first.

        BadInput for an unknown class; Missing where the library that looks is not here or fails.
        """
        asked = wanted_labels(classes, self.labels, self.name)
        smallest = self.smallest(picture.size)
        with convert_errors(self._failure):
            found = search(picture.pixels, lambda crop: self.look(crop, confidence), smallest)
            finished = self.finish(picture.pixels, found)
        return by_score(r for r in finished if r.score >= confidence and r.label in asked)

    def _failure(self, cause: str) -> Missing:
        return Missing(f"{self.name!r} failed ({cause}).", hint="Take another detector, or report this.")


def whole_only(size: Size) -> int:
    """A `smallest` that makes no tiles."""
    return max(size)
