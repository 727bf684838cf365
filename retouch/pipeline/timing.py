"""How long painting will take, from how long it took: by engine and checkpoint, in this process only."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from retouch.pipeline.report import Report
from retouch.pipeline.step import Step

FADE = 0.9
"""What is left of the past's weight at every painting: ten of them forget a first one that loaded a model."""


def work_of(step: Step) -> float:
    """Megapixels times sampling steps of one painting of `step`.

    At a denoising strength below 1 only that share of the steps is taken; at 0 nothing is painted.
    """
    settings = step.settings
    return step.frame.work.area / 1e6 * math.ceil(settings.sampling.steps * settings.denoising_strength)


@dataclass(frozen=True)
class Speed:
    """A running ratio of sums: seconds over megapixel-steps, each painting weighing FADE of the next.

    After paintings of s1, s2, ... seconds and w1, w2, ... work the pace is (s1 F^n-1 + s2 F^n-2 + ...) /
    (w1 F^n-1 + w2 F^n-2 + ...), so that a large crop counts for more than a small one.
    """

    seconds: float = 0.0
    work: float = 0.0

    def after(self, seconds: float, work: float) -> Speed:
        return Speed(self.seconds * FADE + seconds, self.work * FADE + work)

    def of(self, work: float) -> float | None:
        """Seconds that so much work will take; None where nothing is known."""
        return self.seconds / self.work * work if self.work > 0 else None


@dataclass
class SpeedHistory:
    """By engine and checkpoint. Safe to use from many threads."""

    _known: dict[tuple[str, str], Speed] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def learn(self, engine: str, loaded: str, reports: Iterable[Report]) -> None:
        """What was painted; `loaded` is the checkpoint that a blank one means."""
        for report in reports:
            work = work_of(report.step) * len(report.candidates)
            if work and report.seconds:
                name = (engine, report.step.settings.sampling.checkpoint or loaded)
                with self._lock:
                    self._known[name] = self._known.get(name, Speed()).after(report.seconds, work)

    def seconds(self, engine: str, loaded: str, steps: Sequence[Step]) -> list[float | None]:
        """Of each step painted once, with all its variations."""
        return [
            self._known.get((engine, step.settings.sampling.checkpoint or loaded), Speed()).of(
                work_of(step) * step.how.variations
            )
            for step in steps
        ]
