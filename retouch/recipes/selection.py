"""The selection and the order of the detected regions that a pass repaints."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from retouch.errors import BadInput
from retouch.image.geometry import Size
from retouch.image.mask import Mask
from retouch.image.region import Region
from retouch.knobs import Knob

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

_Knob = functools.partial(Knob, group="Detection")


@dataclass(frozen=True)
class Selection:
    """The selection and the order of the regions to repaint. BadInput for `min_area` above `max_area`."""

    confidence: float = _Knob(
        "Detection confidence", "Regions scored lower are ignored.", 0, 1, 0.01, axis=True
    ).field(0.3)
    min_area: float = _Knob("Mask min area ratio", "Of the picture; smaller is ignored.", 0, 1, 0.001).field(
        0.0
    )
    max_area: float = _Knob("Mask max area ratio", "Of the picture; larger is ignored.", 0, 1, 0.001).field(
        1.0
    )
    top_k: int = _Knob("Mask top-k", "Keep only this many, 0 for all.", 0, 1000, 1).field(0)
    top_by: str = _Knob("Top-k by", "What makes a region one of the top k.", choices=tuple(_TOP_BY)).field(
        "area"
    )
    order: str = _Knob(
        "Order", "Number 1 comes first; prompts follow it.", choices=tuple(ORDERS), axis=True
    ).field("confidence")
    index: tuple[int, ...] = _Knob(
        "Only numbers", "After ordering, e.g. 2 for only the second.", 1, 1000
    ).field(())
    user_mask: str = _Knob(
        "Inpaint mask",
        "With an img2img mask: which regions stay.",
        choices=("touching", "inside", "outside", "ignore"),
    ).field("touching")

    def __post_init__(self) -> None:
        if self.min_area > self.max_area:
            raise BadInput(f"{self.min_area:g} is above max_area {self.max_area:g}.", path="min_area")


def select(
    regions: Sequence[Region], choice: Selection, canvas: Size, user_mask: Mask | None = None
) -> tuple[Region, ...]:
    """The regions to repaint: filtered, then cut to the top k, ordered, and picked by number."""
    chosen = [r for r in regions if r.score >= choice.confidence and _area_fits(r, choice, canvas)]
    if user_mask is not None:
        chosen = [r for r in chosen if _USER_MASK[choice.user_mask](r, user_mask)]
    if choice.top_k:
        chosen = _sort(chosen, _TOP_BY[choice.top_by], canvas)[: choice.top_k]
    chosen = _sort(chosen, choice.order, canvas)
    return tuple(r for i, r in enumerate(chosen, 1) if not choice.index or i in choice.index)


def why_none(
    regions: Sequence[Region], choice: Selection, canvas: Size, user_mask: Mask | None = None
) -> str:
    """The reasons why `select` chooses no region, as "2 smaller than Mask min area ratio 0.1, 1 ..."."""
    counts = Counter(_refusal(region, choice, canvas, user_mask) for region in regions)
    return ", ".join(f"{count} {reason}" for reason, count in counts.items())


def _refusal(region: Region, choice: Selection, canvas: Size, user_mask: Mask | None) -> str:
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


def _sort(regions: Sequence[Region], order: str, canvas: Size) -> list[Region]:
    """The regions in an order of ORDERS, ties by place, so that the order is deterministic."""
    key = ORDERS[order]
    return sorted(regions, key=lambda r: (key(r, canvas), r.box))


def _area_fits(region: Region, choice: Selection, canvas: Size) -> bool:
    ratio = region.shape.area / canvas.area
    return choice.min_area <= ratio <= choice.max_area


def _covered_share(region: Region, mask: Mask) -> float:
    """The share 0..1 of a region's core where `mask` is above 0."""
    core = region.shape.core
    return np.count_nonzero((mask.crop(region.box).alpha > 0) & core) / max(np.count_nonzero(core), 1)


_USER_MASK: dict[str, Callable[[Region, Mask], bool]] = {
    "touching": lambda r, m: _covered_share(r, m) > 0,
    "inside": lambda r, m: _covered_share(r, m) >= 0.5,
    "outside": lambda r, m: _covered_share(r, m) < 0.5,
    "ignore": lambda r, m: True,
}
