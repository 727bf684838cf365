"""From pictures, and inpainting."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from PIL import ImageOps

from modules import images, loaded, rng, scripts, sd_samplers, shared
from modules.job_base import StableDiffusionProcessing
from modules.latents import encoded, latent_mask, tensor_of
from modules.overlays import blurred, create_binary_mask, crop_region, overlay_of


@dataclass(repr=False)
class StableDiffusionProcessingImg2Img(StableDiffusionProcessing):
    init_images: list = None
    resize_mode: int = 0
    denoising_strength: float = 0.75
    image_cfg_scale: float = None
    mask: Any = None
    mask_blur: int = None
    mask_round: bool = True
    latent_mask: Any = None
    inpainting_fill: int = 0
    inpaint_full_res: bool = True
    inpaint_full_res_padding: int = 0
    inpainting_mask_invert: int = 0
    initial_noise_multiplier: float = None
    image_mask: Any = field(default=None, init=False)
    nmask: Any = field(default=None, init=False)
    image_conditioning: Any = field(default=None, init=False)
    mask_for_overlay: Any = field(default=None, init=False)
    init_latent: Any = field(default=None, init=False)

    def __post_init__(self):
        super().__post_init__()
        self.image_mask, self.mask = self.mask, None
        if self.initial_noise_multiplier is None:
            self.initial_noise_multiplier = shared.opts.initial_noise_multiplier
        self.mask_blur = 4 if self.mask_blur is None else self.mask_blur

    def get_token_merging_ratio(self, for_hr=False):
        return (
            self.token_merging_ratio
            or shared.opts.token_merging_ratio_img2img
            or super().get_token_merging_ratio()
        )

    def init(self, all_prompts, all_seeds, all_subseeds):
        """One mask, one crop and one paste_to for all images; the VAE's posterior is not the seed's."""
        self.extra_generation_params["Denoising strength"] = self.denoising_strength
        self.sampler = sd_samplers.create_sampler(self.sampler_name, shared.sd_model)
        mask, region = self._prepared_mask() if self.image_mask is not None else (None, None)
        self.overlay_images = [] if self.image_mask is not None else self.overlay_images
        ready = [self._prepared(image, mask, region) for image in self.init_images]
        if len(ready) == 1:
            ready *= self.batch_size
            self.overlay_images = self.overlay_images and self.overlay_images * self.batch_size
        self.batch_size = len(ready)
        self._correct(ready)
        self.init_latent = torch.cat([encoded(tensor_of(image)[None]) for image in ready])
        if mask is not None:
            self._mask_latents(self.latent_mask or mask, all_seeds)
        self.image_conditioning = self._conditioning(mask)

    def _prepared_mask(self):
        mask = create_binary_mask(self.image_mask, round=self.mask_round)
        mask = ImageOps.invert(mask) if self.inpainting_mask_invert else mask
        mask = blurred(mask, self.mask_blur, self.mask_blur)
        if not self.inpaint_full_res:
            mask = images.resize_image(self.resize_mode, mask, self.width, self.height)
            self.mask_for_overlay = mask.point(lambda x: min(255, 2 * x))
            return mask, None
        self.mask_for_overlay = mask
        region = crop_region(mask, self.inpaint_full_res_padding, self.width, self.height)
        if region is None:
            self.mask_for_overlay, self.inpaint_full_res = None, False
            return None, None
        self.paste_to = (region[0], region[1], region[2] - region[0], region[3] - region[1])
        return images.resize_image(2, mask.crop(region), self.width, self.height), region

    def _prepared(self, image, mask, region):
        if shared.opts.save_init_img:
            images.save_image(image, "init", None)
        image = images.flatten(image, shared.opts.img2img_background_color)
        if region is None:
            image = images.resize_image(self.resize_mode, image, self.width, self.height)
        if mask is not None:
            self.overlay_images.append(overlay_of(image, self.mask_for_overlay))
        if region is not None:
            image = images.resize_image(2, image.crop(region), self.width, self.height)
        return image

    def _correct(self, ready):
        if shared.opts.img2img_color_correction and self.color_corrections is None:
            self.color_corrections = list(ready)

    def _conditioning(self, mask):
        """An inpainting checkpoint is shown its hole; here that alone, and not the picture around."""
        if mask is None or not loaded.is_inpainting():
            return self.init_latent.new_zeros(len(self.init_latent), 5, 1, 1)
        return tensor_of(mask)[:1].round().expand(len(self.init_latent), 1, -1, -1)

    def _mask_latents(self, mask, all_seeds):
        latent = self.init_latent
        self.nmask = latent_mask(mask, (latent.shape[3], latent.shape[2]), latent.shape[1], self.mask_round)
        self.mask = 1 - self.nmask
        if self.inpainting_fill == 2:
            noise = rng.ImageRNG(latent.shape[1:], all_seeds[: len(latent)]).next()
            self.init_latent = latent * self.mask + noise * self.nmask
        elif self.inpainting_fill == 3:
            self.init_latent = latent * self.mask

    def sample(self, conditioning, unconditional_conditioning, seeds, subseeds, subseed_strength, prompts):
        noise = self.rng.next() * self.initial_noise_multiplier
        loaded.begin_sampling(self)
        self.scripts.process_before_every_sampling(
            self, x=self.init_latent, noise=noise, c=conditioning, uc=None
        )
        samples = self.sampler.sample_img2img(self, self.init_latent, noise, conditioning, None)
        if self.mask is None:
            return samples
        blended = samples * self.nmask + self.init_latent * self.mask
        said = scripts.MaskBlendArgs(samples, self.nmask, self.init_latent, self.mask, blended)
        self.scripts.on_mask_blend(self, said)
        return said.blended_latent
