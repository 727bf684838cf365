"""What became of a plan: a report for each step, a result for each picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.measure import Quality
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.step import Step

CHANGED, UNCHANGED, REVERTED, NOTHING_FOUND = OUTCOMES = ("changed", "unchanged", "reverted", "nothing found")
"""Of a picture: "unchanged" where something was to be painted and nothing of it can be seen, "reverted" where
the gate found that all of it was better before."""


@dataclass(frozen=True, eq=False)
class Report:
    """What became of one step. `why` is empty when all went well.

    `outcome` is "kept"; "unseen", put back, too, but nothing of it can be seen; "skipped", not painted; or
    "reverted" by its gate. `changed` counts the pixels that are seen to change, None where that is not known.

    `candidates` are all that were painted, in the order of their seeds; the one `chosen` was put back, or
    was the best of those that the step's gate reverted. `remarks` tell what of its prompts was not read.
    """

    step: Step
    outcome: str = "kept"
    why: str = ""
    seconds: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    chosen: int = 0
    changed: int | None = None
    remarks: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """True when it was put back."""
        return self.outcome in ("kept", "unseen")

    @property
    def best(self) -> Candidate | None:
        """The candidate that was chosen, None where none was painted."""
        return self.candidates[self.chosen] if self.candidates else None

    @property
    def quality(self) -> Quality:
        """Numbers before and after, of the chosen candidate."""
        return self.best.scores if self.best else Quality()

    @property
    def seed(self) -> int:
        """The one that paints the chosen candidate again."""
        return self.best.seed if self.best else self.step.seed

    def mask(self, picture: Picture) -> Mask:
        """The composite mask on the whole picture."""
        alpha = np.zeros(picture.pixels.shape[:2], np.uint8)
        alpha[self.step.frame.crop.slices] = self.step.composite.alpha
        return Mask(alpha)


@dataclass(frozen=True, eq=False)
class Result:
    """The best picture there is, what was done to it, and what a person should know.

    `due` counts what was to be painted: steps, what left regions without a step, and passes that broke. A
    region that its prompt skips is not among them.
    """

    picture: Picture
    reports: tuple[Report, ...] = ()
    warnings: tuple[str, ...] = ()
    stopped: bool = False
    due: int = 0

    @property
    def outcome(self) -> str:
        """One of OUTCOMES."""
        if any(report.outcome == "kept" for report in self.reports):
            return CHANGED
        if self.reports and all(report.outcome == "reverted" for report in self.reports):
            return REVERTED
        return UNCHANGED if self.due else NOTHING_FOUND

    def then(self, later: Result) -> Result:
        return Result(
            later.picture,
            self.reports + later.reports,
            self.warnings + later.warnings,
            self.stopped or later.stopped,
            self.due + later.due,
        )


def with_warnings(result: Result, warnings: Sequence[str]) -> Result:
    return dataclasses.replace(result, warnings=result.warnings + tuple(warnings))
