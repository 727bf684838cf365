"""Soft denoising for the host's samplers, through its `on_mask_blend` hook (see `engines.soft_denoising`).

At every call of the denoiser, the host restores the original where the mask is 0, and calls the hook. The
time of the hook depends on the sampler (v1.10.1):

- *After* the denoiser, on the predicted picture: Euler, Euler a, LMS, Heun, DPM2, DPM2 a, DPM fast, DPM
  adaptive, DPM++ 2S a, 2M, 2M SDE, 2M SDE Heun, 3M SDE and SDE, Restart (k-diffusion), and LCM. If the
  predicted picture of a cell is the original, any solver keeps it at the original, noised to each level.
- *Before* the denoiser, on its noisy input, with the clean original: DDIM, DDIM CFG++, PLMS, UniPC. The
  sampler continues with its own copy, so the blend holds no cell. Only the final result is masked. For these
  samplers, `HostSoftMask` makes the host blend after the denoiser too. A held cell then gets the noise whose
  removal leaves the original, so it stays at the original, noised to each level.

The host's results for opaque cells and for cells of mask value 0 do not change by a bit. A fork that does not
call the hook during sampling denoises soft cells like opaque cells.
"""

from __future__ import annotations

from typing import Any

import torch

from retouch.engines.soft_denoising import OPAQUE, first_step

_SLACK = 1e-3
"""Relative tolerance of noise levels. Some samplers compute them in half precision. The levels of two steps
differ by more than this."""


class HostSoftMask:
    """Holds the soft cells of one sampling call at the original, at every noise level above their own level.

    The condition is the noise level, not the number of calls. So it works for samplers that call the
    denoiser twice in a step, and for samplers that choose their own levels (DPM fast, DPM adaptive, Restart,
    UniPC). With these, a cell may be released one step early or late. Heun's second call of a step is at the
    level of the next step, so it releases a cell half a step early.
    """

    def __init__(self, alpha: torch.Tensor, levels: torch.Tensor) -> None:
        """`alpha` is an integer tensor 0..255 that broadcasts with the latents, on the device of `levels`.

        `levels` (steps,) are the noise levels of the steps that run, in descending order.
        """
        steps = len(levels)
        self._soft = (alpha > 0) & (alpha < OPAQUE) if steps else torch.zeros_like(alpha, dtype=torch.bool)
        first = first_step(alpha, steps).clamp(max=max(steps - 1, 0))
        self._own = levels[first] * (1 + _SLACK) if steps else torch.zeros_like(alpha)
        self._noisy: torch.Tensor | None = None

    def __call__(self, mba: Any) -> None:
        """Change `mba.blended_latent`, the host's blend, in the cells that are held at this call."""
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
        """Store the denoiser's input, and make the host call the hook again after the denoiser.

        In soft cells, this input is equal to the sampler's own latents.
        """
        if soft.any():
            self._noisy = mba.blended_latent
            mba.denoiser.mask_before_denoising = False

    def _answer(self, mba: Any, soft: torch.Tensor, noisy: torch.Tensor) -> None:
        """Replace the denoiser's output in held cells. For these samplers the output is predicted noise.

        Other cells keep the denoiser's output, as without this second blend.
        """
        mba.denoiser.mask_before_denoising = True
        share = _signal_share(mba.denoiser.alphas, _beside(mba.sigma, noisy))
        noise = (noisy - share.sqrt() * mba.init_latent) / (1 - share).sqrt()
        mba.blended_latent = torch.where(soft, noise.to(mba.current_latent), mba.current_latent)


def _beside(per_item: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Reshape (B,) to (B, 1, ...), with as many axes as `like`."""
    return per_item.view(-1, *(1 for _ in like.shape[1:]))


def _signal_share(alphas: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor:
    """The cumulative alpha, 0..1, at each timestep, in the shape of `timestep`.

    UniPC has timesteps between two integers. Its method is used: linear interpolation of the logarithm.
    """
    at, top = timestep.float(), len(alphas) - 1
    below = at.floor().long().clamp(0, top)
    logs = alphas.float().log()
    return torch.lerp(logs[below], logs[(below + 1).clamp(max=top)], at - below).exp()
