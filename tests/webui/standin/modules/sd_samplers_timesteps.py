"""Samplers that count in timesteps: the denoiser answers with the noise, and its input is masked.

Masked with the clean original, and only for the denoiser: the sampler goes on with its own copy.
"""

from __future__ import annotations

import torch

from modules import shared
from modules.sd_samplers_cfg_denoiser import CFGDenoiser
from modules.sd_samplers_common import Sampler, setup_img2img_steps


class CFGDenoiserTimesteps(CFGDenoiser):
    def __init__(self, sampler):
        super().__init__(sampler)
        self.alphas = shared.sd_model.alphas_cumprod
        self.mask_before_denoising = True

    def answer(self, x, sigma):
        share = self.alphas[sigma.long()][:, None, None, None]
        return (x - share.sqrt() * self.clean(x)) / (1 - share).sqrt()


class CompVisSampler(Sampler):
    def denoiser(self):
        return CFGDenoiserTimesteps(self)

    def get_timesteps(self, p, steps):
        """Rising."""
        return (torch.arange(0, 1000, 1000 // steps) + 1).clip(max=999)

    def sample(self, p, x, conditioning, unconditional_conditioning, steps=None, image_conditioning=None):
        times = self.get_timesteps(p, steps or p.steps)
        return self.run(p, x, x, times.flip(0), 1.0, conditioning)

    def sample_img2img(
        self, p, x, noise, conditioning, unconditional_conditioning, steps=None, image_conditioning=None
    ):
        steps, last = setup_img2img_steps(p, steps)
        times = self.get_timesteps(p, steps)
        share = shared.sd_model.alphas_cumprod[times[last]]
        noised = x * share.sqrt() + noise * (1 - share).sqrt()
        return self.run(p, x, noised, times[:last].flip(0), p.denoising_strength, conditioning)

    def completed(self, level):
        return (999 - level) / 1000

    def foreseen(self, x, answer, level):
        share = shared.sd_model.alphas_cumprod[level]
        return (x - (1 - share).sqrt() * answer) / share.sqrt()

    def stepped(self, x, answer, level, after):
        share = shared.sd_model.alphas_cumprod[after]
        return share.sqrt() * self.foreseen(x, answer, level) + (1 - share).sqrt() * answer
