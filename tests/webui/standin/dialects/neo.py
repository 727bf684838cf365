"""Forge Neo: Forge without `sd_hijack`, with NaN replaced by 0, and with a batch axis on masks."""

from __future__ import annotations

import sys

from dialects import forge
from dialects.patching import remove, replace, with_fields
from modules import (
    devices,
    job_base,
    loaded,
    processing,
    prompt_parser,
    sd_models,
    sd_vae,
    shared,
)

_schedules = prompt_parser.get_learned_conditioning_prompt_schedules


def install():
    forge.install()
    remove("modules.sd_hijack")
    for name in ("SkipWritingToConfig", "reload_model_weights"):
        delattr(sd_models, name)
    shared._OPTIONS.pop("sd_vae")
    replace(devices, test_for_nans)
    replace(sd_vae, reload_vae_weights)
    replace(loaded, saves)
    replace(prompt_parser, get_learned_conditioning_prompt_schedules)
    replace(processing, process_images)
    replace(sys.modules["modules_forge.main_entry"], refresh_model_loading_parameters)
    job_base.StableDiffusionProcessing.save_samples = save_samples
    _img2img()
    shared.reset()


def _img2img():
    job = with_fields(processing.StableDiffusionProcessingImg2Img, init_latent=None)
    masked = job._mask_latents

    def _mask_latents(self, mask, all_seeds):
        masked(self, mask, all_seeds)
        self.mask, self.nmask = self.mask[None], self.nmask[None]

    job._mask_latents = _mask_latents
    processing.StableDiffusionProcessingImg2Img = job


def refresh_model_loading_parameters(*, refresh=True):
    if refresh:
        forge.refresh_model_loading_parameters()


def test_for_nans(x, *args, **kwargs):
    x.nan_to_num_(nan=0.0, posinf=1.0, neginf=0.0)


def save_samples(self, *, is_video=False):
    return _saves(self) and not is_video


_saves = job_base.StableDiffusionProcessing.save_samples


def saves(p):
    return p.save_samples(is_video=False)


def get_learned_conditioning_prompt_schedules(prompts, base_steps, hires_steps=None):
    return _schedules(prompts, base_steps, hires_steps)


def reload_vae_weights(vae):
    """Put the weights of a VAE file on the loaded model, whatever the options are."""
    if vae in (None, "None"):
        return False
    _put_vae(forge.base(vae))
    return True


def _put_vae(name):
    model = shared.sd_model
    for objects in (
        model.forge_objects,
        model.forge_objects_original,
        model.forge_objects_after_applying_lora,
    ):
        objects.vae = name


def process_images(p):
    """The override `sd_vae` is no option, but a file whose weights are put on the model for the job."""
    file = p.override_settings.pop("sd_vae", None)
    own = []
    try:
        return forge.process_with(p, lambda: (own.append(loaded.vae()), sd_vae.reload_vae_weights(file)))
    finally:
        if file is not None:
            _put_vae(own[0])
