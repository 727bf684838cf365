"""Target: what a pass looks for. A kind of target is declared here; `pipeline/targets.py` has its finder."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from retouch.errors import BadInput
from retouch.knobs import Knob
from retouch.recipes.selection import Selection

MAX_PASSES = 16
_Knob = functools.partial(Knob, group="Detection")


@dataclass(frozen=True)
class TargetKind:
    """A kind of target: what it uses besides the picture.

    `knobs` are the fields of `Target` that not every kind uses; at least one of `requires` must be set.
    `uses_mask`: it finds regions by the user's mask. `bounded`: the user's mask chooses among its regions.
    `protects_mask`: pixels under the user's mask stay as they are.
    """

    name: str
    knobs: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    uses_mask: bool = False
    bounded: bool = True
    protects_mask: bool = False


_DETECTION = ("models", "classes", "tilted", "of_pass")
KINDS = {
    kind.name: kind
    for kind in (
        TargetKind("detectors", _DETECTION, requires=("models",)),
        TargetKind("text", ("classes", "of_pass"), requires=("classes",)),
        TargetKind("points", ("points", "box"), requires=("points", "box")),
        TargetKind("mask", uses_mask=True, bounded=False),
        TargetKind("background", _DETECTION, uses_mask=True, bounded=False, protects_mask=True),
        TargetKind("whole picture"),
        TargetKind("tiles", ("tile", "overlap")),
        TargetKind("seam", ("of_pass", "seam_above"), uses_mask=True),
        TargetKind("unsharp", ("of_pass", "unsharp_below")),
        TargetKind("regions of a pass", ("of_pass",)),
    )
}
"""Every kind of target by its name, in the order of the menu."""


def kinds_by_knob() -> dict[str, tuple[str, ...]]:
    """The kinds that use each knob which not every kind uses, by the knob's name."""
    names = dict.fromkeys(name for kind in KINDS.values() for name in kind.knobs)
    return {name: tuple(kind.name for kind in KINDS.values() if name in kind.knobs) for name in names}


@dataclass(frozen=True)
class Target(Selection):
    """What to look for."""

    what: str = _Knob(
        "Target",
        "Detectors, words, points, the mask, what is not masked or detected, all, tiles, edges of fixes, "
        "unsharp areas, or what an earlier pass found.",
        choices=tuple(KINDS),
    ).field("detectors")
    models: tuple[str, ...] = _Knob(
        "Detectors", "One or more; what several find alike is painted once.", order=2, axis=True
    ).field(())
    classes: tuple[str, ...] = _Knob(
        "Classes", "Only these labels; free words for open-vocabulary models and for the target text."
    ).field(())
    points: tuple[float, ...] = _Knob(
        "Points", "x, y on what is meant, as shares of the picture's sides, 0 to 1.", 0, 1
    ).field(())
    box: tuple[float, ...] = _Knob(
        "Box", "Left, top, right, bottom around what is meant, in the same shares.", 0, 1
    ).field(())
    tilted: bool = _Knob(
        "Tilted too", "Detectors also look at the picture turned, a dozen times; painted upright."
    ).field(False)
    of_pass: int | None = _Knob(
        "Of pass", "Look only in what this earlier pass found; blank for everywhere.", 1, MAX_PASSES, 1
    ).field(None)
    tile: int = _Knob("Tile size", "Pixels, overlap included.", 128, 4096, 64).field(512)
    overlap: int = _Knob("Tile overlap", "Pixels that neighbouring tiles share.", 0, 1024, 8).field(64)
    seam_above: float = _Knob(
        "Seam above",
        "Edges with a larger colour step (Delta E) are painted over. 1 is just visible.",
        0,
        10,
        0.1,
    ).field(0.5)
    unsharp_below: float = _Knob(
        "Unsharp below", "Of the sharpness of the picture's sharp parts.", 0, 1, 0.05
    ).field(0.5)

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.points) % 2:
            raise BadInput(f"{len(self.points)} numbers.", path="points", hint="Give pairs: x, y, x, y ...")
        left, top, right, bottom = self.box if len(self.box) == 4 else (0, 0, 0, 0)
        if self.box and not (left < right and top < bottom):
            raise BadInput(f"{list(self.box)} is no box.", path="box", hint="Give left, top, right, bottom.")

    @property
    def kind(self) -> TargetKind:
        return KINDS[self.what]

    @property
    def looks(self) -> bool:
        """False when no field names what to look for."""
        requires = self.kind.requires
        return not requires or any(getattr(self, name) for name in requires)
