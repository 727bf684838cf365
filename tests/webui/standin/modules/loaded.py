"""The loaded model as seen by the jobs. The WebUI has no such module. A dialect replaces its functions."""

from __future__ import annotations

from modules import sd_hijack, sd_models, shared


def start():
    """As after a start: the model of the options is loaded, and nothing is patched."""
    shared.sd_model = None
    sd_models.reload_model_weights()
    sd_hijack.model_hijack.circular_enabled = False


def network(model):
    """What a sampler calls. Its `diffusion_model` is the UNet."""
    return model.model


def unet():
    return network(shared.sd_model).diffusion_model


def vae():
    return shared.sd_model.vae


def networks():
    return shared.sd_model.networks


def token_merging():
    return shared.sd_model.token_merging


def tiling():
    return sd_hijack.model_hijack.circular_enabled


def apply_tiling(on):
    sd_hijack.model_hijack.apply_circular(on)


def is_inpainting():
    return shared.sd_model.model.conditioning_key == "hybrid"


def become_inpainting():
    """For a test: the loaded model is shown its hole from now on."""
    shared.sd_model.model.conditioning_key = "hybrid"


def lengths(text):
    """(tokens, padded tokens) of a prompt."""
    return sd_hijack.model_hijack.get_prompt_lengths(text)


def remarks():
    """(comments, parameters of the infotext) of the prompt parser."""
    return sd_hijack.model_hijack.comments, sd_hijack.model_hijack.extra_generation_params


def clear_remarks():
    sd_hijack.model_hijack.clear_comments()


def hand_over_references():
    """When a prompt is encoded. A dialect with edit models replaces it."""


def references():
    """The latents [1, C, h, w] that the network of an edit model sees at the moment."""
    return []


def begin_batch(p):
    """Load the model of the options, at the start of each batch."""
    sd_models.reload_model_weights()


def begin_sampling(p):
    """Nothing: token merging is applied once a job."""


def load_hires(p):
    """Load the model of the second sampling of a hires fix."""
    sd_models.reload_model_weights(info=p.hr_checkpoint_info)


def load_refiner(info):
    sd_models.reload_model_weights(info=info)


def saves(p):
    return p.save_samples()
