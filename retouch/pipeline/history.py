"""A picture's history: its painted steps, which can be reverted, chosen among or repainted in any order.

Entries are numbered from 1 in order of painting. The picture is its first state with every entry that is on
composited in order, so that reverting an entry needs no engine. An entry that saw a reverted entry in its
crop may not fit any more: `History.upon` names such entries.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from retouch.engines.base import Engine
from retouch.errors import BadInput
from retouch.image.geometry import Box
from retouch.image.picture import Picture
from retouch.pipeline.candidate import Candidate, put_on
from retouch.pipeline.ranking import Ranker
from retouch.pipeline.report import Report
from retouch.pipeline.run import run_plans
from retouch.pipeline.step import Plan, Step
from retouch.progress import Progress, Silent

TOGETHER = 8
"""Maximum entries repainted in one batch. Each is cut from its own picture."""


@dataclass(frozen=True, eq=False)
class HistoryEntry:
    """One painted step, and whether the picture shows it. `candidates` has at least one.

    Without a `step` the entry can be reverted but not repainted: its settings are not stored.
    """

    step: Step | None
    candidates: tuple[Candidate, ...]
    chosen: int = 0
    on: bool = True
    name: str = ""
    """The name that the person gave; blank for the step's label."""

    @property
    def best(self) -> Candidate:
        """The chosen candidate."""
        return self.candidates[self.chosen]

    @property
    def crop(self) -> Box:
        """The step's crop, or the chosen candidate's box if the step is not stored, in canvas pixels."""
        return self.step.frame.crop if self.step else self.best.box

    @property
    def label(self) -> str:
        """The name of the entry, or the label of its step."""
        return self.name or (self.step.label if self.step else "")

    def sees(self, other: HistoryEntry) -> bool:
        """True if the box of the other entry's candidate lies in the crop of this entry."""
        return not (self.crop & other.best.box).empty


@dataclass(frozen=True, eq=False)
class History:
    """A history. `picture` is the picture before the first entry."""

    picture: Picture
    entries: tuple[HistoryEntry, ...] = ()

    @classmethod
    def of(cls, picture: Picture, reports: Sequence[Report]) -> History:
        """The history of these reports. A step without candidates has no entry."""
        painted = (r for r in reports if r.candidates)
        return cls(picture, tuple(HistoryEntry(r.step, r.candidates, r.chosen, r.kept) for r in painted))

    def now(self, last: int | None = None) -> Picture:
        """The picture after its first `last` entries, or after all of them."""
        return put_on(self.picture, (entry.best for entry in self.entries[:last] if entry.on))

    def upon(self, numbers: Collection[int]) -> tuple[int, ...]:
        """The numbers, in order, of later entries that are on and were painted on top of these.

        An entry painted on top of such a later entry counts too.
        """
        bases, later = {n: self.entries[n - 1] for n in self.known(numbers)}, []
        for number, entry in enumerate(self.entries, 1):
            under = (base for n, base in bases.items() if n < number)
            if number not in bases and entry.on and any(entry.sees(base) for base in under):
                bases[number] = entry
                later.append(number)
        return tuple(later)

    def switched(self, numbers: Collection[int], on: bool) -> History:
        """The history with these entries on or off. Raises BadInput for an unknown number."""
        known = self.known(numbers)
        return self.changed({n: dataclasses.replace(self.entries[n - 1], on=on) for n in known})

    def choosing(self, chosen: Mapping[int, int]) -> History:
        """The history with another candidate of some entries, which are switched on.

        `chosen` has the candidate's number, from 1, by number of entry. Raises BadInput for an unknown
        number.
        """
        self.known(chosen)
        return self.changed({number: self._choose(number, place) for number, place in chosen.items()})

    def _choose(self, number: int, variation: int) -> HistoryEntry:
        entry = self.entries[number - 1]
        if not 1 <= variation <= len(entry.candidates):
            hint = f"Step {number} has variations 1 to {len(entry.candidates)}."
            raise BadInput(f"there is no variation {variation}.", path="choose", hint=hint)
        return dataclasses.replace(entry, chosen=variation - 1, on=True)

    def known(self, numbers: Collection[int], path: str = "history") -> list[int]:
        """The numbers in order. Raises BadInput at `path` for a number without an entry."""
        unknown = [n for n in numbers if not 1 <= n <= len(self.entries)]
        if unknown:
            hint = f"Its steps are 1 to {len(self.entries)}." if self.entries else "It has none."
            raise BadInput(f"there is no step {min(unknown)}.", path=path, hint=hint)
        return sorted(set(numbers))

    def steps(self, numbers: Collection[int], path: str = "history") -> dict[int, Step]:
        """The steps by number. Raises BadInput for an unknown number and for an entry without a step."""
        steps = {n: self.entries[n - 1].step for n in self.known(numbers, path)}
        stored = {n: step for n, step in steps.items() if step}
        if unknown := sorted(steps.keys() - stored.keys()):
            fault = f"the settings of step {unknown[0]} are not stored."
            raise BadInput(fault, path=path, hint="Revert it instead; it cannot be repainted.")
        return stored

    def changed(self, changed: Mapping[int, HistoryEntry]) -> History:
        """The history with these entries, by number, replaced."""
        entries = tuple(changed.get(n, entry) for n, entry in enumerate(self.entries, 1))
        return dataclasses.replace(self, entries=entries)


@dataclass(frozen=True, eq=False)
class Repainted:
    """The repainted history. An entry that failed or was interrupted is unchanged."""

    history: History
    warnings: tuple[str, ...] = ()
    stopped: bool = False


def repaint_entries(
    history: History,
    seeds: Mapping[int, int],
    engine: Engine,
    progress: Progress | None = None,
    judge: Ranker | None = None,
) -> Repainted:
    """Repaint these entries with these seeds. Each is painted on the picture under it and switched on.

    The gate of each step applies: a worse entry is switched off.
    """
    watcher, warnings = progress or Silent(), []
    steps = history.steps(seeds)
    for group in _groups(history, list(steps)):
        if watcher.stopped:
            break
        under = [history.now(number - 1) for number in group]
        steps_again = [dataclasses.replace(steps[n], seed=seeds[n], wave=0) for n in group]
        results = run_plans(under, [Plan((step,)) for step in steps_again], engine, watcher, judge)
        pairs = zip(group, results, strict=True)
        history = history.changed(
            {n: _with(history, n, report) for n, result in pairs for report in result.reports if report.best}
        )
        warnings += [text for result in results for text in result.warnings]
    return Repainted(history, tuple(warnings), watcher.stopped)


def _with(history: History, number: int, report: Report) -> HistoryEntry:
    """The entry with the candidates of a new report."""
    name = history.entries[number - 1].name
    return HistoryEntry(report.step, report.candidates, report.chosen, report.kept, name)


def _groups(history: History, numbers: Sequence[int]) -> Iterator[list[int]]:
    """Groups of entries, in order, of which none sees another; at most TOGETHER each."""
    group: list[int] = []
    for number in numbers:
        entry = history.entries[number - 1]
        if len(group) == TOGETHER or any(entry.sees(history.entries[n - 1]) for n in group):
            yield group
            group = []
        group.append(number)
    if group:
        yield group
