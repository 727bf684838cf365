"""Soft denoising on the pipelines of diffusers, between their steps (see `soft_denoising`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retouch.engines.model_cache import Model
from retouch.engines.model_families import LatentBatch
from retouch.engines.soft_denoising import OPAQUE, first_step

if TYPE_CHECKING:
    import torch


class DiffusersSoftMask:
    """The soft cells of one sampling call, put back to the original after every step before their own.

    Opaque cells and cells of mask value 0 are left to the pipeline, which then does as without this.

    A step is a call of the denoiser. A solver whose step spans two of them (Heun, DPM2, DPM++ SDE), and
    UniPC, whose corrector goes over its last step once more, may let a cell go one call early.
    """

    def __init__(self, model: Model, batch: LatentBatch) -> None:
        pipe, family = model.pipe, model.family
        self._pipe, self._family = pipe, family
        soft = batch.alpha * (batch.alpha < OPAQUE)
        self._alpha = family.pack_latents(pipe, soft.expand_as(batch.latents))
        self._clean = family.pack_latents(pipe, batch.latents)
        self._noise = family.pack_latents(pipe, batch.noise)
        self._before: torch.Tensor | None = None

    def after_step(self, step: int, latents: torch.Tensor) -> torch.Tensor:
        """`latents` as step `step`, counted from 0, left them, in the pipeline's own layout."""
        import torch

        steps = self._pipe.num_timesteps
        held = (self._alpha > 0) & (first_step(self._alpha, steps) > step)
        if not held.any():
            return latents
        after = self._pipe.scheduler.timesteps[step + 1 - steps].reshape(1)  # none is held in the last step
        original = self._family.add_noise(self._pipe, self._clean, self._noise, after).to(latents.dtype)
        self._remind(held)
        self._before = original
        return torch.where(held, original, latents)

    def _remind(self, held: torch.Tensor) -> None:
        """UniPC's corrector starts from the latents of the step before, which it keeps for itself."""
        scheduler: Any = self._pipe.scheduler
        if self._before is not None and getattr(scheduler, "last_sample", None) is not None:
            scheduler.last_sample = self._before.where(held, scheduler.last_sample)
