"""Conversion of pictures, masks and seeds to tensors, and of latents to pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from retouch.engines.base import Job
from retouch.engines.model_families import Family, LatentBatch
from retouch.engines.soft_denoising import OPAQUE
from retouch.errors import NotANumber
from retouch.image.mask import SOLID
from retouch.image.picture import Picture

if TYPE_CHECKING:
    import torch


def batch_of(pipe: Any, family: Family, jobs: Sequence[Job]) -> LatentBatch:
    """The tensors of one sampling call. Row i depends on job i and its seed only.

    All jobs have the same picture size and the same `masked_content`. Each job has one generator. It draws
    the initial noise first, then the autoencoder's sample, then the noise of the sampler.
    """
    import torch

    device = pipe._execution_device  # `pipe.device` is the CPU while parts are offloaded
    pixels = _pixels(jobs, device)
    alpha = _alpha(jobs, pipe.vae_scale_factor, device)
    hole = _hole(alpha, 1 if family.blends(pipe) else SOLID, pipe.vae_scale_factor)
    generators = [torch.Generator().manual_seed(job.seed) for job in jobs]
    shape = (pipe.vae.config.latent_channels, *alpha.shape[-2:])
    noise = torch.stack([_noise(job, g, shape) for job, g in zip(jobs, generators, strict=True)]).to(device)
    latents = encode(pipe.vae, pixels, generators)
    known = torch.zeros_like(latents)
    if family.sees_picture(pipe):
        known = encode(pipe.vae, pixels * (1 - hole), generators)
    latents = _with_content(latents, alpha, jobs[0].settings.masked_content, generators)
    return LatentBatch(pixels, alpha, hole, latents, known, noise, generators)


def _pixels(jobs: Sequence[Job], device: Any) -> torch.Tensor:
    import torch

    stacked = np.stack([job.picture.pixels for job in jobs])
    return torch.from_numpy(stacked).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1


def _alpha(jobs: Sequence[Job], cell: int, device: Any) -> torch.Tensor:
    """(B, 1, h, w) int64 0..255: the largest mask value in each latent cell.

    A cell has `cell` pixels a side. With the maximum, an opaque region stays opaque up to its border.
    """
    import torch

    stacked = np.stack([job.mask.alpha for job in jobs])[:, None]
    pixels = torch.from_numpy(stacked).to(device).float()
    return torch.nn.functional.max_pool2d(pixels, cell, ceil_mode=True).long()


def _hole(alpha: torch.Tensor, least: int, cell: int) -> torch.Tensor:
    """(B, 1, H, W) float32: 1 in the cells with an alpha of at least `least`, else 0.

    The cells are repeated to pixel size because the pipelines sample one pixel of each cell. A pipeline that
    blends gets every cell with an alpha of at least 1. An inpainting checkpoint gets the surroundings of the
    hole as input and fits the hole to them. For it, a cell that is denoised in less than half of the steps
    counts as picture, because the result is closer to the original than to new content.
    """
    solid = (alpha >= least).float()
    return solid.repeat_interleave(cell, -1).repeat_interleave(cell, -2)


def _noise(job: Job, generator: torch.Generator, shape: tuple[int, ...]) -> torch.Tensor:
    import torch

    noise = torch.randn(shape, generator=generator)
    if job.subseed_strength <= 0:
        return noise
    other = torch.randn(shape, generator=torch.Generator().manual_seed(job.subseed))
    return slerp(noise, other, job.subseed_strength)


def slerp(a: torch.Tensor, b: torch.Tensor, part: float) -> torch.Tensor:
    """Spherical interpolation from `a` (`part` 0) to `b` (`part` 1). It keeps the noise at unit variance.

    `a`, `b` and the result are float tensors of one shape. (Shoemake, Animating rotation with quaternion
    curves, 1985.)
    """
    import torch

    cosine = (a * b).sum() / (a.norm() * b.norm())
    angle = torch.arccos(cosine.clamp(-1, 1))
    if torch.sin(angle) < 1e-4:
        return torch.lerp(a, b, part)
    return (torch.sin((1 - part) * angle) * a + torch.sin(part * angle) * b) / torch.sin(angle)


def _with_content(
    latents: torch.Tensor, alpha: torch.Tensor, content: str, generators: Sequence[torch.Generator]
) -> torch.Tensor:
    """The latents with `latent noise` or `latent nothing` applied. Other contents are already in the pixels.

    They apply to opaque cells only. A soft cell is denoised from a noise level that is too low to turn noise
    into a picture.
    """
    import torch

    if content not in ("latent noise", "latent nothing"):
        return latents
    opaque = (alpha == OPAQUE).float()
    kept = latents * (1 - opaque)
    if content == "latent nothing":
        return kept
    fresh = torch.stack([torch.randn(latents.shape[1:], generator=g) for g in generators])
    return kept + fresh.to(latents) * opaque


def encode(vae: Any, pixels: torch.Tensor, generators: list[torch.Generator]) -> torch.Tensor:
    """Encode pixels, (B, 3, H, W) float -1..1, to latents, (B, C, h, w) float32.

    The latents are shifted and scaled for the denoiser. Most autoencoders return a distribution: its sample
    is drawn with the job's generator. Tiny autoencoders return the latents directly.
    """
    found = vae.encode(pixels.to(vae.dtype))
    drawn = found.latents if hasattr(found, "latents") else found.latent_dist.sample(generators)
    mean, spread = _normalisation(vae, drawn)
    return (drawn.float() - mean) / spread


def decode(vae: Any, latents: torch.Tensor) -> list[Picture]:
    """Decode latents, (B, C, h, w) float, to B pictures. Raises NotANumber for NaN or infinite pixels."""
    import torch

    mean, spread = _normalisation(vae, latents)
    pixels = vae.decode((latents.float() * spread + mean).to(vae.dtype), return_dict=False)[0].float()
    if not torch.isfinite(pixels).all():
        raise NotANumber("The model returned NaN.", hint='Load it with dtype "float32".')
    levels = ((pixels + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return [Picture(array) for array in levels.permute(0, 2, 3, 1).cpu().numpy()]


def _normalisation(vae: Any, like: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of the raw latents, each (1, C, 1, 1) or (1, 1, 1, 1) float32.

    They are per channel if the autoencoder's config has them per channel.
    """
    config = vae.config
    mean = getattr(config, "latents_mean", None)
    spread = getattr(config, "latents_std", None)
    if mean is None or spread is None:
        mean, spread = [getattr(config, "shift_factor", None) or 0.0], [1.0]
    as_channels = [like.new_tensor(v).float().view(1, -1, 1, 1) for v in (mean, spread)]
    return as_channels[0], as_channels[1] / config.scaling_factor
