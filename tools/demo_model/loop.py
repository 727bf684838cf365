"""A training loop that can be stopped at any time and resumed."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
import torch
from torch import nn

M = TypeVar("M", bound=nn.Module)
Loss: TypeAlias = Callable[[M, int, np.random.Generator], torch.Tensor]

LOG = "losses.csv"
SAVE_EVERY = 120.0
"""Seconds between two saved states."""
LOG_EVERY = 50
EMA = 0.999
CLIP = 0.5
WARM_UP = 200


@dataclass(frozen=True)
class Course:
    """Number of steps and learning rate: warm-up, then a cosine down to a twentieth."""

    name: str
    steps: int
    rate: float
    seed: int

    def rate_at(self, step: int) -> float:
        falling = 0.5 * (1 + math.cos(math.pi * step / self.steps))
        return self.rate * min(1, (step + 1) / WARM_UP) * (0.05 + 0.95 * falling)


class Run(Generic[M]):
    """Trains one model on its course. Its state and the log of losses are saved in `folder`."""

    def __init__(self, course: Course, model: M, folder: Path, device: str) -> None:
        nn.Module.to(model, device, memory_format=torch.channels_last)
        self.course, self.model, self.log = course, model, folder / LOG
        self.state = folder / f"{course.name}.pt"
        self.average = deepcopy(model).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            model.parameters(), course.rate, betas=(0.9, 0.99), weight_decay=1e-3
        )
        self.step, self.seconds = 0, 0.0
        if self.state.exists():
            self._resume()

    def _resume(self) -> None:
        kept = torch.load(self.state, map_location="cpu", weights_only=True)
        self.model.load_state_dict(kept["model"])
        self.average.load_state_dict(kept["average"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.step, self.seconds = kept["step"], kept["seconds"]

    def save(self) -> None:
        """Save the state completely or not at all: the old state stays until the new one is written."""
        kept = {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }
        part = self.state.with_suffix(".part")
        torch.save(kept, part)
        part.replace(self.state)

    def go(self, loss_of: Loss[M]) -> M:
        """Train to the end of the course. Returns the model with averaged weights.

        `loss_of(model, step, rng)` is the loss to minimise.
        """
        begun, saved, losses = time.monotonic() - self.seconds, time.monotonic(), []
        while self.step < self.course.steps:
            losses.append(self._advance(loss_of))
            self.seconds = time.monotonic() - begun
            if self.step % LOG_EVERY == 0 or self.step == self.course.steps:
                self._tell(float(np.mean(losses)))
                losses.clear()
            if time.monotonic() - saved > SAVE_EVERY:
                self.save()
                saved = time.monotonic()
        self.save()
        return self.average.eval()

    def _advance(self, loss_of: Loss[M]) -> float:
        """One step. Its random numbers depend only on seed and step, so a resumed run has the same result."""
        rng = np.random.default_rng((self.course.seed, self.step))
        torch.manual_seed(int(rng.integers(2**31)))
        for group in self.optimizer.param_groups:
            group["lr"] = self.course.rate_at(self.step)
        loss = loss_of(self.model, self.step, rng)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        self.optimizer.step()
        self._follow()
        self.step += 1
        return loss.item()

    def _follow(self) -> None:
        """Update the moving average of the weights, which is the result of the training."""
        weight = 1 - min(EMA, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            pairs = zip(self.average.parameters(), self.model.parameters(), strict=True)
            for mean, now in pairs:
                mean.lerp_(now, weight)

    def _tell(self, loss: float) -> None:
        left = self.seconds / self.step * (self.course.steps - self.step)
        print(
            f"{self.course.name} {self.step}/{self.course.steps}: loss {loss:.5f}, "
            f"{self.seconds / 60:.1f} min, {left / 60:.0f} min left",
            flush=True,
        )
        new = not self.log.exists()
        with self.log.open("a", newline="") as file:
            rows: Any = csv.writer(file)
            if new:
                rows.writerow(["course", "step", "loss", "seconds"])
            rows.writerow([self.course.name, self.step, f"{loss:.6f}", round(self.seconds)])
