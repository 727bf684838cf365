"""An autoencoder that never computes at full resolution, for the demo model: small, and quick on a CPU.

Half and quarter resolution are pixel-unshuffle; residual convolutions work at a quarter and an eighth.
The layers above a quarter are where an AutoencoderKL spends most of its time. Without a distribution:
a picture has one latent.

Pixel-unshuffle: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient
Sub-Pixel Convolutional Neural Network", CVPR 2016. diffusers makes it by the name in model_index.json.
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
    """Two convolutions beside an identity, which is all there is before training."""

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
    """Pictures (B, 3, H, W) in -1..1, H and W multiples of 8, to latents (B, 4, H / 8, W / 8) and back.

    `block_out_channels` are the encoder's widths at full, half, quarter and eighth resolution; the first
    two are what pixel-unshuffle makes of RGB. They are given because diffusers counts levels by them.
    `depth` is residual blocks per stage, and for the decoder's widest stage.
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
        latents = self.encoder(x)
        return AutoencoderTinyOutput(latents=latents) if return_dict else (latents,)

    def decode(self, z: torch.Tensor, return_dict: bool = True, generator: Any = None) -> Any:
        """`generator` is there for the pipelines, which give one to every autoencoder."""
        sample = self.decoder(z)
        return DecoderOutput(sample=sample) if return_dict else (sample,)

    def enable_slicing(self) -> None:
        """Nothing to slice: a whole batch takes less memory here than one picture elsewhere."""
