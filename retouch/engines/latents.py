"""Pictures, masks and seeds -> tensors, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from retouch.engines.families import Batch, Family
from retouch.errors import NotANumber
from retouch.mask import SOLID
from retouch.ports import Job
from retouch.raster import Picture

if TYPE_CHECKING:
    import torch


def batch_of(pipe: Any, family: Family, jobs: Sequence[Job]) -> Batch:
    """All a sampling call needs. Job i's tensors depend on job i alone, and on its seed.

    A seed gives the initial noise first, then the autoencoder's sample, then what the sampler draws.
    """
    import torch

    device = pipe._execution_device  # not `pipe.device`, which is the CPU while parts wait there
    pixels = _pixels(jobs, device)
    hole, cells = _holes(jobs, pipe.vae_scale_factor, device)
    generators = [torch.Generator().manual_seed(job.seed) for job in jobs]
    shape = (pipe.vae.config.latent_channels, *cells.shape[-2:])
    noise = torch.stack([_noise(job, g, shape) for job, g in zip(jobs, generators, strict=True)]).to(device)
    latents = encode(pipe.vae, pixels, generators)
    known = torch.zeros_like(latents)
    if family.sees_picture(pipe):
        known = encode(pipe.vae, pixels * (1 - hole), generators)
    latents = _with_content(latents, cells, jobs[0].settings.masked_content, generators)
    return Batch(pixels, hole, cells, latents, known, noise, generators)


def _pixels(jobs: Sequence[Job], device: Any) -> torch.Tensor:
    import torch

    stacked = np.stack([job.picture.pixels for job in jobs])
    return torch.from_numpy(stacked).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1


def _holes(jobs: Sequence[Job], cell: int, device: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Pixel and latent masks. A cell of `cell` pixels is repainted whole if the mask touches it:

    the pipelines look at one pixel of each, which would lose a mask's left and upper border.
    """
    import torch

    stacked = np.stack([job.mask.alpha for job in jobs])[:, None]
    solid = (torch.from_numpy(stacked).to(device) >= SOLID).float()
    cells = torch.nn.functional.max_pool2d(solid, cell, ceil_mode=True)
    return cells.repeat_interleave(cell, -1).repeat_interleave(cell, -2), cells


def _noise(job: Job, generator: torch.Generator, shape: tuple[int, ...]) -> torch.Tensor:
    import torch

    noise = torch.randn(shape, generator=generator)
    if job.subseed_strength <= 0:
        return noise
    other = torch.randn(shape, generator=torch.Generator().manual_seed(job.subseed))
    return slerp(noise, other, job.subseed_strength)


def slerp(a: torch.Tensor, b: torch.Tensor, part: float) -> torch.Tensor:
    """From `a` (0) to `b` (1) along the arc between them, which keeps the noise at unit strength.

    (Shoemake, Animating rotation with quaternion curves, 1985.)
    """
    import torch

    cosine = (a * b).sum() / (a.norm() * b.norm())
    angle = torch.arccos(cosine.clamp(-1, 1))
    if torch.sin(angle) < 1e-4:
        return torch.lerp(a, b, part)
    return (torch.sin((1 - part) * angle) * a + torch.sin(part * angle) * b) / torch.sin(angle)


def _with_content(
    latents: torch.Tensor, cells: torch.Tensor, content: str, generators: Sequence[torch.Generator]
) -> torch.Tensor:
    """`latent noise` and `latent nothing` act here; the other contents are in the pixels already."""
    import torch

    if content not in ("latent noise", "latent nothing"):
        return latents
    kept = latents * (1 - cells)
    if content == "latent nothing":
        return kept
    fresh = torch.stack([torch.randn(latents.shape[1:], generator=g) for g in generators])
    return kept + fresh.to(latents) * cells


def encode(vae: Any, pixels: torch.Tensor, generators: list[torch.Generator]) -> torch.Tensor:
    """(B, 3, H, W) -1..1 -> (B, C, h, w) float32, scaled as the denoiser knows them.

    The autoencoder gives a distribution; its sample is drawn from the jobs' own generators.
    """
    sample = vae.encode(pixels.to(vae.dtype)).latent_dist.sample(generators).float()
    mean, spread = _normalisation(vae, sample)
    return (sample - mean) / spread


def decode(vae: Any, latents: torch.Tensor) -> list[Picture]:
    """(B, C, h, w) -> pictures. NotANumber when any of them holds NaN."""
    import torch

    mean, spread = _normalisation(vae, latents)
    pixels = vae.decode((latents.float() * spread + mean).to(vae.dtype), return_dict=False)[0].float()
    if not torch.isfinite(pixels).all():
        raise NotANumber("The model returned NaN.", hint='Load it with dtype "float32".')
    levels = ((pixels + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return [Picture(array) for array in levels.permute(0, 2, 3, 1).cpu().numpy()]


def _normalisation(vae: Any, like: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and spread of the raw latents, per channel where the autoencoder knows them so."""
    config = vae.config
    mean = getattr(config, "latents_mean", None)
    spread = getattr(config, "latents_std", None)
    if mean is None or spread is None:
        mean, spread = [getattr(config, "shift_factor", None) or 0.0], [1.0]
    as_channels = [like.new_tensor(v).float().view(1, -1, 1, 1) for v in (mean, spread)]
    return as_channels[0], as_channels[1] / config.scaling_factor
