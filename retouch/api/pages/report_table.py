"""The table of a report: one row for each region."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ReportTable:
    """The headings, and the texts of the cells row by row."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tabulate(reports: Sequence[Mapping[str, Any]], without: Collection[str] = ()) -> ReportTable:
    """The table of these reports. Columns without any value are left out."""
    columns = {
        head: [say(report) for report in reports] for head, say in _COLUMNS.items() if head not in without
    }
    filled_columns = {head: cells for head, cells in columns.items() if any(cells)}
    return ReportTable(tuple(filled_columns), tuple(zip(*filled_columns.values(), strict=True)))


def _measurement(*names: str) -> Callable[[Mapping[str, Any]], str]:
    """A function that formats these quality values with two decimals. An unknown value is a dash."""

    def say(report: Mapping[str, Any]) -> str:
        quality = report.get("quality") or {}
        values = [quality.get(name) for name in names]
        if all(value is None for value in values):
            return ""
        return " → ".join("–" if value is None else f"{value:.2f}" for value in values)

    return say


def _commas(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda report: ", ".join(map(str, report[name]))


_COLUMNS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "Region": lambda report: f"{report['number']} {report['label']}",
    "Pass": lambda report: str(report["pass"]),
    "Score": lambda report: f"{report['score']:.2f}",
    "Box": _commas("box"),
    "Crop": _commas("crop"),
    "Painted at": lambda report: "x".join(map(str, report["work"])),
    "Seed": lambda report: str(report["seed"]),
    "Outcome": lambda report: f"{report['outcome']} {report['why']}".strip(),
    "Confidence": _measurement("confidence_before", "confidence_after"),
    "Seam": _measurement("seam_before", "seam"),
    "Sharpness": _measurement("sharpness_before", "sharpness"),
    "Colours moved": _measurement("drift_rim"),
}
"""Heading -> cell text of a report. The measured columns use the names in `Quality.as_dict`."""
