"""The training of the demo model's autoencoder: squared error on crops of the photographs."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from retouch.engines.unshuffle import UnshuffleAutoencoder
from retouch.image.geometry import Size
from tools.demo_model.crops import Album

CROP = Size(96, 96)
CELL = 8
BATCH = 6
JITTER = 0.01
"""Standard deviation of noise on the latents, in theirs. With it, similar latents decode to similar
pictures."""


def to_tensor(crops: list[np.ndarray], device: str) -> torch.Tensor:
    """The crops (height, width, 3) uint8 as a float32 tensor (B, 3, H, W), -1..1."""
    pixels = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2)
    return (pixels.float() / 127.5 - 1).to(device, memory_format=torch.channels_last)


class Lesson:
    """Loss: squared error of the round trip, and a penalty for latents not of zero mean and unit variance."""

    def __init__(self, device: str) -> None:
        self.device, self.album = device, Album.open(whole=0.6)

    def __call__(self, vae: UnshuffleAutoencoder, step: int, rng: np.random.Generator) -> torch.Tensor:
        crops = [crop.pixels for crop in self.album.draw(BATCH, CROP, rng)]
        pixels = to_tensor(crops, self.device)
        with torch.autocast(self.device.split(":")[0], torch.bfloat16):
            latents = vae.encoder(pixels)
            seen = vae.decoder(latents + JITTER * torch.randn_like(latents))
        return (seen.float() - pixels).square().mean() + 1e-3 * _unlike_unit(latents.float())


class Polish:
    """Loss of the decoder alone, on fixed latents. Half of the samples are whole photographs.

    Whole photographs start at a latent cell, as an uncropped photograph does when it is encoded.
    """

    def __init__(self, vae: UnshuffleAutoencoder, device: str) -> None:
        self.encoder, self.device = vae.encoder.requires_grad_(False), device
        self.album, self.wholes = Album.open(whole=0.6), Album.wholes()

    def __call__(self, decoder: nn.Module, step: int, rng: np.random.Generator) -> torch.Tensor:
        crops = self.wholes.draw(BATCH // 2, CROP, rng, CELL) + self.album.draw(BATCH // 2, CROP, rng)
        pixels = to_tensor([crop.pixels for crop in crops], self.device)
        with torch.autocast(self.device.split(":")[0], torch.bfloat16):
            latents = self.encoder(pixels)
            seen = decoder(latents + JITTER * torch.randn_like(latents))
        return (seen.float() - pixels).square().mean()


def _unlike_unit(latents: torch.Tensor) -> torch.Tensor:
    """Penalty on the logarithm of the variance. It stays small if an early step moves the latents far off."""
    channels = latents.transpose(0, 1).flatten(1)
    return channels.mean(1).abs().log1p().mean() + channels.var(1).clamp_min(1e-6).log().square().mean()
