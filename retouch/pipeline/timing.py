"""Estimate the seconds of painting from earlier paintings, by engine and checkpoint, in this process only."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from retouch.pipeline.report import Report
from retouch.pipeline.step import Step

FADE = 0.9
"""Factor of all earlier weights at each painting. After ten a slow first painting, which loaded a model,
hardly counts."""


def work_of(step: Step) -> float:
    """Megapixels times sampling steps of one candidate of `step`.

    The sampler takes the share of the steps that the denoising strength gives. At 0 nothing is painted.
    """
    settings = step.settings
    return step.frame.work.area / 1e6 * math.ceil(settings.sampling.steps * settings.denoising_strength)


@dataclass(frozen=True)
class Speed:
    """A running ratio of sums: seconds over megapixel-steps. Each painting weighs FADE of the next.

    After paintings of s1, s2, ... seconds and w1, w2, ... work the ratio is (s1 F^n-1 + s2 F^n-2 + ...) / (w1
    F^n-1 + w2 F^n-2 + ...), so that a large crop counts for more than a small one.
    """

    seconds: float = 0.0
    work: float = 0.0

    def after(self, seconds: float, work: float) -> Speed:
        """The speed after one more painting of `seconds` and `work` (megapixel-steps)."""
        return Speed(self.seconds * FADE + seconds, self.work * FADE + work)

    def of(self, work: float) -> float | None:
        """Seconds for `work` megapixel-steps; None if nothing was painted yet."""
        return self.seconds / self.work * work if self.work > 0 else None


@dataclass
class SpeedHistory:
    """Speeds by engine and checkpoint. Safe for use by several threads."""

    _known: dict[tuple[str, str], Speed] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def learn(self, engine: str, loaded: str, reports: Iterable[Report]) -> None:
        """Add the steps of these reports. `loaded` is the checkpoint that a blank checkpoint means."""
        for report in reports:
            work = work_of(report.step) * len(report.candidates)
            if work and report.seconds:
                name = (engine, report.step.settings.sampling.checkpoint or loaded)
                with self._lock:
                    self._known[name] = self._known.get(name, Speed()).after(report.seconds, work)

    def seconds(self, engine: str, loaded: str, steps: Sequence[Step]) -> list[float | None]:
        """Estimated seconds of each step with all its variations; None if unknown."""
        return [
            self._known.get((engine, step.settings.sampling.checkpoint or loaded), Speed()).of(
                work_of(step) * step.how.variations
            )
            for step in steps
        ]
