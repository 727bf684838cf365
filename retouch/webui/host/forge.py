"""stable-diffusion-webui-forge. Forge Neo is a subclass.

This host loads what `model_data.forge_loading_parameters` names. It writes the parameters from the options
`sd_model_checkpoint` and `forge_additional_modules`. The latter is a list of files: VAE and text encoders.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from retouch.image.geometry import Size
from retouch.webui.host.a1111 import A1111, attributes_kept, entries_kept
from retouch.webui.host.ability import optional
from retouch.webui.host.modules import processing, script_callbacks, sd_models, sd_vae, shared

_MODULES = "forge_additional_modules"
_OPTIONS = ("sd_model_checkpoint", _MODULES)
_SAME_MODULES = "Use same choices"
_REMARKS = ("comments", "extra_generation_params")
_VALUES = {"sampler": "sampler", "scheduler": "scheduler", "cfg_scale": "cfg", "steps": "step"}
"""Field of a `Sampling` -> the end of the name of its option. Neo alone has one for the steps."""
_PARTS = {"unet": "model", "vae": "first_stage_model", "clip": "cond_stage_model"}
"""Attribute of `forge_objects` -> its attribute with the torch module."""
_PATCHES = ("forge_objects", "forge_objects_after_applying_lora", "current_lora_hash")
"""Attributes of the model with the patches of LoRA, ControlNet and other extensions for the current job."""


class Forge(A1111):
    """See `dialect.Dialect`."""

    name = "Forge"

    @optional("prompt lengths", 0)
    def padded_tokens(self, prompt: str) -> int:
        return shared.sd_model.get_prompt_lengths_on_ui(prompt)[1]

    def native(self, model: Any) -> Size:
        if getattr(model, "is_sd2", False):
            return Size(768, 768) if _predictor(model).prediction_type == "v_prediction" else Size(512, 512)
        return super().native(model)

    def loaded(self) -> Any:
        model = sd_models.model_data.sd_model
        return model if hasattr(model, "forge_objects") else None  # else it is a placeholder

    def load(self) -> Any:
        if _options_changed():
            _write_loading_parameters()
        return sd_models.forge_model_reload()[0]  # returns at once if it is already loaded

    def parts(self, model: Any) -> list[torch.nn.Module]:
        objects = getattr(model, "forge_objects", None)
        found = (getattr(getattr(objects, kind, None), part, None) for kind, part in _PARTS.items())
        return [part for part in found if isinstance(part, torch.nn.Module)]

    def unet(self, model: Any) -> Any:
        unet = getattr(getattr(model, "forge_objects", None), "unet", None)
        return getattr(getattr(unet, "model", None), "diffusion_model", None)

    @optional("a VAE of a pass")
    def load_vae(self, name: str) -> None:
        others = [path for path in shared.opts.data.get(_MODULES) or () if _base(path) not in sd_vae.vae_dict]
        chosen = [sd_vae.vae_dict[name]] if name in sd_vae.vae_dict else []
        shared.opts.data[_MODULES] = sorted([*others, *chosen])
        self.load()

    def vae(self) -> str:
        files = [_base(path) for path in shared.opts.data.get(_MODULES) or ()]
        return next((name for name in files if name in sd_vae.vae_dict), "")

    @contextlib.contextmanager
    def models_kept(self) -> Iterator[None]:
        """As in AUTOMATIC1111. A hash of the loading parameters tells whether the loaded model changed."""
        data = sd_models.model_data
        loaded, parameters = data.forge_hash, data.forge_loading_parameters
        try:
            with entries_kept(shared.opts.data, _OPTIONS):
                yield
        finally:
            data.forge_loading_parameters = parameters
            if data.forge_hash != loaded and parameters:
                sd_models.forge_model_reload()

    def use_modules_of(self, p: Any, second: bool) -> None:
        """The second sampling of a hires fix may have its own VAE and text encoders."""
        named = (getattr(p, "hr_additional_modules", None) or ()) if second else ()
        if named and _SAME_MODULES not in named:
            shared.opts.data[_MODULES] = _module_files(named)

    def use_hires_checkpoint(self, txt2img: Any) -> None:
        """The options and loading parameters name the models of the first sampling then, and stay so."""
        data = sd_models.model_data
        parameters_kept = attributes_kept(data, ("forge_loading_parameters",))
        with entries_kept(shared.opts.data, _OPTIONS), parameters_kept:
            if txt2img.hr_checkpoint_info is not None:
                shared.opts.data["sd_model_checkpoint"] = txt2img.hr_checkpoint_info.title
            self.use_modules_of(txt2img, second=True)
            self.load()

    def noise_levels(self, p: Any) -> Any:
        """This host calls the denoiser with sigmas also for the samplers that count timesteps."""
        levels = super().noise_levels(p)
        if not hasattr(p.sampler, "get_timesteps"):
            return levels
        alphas = shared.sd_model.alphas_cumprod
        sigmas = ((1 - alphas) / alphas).sqrt()
        return sigmas[levels.round().long().to(sigmas.device)].float()

    def default_values(self) -> dict[str, Any]:
        """This host has them in the options, for each kind of model. 0 leaves the value as it is.

        A flow model needs its own: FLUX at the CFG scale of Stable Diffusion burns the picture.
        """
        kind, data = shared.opts.data.get("forge_preset"), shared.opts.data
        chosen = {name: data.get(f"{kind}_i2i_{option}") for name, option in _VALUES.items()}
        known = {name: value for name, value in chosen.items() if value}
        return known if known.get("cfg_scale", 1) >= 1 else {**known, "cfg_scale": 1.0}

    def sampling_arguments(self, p: Any, second: bool) -> dict[str, Any]:
        """The distilled CFG scale. Neo uses the same field for the shift of flow models."""
        own = getattr(p, "hr_distilled_cfg", None) if second else None
        scale = own or getattr(p, "distilled_cfg_scale", None)
        return {} if scale is None else {"distilled_cfg_scale": scale}

    @optional("equal results alone and in a batch")
    def hold_kept_area(self, p: Any, noise: Any) -> None:
        """The host noises the kept area anew at each step, from the generator of the whole batch.

        A callback replaces that noise by the job's first one. Use it inside `callbacks_kept`.
        """

        def hold(params: Any) -> None:
            denoiser = params.denoiser
            if denoiser.p is not p or denoiser.mask is None:
                return
            sigma = params.sigma.view(-1, *(1 for _ in params.x.shape[1:]))
            kept = _predictor(shared.sd_model).noise_scaling(
                sigma, noise.to(denoiser.init_latent), denoiser.init_latent, max_denoise=False
            )
            params.x = params.x * denoiser.nmask + kept.to(params.x) * denoiser.mask

        script_callbacks.on_cfg_denoiser(hold)

    @contextlib.contextmanager
    def model_kept(self) -> Iterator[None]:
        """It restores the patches and remarks on the model, if the same model is loaded afterwards."""
        model = shared.sd_model
        with attributes_kept(model, (*_REMARKS, *_PATCHES)):
            yield

    @optional("tiling of the batches after a fix")
    def apply_tiling(self, on: bool) -> None:
        from modules_forge.utils import apply_circular_forge

        apply_circular_forge(shared.sd_model, on)

    def apply_token_merging(self, ratio: float) -> None:
        """The host applies it anew before every sampling."""


def _options_changed() -> bool:
    """True if the options name other models than the loading parameters, or these are not written yet."""
    parameters = sd_models.model_data.forge_loading_parameters
    named = sd_models.get_closet_checkpoint_match(shared.opts.data.get("sd_model_checkpoint") or "")
    if not parameters or (named is not None and parameters.get("checkpoint_info") is not named):
        return True
    return list(parameters.get("additional_modules") or ()) != list(shared.opts.data.get(_MODULES) or ())


def _write_loading_parameters() -> None:
    """Let the host write the loading parameters from the options.

    The host then forgets the prompts of all jobs. That is needed only if the user changes the options.
    """
    from modules_forge import main_entry

    with attributes_kept(processing, ("need_global_unload",)):
        main_entry.refresh_model_loading_parameters()


@optional("the VAE and text encoders of hires fix", ())
def _module_files(names: Sequence[str]) -> list[str]:
    """The paths of VAE and text encoder files. Unknown names are left out, as by the host."""
    from modules_forge import main_entry

    found = (main_entry.module_list.get(_base(name)) for name in names)
    return sorted(path for path in found if path)


def _predictor(model: Any) -> Any:
    return model.forge_objects.unet.model.predictor


def _base(path: str) -> str:
    return Path(path).name
