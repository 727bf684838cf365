"""From noise, and a second pass at a larger size."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch

from modules import sd_samplers, shared
from modules.job_base import StableDiffusionProcessing
from modules.latents import FACTOR, decoded


@dataclass(repr=False)
class StableDiffusionProcessingTxt2Img(StableDiffusionProcessing):
    enable_hr: bool = False
    denoising_strength: float = 0.75
    hr_scale: float = 2.0
    is_hr_pass: bool = field(default=False, init=False)

    def init(self, all_prompts, all_seeds, all_subseeds):
        if self.enable_hr:
            self.extra_generation_params["Denoising strength"] = self.denoising_strength
            self.extra_generation_params["Hires upscale"] = self.hr_scale
            if shared.state.job_count == -1:
                shared.state.job_count = self.n_iter
            shared.state.job_count *= 2

    def sample(self, conditioning, unconditional_conditioning, seeds, subseeds, subseed_strength, prompts):
        sampler = self.sampler = sd_samplers.create_sampler(self.sampler_name, shared.sd_model)
        x = self.rng.next()
        self.scripts.process_before_every_sampling(self, x=x, noise=x, c=conditioning, uc=None)
        low = sampler.sample(self, x, conditioning, None)
        if not self.enable_hr or shared.state.interrupted:
            return low
        self.is_hr_pass = True
        low = torch.nn.functional.interpolate(low, scale_factor=self.hr_scale)
        noise = self.new_rng(low.shape[3] * FACTOR, low.shape[2] * FACTOR).next()
        shared.state.nextjob()
        self.scripts.before_hr(self)
        self.scripts.process_before_every_sampling(self, x=low, noise=noise, c=conditioning, uc=None)
        high = sampler.sample_img2img(self, low, noise, conditioning, None)
        self.is_hr_pass = False
        return decoded(high)
