"""Every fact about the running WebUI that the rest of this folder needs, asked in one place.

Written against AUTOMATIC1111 v1.10.1; where a fork differs, the difference is handled here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modules import (
    call_queue,
    devices,
    errors,
    images,
    infotext_utils,
    paths_internal,
    processing,
    progress,
    prompt_parser,
    script_callbacks,
    scripts,
    sd_models,
    sd_samplers,
    sd_vae,
    shared,
    ui_components,
)

from retouch.errors import Missing, PaintFailed, did_you_mean
from retouch.image.geometry import Size
from retouch.recipes.sampling import Sampling

__all__ = [
    "call_queue",
    "devices",
    "errors",
    "images",
    "infotext_utils",
    "processing",
    "progress",
    "script_callbacks",
    "scripts",
    "sd_models",
    "shared",
    "ui_components",
]

MODELS = Path(paths_internal.models_path)
DATA = Path(paths_internal.data_path)
PARAMS_TXT = DATA / "params.txt"
CHUNK = 75


def option(key: str, default: Any) -> Any:
    """One of our settings, before the settings page exists too."""
    return shared.opts.data.get(key, default)


def device() -> str:
    """Where detectors run: the WebUI's device, the CPU when memory is short or the person says so."""
    cpu_modules = getattr(shared.cmd_opts, "use_cpu", None) or []
    tight = any(getattr(shared.cmd_opts, flag, False) for flag in ("lowvram", "medvram", "medvram_sdxl"))
    if tight or "all" in cpu_modules or "retouch" in cpu_modules:
        return "cpu"
    return str(devices.device)


def gpus() -> list[Any]:
    """The GPU that paints, whose generator of random numbers all share; [] where the CPU or another does."""
    import torch

    device = torch.device(devices.device)
    return [device] if device.type == "cuda" and torch.cuda.is_available() else []


def native() -> Size:
    """The size the loaded checkpoint was trained at; one is loaded if there is none."""
    return _native(shared.sd_model)


def native_if_loaded() -> Size | None:
    """The same, None when there is none."""
    model = getattr(sd_models.model_data, "sd_model", None)
    return None if model is None else _native(model)


def _native(model: Any) -> Size:
    if getattr(model, "is_sdxl", False) or getattr(model, "is_sd3", False):
        return Size(1024, 1024)
    if getattr(model, "is_sd2", False) and getattr(model, "parameterization", "") == "v":
        return Size(768, 768)
    return Size(512, 512)


def sampling() -> Sampling:
    """What a request that stands alone starts from."""
    return Sampling(
        sampler=sd_samplers.samplers_for_img2img[0].name,
        scheduler="Automatic",
        clip_skip=int(shared.opts.CLIP_stop_at_last_layers),
        noise_multiplier=float(shared.opts.initial_noise_multiplier),
    )


def chunks(prompt: str, steps: int) -> tuple[tuple[int, int], ...]:
    """(end step, 75-token chunks) of each schedule of a prompt: items of one batch must agree on it."""
    from modules import sd_hijack

    schedule = prompt_parser.get_learned_conditioning_prompt_schedules([prompt], steps)[0]
    return tuple((end, _length(sd_hijack.model_hijack.get_prompt_lengths(text)[1])) for end, text in schedule)


def _length(tokens: Any) -> int:
    return int(tokens) // CHUNK if isinstance(tokens, int) else 0


def sampler_name(name: str) -> str:
    """The sampler by the host's spelling. Missing lists what there is."""
    known = {s.name.lower(): s.name for s in sd_samplers.samplers_for_img2img}
    if name and name.lower() not in known:
        raise Missing(
            f"no sampler is called {name!r}.", path="sampler", hint=did_you_mean(name, known.values())
        )
    return known.get(name.lower(), sd_samplers.samplers_for_img2img[0].name)


def noise_levels(p: Any) -> Any:
    """(steps,) tensor: where in the noise a prepared img2img's sampler will be at each step, falling.

    In timesteps or in sigmas, whichever the sampler counts in and calls the denoiser with. The samplers of
    timesteps take their lowest one for the end and not for a step. As in the host's `sample_img2img`.
    """
    from modules import sd_samplers_common

    steps, last = sd_samplers_common.setup_img2img_steps(p)
    if hasattr(p.sampler, "get_timesteps"):
        return p.sampler.get_timesteps(p, steps)[1:last].flip(0).float()
    sigmas = p.sampler.get_sigmas(p, steps)[steps - last - 1 :]
    return sigmas[sigmas > 0]


def latents_of(floats: Any) -> Any:
    """(b, 3, h, w) 0..1 -> (b, c, h / 8, w / 8), as hires fix encodes what an upscaler of pixels gave."""
    from modules import sd_samplers_common

    return sd_samplers_common.images_tensor_to_samples(floats)


def use_hires_checkpoint(txt2img: Any) -> None:
    """Load what the job's second sampling is about to need, if that is another than the settings'."""
    with sd_models.SkipWritingToConfig():
        sd_models.reload_model_weights(info=txt2img.hr_checkpoint_info)


def checkpoint_names() -> list[str]:
    return sorted(sd_models.checkpoints_list, key=str.casefold)


def vae_names() -> list[str]:
    return ["Automatic", "None", *sd_vae.vae_dict]


def sampler_names() -> list[str]:
    return [s.name for s in sd_samplers.samplers_for_img2img]


def scheduler_names() -> list[str]:
    from modules import sd_schedulers

    return [s.label for s in sd_schedulers.schedulers]


def loaded_checkpoint() -> str:
    """Title of the checkpoint in memory, "" when there is none. Loads nothing, unlike `shared.sd_model`."""
    return getattr(_load(), "title", "")


def _load() -> Any:
    model = getattr(sd_models.model_data, "sd_model", None)
    return getattr(model, "sd_checkpoint_info", None)


def settings_checkpoint() -> Any:
    """What the host knows of the checkpoint that its options name, the running job's overrides included."""
    return sd_models.checkpoint_aliases.get(shared.opts.data.get("sd_model_checkpoint"))


def loaded_models() -> tuple[str, str]:
    """The checkpoint and VAE the settings name, "" where they name none."""
    checkpoint, vae = (shared.opts.data.get(key) or "" for key in ("sd_model_checkpoint", "sd_vae"))
    return checkpoint, vae


@contextlib.contextmanager
def models_as_found() -> Iterator[None]:
    """Whatever `use_models` names and loads inside, the options are as they were afterwards.

    The checkpoint that was loaded stays where it served, that of a hires fix, too; where another was loaded
    in its place, the one that the options name is, as each batch of the host's begins.
    """
    checkpoint, vae = (shared.opts.data.get(key) for key in ("sd_model_checkpoint", "sd_vae"))
    loaded = _load()
    try:
        yield
    finally:
        shared.opts.data["sd_model_checkpoint"] = checkpoint
        if _load() is not loaded:
            sd_models.reload_model_weights()
        if shared.opts.data.get("sd_vae") != vae:
            shared.opts.data["sd_vae"] = vae
            sd_vae.reload_vae_weights()


def use_models(checkpoint: str, vae: str, own: tuple[str, str] = ("", "")) -> None:
    """Load the named checkpoint and VAE ("" leaves what is there). Use inside `models_as_found`.

    `own` are those of the job around: frozen settings keep out all others. After hires fix or a refiner the
    host still has their checkpoint loaded: the one that the options name is put back, as any job of the
    host's begins. Missing when there is no such file, PaintFailed when the settings are frozen.
    """
    if checkpoint and checkpoint != shared.opts.data.get("sd_model_checkpoint"):
        if sd_models.checkpoint_aliases.get(checkpoint) is None:
            hint = did_you_mean(checkpoint, checkpoint_names())
            raise Missing(f"no checkpoint is called {checkpoint!r}.", path="checkpoint", hint=hint)
        _name("sd_model_checkpoint", checkpoint, own[0])
    sd_models.reload_model_weights()  # returns at once when it is the one that is loaded
    if vae and vae != shared.opts.data.get("sd_vae"):
        if vae not in vae_names():
            raise Missing(f"no VAE is called {vae!r}.", path="vae", hint=did_you_mean(vae, vae_names()))
        _name("sd_vae", vae, own[1])
        sd_vae.reload_vae_weights()


def allow_clip_skip(clip_skip: int) -> None:
    """PaintFailed where the settings are frozen at another one."""
    if shared.cmd_opts.freeze_settings and clip_skip != int(shared.opts.CLIP_stop_at_last_layers):
        raise PaintFailed(
            "the WebUI's settings are frozen (--freeze-settings).", hint="Leave the clip skip blank."
        )


def _name(key: str, value: str, own: str) -> None:
    """Name it in the options, which both the host's loaders and its jobs read."""
    if shared.cmd_opts.freeze_settings and value != own:
        raise PaintFailed(
            "the WebUI's settings are frozen (--freeze-settings).", hint="Leave checkpoint and VAE blank."
        )
    shared.opts.data[key] = value
