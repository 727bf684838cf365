"""From noise, and a second pass at a larger size."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch

from modules import extra_networks, loaded, sd_models, sd_samplers, shared
from modules.job_base import StableDiffusionProcessing
from modules.latents import FACTOR, decoded, encoded


@dataclass(repr=False)
class StableDiffusionProcessingTxt2Img(StableDiffusionProcessing):
    enable_hr: bool = False
    denoising_strength: float = 0.75
    hr_scale: float = 2.0
    hr_second_pass_steps: int = 0
    hr_checkpoint_name: str = None
    hr_sampler_name: str = None
    hr_scheduler: str = None
    hr_prompt: str = ""
    hr_negative_prompt: str = ""
    all_hr_prompts: list = field(default=None, init=False)
    all_hr_negative_prompts: list = field(default=None, init=False)
    hr_checkpoint_info: object = field(default=None, init=False)
    is_hr_pass: bool = field(default=False, init=False)
    latent_scale_mode: dict | None = field(default=None, init=False)
    hr_upscaler: str = "Latent"

    def init(self, all_prompts, all_seeds, all_subseeds):
        if self.enable_hr:
            if self.hr_checkpoint_name:
                self.hr_checkpoint_info = sd_models.get_closet_checkpoint_match(self.hr_checkpoint_name)
            if self.hr_scheduler is None:
                self.hr_scheduler = self.scheduler
            self.latent_scale_mode = {"mode": "nearest"} if self.hr_upscaler == "Latent" else None
            self.extra_generation_params["Denoising strength"] = self.denoising_strength
            self.extra_generation_params["Hires upscale"] = self.hr_scale
            if shared.state.job_count == -1:
                shared.state.job_count = self.n_iter
            shared.state.job_count *= 2

    def setup_prompts(self):
        super().setup_prompts()
        if self.enable_hr:
            self.hr_prompt = self.hr_prompt or self.prompt
            self.hr_negative_prompt = self.hr_negative_prompt or self.negative_prompt
            count, own, negative = len(self.all_prompts), self.hr_prompt, self.hr_negative_prompt
            given = own if isinstance(own, list) else [own] * count
            self.all_hr_prompts = [", ".join([text, *self.styles]) for text in given]
            self.all_hr_negative_prompts = negative if isinstance(negative, list) else [negative] * count

    def current_colours(self):
        return self._hr_colours() if self.is_hr_pass else super().current_colours()

    def current_prompts(self):
        return self.hr_prompts if self.is_hr_pass else super().current_prompts()

    def _hr_colours(self):
        part = slice(self.iteration * self.batch_size, (self.iteration + 1) * self.batch_size)
        prompts, tags = extra_networks.parse_prompts(self.all_hr_prompts[part])
        if not self.disable_extra_networks:
            extra_networks.activate(self, tags)
        self.hr_prompts = prompts, self.all_hr_negative_prompts[part]
        return self.colours_of(*self.hr_prompts, [None, None])

    def sample(self, conditioning, unconditional_conditioning, seeds, subseeds, subseed_strength, prompts):
        sampler = self.sampler = sd_samplers.create_sampler(self.sampler_name, shared.sd_model)
        x = self.rng.next()
        loaded.begin_sampling(self)
        self.scripts.process_before_every_sampling(self, x=x, noise=x, c=conditioning, uc=None)
        low = sampler.sample(self, x, conditioning, None)
        if not self.enable_hr:
            return low
        pixels = None if self.latent_scale_mode else torch.stack(list(decoded(low)))
        loaded.load_hires(self)
        return self.sample_hr_pass(low, pixels, seeds, subseeds, subseed_strength, prompts)

    def sample_hr_pass(self, samples, decoded_samples, seeds, subseeds, subseed_strength, prompts):
        if shared.state.interrupted:
            return samples
        self.is_hr_pass = True
        sampler = self.sampler = sd_samplers.create_sampler(
            self.hr_sampler_name or self.sampler_name, shared.sd_model
        )
        grown = torch.nn.functional.interpolate
        if self.latent_scale_mode:
            low = grown(samples, scale_factor=self.hr_scale)
        else:
            low = encoded(grown((decoded_samples + 1) / 2, scale_factor=self.hr_scale))
        noise = self.new_rng(low.shape[3] * FACTOR, low.shape[2] * FACTOR).next()
        shared.state.nextjob()
        self.hr_c = self._hr_colours()
        self.scripts.before_hr(self)
        loaded.begin_sampling(self)
        self.scripts.process_before_every_sampling(self, x=low, noise=noise, c=self.hr_c, uc=None)
        steps = self.hr_second_pass_steps or self.steps
        high = sampler.sample_img2img(self, low, noise, self.hr_c, None, steps=steps)
        self.is_hr_pass = False
        return decoded(high)
