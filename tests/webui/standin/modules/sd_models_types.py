"""The loaded model. Its UNet draws every item towards its own colour."""

from __future__ import annotations

import torch


class Block(torch.nn.Module):
    def forward(self, x):
        return self._forward(x)

    def _forward(self, x):
        return torch.tanh(x)


class UNet(torch.nn.Module):
    """x [B, 4, h, w], context [B, 4]: one colour an item."""

    def __init__(self):
        super().__init__()
        self.block = Block()

    def forward(self, x, timesteps=None, context=None):
        return 0.85 * context[:, :, None, None] + 0.15 * self.block(x)


class Wrapper(torch.nn.Module):
    conditioning_key = "crossattn"

    def __init__(self):
        super().__init__()
        self.diffusion_model = UNet()

    def forward(self, x, step, context):
        return self.diffusion_model(x, step, context)


class WebuiSdModel(torch.nn.Module):
    is_sd1: bool
    is_sd2: bool
    is_sdxl: bool
    is_sd3: bool
    parameterization: str
    sd_checkpoint_info: object

    def __init__(self, info):
        super().__init__()
        self.model = Wrapper()
        self.first_stage_model, self.cond_stage_model = torch.nn.Identity(), torch.nn.Identity()
        self.is_sdxl = "xl" in info.name
        self.is_sd1 = not self.is_sdxl
        self.is_sd2 = self.is_sd3 = False
        self.parameterization = "eps"
        self.alphas_cumprod = torch.linspace(0.999, 0.01, 1000)
        self.sd_checkpoint_info = info
        self.vae = "Automatic"
        self.token_merging = 0.0
        self.networks = ()
