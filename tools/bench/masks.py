"""Bench `masks`: repainted area over marked area, for thin, scattered and solid objects at many sizes.

The rule of this checkout is compared with the rule of commit f540717 and with the WebUI's. Areas are in
canvas pixels.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tools.bench import masks_removal, masks_unions
from tools.bench.figures import Figure
from tools.bench.masks_cost import Cost, Inverting, changed_by, cost_of
from tools.bench.masks_rules import BEFORE, NOW, RULES, WEBUI
from tools.bench.masks_zoo import SHAPES, Mark, Shape, marks

SIDES, LARGE_SIDES = {512: (True, False), 1024: (True,), 2048: (False,)}, {4000: (True,), 6000: (False,)}
"""Picture widths in pixels, and whether lengths are scaled with the picture, fixed in pixels, or both."""
LARGE = (
    "two specks far apart",
    "a hundred dust dots",
    "diagonal wire, 3 wide",
    "fibres",
    "text 48 high",
    "hair",
    "ring, line 3 wide",
    "disc, 50 % of the width",
)
"""Shapes that are planned at large sizes, too."""
PAINTED = 1024
"""Picture width up to which plans are painted."""
MOST_CALLS = 13
"""Sampling calls for a hundred dots in batches of 8."""


@dataclass(frozen=True)
class Row:
    """A mark planned by every rule. It keeps no mask: large ones would fill the memory."""

    shape: Shape
    intent: str
    costs: dict[str, Cost]


def measure(args: argparse.Namespace) -> list[Figure]:
    timed = _Watch()
    rows = [*planned_at(SIDES), *planned_at(LARGE_SIDES, LARGE)]
    timed.told("the zoo")
    print(_told(rows))
    figures = [*of_families(rows), *of_everything(rows), *masks_unions.unions()]
    timed.told("unions")
    figures += masks_removal.by_patches()
    timed.told("removal, content-aware")
    figures += masks_removal.by_demo_model(args.steps)
    timed.told("removal, demo model")
    return figures


@dataclass
class _Watch:
    begun: float = dataclasses.field(default_factory=time.perf_counter)

    def told(self, what: str) -> None:
        now = time.perf_counter()
        print(f"{what}: {now - self.begun:.0f} s", flush=True)
        self.begun = now


def planned_at(sides: dict[int, tuple[bool, ...]], names: Sequence[str] = ()) -> Iterator[Row]:
    """Rows for the shapes of these names (default: all) with the intent remove.

    In the smallest pictures the intent fill is planned, too.
    """
    for side, variants in sides.items():
        for mark in marks(side, variants, names):
            for intent in ("remove", "fill") if side == min(SIDES) else ("remove",):
                yield row(mark, intent)


def row(mark: Mark, intent: str) -> Row:
    return Row(mark.shape, intent, {name: _cost(mark, intent, name) for name in RULES})


def _cost(mark: Mark, intent: str, rule: str) -> Cost:
    engine = Inverting()
    plan = RULES[rule](mark.mask, intent, engine)
    painted = rule == NOW and mark.mask.size.width <= PAINTED
    return cost_of(mark.mask, plan, changed_by(plan, mark.mask.size) if painted else None)


Pick = Callable[[Cost], float]
COLUMNS: dict[str, Pick] = {
    "planned, soft": lambda cost: cost.soft / cost.marked,
    "planned, solid": lambda cost: cost.solid / cost.marked,
    "changed": lambda cost: math.nan if cost.changed is None else cost.changed / cost.marked,
    "crops": lambda cost: cost.crops / cost.marked,
    "magnification": lambda cost: cost.magnification,
    "regions": lambda cost: cost.regions,
    "calls": lambda cost: cost.calls,
}
"""Areas are over the marked area."""


def _told(rows: Sequence[Row]) -> str:
    """A table: median and worst value of every column for each family and rule, over shapes and sizes."""
    lines = ["", f"Median and worst, {len(rows)} plans; areas over the marked area", _heads()]
    for family in _families():
        for rule in RULES:
            found = [row.costs[rule] for row in rows if row.shape.family == family]
            lines.append(f"{family:12}{rule:18}" + "".join(_cell(name, found) for name in COLUMNS))
    return "\n".join(lines)


def _heads() -> str:
    return " " * 30 + "".join(f"{name:>19}" for name in COLUMNS)


def _families() -> list[str]:
    return list(dict.fromkeys(shape.family for shape in SHAPES))


def _cell(name: str, found: Sequence[Cost]) -> str:
    values = [value for value in map(COLUMNS[name], found) if not math.isnan(value)]
    if not values:
        return f"{'-':>19}"
    worst = min(values) if name == "magnification" else max(values)
    return f"{f'{statistics.median(values):.3g} / {worst:.4g}':>19}"


def of_families(rows: Sequence[Row]) -> list[Figure]:
    """For each family: planned area relative to the other rules, worst over shapes, sizes and intents."""
    figures = []
    for family in _families():
        found = [row for row in rows if row.shape.family == family]
        ratios = [row.costs[NOW].soft / row.costs[NOW].marked for row in found]
        beside, before = (_worst_ratio(found, rule) for rule in (WEBUI, BEFORE))
        thin = found[0].shape.thin
        figures += [
            _of_marked(f"{family}: planned area, median", statistics.median(ratios)),
            _of_marked(f"{family}: planned area, worst", max(ratios)),
            Figure.at_most(f"{family}: planned area, beside the rule before", before, "of its", 1),
        ]
        if thin:
            figures.append(Figure.at_most(f"{family}: planned area, beside A1111", beside, "of its", 1))
    return figures


def _of_marked(name: str, value: float) -> Figure:
    return Figure.at_least(name, value, "of the marked area", 1)


def _worst_ratio(rows: Iterable[Row], rule: str) -> float:
    return max(row.costs[NOW].soft / row.costs[rule].soft for row in rows)


def of_everything(rows: Sequence[Row]) -> list[Figure]:
    """Figures that hold for every shape."""
    costs = [row.costs[NOW] for row in rows]
    painted = [cost for cost in costs if cost.changed is not None]
    sharper = min(row.costs[NOW].magnification / row.costs[BEFORE].magnification for row in rows)
    far = min(row.costs[NOW].magnification for row in rows if row.shape.name == "two specks far apart")
    return [
        Figure.at_least("marked pixels repainted fully, least", min(c.covered for c in costs), "of them", 1),
        Figure.at_most(
            "changed beyond what was planned", max(_changed_of(c) for c in painted), "of planned", 1
        ),
        Figure.at_least("magnification, least", sharper, "of the rule before", 0.99),
        Figure.at_least("magnification, two specks far apart, least", far, "work px per px", 1),
        Figure.at_most("sampling calls, most", max(cost.calls for cost in costs), "calls", MOST_CALLS),
    ]


def _changed_of(cost: Cost) -> float:
    assert cost.changed is not None
    return cost.changed / cost.soft
