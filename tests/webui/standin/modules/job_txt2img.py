"""From noise, and a second pass at a larger size."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch

from modules import sd_models, sd_samplers, shared
from modules.job_base import StableDiffusionProcessing
from modules.latents import FACTOR, decoded, encoded


@dataclass(repr=False)
class StableDiffusionProcessingTxt2Img(StableDiffusionProcessing):
    enable_hr: bool = False
    denoising_strength: float = 0.75
    hr_scale: float = 2.0
    hr_checkpoint_info: object = field(default=None, init=False)
    is_hr_pass: bool = field(default=False, init=False)
    latent_scale_mode: dict | None = field(default=None, init=False)
    hr_upscaler: str = "Latent"

    def init(self, all_prompts, all_seeds, all_subseeds):
        if self.enable_hr:
            self.latent_scale_mode = {"mode": "nearest"} if self.hr_upscaler == "Latent" else None
            self.extra_generation_params["Denoising strength"] = self.denoising_strength
            self.extra_generation_params["Hires upscale"] = self.hr_scale
            if shared.state.job_count == -1:
                shared.state.job_count = self.n_iter
            shared.state.job_count *= 2

    def sample(self, conditioning, unconditional_conditioning, seeds, subseeds, subseed_strength, prompts):
        sampler = self.sampler = sd_samplers.create_sampler(self.sampler_name, shared.sd_model)
        self.hr_c = conditioning
        x = self.rng.next()
        self.scripts.process_before_every_sampling(self, x=x, noise=x, c=conditioning, uc=None)
        low = sampler.sample(self, x, conditioning, None)
        if not self.enable_hr:
            return low
        pixels = None if self.latent_scale_mode else torch.stack(list(decoded(low)))
        sd_models.reload_model_weights(info=self.hr_checkpoint_info)
        return self.sample_hr_pass(low, pixels, seeds, subseeds, subseed_strength, prompts)

    def sample_hr_pass(self, samples, decoded_samples, seeds, subseeds, subseed_strength, prompts):
        if shared.state.interrupted:
            return samples
        self.is_hr_pass = True
        sampler = self.sampler = sd_samplers.create_sampler(self.sampler_name, shared.sd_model)
        grown = torch.nn.functional.interpolate
        if self.latent_scale_mode:
            low = grown(samples, scale_factor=self.hr_scale)
        else:
            low = encoded(grown((decoded_samples + 1) / 2, scale_factor=self.hr_scale))
        noise = self.new_rng(low.shape[3] * FACTOR, low.shape[2] * FACTOR).next()
        shared.state.nextjob()
        self.scripts.before_hr(self)
        self.scripts.process_before_every_sampling(self, x=low, noise=noise, c=self.hr_c, uc=None)
        high = sampler.sample_img2img(self, low, noise, self.hr_c, None)
        self.is_hr_pass = False
        return decoded(high)
