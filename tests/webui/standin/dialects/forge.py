"""Forge: a model is loaded by parameters written from the options, and it is patched by copies of its parts.

The module `backend` is Forge's own, and so is `modules_forge`.
"""

from __future__ import annotations

import types

import torch
from dialects import forge_model
from dialects.forge_model import FakeInitialModel, ForgeDiffusionEngine, base
from dialects.patching import package, replace, with_fields
from modules import (
    devices,
    extra_networks,
    loaded,
    processing,
    sd_hijack,
    sd_models,
    sd_samplers_cfg_denoiser,
    sd_samplers_timesteps,
    sd_vae,
    shared,
    trace,
    ui_components,
)

SAME = "Use same choices"


def install():
    _packages()
    _jobs()
    _functions()
    _denoisers()
    sd_vae.vae_dict.update({name: f"vae/{name}" for name in sd_vae.vae_dict})
    main_entry.module_list.update(sd_vae.vae_dict)
    shared._OPTIONS["forge_additional_modules"] = []
    shared.reset()
    loaded.start()


def _packages():
    for name in ("backend", "backend.diffusion_engine", "backend.modules", "modules_forge"):
        package(name)
    package("backend.diffusion_engine.base", ForgeDiffusionEngine=ForgeDiffusionEngine)
    package("backend.modules.k_prediction", AbstractPrediction=forge_model.AbstractPrediction)
    package("modules_forge.main_entry", **vars(main_entry))
    package("modules_forge.utils", apply_circular_forge=apply_circular_forge)


def _jobs():
    """Jobs with Forge's fields. The page gives `hr_additional_modules`; without it the real one fails."""
    hires = {"hr_cfg": 7.0, "hr_distilled_cfg": 3.5, "hr_additional_modules": (SAME,)}
    for kind, more in (("Txt2Img", hires), ("Img2Img", {})):
        name = f"StableDiffusionProcessing{kind}"
        setattr(processing, name, with_fields(getattr(processing, name), distilled_cfg_scale=3.5, **more))
    processing.StableDiffusionProcessing.clear_prompt_cache = clear_prompt_cache
    processing.need_global_unload = False
    replace(processing, process_images)


def _functions():
    replace(loaded, start, network, vae, networks, token_merging, tiling, apply_tiling, is_inpainting)
    replace(loaded, become_inpainting, lengths, remarks, clear_remarks, begin_batch, begin_sampling)
    replace(loaded, load_hires, load_refiner)
    replace(sd_models, forge_model_reload, reload_model_weights, apply_token_merging)
    sd_models.model_data = SdModelData()
    replace(extra_networks, activate, deactivate)
    replace(devices, test_for_nans)
    replace(sd_vae, reload_vae_weights)
    replace(ui_components, InputAccordion)
    hijack = sd_hijack.StableDiffusionModelHijack
    hijack.get_prompt_lengths = lambda self, text, cond_stage_model: lengths(text)
    hijack.apply_circular = hijack.clear_comments = lambda self, *_: None


def _denoisers():
    sd_samplers_cfg_denoiser.CFGDenoiser.__call__ = denoise
    timesteps = sd_samplers_timesteps.CFGDenoiserTimesteps
    timesteps.__init__ = sd_samplers_cfg_denoiser.CFGDenoiser.__init__
    timesteps.__call__ = denoise_at_timesteps


class SdModelData:
    def __init__(self):
        self.forge_loading_parameters, self.forge_hash = {}, ""

    @property
    def sd_model(self):
        return shared.sd_model


def forge_model_reload():
    """Load what the loading parameters name, if they have changed since."""
    data, before = sd_models.model_data, shared.sd_model
    now = str(data.forge_loading_parameters)
    if data.forge_hash == now:
        return before, False
    info = data.forge_loading_parameters["checkpoint_info"]
    files = [base(path) for path in data.forge_loading_parameters["additional_modules"]]
    shared.sd_model = ForgeDiffusionEngine(info, [name for name in files if name in sd_vae.vae_dict])
    data.forge_hash = now
    if isinstance(before, ForgeDiffusionEngine):
        _tell(before, shared.sd_model)
    return shared.sd_model, True


def _tell(before, now):
    """The same events as where a checkpoint and a VAE are loaded one by one."""
    if before.sd_checkpoint_info is not now.sd_checkpoint_info:
        trace.add("checkpoint loaded", name=now.sd_checkpoint_info.name)
    if before.forge_objects_original.vae != now.forge_objects_original.vae:
        trace.add("vae loaded", name=now.forge_objects_original.vae)


def reload_model_weights(sd_model=None, info=None, forced_reload=False):
    pass


def reload_vae_weights(sd_model=None, vae_file=sd_vae.unspecified):
    pass


def apply_token_merging(sd_model, token_merging_ratio):
    if token_merging_ratio > 0:
        unet = sd_model.forge_objects.unet
        sd_model.forge_objects.unet = unet.patched(token_merging=token_merging_ratio)


def refresh_model_loading_parameters():
    info = sd_models.get_closet_checkpoint_match(shared.opts.sd_model_checkpoint)
    files = shared.opts.forge_additional_modules
    sd_models.model_data.forge_loading_parameters = {"checkpoint_info": info, "additional_modules": files}
    processing.need_global_unload = True


def checkpoint_change(ckpt_name, save=True, refresh=True):
    new, old = map(sd_models.get_closet_checkpoint_match, (ckpt_name, shared.opts.sd_model_checkpoint))
    if new is old:
        return False
    shared.opts.set("sd_model_checkpoint", ckpt_name)
    if refresh:
        refresh_model_loading_parameters()
    return True


def modules_change(module_values, save=True, refresh=True):
    files = sorted(module_list[base(v)] for v in module_values if base(v) in module_list)
    if files == sorted(shared.opts.forge_additional_modules):
        return False
    shared.opts.set("forge_additional_modules", files)
    if refresh:
        refresh_model_loading_parameters()
    return True


module_list = {}
main_entry = types.SimpleNamespace(
    module_list=module_list,
    refresh_model_loading_parameters=refresh_model_loading_parameters,
    checkpoint_change=checkpoint_change,
    modules_change=modules_change,
)


def apply_circular_forge(model, tiling_enabled=False):
    if model.tiling_enabled != tiling_enabled:
        trace.add("tiling", on=tiling_enabled)
    model.tiling_enabled = tiling_enabled


def set_config(req):
    """Set options. Those that name models are written to the loading parameters, if they change."""
    changed = False
    for key, value in req.items():
        if value == shared.opts.data.get(key):
            continue
        if key == "sd_model_checkpoint":
            changed |= checkpoint_change(value, refresh=False)
        elif key == "forge_additional_modules":
            changed |= modules_change(value, refresh=False)
        else:
            shared.opts.set(key, value, is_api=True, run_callbacks=False)
    if changed:
        refresh_model_loading_parameters()


def process_images(p):
    return process_with(p, lambda: None)


def process_with(p, ready):
    """The models of the overridden options are loaded. Those of the restored options are loaded later.

    `ready` is called when the models are loaded.
    """
    if p.scripts is not None:
        p.scripts.before_process(p)
    stored = {key: shared.opts.data[key] for key in p.override_settings if key in shared.opts.data}
    try:
        if sd_models.checkpoint_aliases.get(p.override_settings.get("sd_model_checkpoint")) is None:
            p.override_settings.pop("sd_model_checkpoint", None)
        set_config(p.override_settings)
        manage_model_and_prompt_cache(p)
        ready()
        return processing.process_images_inner(p)
    finally:
        if p.override_settings_restore_afterwards:
            set_config(stored)


def manage_model_and_prompt_cache(p):
    sd_models.forge_model_reload()
    if processing.need_global_unload:
        p.clear_prompt_cache()
    processing.need_global_unload = False


def clear_prompt_cache(self):
    for owner in (self, processing.StableDiffusionProcessing):
        owner.cached_c, owner.cached_uc = [None, None], [None, None]


def start():
    shared.sd_model = FakeInitialModel()
    sd_models.model_data.__init__()
    refresh_model_loading_parameters()
    sd_models.forge_model_reload()
    processing.need_global_unload = False


def network(model):
    return model.forge_objects.unet.model


def vae():
    return shared.sd_model.forge_objects.vae


def networks():
    return shared.sd_model.forge_objects.unet.networks


def token_merging():
    return shared.sd_model.forge_objects.unet.token_merging


def tiling():
    return shared.sd_model.tiling_enabled


def apply_tiling(on):
    apply_circular_forge(shared.sd_model, on)


def is_inpainting():
    return shared.sd_model.is_inpaint


def become_inpainting():
    shared.sd_model.is_inpaint = True


def lengths(text):
    return shared.sd_model.get_prompt_lengths_on_ui(text)


def remarks():
    return shared.sd_model.comments, shared.sd_model.extra_generation_params


def clear_remarks():
    shared.sd_model.comments, shared.sd_model.extra_generation_params = [], {}


def begin_batch(p):
    sd_models.forge_model_reload()
    shared.sd_model.forge_objects = shared.sd_model.forge_objects_original.shallow_copy()


def begin_sampling(p):
    """The patches of the batch's networks are on the model, and none of an earlier sampling."""
    model, second = shared.sd_model, getattr(p, "is_hr_pass", False)
    model.forge_objects = model.forge_objects_after_applying_lora.shallow_copy()
    sd_models.apply_token_merging(model, p.get_token_merging_ratio(for_hr=second))


def activate(p, extra_network_data):
    """A model with the same networks is not patched anew."""
    model, wanted = shared.sd_model, tuple(sorted(extra_network_data))
    if model.current_lora_hash != str(list(wanted)):
        model.current_lora_hash = str(list(wanted))
        model.forge_objects.unet = model.forge_objects_original.unet.patched(networks=wanted)
        model.forge_objects_after_applying_lora = model.forge_objects.shallow_copy()
    model.forge_objects = model.forge_objects_after_applying_lora.shallow_copy()
    trace.add("networks", active=networks())
    if p.scripts is not None:
        p.scripts.after_extra_networks_activate(p, extra_network_data=extra_network_data)


def deactivate(p, extra_network_data):
    """They stay, until the next batch has others."""


def load_hires(p):
    """The options and loading parameters name the models of the first sampling again afterwards."""
    named = p.hr_checkpoint_name or shared.opts.sd_model_checkpoint
    files = shared.opts.forge_additional_modules
    _load_for_now(named, files if SAME in p.hr_additional_modules else p.hr_additional_modules)


def load_refiner(info):
    _load_for_now(info.title, shared.opts.forge_additional_modules)


def _load_for_now(checkpoint, files):
    before = shared.opts.sd_model_checkpoint, shared.opts.forge_additional_modules
    changed = modules_change(files, refresh=False)
    if not checkpoint_change(checkpoint, refresh=False) and not changed:
        return
    try:
        refresh_model_loading_parameters()
        sd_models.forge_model_reload()
    finally:
        modules_change(before[1], refresh=False)
        checkpoint_change(before[0], refresh=False)
        refresh_model_loading_parameters()


def test_for_nans(x, where):
    pass


def InputAccordion(value=None, **kwargs):
    return _accordion(value, **kwargs)


_accordion = ui_components.InputAccordion


def denoise(self, x, sigma):
    """What is kept is noised anew at each call, from torch's global generator."""
    if self.nmask is not None:
        x = x * self.nmask + self.mask * kept(self, sigma)
    denoised = self.clean(self.heard(x, sigma))
    return denoised if self.nmask is None else self._blended(denoised, sigma)


def denoise_at_timesteps(self, x, sigma):
    """From here on timesteps are sigmas, also for the hooks. The answer is the noise again."""
    alphas = shared.sd_model.alphas_cumprod
    sigma = ((1 - alphas) / alphas).sqrt()[sigma.round().long()]
    level = sigma[:, None, None, None]
    x = x * (level**2 + 1).sqrt()
    if self.nmask is not None:
        x = x * self.nmask + self.mask * kept(self, sigma)
    denoised = self.clean(self.heard(x, sigma))
    denoised = denoised if self.nmask is None else self._blended(denoised, sigma)
    return (x - denoised) / level


def kept(self, sigma):
    predictor = loaded.network(shared.sd_model).predictor
    noise = torch.randn_like(self.init_latent)
    return predictor.noise_scaling(sigma[:, None, None, None], noise, self.init_latent, max_denoise=False)
