"""Reports of steps and results of pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from retouch.image.mask import Mask
from retouch.image.picture import Picture
from retouch.image.quality.measure import Quality
from retouch.pipeline.candidate import Candidate
from retouch.pipeline.step import Step

StepOutcome = Literal["kept", "unseen", "skipped", "reverted"]
PictureOutcome = Literal["changed", "unchanged", "reverted", "nothing found"]
CHANGED: Final = "changed"
UNCHANGED: Final = "unchanged"
REVERTED: Final = "reverted"
NOTHING_FOUND: Final = "nothing found"
OUTCOMES: tuple[PictureOutcome, ...] = (CHANGED, UNCHANGED, REVERTED, NOTHING_FOUND)
"""Outcomes of a picture. "unchanged": steps were due, and no change is visible. "reverted": the gates
reverted every step."""


@dataclass(frozen=True, eq=False)
class Report:
    """The result of one step. `why` is empty if there was no problem.

    `outcome` is "kept" (composited), "unseen" (composited, but no change is visible), "skipped" (not painted)
    or "reverted" (by the gate). `changed` counts visibly changed pixels; None if unknown.

    `candidates` has all candidates in the order of their seeds. The `chosen` one was composited, or is the
    best of those that the gate reverted. `remarks` has parts of the prompts that the engine did not read.
    """

    step: Step
    outcome: StepOutcome = "kept"
    why: str = ""
    seconds: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    chosen: int = 0
    changed: int | None = None
    remarks: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """True if a candidate was composited."""
        return self.outcome in ("kept", "unseen")

    @property
    def best(self) -> Candidate | None:
        """The chosen candidate, or None if there is none."""
        return self.candidates[self.chosen] if self.candidates else None

    @property
    def quality(self) -> Quality:
        """The measures of the chosen candidate."""
        return self.best.scores if self.best else Quality()

    @property
    def seed(self) -> int:
        """The seed of the chosen candidate."""
        return self.best.seed if self.best else self.step.seed

    def mask(self, picture: Picture) -> Mask:
        """The composite mask at the size of the picture."""
        alpha = np.zeros(picture.pixels.shape[:2], np.uint8)
        alpha[self.step.frame.crop.slices] = self.step.composite.alpha
        return Mask(alpha)


@dataclass(frozen=True, eq=False)
class Result:
    """The finished picture, its reports, and warnings for the reader.

    `due` counts steps, regions without a step because their mask was empty, and passes that failed. Regions
    that a prompt skips do not count.
    """

    picture: Picture
    reports: tuple[Report, ...] = ()
    warnings: tuple[str, ...] = ()
    stopped: bool = False
    due: int = 0

    @property
    def outcome(self) -> PictureOutcome:
        """The outcome of the picture."""
        if any(report.outcome == "kept" for report in self.reports):
            return CHANGED
        if self.reports and all(report.outcome == "reverted" for report in self.reports):
            return REVERTED
        return UNCHANGED if self.due else NOTHING_FOUND

    def then(self, later: Result) -> Result:
        """This result followed by a later result of the same picture."""
        return Result(
            later.picture,
            self.reports + later.reports,
            self.warnings + later.warnings,
            self.stopped or later.stopped,
            self.due + later.due,
        )


def with_warnings(result: Result, warnings: Sequence[str]) -> Result:
    """The result with more warnings."""
    return dataclasses.replace(result, warnings=result.warnings + tuple(warnings))
