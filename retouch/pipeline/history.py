"""A picture's history: all that was painted, to be reverted, chosen among or painted again in any order.

Entries are numbered from 1 in the order of painting. What a picture shows is its first state with every entry
that is on put back, one after another: taking one away never needs a painter. An entry that was painted while
another could be seen in its crop may look out of place without it: `History.upon` names those.
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
"""Entries painted again in one go: each is cut from a picture of its own."""


@dataclass(frozen=True, eq=False)
class HistoryEntry:
    """One step that was painted, and whether the picture shows it. `candidates` has at least one.

    Without a `step` it can be reverted, but not painted again: how it was painted is not known, or it was
    painted over what a hand had drawn and nothing keeps.
    """

    step: Step | None
    candidates: tuple[Candidate, ...]
    chosen: int = 0
    on: bool = True
    name: str = ""
    """As a person calls it; blank for the step's label."""

    @property
    def best(self) -> Candidate:
        return self.candidates[self.chosen]

    @property
    def crop(self) -> Box:
        """What it saw of the picture, or as much of that as is known, canvas pixels."""
        return self.step.frame.crop if self.step else self.best.box

    @property
    def label(self) -> str:
        return self.name or (self.step.label if self.step else "")

    def sees(self, other: HistoryEntry) -> bool:
        """True when anything the other one may have painted lies in the crop of this one."""
        return not (self.crop & other.best.box).empty


@dataclass(frozen=True, eq=False)
class History:
    """`picture` is as it was before everything."""

    picture: Picture
    entries: tuple[HistoryEntry, ...] = ()

    @classmethod
    def of(cls, picture: Picture, reports: Sequence[Report]) -> History:
        """What these reports tell; a step that painted nothing leaves nothing to go back to."""
        painted = (r for r in reports if r.candidates)
        return cls(picture, tuple(HistoryEntry(r.step, r.candidates, r.chosen, r.kept) for r in painted))

    def now(self, last: int | None = None) -> Picture:
        """The picture after its first `last` entries, after all by default."""
        return put_on(self.picture, (entry.best for entry in self.entries[:last] if entry.on))

    def upon(self, numbers: Collection[int]) -> tuple[int, ...]:
        """Later entries that are on and were painted upon these, however far removed, in order."""
        below, found = {n: self.entries[n - 1] for n in self.known(numbers)}, []
        for number, entry in enumerate(self.entries, 1):
            under = (one for n, one in below.items() if n < number)
            if number not in below and entry.on and any(entry.sees(one) for one in under):
                below[number] = entry
                found.append(number)
        return tuple(found)

    def switched(self, numbers: Collection[int], on: bool) -> History:
        """These entries shown or not."""
        known = self.known(numbers)
        return self.changed({n: dataclasses.replace(self.entries[n - 1], on=on) for n in known})

    def choosing(self, chosen: Mapping[int, int]) -> History:
        """Another candidate for some entries, which then are shown; candidates count from 1."""
        self.known(chosen)
        return self.changed({number: self._choose(number, place) for number, place in chosen.items()})

    def _choose(self, number: int, place: int) -> HistoryEntry:
        entry = self.entries[number - 1]
        if not 1 <= place <= len(entry.candidates):
            hint = f"Step {number} has 1 to {len(entry.candidates)}."
            raise BadInput(f"there is no variation {place}.", path="choose", hint=hint)
        return dataclasses.replace(entry, chosen=place - 1, on=True)

    def known(self, numbers: Collection[int], path: str = "history") -> list[int]:
        """The numbers in order; BadInput for one that no entry has."""
        unknown = [n for n in numbers if not 1 <= n <= len(self.entries)]
        if unknown:
            hint = f"Its steps are 1 to {len(self.entries)}." if self.entries else "It has none."
            raise BadInput(f"there is no step {min(unknown)}.", path=path, hint=hint)
        return sorted(set(numbers))

    def steps(self, numbers: Collection[int], path: str = "history") -> dict[int, Step]:
        """What paints each of these again, by number; BadInput for one of which that is not known."""
        steps = {n: self.entries[n - 1].step for n in self.known(numbers, path)}
        found = {n: step for n, step in steps.items() if step}
        if unknown := sorted(steps.keys() - found.keys()):
            fault = f"how step {unknown[0]} was painted is not kept."
            raise BadInput(fault, path=path, hint="It can be reverted, not painted again.")
        return found

    def changed(self, changed: Mapping[int, HistoryEntry]) -> History:
        """These entries, by number, in place of those."""
        entries = tuple(changed.get(n, entry) for n, entry in enumerate(self.entries, 1))
        return dataclasses.replace(self, entries=entries)


@dataclass(frozen=True, eq=False)
class Repainted:
    """As far as it went: what failed or was interrupted is as it was before."""

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
    """These entries painted again with these seeds, each upon what lies under it by then, and shown.

    The gate of each step still holds: one that became worse is not shown.
    """
    watcher, warnings = progress or Silent(), []
    steps = history.steps(seeds)
    for group in _groups(history, list(steps)):
        if watcher.stopped:
            break
        under = [history.now(number - 1) for number in group]
        again = [dataclasses.replace(steps[n], seed=seeds[n], wave=0) for n in group]
        done = run_plans(under, [Plan((step,)) for step in again], engine, watcher, judge)
        pairs = zip(group, done, strict=True)
        history = history.changed({n: _with(history, n, r) for n, d in pairs for r in d.reports if r.best})
        warnings += [text for result in done for text in result.warnings]
    return Repainted(history, tuple(warnings), watcher.stopped)


def _with(history: History, number: int, report: Report) -> HistoryEntry:
    """The entry as it was painted by now."""
    name = history.entries[number - 1].name
    return HistoryEntry(report.step, report.candidates, report.chosen, report.kept, name)


def _groups(history: History, numbers: Sequence[int]) -> Iterator[list[int]]:
    """In order, as many at a time as do not see one another."""
    group: list[int] = []
    for number in numbers:
        entry = history.entries[number - 1]
        if len(group) == TOGETHER or any(entry.sees(history.entries[n - 1]) for n in group):
            yield group
            group = []
        group.append(number)
    if group:
        yield group
