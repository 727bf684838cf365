"""Region: one record per thing found, and how the ones to repaint are chosen and put in order."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from retouch.errors import BadInput
from retouch.image.geometry import Box, Margins, Size
from retouch.image.mask import Mask
from retouch.knobs import Knob


@dataclass(frozen=True)
class Region:
    """A thing found in a picture. `shape` is its soft mask inside `box`, of the box's size.

    `turn` is how far it has to be turned to stand upright, in degrees counter-clockwise;
    `person` whom of a recipe's people it belongs to, from 1, or 0. A `background` is all but what is kept:
    its masks grow and fade away from that, never into it.

    Keeping the mask as large as the thing, not as the picture, lets a crowd on a 40-megapixel
    photograph cost what its faces cost.
    """

    box: Box
    shape: Mask
    label: str = ""
    score: float = 1.0
    turn: float = 0.0
    person: int = 0
    background: bool = False

    def __post_init__(self) -> None:
        if self.shape.size != self.box.size:
            raise ValueError(f"shape {self.shape.size} does not fit {self.box}")

    @classmethod
    def of_box(cls, box: Box, label: str = "", score: float = 1.0) -> Region:
        return cls(box, Mask.full(box.size), label, score)

    @classmethod
    def of_mask(cls, mask: Mask, label: str = "", score: float = 1.0) -> Region | None:
        """From a picture-sized mask; None when it is blank."""
        box = mask.bounds
        return None if box is None else cls(box, mask.crop(box), label, score)

    def within(self, window: Box) -> Mask:
        """This region's mask as seen in `window` (canvas pixels), of the window's size."""
        return self.shape.crop(window.relative_to(self.box))

    def mask(self, canvas: Size) -> Mask:
        return self.within(canvas.box)

    def moved(self, dx: int, dy: int) -> Region:
        return dataclasses.replace(self, box=self.box.shifted(dx, dy))

    def clipped(self, canvas: Size) -> Region | None:
        """The part on the canvas, None when nothing is left."""
        box = self.box & canvas.box
        return None if box.empty else dataclasses.replace(self, box=box, shape=self.within(box))


def overlap(a: Region, b: Region) -> float:
    """Common pixels of the cores over the smaller region's, 0..1."""
    return _common_area(a, b) / max(min(a.shape.area, b.shape.area), 1)


def _common_area(a: Region, b: Region) -> int:
    """Pixels that are in the cores of both."""
    common = a.box & b.box
    if common.empty:
        return 0
    ours, theirs = (r.shape.core[common.relative_to(r.box).slices] for r in (a, b))
    return np.count_nonzero(ours & theirs)


def distinct(regions: Sequence[Region], limit: float = 0.6) -> tuple[Region, ...]:
    """One region per thing: of any two alike by more than `limit` the better score stays.

    Of one label, likeness is the overlap over the smaller of the two, so that the half of a face
    seen by one tile never survives beside the whole face seen by another. Of two labels it is the
    intersection of their masks over the union, so that a face survives inside the person whose face it is,
    and a bicycle under its rider.
    """
    kept: list[Region] = []
    for region in sorted(regions, key=lambda r: (-r.score, -r.box.area, r.box)):
        if not any(_alike(region, other, limit) for other in kept):
            kept.append(region)
    return tuple(kept)


def _alike(a: Region, b: Region, limit: float) -> bool:
    if (a.box & b.box).area <= limit * min(a.shape.area, b.shape.area):
        return False  # the boxes alone rule it out: no pixel needs counting
    if a.label.lower() == b.label.lower():
        return overlap(a, b) > limit
    common = _common_area(a, b)
    return common > limit * (a.shape.area + b.shape.area - common)


def merged(regions: Sequence[Region]) -> Region:
    """All of them as one, with the best score and the first label."""
    box = regions[0].box
    for region in regions[1:]:
        box = box | region.box
    alpha = np.zeros((box.height, box.width), np.uint8)
    for region in regions:
        spot = alpha[region.box.relative_to(box).slices]
        np.maximum(spot, region.shape.alpha, out=spot)
    return Region(box, Mask(alpha), regions[0].label, max(r.score for r in regions))


ORDERS: dict[str, Callable[[Region, Size], float]] = {
    "confidence": lambda r, _: -r.score,
    "left to right": lambda r, _: r.box.center[0],
    "right to left": lambda r, _: -r.box.center[0],
    "top to bottom": lambda r, _: r.box.center[1],
    "largest first": lambda r, _: -r.shape.area,
    "smallest first": lambda r, _: r.shape.area,
    "center outward": lambda r, size: r.box.distance_to(size.box.center),
}
_TOP_BY = {"area": "largest first", "confidence": "confidence", "center": "center outward"}


@dataclass(frozen=True)
class Choice:
    """Which of the regions found are repainted, and in which order."""

    confidence: float = Knob("Detection confidence", "Regions scored lower are ignored.", 0, 1, 0.01).field(
        0.3
    )
    min_area: float = Knob("Mask min area ratio", "Of the picture; smaller is ignored.", 0, 1, 0.001).field(
        0.0
    )
    max_area: float = Knob("Mask max area ratio", "Of the picture; larger is ignored.", 0, 1, 0.001).field(
        1.0
    )
    top_k: int = Knob("Mask top-k", "Keep only this many, 0 for all.", 0, 1000, 1).field(0)
    top_by: str = Knob("Top-k by", "What makes a region one of the top k.", choices=tuple(_TOP_BY)).field(
        "area"
    )
    order: str = Knob("Order", "Number 1 comes first; prompts follow it.", choices=tuple(ORDERS)).field(
        "confidence"
    )
    index: tuple[int, ...] = Knob(
        "Only numbers", "After ordering, e.g. 2 for only the second.", 1, 1000
    ).field(())
    user_mask: str = Knob(
        "Inpaint mask",
        "With an img2img mask: which regions stay.",
        choices=("touching", "inside", "outside", "ignore"),
    ).field("touching")

    def __post_init__(self) -> None:
        if self.min_area > self.max_area:
            raise BadInput(f"{self.min_area:g} is above max_area {self.max_area:g}.", path="min_area")


def select(
    regions: Sequence[Region], choice: Choice, canvas: Size, user_mask: Mask | None = None
) -> tuple[Region, ...]:
    """Filter, cut to the top k, order, and pick by number, in that order."""
    kept = [r for r in regions if r.score >= choice.confidence and _area_fits(r, choice, canvas)]
    if user_mask is not None:
        kept = [r for r in kept if _USER_MASK[choice.user_mask](r, user_mask)]
    if choice.top_k:
        kept = _sorted(kept, _TOP_BY[choice.top_by], canvas)[: choice.top_k]
    kept = _sorted(kept, choice.order, canvas)
    return tuple(r for i, r in enumerate(kept, 1) if not choice.index or i in choice.index)


def why_none(regions: Sequence[Region], choice: Choice, canvas: Size, user_mask: Mask | None = None) -> str:
    """Why `select` chooses none of these, as "2 smaller than Mask min area ratio 0.1, 1 ..."."""
    counts = Counter(_refusal(region, choice, canvas, user_mask) for region in regions)
    return ", ".join(f"{count} {reason}" for reason, count in counts.items())


def _refusal(region: Region, choice: Choice, canvas: Size, user_mask: Mask | None) -> str:
    ratio = region.shape.area / canvas.area
    if region.score < choice.confidence:
        return f"below Detection confidence {choice.confidence:g}"
    if ratio < choice.min_area:
        return f"smaller than Mask min area ratio {choice.min_area:g}"
    if ratio > choice.max_area:
        return f"larger than Mask max area ratio {choice.max_area:g}"
    if user_mask is not None and not _USER_MASK[choice.user_mask](region, user_mask):
        return f"not {choice.user_mask} the inpaint mask"
    return f"not among Only numbers {', '.join(map(str, choice.index))}"


def _sorted(regions: Sequence[Region], order: str, canvas: Size) -> list[Region]:
    """Ties are broken by place, so that one picture always gives one order."""
    key = ORDERS[order]
    return sorted(regions, key=lambda r: (key(r, canvas), r.box))


def _area_fits(region: Region, choice: Choice, canvas: Size) -> bool:
    ratio = region.shape.area / canvas.area
    return choice.min_area <= ratio <= choice.max_area


def _covered(region: Region, mask: Mask) -> float:
    """The share of a region's core that is marked in `mask`, however faintly."""
    core = region.shape.core
    return np.count_nonzero((mask.crop(region.box).alpha > 0) & core) / max(np.count_nonzero(core), 1)


_USER_MASK: dict[str, Callable[[Region, Mask], bool]] = {
    "touching": lambda r, m: _covered(r, m) > 0,
    "inside": lambda r, m: _covered(r, m) >= 0.5,
    "outside": lambda r, m: _covered(r, m) < 0.5,
    "ignore": lambda r, m: True,
}


def tiles(canvas: Size, tile: int, overlap_px: int) -> tuple[Box, ...]:
    """Equal tiles of at most `tile` px a side that cover the canvas, sharing at least `overlap_px`."""
    if not 0 <= overlap_px < tile:
        raise ValueError(f"tiles of {tile} px cannot share {overlap_px}")
    return tuple(
        Box(x, y, x + min(tile, canvas.width), y + min(tile, canvas.height))
        for y in _starts(canvas.height, tile, overlap_px)
        for x in _starts(canvas.width, tile, overlap_px)
    )


def cells(canvas: Size, tile: int, overlap_px: int) -> tuple[Box, ...]:
    """The same tiles, each cut in the middle of what it shares with its neighbours: they only meet."""
    across = _cuts(canvas.width, tile, overlap_px)
    down = _cuts(canvas.height, tile, overlap_px)
    return tuple(
        Box(left, top, right, bottom)
        for top, bottom in itertools.pairwise(down)
        for left, right in itertools.pairwise(across)
    )


def _cuts(length: int, tile: int, overlap_px: int) -> list[int]:
    starts = _starts(length, tile, overlap_px)
    return [
        0,
        *((start + tile + after) // 2 for start, after in itertools.pairwise(starts)),
        length,
    ]


def _starts(length: int, tile: int, overlap_px: int) -> list[int]:
    if length <= tile:
        return [0]
    count = math.ceil((length - overlap_px) / (tile - overlap_px))
    return [round(i * (length - tile) / (count - 1)) for i in range(count)]


def whole_in_tile(region: Region, tile: Box, canvas: Size, slack: int = 1) -> bool:
    """False when the region comes within `slack` px of an inner edge of its tile: a neighbour sees more."""
    gap = Margins(*(0 if side == end else slack for side, end in zip(tile, canvas.box, strict=True)))
    inner = Box(tile.left + gap.left, tile.top + gap.top, tile.right - gap.right, tile.bottom - gap.bottom)
    return inner.contains(region.box)
