"""A figure: a measured value beside its target. Tables for people, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """`target` is the promise in words, `met` whether `value` keeps it."""

    name: str
    value: float
    unit: str
    target: str
    met: bool

    @classmethod
    def at_most(cls, name: str, value: float, unit: str, most: float, promise: str = "") -> Figure:
        """Met if the value is at most `most`."""
        return cls(name, _short(value), unit, promise or f"<= {most:g}", value <= most)

    @classmethod
    def at_least(cls, name: str, value: float, unit: str, least: float, promise: str = "") -> Figure:
        """Met if the value is at least `least`."""
        return cls(name, _short(value), unit, promise or f">= {least:g}", value >= least)

    @classmethod
    def exactly(cls, name: str, value: float, unit: str, wanted: float, promise: str = "") -> Figure:
        """Met if the value equals `wanted`."""
        return cls(name, value, unit, promise or f"= {wanted:g}", value == wanted)


def _short(value: float) -> float:
    """The value rounded to four significant digits. No bench is more precise."""
    return float(f"{value:.4g}")


def table(figures: Sequence[Figure]) -> str:
    """Aligned columns, one line a figure."""
    head = ("figure", "value", "unit", "target", "met")
    rows = [(f.name, f"{f.value:g}", f.unit, f.target, "yes" if f.met else "NO") for f in figures]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [
        "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in [head, *rows]
    ]
    return "\n".join(line.rstrip() for line in lines)


def write(path: Path, bench: str, figures: Sequence[Figure]) -> None:
    path.write_text(json.dumps({"bench": bench, "figures": [asdict(f) for f in figures]}, indent=1) + "\n")
