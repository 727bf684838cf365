"""Samplers that count in sigmas: the denoiser answers with the clean latents, which are masked."""

from __future__ import annotations

import torch

from modules.sd_samplers_cfg_denoiser import CFGDenoiser
from modules.sd_samplers_common import Sampler, setup_img2img_steps


class KDiffusionSampler(Sampler):
    def denoiser(self):
        return CFGDenoiser(self)

    def get_sigmas(self, p, steps):
        return torch.linspace(1, 0, steps + 1)

    def sample(self, p, x, conditioning, unconditional_conditioning, steps=None, image_conditioning=None):
        return self.run(p, x, x, self.get_sigmas(p, steps or p.steps), 1.0, conditioning)

    def sample_img2img(
        self, p, x, noise, conditioning, unconditional_conditioning, steps=None, image_conditioning=None
    ):
        steps, last = setup_img2img_steps(p, steps)
        sigmas = self.get_sigmas(p, steps)[steps - last - 1 :]
        return self.run(p, x, x + noise * sigmas[0], sigmas, p.denoising_strength, conditioning)

    def completed(self, level):
        return 1 - level

    def foreseen(self, x, answer, level):
        return answer

    def stepped(self, x, answer, level, after):
        return answer + (x - answer) * (after / level)
