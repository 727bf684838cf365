"""What became of a plan: a report for each step, a result for each picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retouch.candidates import Candidate
from retouch.mask import Mask
from retouch.plan import Step
from retouch.quality import Quality
from retouch.raster import Picture


@dataclass(frozen=True, eq=False)
class Report:
    """What became of one step. `outcome` is kept, skipped or reverted; `why` is empty when all went well.

    `candidates` are all that were painted, in the order of their seeds; the one `chosen` was put back, or
    was the best of those that the step's gate reverted. `remarks` tell what of its prompts was not read.
    """

    step: Step
    outcome: str = "kept"
    why: str = ""
    seconds: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    chosen: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        return self.outcome == "kept"

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
    """The best picture there is, what was done to it, and what a person should know."""

    picture: Picture
    reports: tuple[Report, ...] = ()
    warnings: tuple[str, ...] = ()
    stopped: bool = False

    def then(self, later: Result) -> Result:
        return Result(
            later.picture,
            self.reports + later.reports,
            self.warnings + later.warnings,
            self.stopped or later.stopped,
        )


def with_warnings(result: Result, warnings: Sequence[str]) -> Result:
    return dataclasses.replace(result, warnings=result.warnings + tuple(warnings))
