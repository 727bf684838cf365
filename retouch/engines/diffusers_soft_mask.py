"""Soft denoising for the pipelines of diffusers, applied between their steps (see `soft_denoising`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retouch.engines.model_cache import Model
from retouch.engines.model_families import LatentBatch
from retouch.engines.soft_denoising import OPAQUE, first_step

if TYPE_CHECKING:
    import torch


class DiffusersSoftMask:
    """Restores the soft cells of one sampling call to the noised original before their first step.

    A soft cell has a mask value in 1..254. The restoring runs after every step that precedes the cell's
    first step. Opaque cells and cells of mask value 0 are not changed here: the pipeline handles them.

    A step is one call of the denoiser. A cell may be released one call early by a solver with two calls a
    step (Heun, DPM2, DPM++ SDE) and by UniPC, because its corrector computes the last step again.
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
        """The latents after step `step` (counted from 0), with the cells restored that are not released yet.

        `latents` and the result are float tensors in the pipeline's own layout: (B, C, h, w) or packed.
        """
        import torch

        steps = self._pipe.num_timesteps
        held = (self._alpha > 0) & (first_step(self._alpha, steps) > step)
        if not held.any():
            return latents
        after = self._pipe.scheduler.timesteps[step + 1 - steps].reshape(1)  # the last step holds no cell
        original = self._family.add_noise(self._pipe, self._clean, self._noise, after).to(latents.dtype)
        self._remind(held)
        self._before = original
        return torch.where(held, original, latents)

    def _remind(self, held: torch.Tensor) -> None:
        """Restore the held cells in UniPC's copy of the previous latents, from which its corrector starts."""
        scheduler: Any = self._pipe.scheduler
        if self._before is not None and getattr(scheduler, "last_sample", None) is not None:
            scheduler.last_sample = self._before.where(held, scheduler.last_sample)
