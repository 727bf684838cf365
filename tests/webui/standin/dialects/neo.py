"""Forge Neo: Forge without `sd_hijack`, with NaN replaced by 0, and with a batch axis on masks.

A checkpoint with "kontext" in its name is an edit model.
"""

from __future__ import annotations

import sys

from dialects import forge
from dialects.forge_model import ForgeDiffusionEngine
from dialects.patching import package, remove, replace, with_fields
from modules import (
    devices,
    job_base,
    job_txt2img,
    latents,
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
    _edit_models()
    shared.reset()
    loaded.start()


def _edit_models():
    package("backend.args", dynamic_args=dynamic_args)
    ForgeDiffusionEngine.__init__ = load_engine
    job_base.StableDiffusionProcessing.cached_for = cached_for
    replace(loaded, hand_over_references, references)
    replace(latents, note_encoded)
    replace(job_txt2img, encoded)
    shared._OPTIONS["klein_no_reference"] = shared._OPTIONS["anima_do_reference"] = False


class dynamic_args:  # noqa: N801  (the WebUI's name)
    """For the network of any loaded model."""

    kontext = edit = klein = krea2 = False
    ref_latents = []  # noqa: RUF012  (as in the WebUI)
    is_referencing = False


_load_engine = ForgeDiffusionEngine.__init__


def load_engine(self, estimated_config, huggingface_components):
    _load_engine(self, estimated_config, huggingface_components)
    self.ini_latent, self.ref_latents = None, []
    dynamic_args.ref_latents.clear()
    dynamic_args.kontext = "kontext" in estimated_config.name


def note_encoded(latents):
    """An edit model keeps them: as a further reference, or as the picture of the job."""
    if not dynamic_args.kontext:
        return
    if dynamic_args.is_referencing:
        shared.sd_model.ref_latents.append(latents)
    else:
        shared.sd_model.ini_latent = latents


def encoded(images):
    """The picture between the two samplings of a hires fix is no reference."""
    out = _encoded(images)
    shared.sd_model.ini_latent = None
    return out


_encoded = job_txt2img.encoded


def hand_over_references():
    """The picture of the job is handed over once."""
    model = shared.sd_model
    if not dynamic_args.kontext:
        dynamic_args.ref_latents.clear()
        return
    first = [] if model.ini_latent is None else [model.ini_latent]
    model.ini_latent = None
    dynamic_args.ref_latents = [*first, *model.ref_latents]


def references():
    return dynamic_args.ref_latents


def cached_for(self):
    """The cache of an img2img is of one picture."""
    latent = getattr(self, "init_latent", None)
    return None if latent is None else latent.numpy().tobytes()


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
