"""Soft denoising on the host's samplers, through its `on_mask_blend` hook (see `engines.soft_denoising`).

The host puts the original back into what our mask keeps at every call of the denoiser, and asks the hook.
When it does so depends on the sampler (v1.10.1):

- *after* the denoiser, on the picture it foresees: Euler, Euler a, LMS, Heun, DPM2, DPM2 a, DPM fast, DPM
  adaptive, DPM++ 2S a, 2M, 2M SDE, 2M SDE Heun, 3M SDE and SDE, Restart (k-diffusion), and LCM. A cell whose
  foreseen picture is the original follows the original down through the noise, whatever the solver.
- *before* the denoiser, on its noisy input, and with the clean original: DDIM, DDIM CFG++, PLMS, UniPC. The
  sampler goes on with its own copy, so nothing is held; the end result alone is masked. Here the host is
  asked for a blend after these too, and a cell that is held gets the noise which, taken out, leaves the
  original: again it follows the original down.

What the host does to opaque cells and to those of mask value 0 stays as it is, to the bit. A fork that
does not call the hook while it samples repaints soft cells as it does opaque ones.
"""

from __future__ import annotations

from typing import Any

import torch

from retouch.engines.soft_denoising import OPAQUE, first_step

_SLACK = 1e-3
"""Relative: samplers count in half precision too, and steps lie further apart than this."""


class HostSoftMask:
    """The soft cells of one sampling call, held at the original at every noise level above their own.

    Going by levels and not by counting calls suits samplers that call twice in a step, and those that
    choose their own levels (DPM fast, DPM adaptive, Restart, UniPC: a cell may be a step early or late).
    Heun's second call of a step is at the level of the next, so it lets go half a step early.
    """

    def __init__(self, alpha: torch.Tensor, levels: torch.Tensor) -> None:
        """`alpha`: whole numbers 0..255 of the latents' shape. `levels`: of each step run, falling."""
        steps = len(levels)
        self._soft = (alpha > 0) & (alpha < OPAQUE) if steps else torch.zeros_like(alpha, dtype=torch.bool)
        first = first_step(alpha, steps).clamp(max=max(steps - 1, 0))
        self._own = levels[first] * (1 + _SLACK) if steps else torch.zeros_like(alpha)
        self._noisy: torch.Tensor | None = None

    def __call__(self, mba: Any) -> None:
        """Change `mba.blended_latent`, the host's own blend, in the cells that are held at this call."""
        if mba.is_final_blend:
            return
        soft = self._soft & (_beside(mba.sigma, self._own) > self._own)
        if getattr(mba.denoiser, "mask_before_denoising", False):
            self._ask_again(mba, soft)
        elif self._noisy is None:
            mba.blended_latent = torch.where(soft, mba.init_latent, mba.blended_latent)
        else:
            self._answer(mba, soft, self._noisy)
            self._noisy = None

    def _ask_again(self, mba: Any, soft: torch.Tensor) -> None:
        """Remember what the denoiser is shown, which in soft cells is what the sampler has."""
        if soft.any():
            self._noisy = mba.blended_latent
            mba.denoiser.mask_before_denoising = False

    def _answer(self, mba: Any, soft: torch.Tensor, noisy: torch.Tensor) -> None:
        """The denoiser's answer is noise. Cells of mask value 0 keep theirs, as without this second blend."""
        mba.denoiser.mask_before_denoising = True
        share = _signal_share(mba.denoiser.alphas, _beside(mba.sigma, noisy))
        noise = (noisy - share.sqrt() * mba.init_latent) / (1 - share).sqrt()
        mba.blended_latent = torch.where(soft, noise.to(mba.current_latent), mba.current_latent)


def _beside(per_item: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """(B,) -> (B, 1, ...) with as many axes as `like`."""
    return per_item.view(-1, *(1 for _ in like.shape[1:]))


def _signal_share(alphas: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor:
    """The cumulative alpha at a timestep. UniPC's lie between two; like it, logs are interpolated."""
    at, top = timestep.float(), len(alphas) - 1
    below = at.floor().long().clamp(0, top)
    logs = alphas.float().log()
    return torch.lerp(logs[below], logs[(below + 1).clamp(max=top)], at - below).exp()
