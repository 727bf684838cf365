"""The autoencoder of the demo model: small, fast on a CPU, without layers at full resolution.

Half and quarter resolution are pixel-unshuffle. Residual convolutions run at quarter and eighth resolution.
An AutoencoderKL spends most of its time in the layers above quarter resolution. The encoder returns one
latent for a picture, not a distribution.

Pixel-unshuffle: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient
Sub-Pixel Convolutional Neural Network", CVPR 2016. diffusers finds the class by its name in model_index.json.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTinyOutput
from diffusers.models.autoencoders.vae import DecoderOutput
from diffusers.models.modeling_utils import ModelMixin
from torch import nn
from torch.nn import functional


class _Residual(nn.Module):
    """A residual block of two convolutions. Before training it is the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.second(functional.silu(self.first(x)))


def _stage(width: int, depth: int) -> list[nn.Module]:
    return [_Residual(width) for _ in range(depth)]


class UnshuffleAutoencoder(ModelMixin, ConfigMixin):
    """Maps pictures (B, 3, H, W) float -1..1 to latents (B, latent_channels, H / 8, W / 8) and back.

    H and W are multiples of 8. `block_out_channels` are the encoder's channels at full, half, quarter and
    eighth resolution. The first two are the channels after pixel-unshuffle of RGB. They are listed because
    diffusers counts the levels by them. `depth` is (residual blocks of a stage, residual blocks of the
    decoder's widest stage).
    """

    @register_to_config
    def __init__(
        self,
        block_out_channels: tuple[int, ...] = (3, 12, 96, 192),
        decoder_width: int = 256,
        latent_channels: int = 4,
        depth: tuple[int, int] = (2, 3),
        scaling_factor: float = 1.0,
    ) -> None:
        super().__init__()
        quarter, eighth = block_out_channels[2:]
        shallow, deep = depth
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(4),
            nn.Conv2d(48, quarter, 3, padding=1),
            *_stage(quarter, shallow),
            nn.Conv2d(quarter, eighth, 2, stride=2),
            *_stage(eighth, shallow),
            nn.Conv2d(eighth, latent_channels, 3, padding=1),
        )
        self.decoder = nn.Sequential(
            nn.Conv2d(latent_channels, decoder_width, 3, padding=1),
            *_stage(decoder_width, deep),
            nn.Conv2d(decoder_width, quarter * 4, 1),
            nn.PixelShuffle(2),
            *_stage(quarter, shallow),
            nn.Conv2d(quarter, 48, 3, padding=1),
            nn.PixelShuffle(4),
        )

    def encode(self, x: torch.Tensor, return_dict: bool = True) -> Any:
        """Encode pictures to latents. With `return_dict`, they are the attribute `latents` of the result."""
        latents = self.encoder(x)
        return AutoencoderTinyOutput(latents=latents) if return_dict else (latents,)

    def decode(self, z: torch.Tensor, return_dict: bool = True, generator: Any = None) -> Any:
        """Decode latents. `generator` is ignored; it exists because the pipelines pass one."""
        sample = self.decoder(z)
        return DecoderOutput(sample=sample) if return_dict else (sample,)

    def enable_slicing(self) -> None:
        """Does nothing: a batch here takes less memory than one picture in an AutoencoderKL."""
